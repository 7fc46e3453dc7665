"""The demo's people: accounts one per role, teachers, learners, children with their guardians."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from common.pinyin import spell
from courses.models.catalogue import Teacher
from people.actions.family import add_ward, give_consent
from people.models import Consent, Guardianship, Membership, Person, User
from people.rules import BirthPrecision, GuardianKind, Purpose, Role
from portal.demo.data import read, timetable
from portal.demo.places import Places

PASSWORD = "linli-demo-2026"  # noqa: S105 - printed for everybody who tries the demo
SENIOR_LEARNERS, YOUNG_LEARNERS, CHILDREN, NEIGHBOURS = 518, 64, 8, 75
WITHOUT_PHONE = 31
# Segment 160 is given to no operator: nobody real is written to.
_LEARNER_PHONES, _TEACHER_PHONES = 16010000000, 16090000000
_ELDERS, _YOUNG = (1938, 1970), (1984, 2005)
STREET = "花园路街道"


@dataclass
class Folk:
    """Everybody the demo is about."""

    accounts: dict[str, User] = field(default_factory=dict)  # by name
    teachers: dict[str, Teacher] = field(default_factory=dict)
    seniors: list[Person] = field(default_factory=list)  # the first is 王桂兰
    young: list[Person] = field(default_factory=list)  # the first is 李晓峰
    children: list[Person] = field(default_factory=list)  # the first is 王桂兰's grandson
    neighbours: dict[str, list[Person]] = field(default_factory=dict)  # by community, other cities

    @property
    def worker(self) -> User:
        """The social worker who runs the street's school."""
        return self.accounts["周敏"]

    @property
    def admin(self) -> User:
        return self.accounts["管理员"]


class _Names:
    """Invented names; some are rare on purpose (compound surnames, GB 18030 characters)."""

    def __init__(self, rng: Random) -> None:
        self.rng, self.data = rng, read("people")

    def one(self, sex: str, surname: str = "") -> str:
        if not surname:
            rare = self.rng.random() < 0.02
            surname = self.rng.choice(self.data["compound"] if rare else self.data["surnames"])
        return surname + str(self.rng.choice(self.data["women" if sex == "F" else "men"]))


def make_people(rng: Random, places: Places, now: datetime) -> Folk:
    """Everybody, in bulk; the grandson is added by his grandmother through the verbs."""
    folk = Folk()
    listed = {row["name"]: row for row in read("people")["accounts"]}
    _accounts(folk, listed, places, now)
    street = [name for name, one in places.divisions.items() if one.kind == "COMMUNITY"]
    street = [name for name in street if places.divisions[name].parent == places.divisions[STREET]]
    names = _Names(rng)
    _teachers(folk, names, places)
    guilan, commuter = (_resident(folk, listed[name], places) for name in ("王桂兰", "李晓峰"))
    seniors = _learners(names, SENIOR_LEARNERS - 1, places, street, _ELDERS)
    young = _learners(names, YOUNG_LEARNERS - 1, places, street, _YOUNG)
    elsewhere = sorted({row.community for row in timetable("elsewhere")})
    neighbours = {
        name: _learners(names, NEIGHBOURS, places, [name], _ELDERS if name != "红升社区" else _YOUNG)
        for name in elsewhere
    }
    _spread_phones(rng, [*seniors, *young, *(one for group in neighbours.values() for one in group)])
    _save(rng, [*seniors, *young, *(one for group in neighbours.values() for one in group)], now)
    folk.seniors, folk.young, folk.neighbours = [guilan, *seniors], [commuter, *young], neighbours
    folk.children = [_grandson(folk.accounts["王桂兰"], now), *_children(rng, names, folk.young[1:], now)]
    return folk


def _accounts(folk: Folk, listed: dict[str, Any], places: Places, now: datetime) -> None:
    # One hash for all of them: hashing is slow on purpose.
    hashed = make_password(PASSWORD, salt="linlidemo0123456789abc")
    for name, row in listed.items():
        staff = row["role"] != "RESIDENT"
        user = User.objects.create(
            phone=row["phone"],
            name=name,
            password=hashed,
            is_staff=staff,
            is_superuser=row["role"] == "ADMIN",
            phone_verified=True,
            joined_at=now,
        )
        folk.accounts[name] = user
        if "division" in row:
            division = places.divisions.get(row["division"]) or places.grids["通信花园社区"][0]
            Membership.objects.create(
                user=user, division=division, role=Role(row["role"]), since=date(2020, 1, 1)
            )


def _resident(folk: Folk, row: dict[str, Any], places: Places) -> Person:
    return Person.objects.create(
        full_name=row["name"],
        user=folk.accounts[row["name"]],
        phone=row["phone"],
        sex=row["sex"],
        born_on=date.fromisoformat(row["born_on"]),
        home=places.home(row["home"], 0),
    )


def _teachers(folk: Folk, names: _Names, places: Places) -> None:
    parts = ("senior", "night", "children", "elsewhere")
    homes = {row.teacher: row.community for part in reversed(parts) for row in timetable(part)}
    people = [
        Person(
            full_name=name,
            phone=str(_TEACHER_PHONES + number),
            home=places.home(community, number),
            user=folk.accounts.get(name),
            **_spelt(name),
        )
        for number, (name, community) in enumerate(sorted(homes.items()))
    ]
    Person.objects.bulk_create(people)
    made = Teacher.objects.bulk_create([Teacher(person=person, about="志愿教师") for person in people])
    folk.teachers = {teacher.person.full_name: teacher for teacher in made}


def _spelt(name: str) -> dict[str, str]:
    pinyin, initials = spell(name)
    return {"pinyin": pinyin, "initials": initials}


def _learners(
    names: _Names, count: int, places: Places, communities: list[str], born: tuple[int, int]
) -> list[Person]:
    rng, made = names.rng, []
    for number in range(count):
        sex = "F" if rng.random() < 0.7 else "M"
        name = names.one(sex)
        precise = rng.random() < 0.7
        born_on = date(rng.randint(*born), rng.randint(1, 12), rng.randint(1, 28) if precise else 1)
        person = Person(
            full_name=name,
            sex=sex,
            born_on=born_on,
            born_precision=BirthPrecision.DAY if precise else BirthPrecision.MONTH,
            home=places.home(communities[number % len(communities)], rng.randrange(3)),
            **_spelt(name),
        )
        if rng.random() < 0.5:
            person.contact_name = f"{names.one('M')}（{rng.choice(names.data['contacts'])}）"
            person.contact_phone = str(_TEACHER_PHONES + rng.randint(1000, 9999999))
        made.append(person)
    return made


def _spread_phones(rng: Random, people: list[Person]) -> None:
    """Most have a phone of their own, some share one (couples), a few have none."""
    without = set(rng.sample(range(SENIOR_LEARNERS - 1), WITHOUT_PHONE))
    for number, person in enumerate(people):
        if number in without:
            continue
        shared = number and number - 1 not in without and rng.random() < 0.05
        person.phone = people[number - 1].phone if shared else str(_LEARNER_PHONES + number)


def _save(rng: Random, people: list[Person], now: datetime) -> None:
    """Inserts them; about half of those with a phone of their own have an account."""
    seen: set[str] = set()
    for person in people:
        if person.phone and person.phone not in seen and rng.random() < 0.5:
            person.user = User(  # with a code of the desk, each of them
                phone=person.phone,
                name=person.full_name,
                password="!",  # noqa: S106
                phone_verified=True,
                joined_at=now,
            )
        seen.add(person.phone)
    User.objects.bulk_create([person.user for person in people if person.user])
    Person.objects.bulk_create(people)


def _grandson(user: User, now: datetime) -> Person:
    row = read("people")["grandson"]
    born_on = date(timezone.localdate(now).year - row["born_years_ago"], 5, 6)
    tie = add_ward(
        by=user,
        full_name=row["name"],
        born_on=born_on,
        relation=row["relation"],
        kind=GuardianKind.GUARDIAN,
        now=now,
    )
    give_consent(person_id=tie.ward_id, purpose=Purpose.COURSES, by=user, now=now)
    return tie.ward


def _children(rng: Random, names: _Names, parents: Iterable[Person], now: datetime) -> list[Person]:
    year = timezone.localdate(now).year
    made, ties, consents = [], [], []
    for parent in list(parents)[:CHILDREN]:
        name = names.one(rng.choice("FM"), parent.full_name[0])
        child = Person(
            full_name=name,
            born_on=date(year - rng.randint(7, 11), rng.randint(1, 12), rng.randint(1, 28)),
            home=parent.home,
            **_spelt(name),
        )
        made.append(child)
        ties.append(Guardianship(guardian=parent, ward=child, kind=GuardianKind.GUARDIAN, since=now))
        consents.append(Consent(person=child, purpose=Purpose.COURSES, given_by=parent, given_at=now))
    Person.objects.bulk_create(made)
    Guardianship.objects.bulk_create(ties)
    Consent.objects.bulk_create(consents)
    return made
