"""The demo's classes: terms around today, thirty classes of the senior school, a night school."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from centers.models import CalendarDay
from common.days import SHANGHAI
from courses.actions.classes import publish_class, turn_classes
from courses.actions.sessions import plan_sessions
from courses.models.catalogue import ClassGroup, Course, Term, WeeklySlot
from courses.models.session import Session
from courses.rules import CourseKind, EnrolBy, Makeup
from people.models import User
from portal.demo.data import ClassRow, read, timetable
from portal.demo.people import STREET, Folk
from portal.demo.places import Places

WEEKS_BEHIND, WEEKS_AHEAD = 8, 11
HOME = "通信花园社区"


@dataclass(frozen=True)
class Span:
    """The dates of a term around a day."""

    starts_on: date
    ends_on: date

    @property
    def name(self) -> str:
        season = "春季" if 2 <= self.starts_on.month <= 7 else "秋季"
        return f"{self.starts_on.year}年{season}"

    @property
    def opens_at(self) -> datetime:
        """Enrolment opens three weeks before the term."""
        return datetime.combine(self.starts_on - timedelta(days=21), time(9), SHANGHAI)

    @property
    def closes_at(self) -> datetime:
        """Latecomers are welcome until three weeks before the end."""
        return datetime.combine(self.ends_on - timedelta(days=20), time(20), SHANGHAI)

    @property
    def years(self) -> range:
        return range(self.starts_on.year - 1, self.ends_on.year + 1)


def span_around(day: date) -> Span:
    """From a Monday eight weeks ago to a Sunday eleven weeks ahead."""
    monday = day - timedelta(days=day.weekday())
    return Span(monday - timedelta(weeks=WEEKS_BEHIND), monday + timedelta(weeks=WEEKS_AHEAD, days=6))


@dataclass
class Classes:
    """The classes that were made, by name, with the line of the timetable each came from."""

    span: Span
    groups: dict[str, ClassGroup] = field(default_factory=dict)
    rows: dict[str, ClassRow] = field(default_factory=dict)


@dataclass
class _Maker:
    places: Places
    folk: Folk
    span: Span
    made: Classes

    def course(self, name: str, kind: CourseKind = CourseKind.COURSE) -> Course:
        subject, audience, about, _bring = read("classes")["courses"][name]
        fields = {"subject": subject, "audience": audience, "about": about, "kind": kind}
        return Course.objects.get_or_create(name=name, defaults=fields)[0]

    def add(
        self,
        row: ClassRow,
        term: Term,
        by: User,
        kind: CourseKind = CourseKind.COURSE,
        *,
        publish: bool = True,
        **fields: Any,
    ) -> ClassGroup:
        """Drafts a class, plans its sessions and publishes it."""
        values = {
            "opens_at": self.span.opens_at,
            "closes_at": self.span.closes_at,
            "starts_on": self.span.starts_on,
            "ends_on": self.span.ends_on,
            # A weekend class goes on when a weekend is worked.
            "makeup": Makeup.HOLD if row.weekday > 5 else Makeup.SKIP,
            **fields,
        }
        group = ClassGroup.objects.create(
            course=self.course(row.course, kind),
            term=term,
            name=row.name,
            center=self.places.centers[row.community],
            room=self.places.rooms[row.community, row.room],
            teacher=self.folk.teachers.get(row.teacher),
            capacity=row.capacity,
            bring=read("classes")["courses"][row.course][3],
            **values,
        )
        WeeklySlot.objects.create(class_group=group, weekday=row.weekday, starts=row.starts, ends=row.ends)
        plan_sessions(class_id=group.pk, by=by, now=self.span.opens_at)
        if publish and group.sessions.exists():
            publish_class(class_id=group.pk, by=by, now=self.span.opens_at)
        self.made.groups[row.name], self.made.rows[row.name] = group, row
        return group


def make_classes(places: Places, folk: Folk, now: datetime) -> Classes:
    """Every class, planned and published; those whose first day has come are running."""
    span = span_around(timezone.localdate(now))
    maker = _Maker(places, folk, span, Classes(span))
    senior = _term(places, STREET, f"{span.name}老年大学", span)
    night = _term(places, STREET, f"{span.name}夜校", span)
    for row in timetable("senior"):
        maker.add(row, senior, folk.worker)
    for row in timetable("night"):
        maker.add(row, night, folk.worker, min_age=18, max_age=45)
    for row in timetable("children"):
        maker.add(row, night, folk.worker, min_age=6, max_age=13)
    for row in timetable("elsewhere"):
        maker.add(row, _term(places, row.community, span.name, span), folk.admin)
    _party_lesson(maker, night)
    _tea_on_holidays(maker, night)
    _not_yet(maker, senior, night, now)
    _past_is_held(now)
    turn_classes(now=now)
    return maker.made


def _term(places: Places, division: str, name: str, span: Span) -> Term:
    dates = {"starts_on": span.starts_on, "ends_on": span.ends_on}
    return Term.objects.get_or_create(division=places.divisions[division], name=name, defaults=dates)[0]


def _party_lesson(maker: _Maker, term: Term) -> None:
    row = ClassRow("微党课", "微党课", "", 4, time(20), time(20, 45), "多功能厅", HOME, 80, 40)
    maker.add(row, term, maker.folk.worker, CourseKind.PARTY_LESSON, enrol_by=EnrolBy.SESSION)


def _tea_on_holidays(maker: _Maker, term: Term) -> None:
    """On public holidays the weekly classes rest, and the center has a tea evening instead."""
    span = maker.span
    days = CalendarDay.objects.filter(kind="HOLIDAY", day__range=(span.starts_on, span.ends_on)).order_by(
        "day"
    )
    sessions = [
        Session(
            number=number,
            starts_at=datetime.combine(day.day, time(18, 30), SHANGHAI),
            ends_at=datetime.combine(day.day, time(20), SHANGHAI),
            capacity=60,
        )
        for number, day in enumerate(days, start=1)
    ]
    if not sessions:
        return
    group = ClassGroup.objects.create(
        course=maker.course("假日茶座", CourseKind.ACTIVITY),
        term=term,
        name="假日茶座",
        center=maker.places.centers[HOME],
        room=maker.places.rooms[HOME, "多功能厅"],
        capacity=60,
        enrol_by=EnrolBy.SESSION,
        opens_at=span.opens_at,
        closes_at=datetime.combine(span.ends_on, time(20), SHANGHAI),
        starts_on=span.starts_on,
        ends_on=span.ends_on,
    )
    for session in sessions:
        session.class_group, session.room, session.waiting_limit = group, group.room, 20
    Session.objects.bulk_create(sessions)
    publish_class(class_id=group.pk, by=maker.folk.worker, now=span.opens_at)
    maker.made.groups[group.name] = group


def _not_yet(maker: _Maker, senior: Term, night: Term, now: datetime) -> None:
    """A class not yet open, one still a draft, and one that will be cancelled (demo/seats.py)."""
    today, by = timezone.localdate(now), maker.folk.worker
    erhu = ClassRow("二胡", "二胡新春班", "", 6, time(10), time(11, 30), "音乐教室", "电业社区", 20, 0)
    opens = datetime.combine(today + timedelta(days=2), time(9), SHANGHAI)
    maker.add(erhu, senior, by, opens_at=opens, starts_on=today + timedelta(days=21))
    portrait = ClassRow(
        "人像摄影", "人像摄影外拍班", "毛振", 7, time(15), time(16, 30), "教室一", "关虎屯社区", 15, 3
    )
    maker.add(portrait, night, by, starts_on=today + timedelta(days=10))
    draft = ClassRow("绘画", "水彩夜校班", "", 5, time(19, 10), time(20, 30), "书画室", HOME, 20, 0)
    maker.add(draft, night, by, publish=False, starts_on=today + timedelta(days=14))


def _past_is_held(now: datetime) -> None:
    Session.objects.filter(state="PLANNED", ends_at__lte=now).update(state="HELD")
