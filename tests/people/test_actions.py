"""Accounts and desk codes, family and consent, a record's whole life: every verb, every refusal."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from common import chinese_id
from courses.actions import enrol
from courses.models import Enrolment
from notices.actions import queue
from notices.models import Notice
from people import actions
from people.models import (
    Consent,
    DeskCode,
    Guardianship,
    Membership,
    Merge,
    Person,
    RevealLog,
    User,
    acts_for,
)
from people.rules import MAY, GuardianKind, Purpose, Role, age, may, needs_guardian
from tests.courses.test_actions import refused
from tests.factories import courses, people

COURSES = Purpose.COURSES


# Accounts


def test_registering_twice_is_one_person(db, now):
    user = people.user("李秀英")
    one, two = (actions.register(user=user, full_name="李秀英", now=now) for _ in range(2))
    assert one == two
    assert (one.phone, one.pinyin, one.initials) == (user.phone, "li xiu ying", "lxy")


def test_signing_up_inherits_nobodys_record(cast, now):
    old = people.person("李秀英", phone="13812345678", home=cast.city["community"])
    user = people.user("李秀英", phone="13812345678")
    fresh = actions.register(user=user, full_name="李秀英", now=now)
    assert fresh != old
    assert list(acts_for(user)) == [fresh]


def test_telling_ones_birth_date_once(cast, now):
    person = people.resident("李秀英")
    born = date(1960, 5, 1)
    for _ in range(2):
        assert actions.tell_birth(by=person.user, born_on=born, now=now).born_on == born
    refused("KNOWN_ALREADY", actions.tell_birth, by=person.user, born_on=date(1961, 1, 1), now=now)
    refused("NOT_ALLOWED", actions.tell_birth, by=cast.admin, born_on=born, now=now)


@pytest.mark.parametrize("born", [date(1899, 12, 31), date(2026, 11, 26)])
def test_a_birth_date_that_cannot_be(db, now, born):
    person = people.resident("李秀英")
    refused("BAD_DATE", actions.tell_birth, by=person.user, born_on=born, now=now)


# Desk codes


def issue(cast, now, person=None, by=None):
    return actions.issue_desk_code(person_id=(person or cast.elder).pk, by=by or cast.worker, now=now)


def test_a_code_gives_an_elder_her_account_once(cast, now):
    made, code = issue(cast, now)
    assert len(code) == 8
    assert code not in made.code_hash
    opened = actions.redeem_desk_code(code=f" {code[:4]} {code[4:]} ", now=now)
    assert opened.person == cast.elder
    assert (opened.phone, opened.has_usable_password()) == (None, False)
    refused("CODE_REFUSED", actions.redeem_desk_code, code=code, now=now)
    _made, again = issue(cast, now)
    assert actions.redeem_desk_code(code=again, now=now) == opened


def test_a_new_code_kills_the_old_and_a_day_kills_any(cast, now):
    _made, first = issue(cast, now)
    _made, second = issue(cast, now)
    refused("CODE_REFUSED", actions.redeem_desk_code, code=first, now=now)
    refused("CODE_REFUSED", actions.redeem_desk_code, code=second, now=now + timedelta(hours=24))
    assert actions.redeem_desk_code(code=second, now=now + timedelta(hours=23, minutes=59))


@pytest.mark.parametrize("code", ["", "00000000", "abc", "1234567", "９" * 8, "1" * 500])
def test_a_wrong_code(cast, now, code):
    issue(cast, now)
    refused("CODE_REFUSED", actions.redeem_desk_code, code=code, now=now)


def test_who_prints_codes_for_whom(cast, now):
    assert issue(cast, now, by=cast.grid_worker)
    for by in (cast.other_worker, cast.officer, cast.guilan.user):
        refused("NOT_ALLOWED", issue, cast=cast, now=now, by=by)
    refused("NOT_ALLOWED", actions.issue_desk_code, person_id=0, by=cast.worker, now=now)
    member = people.person("周敏", cast.worker, cast.city["community"])
    refused("NOT_ALLOWED", issue, cast=cast, now=now, person=member)
    assert DeskCode.objects.count() == 1


def test_a_code_brings_the_old_record_to_a_fresh_account(cast, now):
    user = people.user("解福生")
    fresh = actions.register(user=user, full_name="解福生", now=now)
    group = courses.class_group(cast.center, now)
    enrol(class_id=group.pk, person=fresh, by=user, now=now)
    _made, code = issue(cast, now)
    assert actions.redeem_desk_code(code=code, now=now, user=user) == user
    cast.elder.refresh_from_db()
    fresh.refresh_from_db()
    assert (cast.elder.user, fresh.user, fresh.merged_into) == (user, None, cast.elder)
    assert Enrolment.objects.get().person == cast.elder
    assert list(acts_for(user)) == [cast.elder]


def test_a_record_with_an_account_is_not_taken_over(cast, now):
    _made, code = issue(cast, now, person=cast.guilan)
    refused("CODE_REFUSED", actions.redeem_desk_code, code=code, now=now, user=cast.stranger.user)
    assert actions.redeem_desk_code(code=code, now=now) == cast.guilan.user


# Family


def ward(cast, now, **fields):
    values = {
        "full_name": "王小宝",
        "born_on": date(2019, 1, 2),
        "relation": "孙子",
        "kind": GuardianKind.GUARDIAN,
    }
    return actions.add_ward(by=cast.guilan.user, now=now, **{**values, **fields})


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
        actions.add_ward,
        by=cast.admin,
        full_name="王九",
        born_on=date(2020, 1, 1),
        relation="",
        kind=GuardianKind.RELATIVE,
        now=now,
    )


def agent(cast, now, by=None, **fields):
    values = {"ward_id": cast.elder.pk, "agent_id": cast.guilan.pk, "relation": "邻居", **fields}
    return actions.name_agent(by=by or cast.worker, now=now, **values)


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
        ended = actions.end_guardianship(guardianship_id=tie.pk, by=by, now=moment)
        assert ended.until == later
    assert grown not in acts_for(cast.guilan.user)


def test_nobody_else_ends_it(cast, now):
    tie = agent(cast, now)
    for by in (cast.stranger.user, cast.other_worker, cast.grid_worker, cast.officer):
        refused("NOT_ALLOWED", actions.end_guardianship, guardianship_id=tie.pk, by=by, now=now)
    refused("NOT_ALLOWED", actions.end_guardianship, guardianship_id=0, by=cast.worker, now=now)


def test_a_co_helper_does_not_end_anothers_help(cast, now):
    """Two relatives help one elder: neither strikes the other off."""
    other = people.resident("解小妹", cast.city["community"])
    mine = agent(cast, now)
    agent(cast, now, agent_id=other.pk)
    refused("NOT_ALLOWED", actions.end_guardianship, guardianship_id=mine.pk, by=other.user, now=now)


# Consent


def consent(person, by, now, **more):
    return actions.give_consent(person_id=person.pk, purpose=COURSES, by=by, now=now, **more)


def test_a_guardian_consents_withdraws_and_consents_again(cast, now):
    user, person = cast.guilan.user, cast.zixuan
    assert actions.withdraw_consent(person_id=person.pk, purpose=COURSES, by=user, now=now) == 1
    assert actions.withdraw_consent(person_id=person.pk, purpose=COURSES, by=user, now=now) == 0
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
    refused("NO_GUARDIAN", consent, person=cast.zixuan, by=cast.officer, **signed)
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
        refused(
            "NOT_ALLOWED", actions.withdraw_consent, person_id=cast.zixuan.pk, purpose=COURSES, by=by, now=now
        )
    assert cast.zixuan.has_consent(COURSES)


# A record


@pytest.mark.parametrize("field", ["phone", "contact_phone", "document_no"])
def test_each_look_is_logged_with_its_reason(cast, now, field):
    setattr(cast.elder, field, "410105194501090011")
    cast.elder.save()
    reason = " 核对报名 "
    seen = actions.reveal(person_id=cast.elder.pk, field=field, reason=reason, by=cast.worker, now=now)
    assert seen == "410105194501090011"
    log = RevealLog.objects.get()
    assert (log.user, log.person, log.field, log.reason, log.at) == (
        cast.worker,
        cast.elder,
        field,
        "核对报名",
        now,
    )


def test_looking_refuses(cast, now):
    look = {"person_id": cast.elder.pk, "field": "phone", "reason": "核对", "now": now}
    for by in (cast.other_worker, cast.grid_worker, cast.officer, cast.guilan.user):
        refused("NOT_ALLOWED", actions.reveal, **look, by=by)
    for wrong in ({"field": "full_name"}, {"field": "user"}, {"person_id": 0}):
        refused("NOT_ALLOWED", actions.reveal, **{**look, **wrong}, by=cast.worker)
    for reason in ("", " 看 "):
        refused("REASON_NEEDED", actions.reveal, **{**look, "reason": reason}, by=cast.worker)
    assert not RevealLog.objects.exists()


@pytest.fixture
def twin(cast, now):
    """Wang Guilan a second time, as a register wrote her, with a seat and a letter."""
    made = people.person("王桂兰", home=cast.city["community"])
    courses.seat(courses.class_group(cast.center, now, name="书法一班"), made, now)
    queue(
        kind="CLASS_MESSAGE",
        key="a",
        recipient=made,
        about=("class", 1),
        due_at=now,
        now=now,
        name="",
        text="x",
    )
    return made


def test_a_merge_takes_everything_along_and_can_be_undone(cast, twin, now):
    merge = actions.merge_persons(kept_id=cast.guilan.pk, merged_id=twin.pk, by=cast.worker, now=now)
    assert Enrolment.objects.get().person == cast.guilan
    assert Notice.objects.get().recipient == cast.guilan
    twin.refresh_from_db()
    assert twin.merged_into == cast.guilan
    later = courses.seat(courses.class_group(cast.center, now, name="声乐一班"), cast.guilan, now)
    for _ in range(2):
        undone = actions.undo_merge(merge_id=merge.pk, by=cast.worker, now=now)
        assert undone.undone_at == now
    twin.refresh_from_db()
    later.refresh_from_db()
    assert twin.merged_into is None
    assert Enrolment.objects.get(class_group__name="书法一班").person == twin
    assert later.person == cast.guilan
    assert Notice.objects.get().recipient == twin


def test_an_account_follows_the_merge_and_goes_back(cast, twin, now):
    merge = actions.merge_persons(kept_id=twin.pk, merged_id=cast.guilan.pk, by=cast.worker, now=now)
    twin.refresh_from_db()
    user = User.objects.get(name="王桂兰")
    assert twin.user == user
    assert cast.zixuan in acts_for(user)
    actions.undo_merge(merge_id=merge.pk, by=cast.worker, now=now)
    twin.refresh_from_db()
    cast.guilan.refresh_from_db()
    assert (twin.user, cast.guilan.user) == (None, user)


def test_merging_refuses(cast, twin, now):
    both = {"kept_id": cast.guilan.pk, "merged_id": twin.pk, "now": now}
    for by in (cast.other_worker, cast.grid_worker, cast.guilan.user):
        refused("NOT_ALLOWED", actions.merge_persons, **both, by=by)
    for wrong in ({"merged_id": cast.guilan.pk}, {"merged_id": 0}):
        refused("MERGE_REFUSED", actions.merge_persons, **{**both, **wrong}, by=cast.worker)
    refused("MERGE_REFUSED", actions.merge_persons, **{**both, "merged_id": cast.stranger.pk}, by=cast.admin)
    group = Enrolment.objects.get().class_group
    courses.seat(group, cast.guilan, now)
    refused("MERGE_REFUSED", actions.merge_persons, **both, by=cast.worker)
    assert not Merge.objects.exists()


def test_merged_twice_or_used_after_is_refused(cast, twin, now):
    merge = actions.merge_persons(kept_id=cast.guilan.pk, merged_id=twin.pk, by=cast.worker, now=now)
    both = {"kept_id": cast.guilan.pk, "merged_id": twin.pk, "by": cast.worker, "now": now}
    refused("MERGE_REFUSED", actions.merge_persons, **both)
    refused("NOT_ALLOWED", actions.undo_merge, merge_id=merge.pk, by=cast.other_worker, now=now)
    group = courses.class_group(cast.center, now)
    twin.refresh_from_db()
    channel = {"channel": "COUNTER", "by": cast.worker}
    refused("NOT_ALLOWED", enrol, class_id=group.pk, person=twin, now=now, **channel)


def test_the_copy_holds_everything_about_me_and_mine_and_nobody_else(cast, now):
    group = courses.class_group(cast.center, now, name="书法一班")
    courses.seat(group, cast.guilan, now)
    actions.reveal(person_id=cast.guilan.pk, field="phone", reason="核对报名", by=cast.worker, now=now)
    data = actions.export_my_data(by=cast.guilan.user)
    text = str(data)
    assert data["account"]["phone"] == cast.guilan.user.phone
    assert len(data["people"]) == 2
    for word in ("王桂兰", "王子轩", "书法一班", "核对报名", "1958-03-02"):
        assert word in text
    assert "曾小雨" not in text


def test_erasing_takes_the_person_off_and_keeps_the_counts(cast, now):
    group = courses.class_group(cast.center, now)
    courses.seat(group, cast.guilan, now, state="COMPLETED")
    cast.guilan.document_no, cast.guilan.contact_name = "410105195803020028", "女儿"
    cast.guilan.save()
    person = actions.erase_person(person_id=cast.guilan.pk, by=cast.guilan.user, now=now)
    person.refresh_from_db()
    assert (person.full_name, person.phone, person.document_no, person.home) == ("已注销", "", "", None)
    assert person.born_on == date(1958, 1, 1)
    user = User.objects.get(pk=cast.guilan.user.pk)
    assert (user.phone, user.name, user.is_active, user.has_usable_password()) == (None, "", False, False)
    assert Enrolment.objects.count() == 1
    assert not acts_for(user).filter(pk=cast.zixuan.pk).exists()
    assert actions.erase_person(person_id=person.pk, by=cast.admin, now=now).full_name == "已注销"


@pytest.mark.parametrize("state", ["SEATED", "WAITING"])
def test_who_still_sits_somewhere_leaves_first(cast, now, state):
    courses.seat(courses.class_group(cast.center, now), cast.guilan, now, state=state)
    refused("STILL_ENROLLED", actions.erase_person, person_id=cast.guilan.pk, by=cast.guilan.user, now=now)


def test_who_erases_whom(cast, now):
    for by in (cast.other_worker, cast.grid_worker, cast.officer, cast.stranger.user):
        refused("NOT_ALLOWED", actions.erase_person, person_id=cast.guilan.pk, by=by, now=now)
    assert actions.erase_person(person_id=cast.elder.pk, by=cast.worker, now=now)


# The desk


def add(cast, now, **fields):
    values = {"full_name": "李秀英", "home": cast.city["community"], "phone": "13812345678", **fields}
    return actions.add_person(by=values.pop("by", cast.worker), now=now, **values)


def test_a_resident_put_on_record_twice_is_one(cast, now):
    assert add(cast, now) == add(cast, now, phone="138 1234 5678")
    assert add(cast, now) != add(cast, now, phone="13812345679")
    born = date(1950, 2, 3)
    assert add(cast, now, phone="", born_on=born) == add(cast, now, phone="", born_on=born)
    assert add(cast, now, phone="") != add(cast, now, phone="")  # two namesakes without anything else


def test_putting_on_record_refuses(cast, now):
    refused("NOT_ALLOWED", add, cast=cast, now=now, home=cast.city["other_community"])
    for by in (cast.grid_worker, cast.officer, cast.guilan.user):
        refused("NOT_ALLOWED", add, cast=cast, now=now, by=by)
    refused("BAD_PHONE", add, cast=cast, now=now, phone="1381234")
    refused("BAD_DATE", add, cast=cast, now=now, born_on=date(2026, 11, 26))


def test_phones_are_corrected_by_staff_of_the_reach(cast, now):
    done = actions.set_phone(person_id=cast.elder.pk, phone="0371-65251265", by=cast.worker, now=now)
    assert done.phone == "0371-65251265"
    change = {"person_id": cast.elder.pk, "phone": "13812345678", "now": now}
    assert actions.set_phone(**change, by=cast.worker, field="contact_phone").contact_phone == "13812345678"
    refused("NOT_ALLOWED", actions.set_phone, **change, by=cast.worker, field="full_name")
    refused("NOT_ALLOWED", actions.set_phone, **change, by=cast.other_worker)
    refused("BAD_PHONE", actions.set_phone, **{**change, "phone": "12"}, by=cast.worker)
    assert actions.set_phone(person_id=cast.elder.pk, phone="", by=cast.worker, now=now).phone == ""


def identity(born="19450109", serial="001"):
    """A number with a right check digit, in an area that is none."""
    stem = f"000000{born}{serial}"
    return next(stem + digit for digit in "0123456789X" if chinese_id.read_id(stem + digit))


def test_a_document_is_sealed_found_again_and_belongs_to_one(cast, now):
    number = identity()
    done = actions.set_document(person_id=cast.elder.pk, number=number, by=cast.worker, now=now)
    assert (done.document_no, done.sex) == (number, "M")
    write = {"number": number, "by": cast.worker, "now": now}
    refused("DOCUMENT_TAKEN", actions.set_document, person_id=cast.guilan.pk, **write)
    refused("BAD_DOCUMENT", actions.set_document, person_id=cast.guilan.pk, **{**write, "number": "123"})
    refused("NOT_ALLOWED", actions.set_document, person_id=cast.stranger.pk, **write)
    assert Person.objects.get(document_index=done.document_index) == cast.elder


def test_many_looks_need_one_reason(cast, now):
    refused(
        "REASON_NEEDED",
        actions.log_reveals,
        person_ids=[cast.elder.pk],
        field="phone",
        reason="",
        by=cast.worker,
        now=now,
    )
    ids = [cast.elder.pk, cast.guilan.pk]
    assert actions.log_reveals(person_ids=ids, field="phone", reason="通知停课", by=cast.worker, now=now) == 2


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
