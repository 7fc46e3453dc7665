"""Run inside a portal of its own (stack.py): sets a stage, moves a session; prints JSON."""

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from bench._stage import make_classes, make_people, sign_in  # noqa: E402
from courses.actions.sessions import move_session  # noqa: E402
from courses.models.catalogue import ClassGroup  # noqa: E402
from courses.models.enrolment import Enrolment  # noqa: E402
from courses.models.session import Session  # noqa: E402
from people.models import Person, User  # noqa: E402


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


if __name__ == "__main__":
    made = {"rush": rush, "meet": meet, "move": move}[sys.argv[1]](*sys.argv[2:])
    sys.stdout.write(json.dumps(made))
