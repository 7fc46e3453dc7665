"""A record's whole life, at the desk and elsewhere: every verb, every refusal."""

from datetime import date

import pytest

from common import chinese_id
from common.searches import MISSES
from courses.actions.enrolment import enrol
from courses.models.enrolment import Enrolment
from notices.actions import queue
from notices.models import Notice
from people.actions.persons import add_person, log_reveals, set_document, set_phone
from people.actions.records import erase_person, export_my_data, merge_persons, reveal, undo_merge
from people.models import (
    Merge,
    Person,
    RevealLog,
    User,
    acts_for,
)
from points.models.ledger import Account
from points.rules import AccountKind, Unit
from tests.factories import courses, people, volunteers
from tests.refusals import refused

# A record


@pytest.mark.parametrize("field", ["phone", "contact_phone", "document_no"])
def test_each_look_is_logged_with_its_reason(cast, now, field):
    setattr(cast.elder, field, "410105194501090011")
    cast.elder.save()
    reason = " 核对报名 "
    seen = reveal(person_id=cast.elder.pk, field=field, reason=reason, by=cast.worker, now=now)
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
        refused("NOT_ALLOWED", reveal, **look, by=by)
    for wrong in ({"field": "full_name"}, {"field": "user"}, {"person_id": 0}):
        refused("NOT_ALLOWED", reveal, **{**look, **wrong}, by=cast.worker)
    for reason in ("", " 看 "):
        refused("REASON_NEEDED", reveal, **{**look, "reason": reason}, by=cast.worker)
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


def letter():
    return Notice.objects.get(kind="CLASS_MESSAGE")


def test_a_merge_takes_everything_along_and_can_be_undone(cast, twin, now):
    merge = merge_persons(kept_id=cast.guilan.pk, merged_id=twin.pk, by=cast.worker, now=now)
    assert Enrolment.objects.get().person == cast.guilan
    assert letter().recipient == cast.guilan
    twin.refresh_from_db()
    assert twin.merged_into == cast.guilan
    later = courses.seat(courses.class_group(cast.center, now, name="声乐一班"), cast.guilan, now)
    for _ in range(2):
        undone = undo_merge(merge_id=merge.pk, by=cast.worker, now=now)
        assert undone.undone_at == now
    twin.refresh_from_db()
    later.refresh_from_db()
    assert twin.merged_into is None
    assert Enrolment.objects.get(class_group__name="书法一班").person == twin
    assert later.person == cast.guilan
    assert letter().recipient == twin


def test_an_account_follows_the_merge_and_goes_back(cast, twin, now):
    merge = merge_persons(kept_id=twin.pk, merged_id=cast.guilan.pk, by=cast.worker, now=now)
    twin.refresh_from_db()
    user = User.objects.get(name="王桂兰")
    assert twin.user == user
    assert cast.zixuan in acts_for(user)
    undo_merge(merge_id=merge.pk, by=cast.worker, now=now)
    twin.refresh_from_db()
    cast.guilan.refresh_from_db()
    assert (twin.user, cast.guilan.user) == (None, user)


@pytest.mark.parametrize("outwards", [True, False])
def test_merges_are_undone_the_last_one_first(cast, twin, now, outwards):
    """Of a record merged on, and of one that took in another: what the later one moved lies on it."""
    third = people.person("王桂兰", home=cast.city["community"])
    inner = merge_persons(kept_id=twin.pk, merged_id=cast.guilan.pk, by=cast.worker, now=now)
    pair = (third, twin) if outwards else (twin, third)
    outer = merge_persons(kept_id=pair[0].pk, merged_id=pair[1].pk, by=cast.worker, now=now)
    refusal = refused("MERGE_REFUSED", undo_merge, merge_id=inner.pk, by=cast.worker, now=now)
    assert "请先撤销后一次合并" in str(refusal)
    for merge in (outer, inner, inner):
        assert undo_merge(merge_id=merge.pk, by=cast.worker, now=now).undone_at == now
    assert Person.objects.filter(merged_into=None, full_name="王桂兰").count() == 3
    assert Person.objects.get(pk=cast.guilan.pk).user == cast.guilan.user
    assert Enrolment.objects.get().person == twin


def test_points_that_a_later_merge_brought_go_to_nobody_else(cast, fund, now):
    """The first record brought the account of points on which those of the second were put."""
    kept, first, second = (people.person("王桂兰", home=cast.city["community"]) for _ in range(3))
    for one in (first, second):
        volunteers.give(one, 20, of=fund, by=cast.officer, now=now)
    merges = [
        merge_persons(kept_id=kept.pk, merged_id=one.pk, by=cast.worker, now=now) for one in (first, second)
    ]
    refused("MERGE_REFUSED", undo_merge, merge_id=merges[0].pk, by=cast.worker, now=now)
    for merge in reversed(merges):
        undo_merge(merge_id=merge.pk, by=cast.worker, now=now)
    held = Account.objects.filter(person__in=[first, second], kind=AccountKind.PERSON, unit=Unit.POINTS)
    assert {one.person_id: one.posted for one in held} == {first.pk: 20, second.pk: 20}


def test_merging_refuses(cast, twin, now):
    both = {"kept_id": cast.guilan.pk, "merged_id": twin.pk, "now": now}
    for by in (cast.other_worker, cast.grid_worker, cast.guilan.user):
        refused("NOT_ALLOWED", merge_persons, **both, by=by)
    for wrong in ({"merged_id": cast.guilan.pk}, {"merged_id": 0}):
        refused("MERGE_REFUSED", merge_persons, **{**both, **wrong}, by=cast.worker)
    refused("MERGE_REFUSED", merge_persons, **{**both, "merged_id": cast.stranger.pk}, by=cast.admin)
    group = Enrolment.objects.get().class_group
    courses.seat(group, cast.guilan, now)
    refused("MERGE_REFUSED", merge_persons, **both, by=cast.worker)
    assert not Merge.objects.exists()


def test_merged_twice_or_used_after_is_refused(cast, twin, now):
    merge = merge_persons(kept_id=cast.guilan.pk, merged_id=twin.pk, by=cast.worker, now=now)
    both = {"kept_id": cast.guilan.pk, "merged_id": twin.pk, "by": cast.worker, "now": now}
    refused("MERGE_REFUSED", merge_persons, **both)
    refused("NOT_ALLOWED", undo_merge, merge_id=merge.pk, by=cast.other_worker, now=now)
    group = courses.class_group(cast.center, now)
    twin.refresh_from_db()
    channel = {"channel": "COUNTER", "by": cast.worker}
    refused("NOT_ALLOWED", enrol, class_id=group.pk, person=twin, now=now, **channel)


def test_the_copy_holds_everything_about_me_and_mine_and_nobody_else(cast, now):
    group = courses.class_group(cast.center, now, name="书法一班")
    courses.seat(group, cast.guilan, now)
    reveal(person_id=cast.guilan.pk, field="phone", reason="核对报名", by=cast.worker, now=now)
    data = export_my_data(by=cast.guilan.user, now=now, password=people.PASSWORD)
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
    hers = {"person_id": cast.guilan.pk, "along": [cast.zixuan.pk]}
    person = erase_person(**hers, by=cast.guilan.user, now=now, password=people.PASSWORD)
    person.refresh_from_db()
    assert (person.full_name, person.phone, person.document_no, person.home) == ("已注销", "", "", None)
    assert person.born_on == date(1958, 1, 1)
    user = User.objects.get(pk=cast.guilan.user.pk)
    assert (user.phone, user.name, user.is_active, user.has_usable_password()) == (None, "", False, False)
    assert Enrolment.objects.count() == 1
    assert not acts_for(user).filter(pk=cast.zixuan.pk).exists()
    assert erase_person(person_id=person.pk, by=cast.admin, now=now).full_name == "已注销"


@pytest.mark.parametrize("state", ["SEATED", "WAITING"])
def test_who_still_sits_somewhere_leaves_first(cast, now, state):
    courses.seat(courses.class_group(cast.center, now), cast.guilan, now, state=state)
    hers = {"person_id": cast.guilan.pk, "along": [cast.zixuan.pk]}
    refused("UNFINISHED", erase_person, **hers, by=cast.guilan.user, now=now, password=people.PASSWORD)


def test_who_erases_whom(cast, now):
    for by in (cast.other_worker, cast.grid_worker, cast.officer, cast.stranger.user):
        refused("NOT_ALLOWED", erase_person, person_id=cast.guilan.pk, by=by, now=now)
    assert erase_person(person_id=cast.elder.pk, by=cast.worker, now=now)


# The desk


def add(cast, now, **fields):
    values = {"full_name": "李秀英", "home": cast.city["community"], "phone": "13812345678", **fields}
    return add_person(by=values.pop("by", cast.worker), now=now, **values)


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
    done = set_phone(person_id=cast.elder.pk, phone="0371-65251265", by=cast.worker, now=now)
    assert done.phone == "0371-65251265"
    change = {"person_id": cast.elder.pk, "phone": "13812345678", "now": now}
    assert set_phone(**change, by=cast.worker, field="contact_phone").contact_phone == "13812345678"
    refused("NOT_ALLOWED", set_phone, **change, by=cast.worker, field="full_name")
    refused("NOT_ALLOWED", set_phone, **change, by=cast.other_worker)
    refused("BAD_PHONE", set_phone, **{**change, "phone": "12"}, by=cast.worker)
    assert set_phone(person_id=cast.elder.pk, phone="", by=cast.worker, now=now).phone == ""


def identity(born="19450109", serial="001"):
    """A number with a right check digit, in an area that is none."""
    stem = f"000000{born}{serial}"
    return next(stem + digit for digit in "0123456789X" if chinese_id.read_id(stem + digit))


def test_a_document_is_sealed_found_again_and_belongs_to_one(cast, now):
    number = identity()
    done = set_document(person_id=cast.elder.pk, number=number, by=cast.worker, now=now)
    assert (done.document_no, done.sex) == (number, "M")
    write = {"number": number, "by": cast.worker, "now": now}
    refused("DOCUMENT_TAKEN", set_document, person_id=cast.guilan.pk, **write)
    refused("BAD_DOCUMENT", set_document, person_id=cast.guilan.pk, **{**write, "number": "123"})
    refused("NOT_ALLOWED", set_document, person_id=cast.stranger.pk, **write)
    assert Person.objects.get(document_index=done.document_index) == cast.elder


def test_a_document_elsewhere_is_nobody_s_to_learn_of(cast, now):
    """The same sentence and the same record, whether a number is on file in another street or nowhere."""
    for person, number in ((cast.stranger, identity()), (cast.elder, identity(serial="003"))):
        set_document(person_id=person.pk, number=number, by=cast.admin, now=now)
    for serial in ("001", "005"):
        made = people.person("李秀英", home=cast.city["community"])
        number = identity(serial=serial)
        done = set_document(person_id=made.pk, number=number, by=cast.worker, now=now)
        assert (done.document_no, done.sex) == (number, "M")
    # Who reaches both is told, and merges them.
    told = {"person_id": cast.guilan.pk, "number": identity(), "now": now}
    refused("DOCUMENT_TAKEN", set_document, **told, by=cast.admin)
    refused("DOCUMENT_TAKEN", set_document, **{**told, "number": identity(serial="003")}, by=cast.worker)


@pytest.mark.parametrize("way", ["one after the other", "taken off between", "taken"])
def test_numbers_are_not_guessed_by_registering_them(cast, now, way):
    """A record of one's own making says of each number whether somebody in reach has it."""
    made = people.person("李秀英", home=cast.city["community"])
    set_document(person_id=cast.elder.pk, number=identity(), by=cast.worker, now=now)
    told = {"person_id": made.pk, "by": cast.worker, "now": now}
    if way != "taken":
        set_document(**told, number=identity(serial="500"))
    off = way == "taken off between"
    for turn in range(MISSES.most - off):
        if way == "taken":
            refused("DOCUMENT_TAKEN", set_document, **told, number=identity())
            continue
        if off:
            set_document(**told, number="")
        set_document(**told, number=identity(serial=f"{turn + 501}"))
    if off:
        set_document(**told, number="")
    refused("TOO_MANY_NUMBERS", set_document, **told, number=identity())
    refused("TOO_MANY_NUMBERS", set_document, **told, number=identity(serial="999"))


def test_a_desk_registers_cards_all_day(cast, now):
    for turn in range(2 * MISSES.most):
        made = people.person("李秀英", home=cast.city["community"])
        number = identity(serial=f"{turn + 100}")
        set_document(person_id=made.pk, number=number, by=cast.worker, now=now)


def test_many_looks_need_one_reason(cast, now):
    refused(
        "REASON_NEEDED",
        log_reveals,
        person_ids=[cast.elder.pk],
        field="phone",
        reason="",
        by=cast.worker,
        now=now,
    )
    ids = [cast.elder.pk, cast.guilan.pk]
    assert log_reveals(person_ids=ids, field="phone", reason="通知停课", by=cast.worker, now=now) == 2
