"""What the staff pages share: what is in whose sight, and which buttons to show her."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from people.models import User


@dataclass(frozen=True)
class Powers:
    """What a user may do to a class: which buttons to show. The verbs ask again."""

    see: bool  # ages and phones, not just names
    enrol: bool
    change: bool
    message: bool
    attend: bool
    reveal: bool


def powers(user: User, group: ClassGroup) -> Powers:
    """Needs `group` with center__division and teacher__person."""
    division = group.center.division
    own = group.teacher is not None and group.teacher.person.user_id == user.pk
    return Powers(
        see=user.may("people.view", division),
        enrol=user.may("courses.enrol", division),
        change=user.may("courses.change", division),
        message=user.may("courses.message", division),
        attend=own or user.may("courses.attendance", division),
        reveal=user.may("people.reveal", division),
    )


def the_class(user: User, class_id: int) -> ClassGroup:
    """A class in the user's sight, or 404."""
    seen = ClassGroup.objects.visible_to(user).select_related(
        "course", "term", "center__division", "room", "teacher__person"
    )
    return get_object_or_404(seen, pk=class_id)


def the_session(user: User, session_id: int) -> Session:
    """A session in the user's sight, or 404."""
    seen = Session.objects.visible_to(user).select_related(
        "class_group__course", "class_group__center__division", "class_group__teacher__person", "room"
    )
    return get_object_or_404(seen, pk=session_id)


def the_enrolment(user: User, enrolment_id: int) -> Enrolment:
    """An enrolment in a class that the user may fill, or 404."""
    seen = Enrolment.objects.filter(class_group__in=ClassGroup.objects.visible_to(user).values("pk"))
    found: Enrolment = get_object_or_404(
        seen.select_related(
            "person", "session", "class_group__center__division", "class_group__teacher__person"
        ),
        pk=enrolment_id,
    )
    if not user.may("courses.enrol", found.class_group.center.division):
        raise PermissionDenied
    return found
