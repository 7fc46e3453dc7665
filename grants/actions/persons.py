"""The part of grants when a person's record is copied or merged into another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.copies import copies
from grants.models import PitchVote
from people.models import Person, User
from people.parts import Folded


def copy(person: Person) -> dict[str, Any]:
    """All that this app knows of her, by name; sealed words are opened, for they are hers."""
    votes = PitchVote.objects.filter(person=person).select_related("pitch")
    return {_("居民征询"): copies(votes, "pitch", "needed", "at")} if votes else {}


def fold(kept: Person, gone: Person, _by: User, _now: datetime) -> Folded:
    """A word given on the same project under both names counts as it was given."""
    same = PitchVote.objects.filter(person=kept).values("pitch")
    twice = PitchVote.objects.filter(person=gone, pitch__in=same)
    return Folded(stays={"grants.pitchvote": list(twice.values_list("pk", flat=True))})
