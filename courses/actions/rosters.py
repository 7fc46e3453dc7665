"""Verbs of a roster: someone new at the desk, the phones of a whole class."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import NotAllowed
from courses.actions.enrolment import enrol
from courses.actions.seats import NoSuchClass
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.rules import EnrolChannel
from people.actions.persons import add_person, log_reveals
from people.authority import may_act
from people.models import User


@transaction.atomic
def enrol_newcomer(
    *,
    class_id: int,
    full_name: str,
    phone: str,
    by: User,
    now: datetime,
    born_on: date | None = None,
    sex: str = "",
    session_id: int | None = None,
) -> Enrolment:
    """新学员: puts someone who is not on file on record, in the class's own community, and enrols her.

    All or nothing: a class that refuses her leaves no record behind. The same person twice is one.
    Refuses what `people.actions.add_person` and `enrol` refuse.
    """
    group = ClassGroup.objects.select_related("center__division").filter(pk=class_id).first()
    if group is None:
        raise NoSuchClass(message=_("没有找到这个班，它可能已经下架。"))
    person = add_person(
        full_name=full_name,
        home=group.center.division,
        phone=phone,
        born_on=born_on,
        sex=sex,
        by=by,
        now=now,
    )
    return enrol(
        class_id=class_id,
        person=person,
        by=by,
        now=now,
        channel=EnrolChannel.COUNTER,
        session_id=session_id,
    )


@transaction.atomic
def reveal_roster(*, class_id: int, reason: str, by: User, now: datetime) -> ClassGroup:
    """查阅花名册: allows the full phones of everyone in a class to be read, for one stated reason.

    Each learner gets a row in her own log of looks. Refuses NOT_ALLOWED and REASON_NEEDED.
    """
    group = ClassGroup.objects.select_related("center__division").filter(pk=class_id).first()
    if group is None or not may_act(by=by, verb="people.reveal", row=group.center.division):
        raise NotAllowed(message=_("这个班不在您负责的范围内。"))
    learners = group.enrolments.live().values_list("person_id", flat=True)
    log_reveals(person_ids=set(learners), field="phone", reason=reason, by=by, now=now)
    return group
