"""What templates/components show of classes: plain dicts, made in one pass, no queries here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TypedDict

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from centers.models import Center
from centers.rules import walk_minutes
from common.moments import EVENING, day_word, weekday
from common.shapes import Card, Day, Lesson, Seats
from courses.models.catalogue import ClassGroup
from courses.models.session import Session, SkippedDate
from courses.rules import ClassState, EnrolBy


def state_word(group: ClassGroup, now: datetime) -> str:
    """Why no seat can be had now, in a few letters; "" while enrolment is open."""
    if group.state == ClassState.CANCELLED:
        return _("已取消")
    if group.state == ClassState.FINISHED:
        return _("已结课")
    if now < group.opens_at:
        opens = timezone.localtime(group.opens_at)
        return _("%(when)s 开放报名") % {"when": date_format(opens, _("n月j日 H:i"))}
    if now >= group.closes_at:
        return _("报名已截止")
    return ""


def no_room(group: ClassGroup) -> str:
    """Why not even a place in line can be had, as a sentence; "" while there is one."""
    if group.enrol_by == EnrolBy.SESSION or group.seats_left or group.waiting_taken < group.waiting_limit:
        return ""
    return _("名额和候补都满了，请看其他班，或过几天再来。")


def place(group: ClassGroup) -> str:
    """ "通信花园社区党群服务中心 书画室"."""
    return f"{group.center.name} {group.room.name}" if group.room else group.center.name


def teacher(group: ClassGroup) -> str:
    """ "陈国华老师", or "" while none is named."""
    if group.teacher is None:
        return ""
    return _("%(name)s老师") % {"name": group.teacher.person.full_name}


def audience(group: ClassGroup) -> str:
    """Whom the class is for: its age limits, else its course's audience."""
    low, high = group.min_age, group.max_age
    if low is not None and high is not None:
        return _("%(low)s–%(high)s 岁") % {"low": low, "high": high}
    if low is not None:
        return _("%(low)s 岁及以上") % {"low": low}
    if high is not None:
        return _("%(high)s 岁及以下") % {"high": high}
    return (
        ""
        if group.course.audience == "ALL"
        else _("适合%(who)s") % {"who": group.course.get_audience_display().lower()}
    )


def slots(group: ClassGroup) -> str:
    """ "每周三 18:00–19:00"."""
    words = [f"{weekday(s.weekday)} {s.starts:%H:%M}–{s.ends:%H:%M}" for s in group.slots.all()]
    return _("每%(slots)s") % {"slots": "、".join(words)} if words else _("时间另行通知")


def class_card(group: ClassGroup, now: datetime, near: Center | None = None) -> Card:
    """One class for components/_class_card.html; `group` comes from `.for_cards().with_next(now)`."""
    starts = timezone.localtime(group.next_starts_at) if group.next_starts_at else None
    ends = timezone.localtime(group.next_ends_at) if group.next_ends_at else None
    today = timezone.localtime(now).date()
    return {
        "url": reverse("courses:class", args=[group.pk]),
        "when_day": day_word(starts.date(), today, starts.hour) if starts else _("待定"),
        "when_from": f"{starts:%H:%M}" if starts else "",
        "when_to": f"{ends:%H:%M}" if ends else "",
        "name": group.name,
        "place": place(group) + walk(group.center, near),
        "teacher": teacher(group),
        "note": audience(group) or group.bring,
        **seats(group, now),
    }


def seats(group: ClassGroup, now: datetime) -> Seats:
    """The seats of a class for components/_seats.html."""
    return {
        "seats_left": group.seats_left,
        "capacity": group.capacity if group.enrol_by == EnrolBy.CLASS else 0,
        "waiting": group.waiting_taken if group.waiting_taken < group.waiting_limit else None,
        "state_word": state_word(group, now) or (_("按次报名") if group.enrol_by == EnrolBy.SESSION else ""),
    }


def walk(center: Center, near: Center | None) -> str:
    """ " · 走路 4 分钟" from another center, or "" where either has no point."""
    away = center.metres_to(near) if near else None
    if away is None or away < 1:
        return ""
    return " · " + _("走路 %(minutes)s 分钟") % {"minutes": walk_minutes(away)}


class Date(TypedDict):
    """One date of a class in courses/_dates.html; without a session it was skipped."""

    at: datetime
    session: Session | None
    reason: str
    past: bool


def dates(
    sessions: Iterable[Session], skipped: Iterable[SkippedDate], now: datetime, *, past: bool
) -> list[Date]:
    """The dates of a class ahead (or `past`) in order, met or not, with the reason where it is not."""
    rows: list[Date] = [
        {"at": timezone.localtime(s.starts_at), "session": s, "reason": s.reason, "past": s.ends_at < now}
        for s in sessions
    ]
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    for date_off in skipped:
        at = midnight.replace(year=date_off.day.year, month=date_off.day.month, day=date_off.day.day)
        rows.append({"at": at, "session": None, "reason": date_off.reason, "past": at < now})
    return sorted((row for row in rows if row["past"] == past), key=lambda row: row["at"])


def week(sessions: Iterable[Session], first: date, today: date) -> list[Day]:
    """Seven days of a timetable for components/_week.html."""
    by_day: dict[date, list[Session]] = {}
    for session in sessions:
        by_day.setdefault(timezone.localtime(session.starts_at).date(), []).append(session)
    return [_day(first + timedelta(days=n), by_day, today) for n in range(7)]


def _day(day: date, by_day: dict[date, list[Session]], today: date) -> Day:
    parts: dict[str, list[Lesson]] = {_("上午"): [], _("下午"): [], _("晚上"): []}
    names = list(parts)
    for session in by_day.get(day, []):
        starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
        part = names[0] if starts.hour < 12 else names[1] if starts.hour < EVENING else names[2]
        parts[part].append(
            {
                "url": reverse("courses:class", args=[session.class_group_id]),
                "when_from": f"{starts:%H:%M}",
                "when_to": f"{ends:%H:%M}",
                "name": session.class_group.name,
                "place": session.room.name if session.room else "",
            }
        )
    return {
        "label": weekday(day.isoweekday()),
        "date": date_format(day, _("n月j日")),
        "today": day == today,
        "empty": day not in by_day,
        "parts": [{"label": label, "classes": classes} for label, classes in parts.items()],
    }
