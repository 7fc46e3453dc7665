"""What templates show of shifts: plain dicts, no queries here."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.moments import day_word, weekday
from common.shapes import Card, Seats
from volunteers.models.shifts import Activity, Shift
from volunteers.rules.shifts import ActivityState, Repeats, ShiftState


def rhythm(activity: Activity) -> str:
    """ "每周五 15:00–16:00"."""
    span = f"{activity.starts:%H:%M}–{activity.ends:%H:%M}"
    if activity.repeats == Repeats.NONE or activity.weekday is None:
        return _("只办一次")
    words = {"day": weekday(activity.weekday), "span": span}
    if activity.repeats == Repeats.WEEKLY:
        return _("每%(day)s %(span)s") % words
    return _("每月最后一个%(day)s %(span)s") % words


def state_word(shift: Shift, now: datetime) -> str:
    """Why nobody can join any more, in a few letters; "" while one can."""
    if shift.state == ShiftState.CANCELLED:
        return _("已取消")
    if shift.state == ShiftState.CLOSED or now >= shift.ends_at:
        return _("已结束")
    return _("已停办") if shift.activity.state == ActivityState.ENDED else ""


def asks(activity: Activity) -> list[str]:
    """What a volunteer must bring along: skill, age, insurance."""
    words = []
    if activity.skill:
        words.append(_("要会%(skill)s") % {"skill": activity.skill})
    if activity.min_age:
        words.append(_("%(low)s 岁及以上") % {"low": activity.min_age})
    if activity.dangerous:
        words.append(_("要有意外险"))
    return words


def seats(shift: Shift, now: datetime) -> Seats:
    """The places of a shift for components/_seats.html."""
    return {
        "seats_left": shift.places_left,
        "capacity": shift.places,
        "waiting": shift.waiting_taken if shift.waiting_taken < shift.waiting_limit else None,
        "state_word": state_word(shift, now),
    }


def shift_card(shift: Shift, now: datetime) -> Card:
    """One shift for components/_class_card.html; comes from `.for_cards()`."""
    starts, ends = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
    return {
        "url": reverse("volunteers:shift", args=[shift.pk]),
        "when_day": day_word(starts.date(), timezone.localtime(now).date()),
        "when_from": f"{starts:%H:%M}",
        "when_to": f"{ends:%H:%M}",
        "name": shift.activity.title,
        "place": shift.activity.where or str(shift.activity.division),
        "teacher": "",
        "note": " · ".join([*asks(shift.activity), *([shift.note] if shift.note else [])]),
        **seats(shift, now),
    }
