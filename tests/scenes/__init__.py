"""Stories in which every verb that locks is played once at least, one module an app.

tests/test_lock_order.py tells them on the real database and watches the order of the locks.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.cast import Cast
from tests.locks import locks_in_order

Tell = Callable[["Play", Cast, datetime], None]


def name_of(verb: Callable[..., Any]) -> str:
    """As docs/locking.md may write it: notices.withdraw."""
    return f"{verb.__module__.partition('.')[0]}.{verb.__name__}"


@dataclass
class Play:
    """Plays verbs, each watched; `took` says which tables each of them locked rows of."""

    took: dict[str, set[str]] = field(default_factory=dict)

    def __call__(self, verb: Callable[..., Any], **given: Any) -> Any:
        with locks_in_order() as watched:
            done = verb(**given)
        self.took.setdefault(name_of(verb), set()).update(watched.taken)
        return done

    def locked(self, verb: Callable[..., Any], *tables: str) -> None:
        """Insists that a verb locked rows of these tables, or the story would show too little."""
        assert self.took[name_of(verb)].issuperset(tables), (name_of(verb), tables)


@dataclass(frozen=True)
class Story:
    """What is told, and the verbs it is told for: each of them locks something in it."""

    tell: Tell
    verbs: tuple[str, ...]


def story(*verbs: Callable[..., Any]) -> Callable[[Tell], Story]:
    return lambda tell: Story(tell, tuple(name_of(verb) for verb in verbs))
