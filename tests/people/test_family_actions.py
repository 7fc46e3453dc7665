"""Family and consent: every verb, every refusal."""

from datetime import date, timedelta

import pytest

from courses.actions.enrolment import enrol
from people.actions.family import add_ward, end_guardianship, give_consent, name_agent, withdraw_consent
from people.models import (
    Consent,
    Guardianship,
    acts_for,
)
from people.rules import GuardianKind, Purpose
from tests.factories import courses, people
from tests.refusals import refused

COURSES = Purpose.COURSES


# Family


def ward(cast, now, **fields):
    values = {
        "full_name": "王小宝",
        "born_on": date(2019, 1, 2),
        "relation": "孙子",
        "kind": GuardianKind.GUARDIAN,
    }
    return add_ward(by=cast.guilan.user, now=now, **{**values, **fields})


def test_a_child_added_twice_is_one_and_lives_where_she_lives(cast, now):
    one, two = ward(cast, now), ward(cast, now)
    assert one == two
    assert one.ward.home == cast.guilan.home
    assert one.ward in acts_for(cast.guilan.user)
    assert one.confirmed_by is None


def test_adding_a_child_never_reaches_a_strangers_child(cast, now):
    theirs = people.child("王小宝", date(2019, 1, 2), cast.stranger)
    assert ward(cast, now).ward != theirs


@pytest.mark.parametrize(
    ("code", "born"),
    [
        ("BAD_DATE", date(2026, 11, 26)),
        (None, date(2026, 11, 25)),
        (None, date(2008, 11, 26)),  # 17 until tomorrow
        ("NOT_A_CHILD", date(2008, 11, 25)),  # 18 today
        ("NOT_A_CHILD", date(2008, 1, 1)),
        ("NOT_A_CHILD", date(1958, 3, 2)),
    ],
)
def test_who_is_a_child(cast, now, code, born):
    if code is None:
        assert ward(cast, now, born_on=born)
    else:
        refused(code, ward, cast=cast, now=now, born_on=born)


def test_eight_wards_and_no_more(cast, now):
    for number in range(7):
        ward(cast, now, full_name=f"王{'一二三四五六七'[number]}")
    refused("TOO_MANY", ward, cast=cast, now=now, full_name="王八")
    assert ward(cast, now, full_name="王一")
    refused(
        "NOT_ALLOWED",
        add_ward,
        by=cast.admin,
        full_name="王九",
        born_on=date(2020, 1, 1),
        relation="",
        kind=GuardianKind.RELATIVE,
        now=now,
    )


def agent(cast, now, by=None, **fields):
    values = {"ward_id": cast.elder.pk, "agent_id": cast.guilan.pk, "relation": "邻居", **fields}
    return name_agent(by=by or cast.worker, now=now, **values)


def test_an_elder_names_a_helper(cast, now):
    one, two = agent(cast, now), agent(cast, now)
    assert one == two
    assert (one.kind, one.confirmed_by) == (GuardianKind.AGENT, cast.worker)
    assert cast.elder in acts_for(cast.guilan.user)
    group = courses.class_group(cast.center, now)
    assert enrol(class_id=group.pk, person=cast.elder, by=cast.guilan.user, now=now)


def test_staff_who_saw_the_register_make_a_helper_a_guardian(cast, now):
    first = agent(cast, now)
    second = agent(cast, now, kind=GuardianKind.GUARDIAN)
    first.refresh_from_db()
    assert (first.until, second.until) == (now, None)
    assert Guardianship.objects.filter(ward=cast.elder, until=None).count() == 1


def test_naming_a_helper_refuses(cast, now):
    refused("SAME_PERSON", agent, cast=cast, now=now, agent_id=cast.elder.pk)
    refused("NOT_ALLOWED", agent, cast=cast, now=now, agent_id=cast.stranger.pk)
    for by in (cast.other_worker, cast.grid_worker, cast.officer, cast.guilan.user):
        refused("NOT_ALLOWED", agent, cast=cast, now=now, by=by)


@pytest.mark.parametrize("who", ["helper", "helped", "staff"])
def test_acting_for_somebody_ends_from_either_side(cast, now, who):
    grown = people.resident("郭玉山", cast.city["community"])
    tie = agent(cast, now, ward_id=grown.pk)
    by = {"helper": cast.guilan.user, "helped": grown.user, "staff": cast.worker}[who]
    later = now + timedelta(days=1)
    for moment in (later, later + timedelta(days=1)):
        ended = end_guardianship(guardianship_id=tie.pk, by=by, now=moment)
        assert ended.until == later
    assert grown not in acts_for(cast.guilan.user)


def test_nobody_else_ends_it(cast, now):
    tie = agent(cast, now)
    for by in (cast.stranger.user, cast.other_worker, cast.grid_worker, cast.officer):
        refused("NOT_ALLOWED", end_guardianship, guardianship_id=tie.pk, by=by, now=now)
    refused("NOT_ALLOWED", end_guardianship, guardianship_id=0, by=cast.worker, now=now)


def test_a_co_helper_does_not_end_anothers_help(cast, now):
    """Two relatives help one elder: neither strikes the other off."""
    other = people.resident("解小妹", cast.city["community"])
    mine = agent(cast, now)
    agent(cast, now, agent_id=other.pk)
    refused("NOT_ALLOWED", end_guardianship, guardianship_id=mine.pk, by=other.user, now=now)


# Consent


def consent(person, by, now, **more):
    return give_consent(person_id=person.pk, purpose=COURSES, by=by, now=now, **more)


def test_a_guardian_consents_withdraws_and_consents_again(cast, now):
    user, person = cast.guilan.user, cast.zixuan
    assert withdraw_consent(person_id=person.pk, purpose=COURSES, by=user, now=now) == 1
    assert withdraw_consent(person_id=person.pk, purpose=COURSES, by=user, now=now) == 0
    assert not person.has_consent(COURSES)
    one, two = consent(person, user, now), consent(person, user, now)
    assert one == two
    assert (one.given_by, one.recorded_by) == (cast.guilan, user)
    assert Consent.objects.filter(person=person).count() == 2


def test_under_14_only_a_guardian_consents(cast, now):
    child = people.child("曾小宝", date(2018, 1, 1), cast.guilan, consented=False, kind="RELATIVE")
    refused("NO_GUARDIAN", consent, person=child, by=cast.guilan.user, now=now)
    refused("NOT_ALLOWED", consent, person=child, by=cast.stranger.user, now=now)
    refused("NOT_ALLOWED", consent, person=child, by=cast.other_worker, now=now)
    refused("NO_GUARDIAN", consent, person=child, by=cast.worker, now=now)
    refused("NO_GUARDIAN", consent, person=child, by=cast.worker, now=now, guardian_id=cast.stranger.pk)
    assert not child.has_consent(COURSES)


def test_staff_record_the_paper_a_guardian_signed(cast, now):
    Consent.objects.all().delete()
    signed = {"now": now, "guardian_id": cast.guilan.pk}
    refused("NOT_ALLOWED", consent, person=cast.zixuan, by=cast.other_worker, **signed)
    refused("NOT_ALLOWED", consent, person=cast.zixuan, by=cast.officer, **signed)
    made = consent(cast.zixuan, cast.worker, now, guardian_id=cast.guilan.pk)
    assert (made.given_by, made.recorded_by) == (cast.guilan, cast.worker)


def test_from_14_on_one_consents_oneself(cast, now):
    teen = people.resident("王大宝", born_on=date(2012, 11, 25))
    assert consent(teen, teen.user, now).given_by == teen


def test_a_guardian_who_is_nobody_is_refused(cast, now):
    for wrong in (0, cast.stranger.pk):
        refused("NO_GUARDIAN", consent, person=cast.elder, by=cast.worker, now=now, guardian_id=wrong)


def test_only_who_may_consent_withdraws(cast, now):
    helper = people.resident("解小妹", cast.city["community"])
    agent(cast, now, ward_id=cast.zixuan.pk, agent_id=helper.pk)
    for by in (helper.user, cast.stranger.user, cast.worker):
        refused("NOT_ALLOWED", withdraw_consent, person_id=cast.zixuan.pk, purpose=COURSES, by=by, now=now)
    assert cast.zixuan.has_consent(COURSES)
