"""Accounts and desk codes, roles and reach: every verb, every refusal."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from courses.actions.enrolment import enrol
from courses.models.enrolment import Enrolment
from people.actions.accounts import choose_home, issue_desk_code, redeem_desk_code, register, tell_birth
from people.models import (
    Consent,
    DeskCode,
    Guardianship,
    Membership,
    Person,
    User,
    acts_for,
)
from people.rules import MAY, Purpose, Role, age, may, needs_guardian
from tests.factories import courses, people
from tests.refusals import refused

COURSES = Purpose.COURSES


# Accounts


def test_registering_twice_is_one_person(db, now):
    user = people.user("李秀英")
    one, two = (register(user=user, full_name="李秀英", now=now) for _ in range(2))
    assert one == two
    assert (one.phone, one.pinyin, one.initials) == (user.phone, "li xiu ying", "lxy")


def test_signing_up_inherits_nobodys_record(cast, now):
    old = people.person("李秀英", phone="13812345678", home=cast.city["community"])
    user = people.user("李秀英", phone="13812345678")
    fresh = register(user=user, full_name="李秀英", now=now)
    assert fresh != old
    assert list(acts_for(user)) == [fresh]


def test_telling_ones_birth_date_once(cast, now):
    person = people.resident("李秀英")
    born = date(1960, 5, 1)
    for _ in range(2):
        assert tell_birth(by=person.user, born_on=born, now=now).born_on == born
    refused("KNOWN_ALREADY", tell_birth, by=person.user, born_on=date(1961, 1, 1), now=now)
    refused("NOT_ALLOWED", tell_birth, by=cast.admin, born_on=born, now=now)


def test_telling_ones_community_once(cast, now):
    person, home = people.resident("李秀英"), cast.city["community"]
    ask = {"person_id": person.pk, "now": now}
    refused("NOT_A_COMMUNITY", choose_home, **ask, home_id=cast.city["street"].pk, by=person.user)
    refused("NOT_ALLOWED", choose_home, **ask, home_id=home.pk, by=cast.guilan.user)
    for _ in range(2):
        assert choose_home(**ask, home_id=home.pk, by=person.user).home == home
    other = cast.city["other_community"].pk
    refused("KNOWN_ALREADY", choose_home, **ask, home_id=other, by=person.user)


def test_who_acts_for_somebody_tells_her_community(cast, now):
    cast.zixuan.home = None
    cast.zixuan.save()
    home = cast.city["community"]
    by = cast.guilan.user
    done = choose_home(person_id=cast.zixuan.pk, home_id=home.pk, by=by, now=now)
    assert done.home == home


@pytest.mark.parametrize("born", [date(1899, 12, 31), date(2026, 11, 26)])
def test_a_birth_date_that_cannot_be(db, now, born):
    person = people.resident("李秀英")
    refused("BAD_DATE", tell_birth, by=person.user, born_on=born, now=now)


# Desk codes


def issue(cast, now, person=None, by=None):
    return issue_desk_code(person_id=(person or cast.elder).pk, by=by or cast.worker, now=now)


def test_a_code_gives_an_elder_her_account_once(cast, now):
    made, code = issue(cast, now)
    assert len(code) == 8
    assert code not in made.code_hash
    opened = redeem_desk_code(code=f" {code[:4]} {code[4:]} ", now=now)
    assert opened.person == cast.elder
    assert (opened.phone, opened.has_usable_password()) == (None, False)
    refused("CODE_REFUSED", redeem_desk_code, code=code, now=now)
    _made, again = issue(cast, now)
    assert redeem_desk_code(code=again, now=now) == opened


def test_a_new_code_kills_the_old_and_a_day_kills_any(cast, now):
    _made, first = issue(cast, now)
    _made, second = issue(cast, now)
    refused("CODE_REFUSED", redeem_desk_code, code=first, now=now)
    refused("CODE_REFUSED", redeem_desk_code, code=second, now=now + timedelta(hours=24))
    assert redeem_desk_code(code=second, now=now + timedelta(hours=23, minutes=59))


@pytest.mark.parametrize("code", ["", "00000000", "abc", "1234567", "９" * 8, "1" * 500])
def test_a_wrong_code(cast, now, code):
    issue(cast, now)
    refused("CODE_REFUSED", redeem_desk_code, code=code, now=now)


def test_who_prints_codes_for_whom(cast, now):
    assert issue(cast, now, by=cast.grid_worker)
    for by in (cast.other_worker, cast.officer, cast.guilan.user):
        refused("NOT_ALLOWED", issue, cast=cast, now=now, by=by)
    refused("NOT_ALLOWED", issue_desk_code, person_id=0, by=cast.worker, now=now)
    member = people.person("周敏", cast.worker, cast.city["community"])
    refused("NOT_ALLOWED", issue, cast=cast, now=now, person=member)
    assert DeskCode.objects.count() == 1


def test_a_code_brings_the_old_record_to_a_fresh_account(cast, now):
    user = people.user("解福生")
    fresh = register(user=user, full_name="解福生", now=now)
    group = courses.class_group(cast.center, now)
    enrol(class_id=group.pk, person=fresh, by=user, now=now)
    _made, code = issue(cast, now)
    assert redeem_desk_code(code=code, now=now, user=user) == user
    cast.elder.refresh_from_db()
    fresh.refresh_from_db()
    assert (cast.elder.user, fresh.user, fresh.merged_into) == (user, None, cast.elder)
    assert Enrolment.objects.get().person == cast.elder
    assert list(acts_for(user)) == [cast.elder]


def test_a_code_does_not_open_a_closed_account(cast, now):
    _code, digits = issue(cast, now, person=cast.guilan)
    User.objects.filter(pk=cast.guilan.user_id).update(is_active=False)
    refused("CODE_REFUSED", redeem_desk_code, code=digits, now=now)


def test_a_record_with_an_account_is_not_taken_over(cast, now):
    _made, code = issue(cast, now, person=cast.guilan)
    refused("CODE_REFUSED", redeem_desk_code, code=code, now=now, user=cast.stranger.user)
    assert redeem_desk_code(code=code, now=now) == cast.guilan.user


# Rules and the database's own word


def test_ages():
    assert age(date(2012, 11, 26), date(2026, 11, 25)) == 13
    assert age(date(2012, 11, 25), date(2026, 11, 25)) == 14
    assert needs_guardian(date(2012, 11, 26), date(2026, 11, 25))
    assert not needs_guardian(None, date(2026, 11, 25))


def test_every_verb_knows_its_roles_and_no_other_verb_is_known():
    for verb in MAY:
        assert any(may(verb, role) for role in Role)
    with pytest.raises(KeyError):
        may("people.anything", Role.DIRECTOR)
    assert not any(Role.PARTNER in roles for roles in MAY.values())


def test_a_post_reaches_down_and_ends(cast, now):
    assert cast.worker.may("courses.enrol", cast.city["grid"])
    assert not cast.worker.may("courses.enrol", cast.city["other_community"])
    Membership.objects.filter(user=cast.worker).update(until=date(2021, 1, 1))
    assert User.objects.get(pk=cast.worker.pk).reach("courses.enrol") == []


def test_who_is_closed_out_reaches_nothing(cast):
    cast.worker.is_active = False
    assert cast.worker.reach("people.view") == []


@pytest.mark.parametrize(
    "plant",
    [
        lambda cast: Person.objects.filter(pk=cast.elder.pk).update(merged_into=cast.elder),
        lambda cast: Guardianship.objects.create(guardian=cast.elder, ward=cast.elder, kind="AGENT"),
        lambda cast: Guardianship.objects.create(guardian=cast.guilan, ward=cast.zixuan, kind="AGENT"),
        lambda cast: Membership.objects.filter(user=cast.worker).update(until=date(2019, 1, 1)),
        lambda cast: User.objects.filter(pk=cast.worker.pk).update(phone="12345678901"),
        lambda cast: Consent.objects.create(
            person=cast.zixuan, purpose=COURSES, given_by=cast.guilan, given_at="2026-11-25T00:00Z"
        ),
    ],
)
def test_the_database_refuses(cast, plant):
    with pytest.raises(IntegrityError), transaction.atomic():
        plant(cast)
