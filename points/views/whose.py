"""Whose points a page shows: her own, or those of whom she acts for."""

from __future__ import annotations

from collections.abc import Sequence

from common.pages import number
from people.models import Person, User, acts_for


def own_people(user: User) -> list[Person]:
    """Whom the user acts for, herself first."""
    return sorted(acts_for(user).select_related("home"), key=lambda p: (p.user_id != user.pk, p.pk))


def chosen(people: Sequence[Person], asked: str | None) -> Person | None:
    """The person that a page was asked for, else the first."""
    wanted = number(asked)
    return next((p for p in people if p.pk == wanted), people[0] if people and wanted is None else None)
