"""How many queries a page costs, and that it does not grow with its rows."""

from collections.abc import Callable

from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def count(client: Client, url: str) -> int:
    """Queries of one GET, once everything that is fetched only once has been."""
    assert client.get(url).status_code == 200, url
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def count_fresh(client: Client, url: str) -> int:
    """As count, for a page that everybody shares: drawn anew, not as it was kept a moment ago."""
    assert client.get(url).status_code == 200, url
    caches["pages"].clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def assert_constant(client: Client, url: str, more: Callable[[int], object]) -> None:
    """The page costs the same with 3 rows and with 9; `more(n)` makes n rows more."""
    more(3)
    few = count(client, url)
    more(6)
    assert count(client, url) == few
