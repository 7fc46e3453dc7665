from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from centers.models import Center
from common.days import SHANGHAI
from courses.actions.enrolment import enrol
from courses.models.catalogue import ClassGroup, Course, Teacher, Term, WeeklySlot
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.rules import Audience, ClassState, EnrolBy, EnrolmentState
from people.models import Person
from tests.factories import people
from tests.factories.stages import past_the_table

_numbers = count(1)


def term(center: Center, name: str = "2026年秋季", **fields: Any) -> Term:
    defaults = {"starts_on": date(2026, 9, 7), "ends_on": date(2027, 1, 15), **fields}
    return Term.objects.get_or_create(division=center.division, name=name, defaults=defaults)[0]


def teacher(name: str = "陈国华") -> Teacher:
    return Teacher.objects.create(person=Person.objects.create(full_name=name))


def class_group(center: Center, now: datetime, name: str = "", **fields: Any) -> ClassGroup:
    """A published class whose enrolment is open at `now`, Wednesdays 18:00-19:00."""
    name = name or f"书法{next(_numbers)}班"
    course = (
        fields.pop("course", None)
        or Course.objects.get_or_create(name=name.rstrip("1234567890班") or name)[0]
    )
    slots = fields.pop("slots", [(3, time(18), time(19))])
    values = {
        "course": course,
        "term": fields.pop("term", None) or term(center),
        "name": name,
        "center": center,
        "capacity": 20,
        "opens_at": now - timedelta(days=10),
        "closes_at": now + timedelta(days=30),
        "starts_on": now.date() - timedelta(days=7),
        "ends_on": now.date() + timedelta(days=28),
        "state": ClassState.PUBLISHED,
        **fields,
    }
    with past_the_table(ClassGroup):
        made = ClassGroup.objects.create(**values)
    for weekday, starts, ends in slots:
        WeeklySlot.objects.create(class_group=made, weekday=weekday, starts=starts, ends=ends)
    return made


def session(group: ClassGroup, starts_at: datetime, **fields: Any) -> Session:
    number = group.sessions.count() + 1
    capacity = group.capacity if group.enrol_by == EnrolBy.SESSION else 0
    values = {
        "class_group": group,
        "number": number,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "room": group.room,
        "teacher": group.teacher,
        "capacity": capacity,
        **fields,
    }
    with past_the_table(Session):
        return Session.objects.create(**values)


def seat(
    group: ClassGroup, person: Person, now: datetime, state: str = EnrolmentState.SEATED, **fields: Any
) -> Enrolment:
    """Writes an enrolment row past the verbs, for setting a stage."""
    last = Enrolment.objects.filter(class_group=group).order_by("-position").first()
    values = {
        "class_group": group,
        "person": person,
        "state": state,
        "position": (last.position if last else 0) + 1,
        "created_at": now,
        "changed_at": now,
        **fields,
    }
    with past_the_table(Enrolment):
        return Enrolment.objects.create(**values)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment by the Shanghai clock."""
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def catalogue(center: Center, now: datetime, elder: Person) -> dict[str, ClassGroup]:
    """Five classes: tonight, tomorrow morning and full, on Friday for elders, next week for children, over."""
    calligraphy = Course.objects.create(name="书法", subject="书画", audience=Audience.ALL)
    dance = Course.objects.create(name="广场舞", audience=Audience.ELDER)
    room = center.rooms.get(name="教室1")
    rows = [
        ("书法一班", {"course": calligraphy, "teacher": teacher("陈国华")}, at(2026, 11, 25, 18)),
        ("书法二班", {"course": calligraphy, "slots": [(4, time(9), time(10))]}, at(2026, 11, 26, 9)),
        (
            "广场舞一班",
            {"course": dance, "slots": [(5, time(8), time(9))], "room": room},
            at(2026, 11, 27, 8),
        ),
        (
            "少儿绘画班",
            {"min_age": 6, "max_age": 12, "slots": [(2, time(17, 30), time(18, 30))]},
            at(2026, 12, 1, 17, 30),
        ),
        ("截止的班", {"closes_at": now - timedelta(hours=1)}, at(2026, 11, 26, 15)),
    ]
    made = {}
    for name, fields, starts in rows:
        made[name] = class_group(center, now, name=name, **fields)
        session(made[name], starts)
    seat(made["书法二班"], elder, now)
    ClassGroup.objects.filter(name="书法二班").update(capacity=1)
    return made


def take(group, person, now, by=None, **kwargs):
    return enrol(class_id=group.pk, person=person, by=by or person.user, now=now, **kwargs)


def crowd(cast, count):
    return [people.resident(f"居民{'甲乙丙丁戊己庚辛'[i]}", cast.city["community"]) for i in range(count)]
