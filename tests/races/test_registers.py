"""The street's roster, confirmed by several hands at once: nobody twice, no seat twice."""

from pathlib import Path

import pytest

from common.errors import DomainError
from courses.actions.registers.lifecycle import confirm_register, upload_register
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.register import RegisterKind
from people.models import Person, User
from tests.common.faults import found
from tests.factories import centers, people
from tests.factories.courses import at
from tests.races.crowd import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DATA = Path(__file__).parent.parent / "data"
NOW, LATER = at(2026, 9, 7, 9), at(2026, 9, 7, 9, 5)


def upload(name, kind, by):
    data = (DATA / name).read_bytes()
    return upload_register(kind=kind, data=data, file_name=name, by=by, now=NOW)


@pytest.fixture
def clerk(transactional_db):
    centers.calendar(2026)
    centers.new_year_2027()
    user = people.user("管理员", is_staff=True, is_superuser=True)
    table = upload("timetable.xlsx", RegisterKind.TIMETABLE, user)
    confirm_register(register_id=table.pk, by=user, now=NOW)
    return user


def confirming(register, by):
    user = User.objects.get(pk=by.pk)
    return lambda: confirm_register(register_id=register.pk, by=user, now=LATER)


def learners():
    return Person.objects.filter(enrolments__isnull=False).distinct().count()


def clean():
    return found(LATER) == {}


def test_one_roster_confirmed_by_a_double_click(clerk):
    register = upload("roster.xlsx", RegisterKind.ROSTER, clerk)
    at_once([confirming(register, clerk)] * 4)
    assert (learners(), Enrolment.objects.count()) == (518, 657)
    assert clean()


def test_the_same_roster_uploaded_by_two_clerks(clerk):
    """Both looked before either confirmed: the second one is asked to look again."""
    registers = [upload("roster.xlsx", RegisterKind.ROSTER, clerk) for _ in range(2)]
    results = at_once([confirming(register, clerk) for register in registers])
    assert [one.code for one in results if isinstance(one, DomainError)] == ["NOT_CONFIRMABLE"]
    assert (learners(), Enrolment.objects.count()) == (518, 657)
    assert ClassGroup.objects.count() == 30
    assert clean()


def test_the_same_timetable_uploaded_by_two_clerks(transactional_db):
    centers.calendar(2026)
    centers.new_year_2027()
    user = people.user("管理员", is_staff=True, is_superuser=True)
    tables = [upload("timetable.xlsx", RegisterKind.TIMETABLE, user) for _ in range(2)]
    results = at_once([confirming(table, user) for table in tables])
    assert [one.code for one in results if isinstance(one, DomainError)] == ["NOT_CONFIRMABLE"]
    assert ClassGroup.objects.count() == 30
    assert len(set(ClassGroup.objects.values_list("name", flat=True))) == 30
