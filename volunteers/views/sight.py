"""The shift that a page of the desk is about."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from people.models import User
from volunteers.models.shifts import Shift


def the_shift(user: User, shift_id: int) -> Shift:
    """A shift in the user's sight, or 404: staff of the reach, or its organiser."""
    seen = Shift.objects.visible_to(user).select_related(
        "activity__division", "activity__center", "activity__team", "activity__organiser__person"
    )
    return get_object_or_404(seen, pk=shift_id)
