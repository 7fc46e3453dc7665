"""Run inside a portal of its own (stack.py): sets a stage, moves a session; prints JSON."""

import json
import sys
from contextlib import suppress
from datetime import timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import IntegrityError  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench._stage import TOKEN, make_classes, make_people, sign_in  # noqa: E402
from courses.actions.sessions import move_session  # noqa: E402
from courses.models.catalogue import ClassGroup  # noqa: E402
from courses.models.enrolment import Enrolment  # noqa: E402
from courses.models.session import Session  # noqa: E402
from grievances.models.categories import Category  # noqa: E402
from grievances.models.tickets import Ticket  # noqa: E402
from people.models import Person, User  # noqa: E402
from people.rules import Role  # noqa: E402
from tests.accounts import give_factor  # noqa: E402
from tests.factories import people  # noqa: E402
from tests.factories.centers import division  # noqa: E402


def rush(classes: str, people: str) -> dict[str, object]:
    """Open classes and signed-in residents."""
    now = timezone.now()
    groups = make_classes(int(classes), now, capacity=10, waiting_limit=100)
    persons = make_people(int(people), now)
    cookies = sign_in(persons, now)
    return {
        "classes": [group.pk for group in groups],
        "people": [{"person": one.pk, "cookies": cookies[one.pk]} for one in persons],
    }


def learners() -> list[Person]:
    return list(Person.objects.filter(user__isnull=False, user__is_superuser=False).order_by("pk"))


def meet(minutes: str, seats: str) -> dict[str, int]:
    """A class that meets in so many minutes, with so many learners."""
    now = timezone.now()
    count = ClassGroup.objects.count()
    group = make_classes(1, now, capacity=int(seats), start=count)[0]
    Session.objects.filter(class_group=group).delete()
    starts = now + timedelta(minutes=int(minutes))
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                class_group=group, person=one, state="SEATED", position=n, created_at=now, changed_at=now
            )
            for n, one in enumerate(learners()[: int(seats)], start=1)
        ]
    )
    session = Session.objects.create(
        class_group=group, number=1, starts_at=starts, ends_at=starts + timedelta(hours=1)
    )
    return {"session": session.pk, "class": group.pk}


def move(session_id: str, minutes: str) -> dict[str, int]:
    """Moves a session by so many minutes."""
    by = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("16000000010", "x")
    session, later = Session.objects.get(pk=session_id), timedelta(minutes=int(minutes))
    new = move_session(
        session_id=session.pk,
        starts_at=session.starts_at + later,
        ends_at=session.ends_at + later,
        reason="停电",
        by=by,
        now=timezone.now(),
    )
    return {"session": new.pk}


def speak() -> dict[str, object]:
    """Who tells something in confidence, on the web and at the desk, and who works on it, all signed in."""
    place = division("COMMUNITY", "丁香社区")
    about = {"division": place.pk, "category": Category.objects.get(name="路灯", children=None).pk}
    hers = people.resident("欧阳霁月", place, id=771101)
    elder = people.person("诸葛若兰", home=place, id=771102)
    posts = {"desk": Role.SOCIAL_WORKER, "hand": Role.GRID_WORKER, "head": Role.DIRECTOR}
    staff = {name: people.staff(name, role, place) for name, role in posts.items()}
    phones = [hers.user.phone, *(people.reached_at(one) for one in (hers, elder))]
    persons = {"hers": hers.pk, "elders": elder.pk, "hand": staff["hand"].pk}
    cookies = {name: _signed_in(user) for name, user in {"hers": hers.user, **staff}.items()}
    return {"about": about, "phones": phones, "persons": persons, "cookies": cookies}


def _signed_in(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    give_factor(client, user)
    session = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    return {**session, settings.CSRF_COOKIE_NAME: TOKEN}


def refused(number: str, phone: str) -> dict[str, int]:
    """What the database refuses of a row: one that says too much of her ticket, a phone that is taken."""
    found = Ticket.objects.get(pk=int(number))
    for verb in (
        lambda: Ticket.objects.filter(pk=found.pk).update(contact_phone=phone, level=9),
        lambda: User.objects.create(phone=phone, name="欧阳霁月"),
    ):
        with suppress(IntegrityError):
            verb()
    return {}


if __name__ == "__main__":
    stages = {"rush": rush, "meet": meet, "move": move, "speak": speak, "refused": refused}
    made = stages[sys.argv[1]](*sys.argv[2:])
    sys.stdout.write(json.dumps(made))
