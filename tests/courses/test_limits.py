"""What one account may take for itself and the children it entered, whatever door it comes through."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.actions.enrolment import enrol, enrol_together, withdraw
from courses.models.enrolment import Enrolment
from courses.rules import EnrolChannel, EnrolmentState
from people.actions.accounts import issue_desk_code, redeem_desk_code
from people.actions.family import add_ward, name_agent
from people.models import Guardianship, Person, User
from people.rules import GuardianKind
from tests.factories import courses, people, volunteers
from tests.html import Page
from tests.refusals import refused
from volunteers.actions.signups import sign_up, withdraw_signup
from volunteers.models.signups import ShiftSignup
from volunteers.rules.shifts import SignupState

pytestmark = pytest.mark.usefixtures("clock")
UNPROVED, PROVED = 6, 30
WARDS, MORE_WARDS = 3, 8


@pytest.fixture
def mother(cast):
    """Who signed up on her phone, and whom nobody has seen."""
    person = people.resident("何静", cast.city["community"], born_on=date(1990, 1, 1))
    User.objects.filter(pk=person.user_id).update(phone_verified=False)
    return Person.objects.get(pk=person.pk)


def prove(person, cast, now):
    """At the desk: a code is printed for her, and she signs in with it."""
    _made, code = issue_desk_code(person_id=person.pk, by=cast.worker, now=now)
    redeem_desk_code(code=code, now=now)


def child(mother, name, now, **more):
    told = {"born_on": date(2010, 5, 6), "relation": "女儿", "kind": GuardianKind.GUARDIAN, **more}
    return add_ward(by=mother.user, full_name=name, now=now, **told)


def let_go(tie, now):
    """Another guardian was found, at the desk."""
    Guardianship.objects.filter(pk=tie.pk).update(until=now)


def seat(person, mother, cast, now, **more):
    group = courses.class_group(cast.center, now, **more)
    return enrol(class_id=group.pk, person=person, by=mother.user, now=now, clash_confirmed=True)


def take(mother, people_of_hers, count, cast, now):
    """So many live seats, in every way there is: seats, lines, sessions, shifts."""
    community = cast.city["community"]
    ways = [
        lambda who: seat(who, mother, cast, now),
        lambda who: seat(who, mother, cast, now, capacity=0, waiting_limit=5),
        lambda who: enrol(
            **_by_session(cast, now), person=who, by=mother.user, now=now, clash_confirmed=True
        ),
        lambda who: sign_up(**_shift(who, community, now), by=mother.user, now=now),
    ]
    for number in range(count):
        ways[number % len(ways)](people_of_hers[number % len(people_of_hers)])


def _by_session(cast, now):
    group = courses.class_group(cast.center, now, enrol_by="SESSION")
    days = 2 + Enrolment.objects.count()
    return {"class_id": group.pk, "session_id": courses.session(group, now + timedelta(days=days)).pk}


def _shift(person, community, now):
    days = 2 + ShiftSignup.objects.count()
    helper = getattr(person, "volunteer", None) or volunteers.volunteer(person)
    return {"shift_id": volunteers.shift(community, now + timedelta(days=days)).pk, "volunteer_id": helper.pk}


@pytest.mark.parametrize("proved", [False, True])
def test_seats_lines_sessions_and_shifts_count_together(cast, mother, now, proved):
    wards = [child(mother, f"王{name}", now).ward for name in ("小宝", "小贝")]
    if proved:
        prove(mother, cast, now)
    take(mother, [mother, *wards], PROVED if proved else UNPROVED, cast, now)
    words = "到服务台报名" if proved else "带身份证到服务台核实一次"
    for who in (mother, wards[0]):
        group, shift = courses.class_group(cast.center, now), _shift(who, cast.city["community"], now)
        told = {"class_id": group.pk, "person": who, "by": mother.user, "now": now}
        assert words in str(refused("TOO_MANY_SEATS", enrol, **told))
        assert words in str(refused("TOO_MANY_SEATS", sign_up, **shift, by=mother.user, now=now))


def test_what_is_given_up_or_over_makes_room(cast, mother, now):
    take(mother, [mother], UNPROVED, cast, now)
    refused("TOO_MANY_SEATS", seat, person=mother, mother=mother, cast=cast, now=now)
    withdraw(enrolment_id=Enrolment.objects.filter(session=None).first().pk, by=mother.user, now=now)
    seat(mother, mother, cast, now)
    withdraw_signup(signup_id=ShiftSignup.objects.get().pk, by=mother.user, now=now)
    seat(mother, mother, cast, now)
    refused("TOO_MANY_SEATS", seat, person=mother, mother=mother, cast=cast, now=now)
    later = now + timedelta(days=20)  # the session is over
    group = courses.class_group(cast.center, later)
    enrol(class_id=group.pk, person=mother, by=mother.user, now=later, clash_confirmed=True)


def test_who_shows_herself_may_take_more(cast, mother, now):
    take(mother, [mother], UNPROVED, cast, now)
    refused("TOO_MANY_SEATS", seat, person=mother, mother=mother, cast=cast, now=now)
    prove(mother, cast, now)
    seat(mother, mother, cast, now)


def test_a_child_whom_she_let_go_still_sits_on_her_account(cast, mother, now):
    """Else one could enter children without end, one after the other."""
    for number in range(WARDS):
        tie = child(mother, f"王小{'甲乙丙'[number]}", now)
        take(mother, [tie.ward], UNPROVED // WARDS, cast, now)
        let_go(tie, now)
    refused("TOO_MANY_SEATS", seat, person=mother, mother=mother, cast=cast, now=now)
    refused("TOO_MANY", child, mother=mother, name="王小丁", now=now)


def test_an_elder_who_was_named_at_the_desk_is_no_invention(cast, mother, now):
    name_agent(ward_id=cast.elder.pk, agent_id=mother.pk, relation="邻居", by=cast.worker, now=now)
    take(mother, [cast.elder], UNPROVED, cast, now)
    seat(mother, mother, cast, now)
    assert not Guardianship.objects.filter(ward=cast.elder, confirmed_by=None).exists()


def test_the_desk_is_not_limited(cast, mother, now):
    take(mother, [mother], UNPROVED, cast, now)
    for _each in range(PROVED):
        group = courses.class_group(cast.center, now)
        told = {"class_id": group.pk, "by": cast.worker, "now": now, "channel": EnrolChannel.COUNTER}
        enrol(person=mother, **told, clash_confirmed=True)
    sign_up(**_shift(mother, cast.city["community"], now), by=cast.worker, now=now)


@pytest.mark.parametrize("all_or_none", [False, True])
def test_together_takes_what_is_left_or_nothing(cast, mother, now, all_or_none):
    wards = [child(mother, f"王{name}", now).ward for name in ("小宝", "小贝")]
    take(mother, [mother], UNPROVED - 3, cast, now)
    groups = [courses.class_group(cast.center, now, slots=[]).pk for _ in range(2)]
    told = {"class_ids": groups, "persons": wards, "by": mother.user, "now": now, "all_or_none": all_or_none}
    if all_or_none:
        refused("TOO_MANY_SEATS", enrol_together, **told)
        assert not Enrolment.objects.filter(person__in=wards).exists()
        return
    done = enrol_together(**told)
    assert [getattr(one, "code", "") for one in done] == ["", "", "", "TOO_MANY_SEATS"]
    assert Enrolment.objects.filter(person__in=wards).count() == 3


def test_the_pages_and_the_api_say_it_too(client, cast, mother, now):
    take(mother, [mother], UNPROVED, cast, now)
    client.force_login(mother.user)
    group, shift = courses.class_group(cast.center, now), _shift(mother, cast.city["community"], now)
    answers = [
        client.post(reverse("courses:enrol", args=[group.pk]), {"person": mother.pk}, follow=True),
        client.post(
            reverse("volunteers:sign_up", args=[shift["shift_id"]]),
            {"volunteer": shift["volunteer_id"]},
            follow=True,
        ),
    ]
    for answer in answers:
        assert "带身份证到服务台核实一次" in Page(answer).text
    for address, body in {
        "api-enrolment-list": {"class_id": group.pk, "person_id": mother.pk},
        "api-signup-list": shift,
    }.items():
        told = client.post(reverse(address), json.dumps(body), content_type="application/json")
        assert (told.status_code, told.json()["code"]) == (409, "TOO_MANY_SEATS"), told.content
    assert Enrolment.objects.count() + ShiftSignup.objects.count() == UNPROVED


@pytest.mark.parametrize("proved", [False, True])
def test_so_many_children_and_no_more(cast, mother, now, proved):
    if proved:
        prove(mother, cast, now)
    names = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"][: MORE_WARDS if proved else WARDS]
    ties = [child(mother, f"王小{name}", now) for name in names]
    assert child(mother, "王小甲", now) == ties[0]  # twice is once
    words = str(refused("TOO_MANY", child, mother=mother, name="王小壬", now=now))
    assert ("带身份证到服务台核实一次" in words) is not proved
    let_go(ties[-1], now)
    if proved:
        assert child(mother, "王小壬", now)
    else:
        refused("TOO_MANY", child, mother=mother, name="王小壬", now=now)


def test_the_numbers_are_a_setting(cast, mother, now, settings):
    settings.ACCOUNT_LIMITS = {"wards": (0, 1), "seats": (1, 2)}
    refused("TOO_MANY", child, mother=mother, name="王小宝", now=now)
    seat(mother, mother, cast, now)
    refused("TOO_MANY_SEATS", seat, person=mother, mother=mother, cast=cast, now=now)


@pytest.mark.parametrize("held", [0, 5, 17])
def test_it_costs_the_same_however_much_she_holds_and_nothing_under_the_lock(cast, mother, now, held):
    User.objects.filter(pk=mother.user_id).update(phone_verified=True)
    mother = Person.objects.get(pk=mother.pk)
    take(mother, [mother], held, cast, now)
    group, shift = (
        courses.class_group(cast.center, now, slots=[]),
        _shift(mother, cast.city["community"], now),
    )
    for verb, told in ((enrol, {"class_id": group.pk, "person": mother}), (sign_up, shift)):
        with CaptureQueriesContext(connection) as queries:
            verb(**told, by=mother.user, now=now)
        asked = [query["sql"] for query in queries]
        turn, lock = (
            next(place for place, sql in enumerate(asked) if word in sql)
            for word in ("pg_advisory_xact_lock", "FOR NO KEY UPDATE")
        )
        assert lock - turn == 1
        assert not [sql for sql in asked[lock:] if "count(*)" in sql.lower() or "people_deskcode" in sql]


def test_every_app_says_what_is_held(cast, mother, now):
    """A way of holding a seat that an app forgets would be a way past the limit."""
    states = {*EnrolmentState} - {"WITHDRAWN", "COMPLETED", "REMOVED", "LAPSED", "NOT_DRAWN"}
    for number, state in enumerate(sorted(states)):
        more = {"offer_until": now + timedelta(hours=9)} if state == EnrolmentState.OFFERED else {}
        courses.seat(courses.class_group(cast.center, now), mother, now, state, **more)
        left = UNPROVED - number - 1
        assert_left(mother, left, cast, now)
    helper = volunteers.volunteer(mother)
    for number, state in enumerate((SignupState.SIGNED, SignupState.WAITING)):
        shift = volunteers.shift(cast.city["community"], now + timedelta(days=2 + number))
        volunteers.signup(shift, helper, now, state)
        assert_left(mother, UNPROVED - len(states) - number - 1, cast, now)


def assert_left(mother, left, cast, now):
    groups = [courses.class_group(cast.center, now, slots=[]).pk for _ in range(left + 1)]
    told = {"class_ids": groups, "persons": [mother], "by": mother.user, "now": now}
    refused("TOO_MANY_SEATS", enrol_together, **told, all_or_none=True)
    if left:
        done = enrol_together(**{**told, "class_ids": groups[:-1]}, all_or_none=True)
        for one in done:
            withdraw(enrolment_id=one.pk, by=mother.user, now=now)
