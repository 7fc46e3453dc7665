"""Guessing is slowed: a guess is counted before it is looked at, and taken back when it was right.

Counted afterwards, a dozen sent at once would all be looked at; and right ones must not count, as a
whole community comes from the one address of its center's Wi-Fi.
"""

from contextlib import suppress
from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True)
class Guesses:
    """How many wrong guesses one guesser has within so many seconds of the first."""

    what: str
    most: int
    seconds: int

    def counted(self, who: object) -> bool:
        """Counts one and says whether it may be looked at."""
        slot = self._slot(who)
        cache.add(slot, 0, self.seconds)
        try:
            return cache.incr(slot) <= self.most
        except ValueError:  # it ran out in between: this is the first of a new count
            cache.set(slot, 1, self.seconds)
            return True

    def was_right(self, who: object) -> None:
        """Takes one back."""
        with suppress(ValueError):
            cache.decr(self._slot(who))

    def _slot(self, who: object) -> str:
        return f"guesses:{self.what}:{who}"
