"""What lies in no place and so in everybody's: who may add to it and who may change it, in the back office."""

import pytest
from django.contrib import admin
from django.test import RequestFactory

from centers.actions import load_calendar, load_calendar_file
from centers.models import CalendarDay
from common.admin import ScopedAdmin
from courses.models.catalogue import Course
from people.rules import Role
from tests.access import ROLES
from tests.backoffice import add, change, delete, verb_of_list
from tests.factories import people
from tests.refusals import refused
from volunteers.models.roll import Skill

# model -> who may add, who may change; "city" has a post over the whole tree.
DESKS = "worker other_worker officer admin city"
TABLE = {
    "centers.calendarday": ("admin city", "admin city"),
    "courses.course": (DESKS, "admin city"),
    "grievances.category": ("admin city", "admin city"),
    "grievances.clockpolicy": ("admin city", ""),
    "visits.carepolicy": ("admin city", ""),
    "volunteers.skill": (DESKS, "admin city"),
    "people.user": ("admin", "admin"),
}


@pytest.fixture
def everybody(cast):
    """role -> account, among them a street officer of the root of the tree."""
    told = {role: getattr(cast, role) for role in ROLES if role != "nobody"}
    told["city"] = people.staff("市局", Role.STREET_OFFICER, cast.city["root"])
    return {role: getattr(who, "user", who) for role, who in told.items()}


def may(user, site, question):
    request = RequestFactory().get("/admin/")
    request.user = user
    return bool(getattr(site, f"has_{question}_permission")(request))


def test_whoever_may_write_what_lies_nowhere_stands_in_the_table(cast, everybody):
    found = {}
    for model, site in admin.site._registry.items():
        if getattr(site, "place", None) is None:
            who = [{r for r, user in everybody.items() if may(user, site, q)} for q in ("add", "change")]
            if any(who):
                found[model._meta.label_lower] = tuple(who)
    assert found == {label: tuple({*who.split()} for who in row) for label, row in TABLE.items()}


def test_every_record_of_the_back_office_says_where_it_lies_or_that_all_share_it():
    """A model that asks nobody's place and is not in the table is read-only, or the test above fails."""
    shared = {
        m._meta.label_lower
        for m, s in admin.site._registry.items()
        if isinstance(s, ScopedAdmin) and s.shared
    }
    assert shared == set(TABLE) - {"people.user"}


@pytest.mark.parametrize("role", ["worker", "officer", "city", "admin"])
def test_a_desk_adds_a_course_and_a_skill_and_changes_none(client, everybody, role):
    client.force_login(everybody[role])
    over_all = role in {"city", "admin"}
    assert client.get(add(Course)).status_code == client.get(add(Skill)).status_code == 200
    rows = [
        Course.objects.create(name="书法"),
        Skill.objects.create(name="理发"),
        CalendarDay.objects.first(),
    ]
    for row in rows:
        answer = client.post(change(row), {"name": "改了"})
        assert (answer.status_code == 403) is not over_all  # over all, the form may ask for the rest
        row.refresh_from_db()
        assert row.name != "改了" or over_all
    assert client.post(delete(rows[0]), {"post": "yes"}).status_code == (302 if over_all else 403)
    assert client.get(add(CalendarDay)).status_code == (200 if over_all else 403)
    answer = client.post(verb_of_list(CalendarDay, "load-year"), {"year": 2026})
    assert answer.status_code == (302 if over_all else 403)


def test_the_verbs_ask_themselves(cast, everybody):
    for role, user in everybody.items():
        if role in {"admin", "city"}:
            assert load_calendar(year=2026, by=user)
        else:
            refused("NOT_ALLOWED", load_calendar, year=2026, by=user)
            refused("NOT_ALLOWED", load_calendar_file, content=b"", by=user)
