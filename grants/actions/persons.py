"""The part of grants when a person's record is copied, closed or merged into another."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.copies import copies
from grants.models import ExpertScore, Pitch, PitchEvent, PitchVote
from people.actions.words import forget, said_in
from people.models import Person, User
from people.parts import Folded, Named


def copy(person: Person) -> dict[str, Any]:
    """All that this app knows of her, by name; sealed words are opened, for they are hers."""
    votes = PitchVote.objects.filter(person=person).select_related("pitch")
    return {_("居民征询"): copies(votes, "pitch", "needed", "at")} if votes else {}


def lock(person_ids: Collection[int]) -> Iterable[QuerySet[Any]]:
    """What was said in the histories of the pitches of teams that she leads and units that she answers for."""
    return (*map(said_in, _histories(person_ids)),)


def _histories(person_ids: Collection[int]) -> list[QuerySet[Any]]:
    """Steps and scores of those pitches: words may name who stands for them."""
    leads = Q(team__leader__person__in=person_ids) | Q(unit__contact__person__in=person_ids)
    pitches = Pitch.objects.filter(leads | Q(pitched_by__person__in=person_ids)).order_by().values("pk")
    return [model._default_manager.filter(pitch__in=pitches) for model in (PitchEvent, ExpertScore)]


def erase(person: Person, _by: User, _now: datetime) -> None:
    """Takes words that may name her off the histories of what she stands for."""
    for rows in _histories([person.pk]):
        forget(rows)


def named(person: Person) -> Iterable[Named]:
    """Letters about those pitches went to whoever spoke for them then."""
    pitches = {row.pitch_id for rows in _histories([person.pk]) for row in rows}
    return [Named("pitch", pitches, hers=False)]


def fold(kept: Person, gone: Person, _by: User, _now: datetime) -> Folded:
    """A word given on the same project under both names counts as it was given."""
    same = PitchVote.objects.filter(person=kept).values("pitch")
    twice = PitchVote.objects.filter(person=gone, pitch__in=same)
    return Folded(stays={"grants.pitchvote": list(twice.values_list("pk", flat=True))})
