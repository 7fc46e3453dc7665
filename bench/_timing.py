"""How long the database takes for what is asked of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from bench._client import Outcome


def percentile(seconds: list[float], percent: int = 95) -> float:
    """In milliseconds."""
    return Outcome(0, [], latencies=seconds).percentile(percent)


@contextmanager
def at_the_database(into: list[float]) -> Iterator[None]:
    """Collects how long each query took, until its rows were here."""

    def timed(execute: Callable[..., object], *told: object) -> object:
        start = time.perf_counter()
        try:
            return execute(*told)
        finally:
            into.append(time.perf_counter() - start)

    with connection.execute_wrapper(timed):
        yield
