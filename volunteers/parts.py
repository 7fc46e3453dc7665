"""Shifts: the place of the navigation, what lies ahead, what waits at the desk; and the whole record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from common.ical import Event
from common.reach import within
from people.models import User
from people.parts import Coming, Link, Part, Place
from volunteers.actions import persons
from volunteers.models.shifts import Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.letters import PHONED, Letter
from volunteers.rules.shifts import ShiftState, SignupState

MOST_AHEAD = 12
BEHIND = timedelta(days=60)


def _coming(user: User, now: datetime, until: datetime | None) -> list[Coming]:
    expected = ShiftSignup.objects.of(user).expected(now)
    if until is not None:
        expected = expected.filter(shift__starts_at__lt=until)
    return [
        Coming(
            starts_at=one.shift.starts_at,
            name=one.shift.activity.title,
            who=one.volunteer.person.full_name,
            place=one.shift.activity.meeting_point or one.shift.activity.where,
            url=reverse("volunteers:signup", args=[one.pk]),
            heading=_("%(when)s有志愿活动"),
            tag=_("志愿活动"),
            tag_kind="ok",
            icon="heart",
            button=_("看这个班次"),
        )
        for one in expected[:MOST_AHEAD]
    ]


def _feed(user: User, since: datetime, until: datetime) -> list[Event]:
    soon = ShiftSignup.objects.of(user).expected(since).filter(shift__starts_at__lt=until)
    return [_event(shift, signups) for shift, signups in groupby(soon, key=lambda one: one.shift)]


def _event(shift: Shift, signups: Iterable[ShiftSignup]) -> Event:
    names = "、".join(one.volunteer.person.full_name for one in signups)
    return Event(
        uid=f"shift-{shift.pk}",
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        name=f"{shift.activity.title}（{names}）",
        place=shift.activity.meeting_point or shift.activity.where,
    )


def _waiting(user: User, now: datetime) -> list[Link]:
    """The desk of shifts; what waits there are shifts that are over and not closed."""
    reach = user.reach("volunteers.view") if user.is_staff else []
    if not reach:
        return []
    near = within(Shift.objects.all(), "activity__division", reach)
    unclosed = near.filter(state=ShiftState.PLANNED, ends_at__range=(now - BEHIND, now)).count()
    note = _("班次、签到，结束了要关闭的班次")
    return [Link(_("志愿工作台"), reverse("volunteers:staff_home"), note, "heart", count=unclosed)]


_HELD = f"""
    SELECT count(*) FROM volunteers_shiftsignup u
    JOIN volunteers_volunteer v ON v.id = u.volunteer_id JOIN volunteers_shift s ON s.id = u.shift_id
    WHERE v.person_id IN (SELECT id FROM hers) AND u.state IN ('{SignupState.SIGNED}', '{SignupState.WAITING}')
    AND s.ends_at > %(now)s
"""  # noqa: S608 - states of ours


PART = Part(
    app="volunteers",
    places=[Place("volunteers:home", _t("志愿"), "heart", ("/volunteer",))],
    coming=_coming,
    feed=_feed,
    waiting=_waiting,
    letters=Letter,
    phoned=PHONED,
    copy=persons.copy,
    held=_HELD,
    lock=persons.lock,
    unfinished=persons.unfinished,
    erase=persons.erase,
    named=persons.named,
    fold=persons.fold,
    unfold=persons.unfold,
)
