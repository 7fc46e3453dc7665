from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password

from centers.models import Division
from people.models import Consent, Guardianship, Membership, Person, User
from people.rules import GuardianKind, Purpose, Role

SEPTEMBER = datetime(2026, 9, 1, tzinfo=UTC)  # before the moment in which the cast lives

PASSWORD = "linli-demo-2026"
phones = count(13900000000)


@cache
def hashed() -> str:
    """Hashing a password costs 0.1 s: once a run is enough for everybody."""
    return make_password(PASSWORD)


def user(name: str = "用户", phone: str | None = None, **fields: Any) -> User:
    """An account whose owner showed herself, unless a test says otherwise."""
    fields.setdefault("phone_verified", True)
    return User.objects.create(phone=phone or str(next(phones)), name=name, password=hashed(), **fields)


def person(
    name: str = "李秀英", account: User | None = None, home: Division | None = None, **fields: Any
) -> Person:
    return Person.objects.create(full_name=name, user=account, home=home, **fields)


def resident(name: str = "王桂兰", home: Division | None = None, **fields: Any) -> Person:
    """A person with an account of her own."""
    return person(name, user(name), home, **fields)


def reached_at(person: Person, phone: str = "") -> str:
    """Gives a resident a number of her own, which may be nobody's account."""
    number = phone or str(next(phones))
    Person.objects.filter(pk=person.pk).update(phone=number)
    return number


def staff(name: str, role: Role, division: Division) -> User:
    made = user(name, is_staff=True)
    Membership.objects.create(user=made, division=division, role=role, since=date(2020, 1, 1))
    return made


def child(
    name: str, born_on: date, guardian: Person, *, consented: bool = True, kind: str = "GUARDIAN"
) -> Person:
    made = person(name, born_on=born_on, home=guardian.home)
    Guardianship.objects.create(guardian=guardian, ward=made, kind=GuardianKind(kind), since=SEPTEMBER)
    if consented:
        Consent.objects.create(person=made, purpose=Purpose.COURSES, given_by=guardian, given_at=SEPTEMBER)
    return made
