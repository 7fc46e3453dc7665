"""People, classes and signed-in sessions for the benches, in bulk."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as WebSession
from django.utils import timezone

from centers.models import Center, Division, Room
from courses.models.catalogue import ClassGroup, Course, Teacher, Term, WeeklySlot
from courses.models.session import Session
from people.models import Person, User
from people.sign_in import FACTOR

TOKEN = "b" * 32


def make_people(count: int, now: datetime) -> list[Person]:
    """Residents with an account each."""
    users = User.objects.bulk_create(
        [User(phone=str(16020000000 + n), name=f"居民{n}", password="!", joined_at=now) for n in range(count)]
    )
    return Person.objects.bulk_create(
        [
            Person(full_name=user.name, pinyin=f"ju min {n}", user=user, born_on=date(1980, 1, 1))
            for n, user in enumerate(users)
        ]
    )


def sign_in(people: Sequence[Person], now: datetime) -> dict[int, dict[str, str]]:
    """Each person's cookies; the web sessions are written as sign-in would write them, of staff with
    the second factor given today."""
    store, rows, cookies = SessionStore(), [], {}
    for person in people:
        user = person.user
        data = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            FACTOR: timezone.localdate(now).isoformat(),
        }
        key = f"bench{person.pk:027d}"
        rows.append(
            WebSession(session_key=key, session_data=store.encode(data), expire_date=now + timedelta(days=1))
        )
        cookies[person.pk] = {settings.SESSION_COOKIE_NAME: key, settings.CSRF_COOKIE_NAME: TOKEN}
    WebSession.objects.bulk_create(rows)
    return cookies


def make_classes(
    count: int, now: datetime, *, capacity: int = 20, waiting_limit: int = 20, start: int = 0
) -> list[ClassGroup]:
    """Open classes with ten sessions each, at one center with a room each."""
    division = Division.objects.get_or_create(kind="COMMUNITY", name="社区", parent=None)[0]
    point = {"division": division, "lat": 34.78, "lng": 113.67}
    center = Center.objects.get_or_create(name="党群服务中心", defaults=point)[0]
    dates = {"starts_on": now.date(), "ends_on": now.date() + timedelta(days=120)}
    term = Term.objects.get_or_create(division=division, name="学期", defaults=dates)[0]
    made = []
    for number in range(start, start + count):
        teacher = Teacher.objects.create(
            person=Person.objects.create(full_name="任老师", pinyin="ren lao shi")
        )
        group = ClassGroup.objects.create(
            course=Course.objects.get_or_create(
                name=f"课程{number % 17}", defaults={"about": "学一门手艺。" * 8}
            )[0],
            term=term,
            name=f"课程{number % 17}第{number}班",
            center=center,
            room=Room.objects.create(center=center, name=f"教室{number}"),
            teacher=teacher,
            capacity=capacity,
            waiting_limit=waiting_limit,
            opens_at=now - timedelta(days=3),
            closes_at=now + timedelta(days=30),
            starts_on=now.date() + timedelta(days=1),
            ends_on=now.date() + timedelta(days=90),
        )
        ClassGroup.objects.filter(pk=group.pk).update(state="PUBLISHED")
        group.refresh_from_db()
        starts = time(8 + number % 12)
        WeeklySlot.objects.create(
            class_group=group, weekday=1 + number % 7, starts=starts, ends=time(starts.hour + 1)
        )
        first = now.replace(hour=starts.hour, minute=0) + timedelta(days=1 + number % 7)
        Session.objects.bulk_create(
            [
                Session(
                    class_group=group,
                    number=week + 1,
                    starts_at=first + timedelta(weeks=week),
                    ends_at=first + timedelta(weeks=week, hours=1),
                    room=group.room,
                    teacher=teacher,
                )
                for week in range(10)
            ]
        )
        made.append(group)
    return made
