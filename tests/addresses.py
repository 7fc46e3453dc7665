"""Every address the portal knows, and its parameters filled in."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLResolver, get_resolver


class Address(NamedTuple):
    """One entry of the URL configuration; `route` still has its parameters."""

    name: str
    route: str


def addresses(patterns: URLResolver | None = None, route: str = "", space: str = "") -> Iterator[Address]:
    """Every address the portal knows."""
    for entry in (patterns or get_resolver()).url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, here, space + (f"{entry.namespace}:" if entry.namespace else ""))
        else:
            yield Address(space + (entry.name or ""), here)


OURS = [address for address in addresses() if not address.route.startswith("admin/")]


def filled(route: str, values: dict[str, Any]) -> str:
    """The route with its parameters filled in, whether written as a path or as a pattern."""
    plain = re.sub(r"\(\?P<(\w+)>[^()]*\)", r"<\1>", route).strip("^").replace("/^", "/").removesuffix("$")
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), plain)
