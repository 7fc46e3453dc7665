"""提户知人: who is this, whom does one ring; what stays hidden from whom, and what of a look is left."""

from datetime import date, timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.searches import MISSES
from journal.models import Entry
from journal.rules import Happened
from people.actions.lookup import BEYOND, CALLS, MOST_BEYOND, MOST_FOUND, family_of, find, ring_family
from people.actions.persons import set_document
from people.actions.records import erase_person
from people.actions.ringing import OPEN_FOR, numbers_open
from people.models import Guardianship, Person, RevealLog, User
from people.rules import LOOKED, MAY, Role
from people.search import is_place, read
from tests.factories import people
from tests.refusals import refused

ID, PHONE, LANDLINE = "11010519491231002X", "13812345678", "0371-65251265"
WHY = "在路上摔倒了，要联系家人"
pytestmark = pytest.mark.usefixtures("_empty_caches")


def names(text, by, now, reason=""):
    return [one.full_name for one in find(text=text, by=by, now=now, reason=reason)]


# --- What is said --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "surname", "kin", "pieces"),
    [
        ("王桂兰", "", (), ("王桂兰",)),
        ("wang gui lan", "", (), ("wang gui lan",)),
        ("王桂兰 5678", "", (), ("王桂兰", "5678")),
        ("东户姓张的，儿子叫张强", "张", ("张强",), ("东户",)),
        ("３-２-５０１ 姓欧阳的", "欧阳", (), ("3-2-501",)),
        ("老张", "张", (), ()),
        ("东户张大爷，闺女张丽", "张", ("张丽",), ("东户",)),
        ("住东户的老李头", "李", (), ("东户",)),
        ("姓张的，女儿在郑州叫张丽", "张", ("张丽",), ()),
        ("找张强他妈", "", ("张强",), ()),
        ("老伴是李秀英", "", ("李秀英",), ()),
        ("孙子涵", "", (), ("孙子涵",)),  # a name, and no grandson
        ("孙女士", "孙", (), ()),
        ("南院平房第二排3号", "", (), ("南院平房第二排3号",)),
        ("，。", "", (), ()),
    ],
)
def test_a_sentence_is_taken_apart(text, surname, kin, pieces):
    assert read(text) == (surname, kin, pieces)


@pytest.mark.parametrize(
    ("piece", "place"),
    [("东户", True), ("3-2-501", True), ("二单元", True), ("5678", False), ("王桂兰", False)],
)
def test_a_door_is_no_name(piece, place):
    assert is_place(piece) is place


# --- Ways of asking ------------------------------------------------------------------------------


@pytest.fixture
def zhang(cast):
    """张秀英 of the grid, whose son 张强 helps her and is to be rung."""
    hers = people.person(
        "张秀英",
        home=cast.city["grid"],
        born_on=date(1946, 2, 3),
        phone=PHONE,
        contact_name="张强（儿子）",
        contact_phone="13900002222",
    )
    son = people.person("张强", home=cast.city["other_community"], phone="13900003333")
    Guardianship.objects.create(guardian=son, ward=hers, kind="AGENT", relation="儿子")
    return hers


@pytest.mark.parametrize(
    "text",
    [
        "张秀英", "秀英", "zhang xiu ying", "zhangxiu", "ZXY", "5678", "678", PHONE, "138 1234 5678", ID,
        "张秀英 5678", "姓张的，儿子叫张强", "东户姓张的，儿子叫张强", "东户张大妈，儿子叫小强，属狗", "张强他妈",
    ],
)  # fmt: skip
def test_every_way_of_asking_finds_her(cast, now, zhang, text):
    set_document(person_id=zhang.pk, number=ID, by=cast.worker, now=now)
    people.person("张伟", home=cast.city["grid"], phone="13800001111")
    if "小强" in text:  # as neighbours call him; and what is neither a name nor a door says nothing
        text = text.removesuffix("，属狗")
        Guardianship.objects.filter(ward=zhang).update(guardian=people.person("张小强").pk)
    assert names(text, cast.grid_worker, now) == ["张秀英"]


@pytest.mark.parametrize(
    "text", ["姓李的，儿子叫张强", "姓张的，儿子叫张刚", "张秀英 5679", "12345678", "3812", "", "东户", "#0"]
)
def test_what_does_not_fit_finds_nobody(cast, now, zhang, text):
    assert names(text, cast.grid_worker, now) == []


@pytest.mark.parametrize(
    ("name", "spelt"),
    [("解福顺", "xie"), ("单雄信", "sxx"), ("尉迟恭", "yuchi"), ("曾国藩", "zgf"), ("仇英", "qiuying")],
)
def test_surnames_are_spelt_as_they_are_spoken(cast, now, name, spelt):
    people.person(name, home=cast.city["grid"])
    assert name in names(spelt, cast.grid_worker, now)


def test_a_tie_that_ended_says_nothing(cast, now, zhang):
    Person.objects.filter(pk=zhang.pk).update(contact_name="")
    assert names("张强的妈妈", cast.grid_worker, now) == ["张秀英"]
    Guardianship.objects.filter(ward=zhang).update(until=now)
    assert names("张强的妈妈", cast.grid_worker, now) == []


def test_more_than_a_page_is_one_more(cast, now):
    for _ in range(MOST_FOUND + 5):
        people.person("李秀英", home=cast.city["grid"])
    assert len(find(text="李秀英", by=cast.grid_worker, now=now)) == MOST_FOUND + 1


def test_a_merged_record_is_not_found(cast, now, zhang):
    kept = people.person("张秀英", home=cast.city["grid"])
    Person.objects.filter(pk=zhang.pk).update(merged_into=kept)
    assert [one.pk for one in find(text="张秀英", by=cast.grid_worker, now=now)] == [kept.pk]


# --- Out of reach --------------------------------------------------------------------------------

LOOKING = sorted(MAY["people.view"])


@pytest.fixture
def far(cast):
    """Somebody of another street with a relative, for whoever works in ours."""
    hers = people.person(
        "钱玉梅",
        home=cast.city["other_community"],
        phone=LANDLINE,
        contact_name="钱小军",
        contact_phone="13900004444",
    )
    Person.objects.filter(pk=cast.stranger.pk).update(phone="13700007777")
    return hers


@pytest.mark.parametrize("role", LOOKING)
@pytest.mark.parametrize("text", ["钱玉梅", "qym", "1265", LANDLINE, ID, "姓钱的，儿子叫钱小军", "#{}"])
def test_who_lives_elsewhere_is_answered_like_nobody(cast, now, far, role, text):
    """The same answer, by the same queries, at the same cost of guesses."""
    set_document(person_id=far.pk, number=ID, by=cast.other_worker, now=now)
    asked, by, told = text.format(far.pk), people.staff("职员", role, cast.city["street"]), []
    for there in (True, False):
        if not there:
            far.delete()
        caches["default"].clear()
        with CaptureQueriesContext(connection) as queries:
            found = find(text=asked, by=User.objects.get(pk=by.pk), now=now)
        cost = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
        guesses = sum(MISSES.counted(by.pk) for _ in range(MISSES.most))
        told.append((found, cost, guesses))
    assert told[0] == told[1]
    assert told[0][0] == []
    assert not RevealLog.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role not in MAY["people.view"]])
def test_other_posts_ask_nothing(cast, now, far, role):
    by = people.staff("职员", role, cast.city["street"])
    for reason in ("", WHY):
        refused("NOT_ALLOWED", find, text="钱玉梅", by=by, now=now, reason=reason)
    refused("NOT_ALLOWED", ring_family, person_id=far.pk, whose=far.pk, field="phone", by=by, now=now)


def test_residents_ask_nothing_either(cast, now):
    refused("NOT_ALLOWED", find, text="王桂兰", by=cast.guilan.user, now=now)


def test_a_reason_comes_first_and_stays(cast, now, far):
    found = find(text="钱玉梅", by=cast.grid_worker, now=now, reason=f" {WHY} ")
    assert [one.pk for one in found] == [far.pk]
    [look] = RevealLog.objects.all()
    assert (look.user, look.person, look.field, look.reason, look.at) == (
        cast.grid_worker,
        far,
        LOOKED,
        WHY,
        now,
    )
    assert look.what == "在负责范围外找到您"
    [entry] = Entry.objects.filter(kind=Happened.REVEALED)
    assert (entry.account, entry.person, entry.what, entry.at) == (cast.grid_worker.pk, far.pk, LOOKED, now)
    assert entry.division == cast.city["other_community"]


def test_in_reach_nothing_is_logged(cast, now, zhang, far):
    Person.objects.filter(pk=far.pk).update(full_name="张秀英")
    found = find(text="张秀英", by=cast.grid_worker, now=now, reason=WHY)
    assert [one.pk for one in found] == [far.pk, zhang.pk]
    assert [look.person for look in RevealLog.objects.all()] == [far]
    assert [one.pk for one in find(text="张秀英", by=cast.grid_worker, now=now)] == [zhang.pk]


@pytest.mark.parametrize("reason", ["急", "  ", " 急 "])
def test_a_reason_is_more_than_a_sign(cast, now, far, reason):
    refused("REASON_NEEDED", find, text="钱玉梅", by=cast.grid_worker, now=now, reason=reason)
    assert not RevealLog.objects.exists()


def test_elsewhere_nobody_is_fished_for(cast, now, far):
    for _ in range(MOST_BEYOND):
        people.person("钱玉梅", home=cast.city["other_community"])
    refused("TOO_MANY_FOUND", find, text="钱玉梅", by=cast.grid_worker, now=now, reason=WHY)
    assert names(f"#{far.pk}", cast.grid_worker, now, WHY) == []  # nor by the numbers of rows
    assert not RevealLog.objects.exists()
    assert names("钱玉梅 1265", cast.grid_worker, now, WHY) == ["钱玉梅"]


def test_a_number_finds_elsewhere_and_costs_no_guess(cast, now, far):
    assert names(LANDLINE, cast.grid_worker, now, WHY) == ["钱玉梅"]
    assert sum(MISSES.counted(cast.grid_worker.pk) for _ in range(MISSES.most)) == MISSES.most


def test_looks_elsewhere_are_counted_found_or_not(cast, now, far):
    for turn in range(BEYOND.most):
        find(text=("钱玉梅", "没有这人")[turn % 2], by=cast.grid_worker, now=now, reason=WHY)
    stopped = refused("TOO_MANY_LOOKS", find, text="钱玉梅", by=cast.grid_worker, now=now, reason=WHY)
    assert stopped.status == 429
    assert RevealLog.objects.count() == BEYOND.most / 2
    assert names("何强", cast.grid_worker, now) == []  # within her reach she goes on
    assert names("钱玉梅", cast.officer, now, WHY) == ["钱玉梅"]  # and so do others elsewhere


def test_the_closed_are_found_nowhere(cast, now, far):
    erase_person(person_id=far.pk, by=cast.other_worker, now=now)
    assert names("已注销", cast.grid_worker, now, WHY) == []


# --- Whom to ring --------------------------------------------------------------------------------


def test_her_family_stands_beside_her_masked(cast, now, zhang, django_assert_num_queries):
    [found] = find(text="张秀英", by=cast.grid_worker, now=now)
    with django_assert_num_queries(0):
        family = family_of(found)
    assert [(one.relation, one.name, one.number.masked) for one in family] == [
        ("联系人", "张强（儿子）", "139****2222"),
        ("儿子", "张强", "139****3333"),
        ("本人", "张秀英", "138****5678"),
    ]
    assert family == family_of(zhang)


def test_of_a_child_it_is_said_who_is_guardian(cast, now):
    """What was written down there is what the child is to her."""
    Guardianship.objects.filter(ward=cast.zixuan).update(relation="孙子")
    Person.objects.filter(pk=cast.guilan.pk).update(phone=PHONE)
    [found] = find(text="王子轩", by=cast.worker, now=now)
    assert [(one.relation, one.name) for one in family_of(found)] == [("监护人", "王桂兰")]


def test_each_number_opens_by_itself_and_is_logged(cast, now, zhang):
    by, son = cast.grid_worker, Person.objects.get(full_name="张强")
    for whose, field, full in [
        (zhang, "contact_phone", "13900002222"),
        (son, "phone", "13900003333"),
        (zhang, "phone", PHONE),
    ]:
        for _again in range(2):
            opened = ring_family(person_id=zhang.pk, whose=whose.pk, field=field, by=by, now=now)
            assert opened.full == full
    looks = [(look.person, look.field) for look in RevealLog.objects.order_by("pk")]
    assert looks == [(zhang, "contact_phone"), (son, "phone"), (zhang, "phone")]
    assert numbers_open(by, now) == {(one.pk, field) for one, field in looks}
    assert numbers_open(by, now + OPEN_FOR) == set()
    assert not RevealLog.objects.filter(person=son, reason__contains="秀英").exists()


def test_no_other_number_opens(cast, now, zhang):
    told = {"person_id": zhang.pk, "by": cast.grid_worker, "now": now}
    son = Person.objects.get(full_name="张强")
    for whose, field in [
        (cast.guilan, "phone"),
        (son, "contact_phone"),
        (zhang, "document_no"),
        (zhang, "user"),
        (son, "full_name"),
    ]:
        refused("NOT_ALLOWED", ring_family, **told, whose=whose.pk, field=field)
    Guardianship.objects.filter(ward=zhang).update(until=now)
    refused("NOT_ALLOWED", ring_family, **told, whose=son.pk, field="phone")
    assert not RevealLog.objects.exists()


def test_elsewhere_a_number_opens_after_a_look_and_not_for_long(cast, now, far):
    told = {"person_id": far.pk, "whose": far.pk, "field": "contact_phone"}
    for by in (cast.grid_worker, cast.officer):
        refused("NOT_ALLOWED", ring_family, **told, by=by, now=now)
    find(text="钱玉梅", by=cast.grid_worker, now=now, reason=WHY)
    later = now + OPEN_FOR - timedelta(seconds=1)
    assert ring_family(**told, by=cast.grid_worker, now=later).full == "13900004444"
    assert names(f"#{far.pk}", cast.grid_worker, later) == ["钱玉梅"]
    refused("NOT_ALLOWED", ring_family, **told, by=cast.officer, now=later)
    refused("NOT_ALLOWED", ring_family, **told, by=cast.grid_worker, now=now + OPEN_FOR)
    assert names(f"#{far.pk}", cast.grid_worker, now + OPEN_FOR) == []


def test_numbers_are_not_opened_one_after_the_other(cast, now):
    hers = [people.person("李秀英", home=cast.city["grid"], phone=f"138000{n:05}") for n in range(31)]
    for one in hers[: CALLS.most]:
        ring_family(person_id=one.pk, whose=one.pk, field="phone", by=cast.grid_worker, now=now)
    last = hers[CALLS.most]
    told = {"person_id": last.pk, "whose": last.pk, "field": "phone", "by": cast.grid_worker, "now": now}
    refused("TOO_MANY_LOOKS", ring_family, **told)
    first = {**told, "person_id": hers[0].pk, "whose": hers[0].pk}
    assert ring_family(**first).full == "13800000000"  # it is open already


# --- What is left --------------------------------------------------------------------------------


def test_closing_a_record_empties_the_reason_wherever_the_search_left_it(cast, now, far):
    twin = people.person("钱玉梅", home=cast.city["other_community"])
    why = "钱玉梅摔倒了"
    find(text="钱玉梅", by=cast.grid_worker, now=now, reason=why)
    other = now + timedelta(minutes=1)
    find(text=LANDLINE, by=cast.grid_worker, now=other, reason="送钱包")
    find(text=f"{cast.stranger.full_name}", by=cast.grid_worker, now=other, reason="送信")
    erase_person(person_id=far.pk, by=cast.other_worker, now=other)
    assert not RevealLog.objects.filter(reason__contains="玉梅").exists()
    assert {look.reason for look in RevealLog.objects.filter(person=far)} == {""}
    assert [look.reason for look in RevealLog.objects.filter(person=twin)] == [""]
    assert Entry.objects.filter(kind=Happened.REVEALED, person=far.pk).count() == 2
