"""Who is written down twice: the decision table, and what must hold for any register."""

from datetime import date

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

if not settings.configured:
    settings.configure(USE_I18N=False)

from common.sheets.same import Verdict, same_person
from courses.registers.people import group_people
from courses.registers.roster import RosterRow

MOBILE, OTHER, LANDLINE = "13800000001", "13800000002", "0371-65251265"
SAME, DIFFERENT, UNSURE = Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE
BIRTHS = {
    "": (None, ""),
    "1952": (date(1952, 1, 1), "YEAR"),
    "1952.1": (date(1952, 1, 1), "MONTH"),
    "1952.2": (date(1952, 2, 1), "MONTH"),
    "1952-01-03": (date(1952, 1, 3), "DAY"),
    "1952-01-20": (date(1952, 1, 20), "DAY"),
}


def person(line: int, name: str = "王芳", phone: str = "", birth: str = "", **more: str) -> RosterRow:
    born_on, precision = BIRTHS[birth]
    return RosterRow(
        line=line, raw=(), full_name=name, phone=phone, born_on=born_on, born_precision=precision, **more
    )


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        ((MOBILE, "1952-01-03"), (MOBILE, "1952-01-03"), SAME),
        ((MOBILE, "1952-01-03"), (MOBILE, "1952.1"), SAME),
        ((MOBILE, "1952-01-03"), (MOBILE, "1952"), SAME),
        ((MOBILE, "1952.1"), (MOBILE, ""), SAME),
        ((LANDLINE, "1952.1"), (LANDLINE, "1952.1"), SAME),
        ((LANDLINE, "1952.1"), (LANDLINE, ""), UNSURE),
        ((MOBILE, "1952-01-03"), (MOBILE, "1952-01-20"), UNSURE),
        ((MOBILE, "1952-01-03"), (MOBILE, "1952.2"), UNSURE),
        (("", "1952-01-03"), ("", "1952-01-03"), SAME),
        (("", "1952-01-03"), ("", "1952.1"), UNSURE),
        (("", "1952.1"), ("", "1952.1"), UNSURE),
        (("", ""), ("", ""), UNSURE),
        (("", "1952-01-03"), ("", "1952-01-20"), DIFFERENT),
        ((MOBILE, "1952-01-03"), ("", "1952-01-03"), UNSURE),
        ((MOBILE, "1952-01-03"), ("", "1952.1"), UNSURE),
        ((MOBILE, "1952-01-03"), ("", ""), UNSURE),
        ((MOBILE, "1952-01-03"), ("", "1952.2"), DIFFERENT),
        ((MOBILE, "1952-01-03"), (OTHER, "1952-01-03"), UNSURE),
        ((MOBILE, "1952-01-03"), (OTHER, "1952.1"), DIFFERENT),
        ((MOBILE, ""), (OTHER, ""), DIFFERENT),
        ((MOBILE, "1952.1"), (OTHER, "1952.2"), DIFFERENT),
    ],
)
def test_the_decision_table(a: tuple[str, str], b: tuple[str, str], verdict: Verdict) -> None:
    one, two = person(1, phone=a[0], birth=a[1]), person(2, phone=b[0], birth=b[1])
    assert same_person(one, two) is verdict
    assert same_person(two, one) is verdict


def test_couples_share_a_phone_and_even_a_birthday() -> None:
    assert same_person(person(1, "王芳", MOBILE, "1952.1"), person(2, "李强", MOBILE, "1952.1")) is DIFFERENT


def test_another_community_makes_a_phoneless_pair_less_likely() -> None:
    one = person(1, birth="1952-01-03", home="甲社区")
    assert same_person(one, person(2, birth="1952-01-03", home="乙社区")) is UNSURE
    assert same_person(one, person(2, birth="1952-01-03")) is SAME
    assert same_person(one, person(2, birth="1952.1", home="乙社区")) is DIFFERENT
    assert same_person(one, person(2, phone=MOBILE, home="乙社区")) is DIFFERENT
    assert same_person(one, person(2, phone=MOBILE, home="甲社区")) is UNSURE


def test_contradictions_stop_a_merge() -> None:
    one = person(1, phone=MOBILE, birth="1952.1", sex="F", document_no="11010519491231002X")
    assert same_person(one, person(2, phone=MOBILE, birth="1952.1", sex="M")) is UNSURE
    other = person(2, phone=MOBILE, birth="1952.1", document_no="440524188001010014")
    assert same_person(one, other) is UNSURE


def test_support_lists_a_pair_but_never_merges_it() -> None:
    one, far = person(1, phone=MOBILE, birth="1952.1"), person(2, phone=OTHER, birth="1952.2", remark="重复")
    assert same_person(one, far) is UNSURE
    assert same_person(one, person(2, birth="1952.1", remark="重复")) is UNSURE
    assert same_person(one, person(2, "李强", MOBILE, "1952.1", remark="重复")) is DIFFERENT
    card = "11010519491231002X"
    assert (
        same_person(person(1, phone=MOBILE, document_no=card), person(2, phone=OTHER, document_no=card))
        is UNSURE
    )


def test_uniting_takes_the_precise_birth_and_all_wishes_once() -> None:
    (group,) = group_people(
        [
            person(9, phone=MOBILE, birth="1952-01-03", wishes=("声乐（一）班", "书法"), remark="重复"),
            person(
                4, phone=MOBILE, birth="1952.1", wishes=("声乐一班",), home="甲社区", sex="F", remark="老学员"
            ),
            person(6, phone=MOBILE, home="乙社区", contact_name="李强", contact_phone=OTHER),
        ]
    )
    assert group.lines == (4, 6, 9)
    assert group.note == "第 4 行与第 6 行、第 9 行是同一人，已合并"
    assert (group.born_on, group.born_precision) == BIRTHS["1952-01-03"]
    assert group.wishes == ("声乐一班", "书法")
    assert (group.sex, group.home, group.contact_phone, group.remark) == (
        "F",
        "甲社区",
        OTHER,
        "老学员；重复",
    )
    assert [doubt.code for doubt in group.doubts] == ["HOME_DIFFERS"]


def test_a_chain_that_contradicts_itself_stays_apart_and_is_listed() -> None:
    rows = [
        person(1, phone=MOBILE, birth="1952-01-03"),
        person(2, phone=MOBILE, birth="1952.1"),
        person(3, phone=MOBILE, birth="1952-01-20"),
    ]
    groups = group_people(rows)
    assert [(group.lines, group.maybe) for group in groups] == [
        ((1,), (2, 3)),
        ((2,), (1, 3)),
        ((3,), (1, 2)),
    ]
    assert all(group.doubts[0].code == "MAYBE_SAME_PERSON" for group in groups)


PEOPLE = st.builds(
    lambda name, phone, birth, home, sex, remark: {
        "name": name,
        "phone": phone,
        "birth": birth,
        "home": home,
        "sex": sex,
        "remark": remark,
    },
    st.sampled_from(["王芳", "王芳", "李强"]),
    st.sampled_from(["", MOBILE, OTHER, LANDLINE]),
    st.sampled_from(list(BIRTHS)),
    st.sampled_from(["", "甲社区", "乙社区"]),
    st.sampled_from(["", "F", "M"]),
    st.sampled_from(["", "", "重复"]),
)
REGISTERS = st.lists(PEOPLE, max_size=8).map(lambda rows: [person(n, **row) for n, row in enumerate(rows, 1)])


@given(PEOPLE, PEOPLE)
def test_judging_is_symmetric(a: dict[str, str], b: dict[str, str]) -> None:
    assert same_person(person(1, **a), person(2, **b)) is same_person(person(2, **b), person(1, **a))


@given(PEOPLE, PEOPLE)
def test_nobody_is_merged_on_a_name_alone(a: dict[str, str], b: dict[str, str]) -> None:
    if same_person(person(1, **a), person(2, **b)) is SAME:
        assert a["name"] == b["name"]
        assert a["phone"] == b["phone"]
        assert a["phone"] or a["birth"] == b["birth"]


@given(REGISTERS, st.randoms())
def test_grouping_does_not_depend_on_the_order_of_rows(rows: list[RosterRow], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert group_people(shuffled) == group_people(rows)


@given(REGISTERS)
def test_every_line_is_in_one_group_and_groups_hold_only_sure_pairs(rows: list[RosterRow]) -> None:
    groups = group_people(rows)
    assert sorted(line for group in groups for line in group.lines) == [row.line for row in rows]
    for group in groups:
        assert all(same_person(a, b) is SAME for a in group.rows for b in group.rows if a is not b)


@given(REGISTERS)
def test_doubts_are_mutual_and_no_sure_pair_is_left_unspoken(rows: list[RosterRow]) -> None:
    groups = group_people(rows)
    maybe = {line: set(group.maybe) for group in groups for line in group.lines}
    mates = {line: set(group.lines) for group in groups for line in group.lines}
    for a in rows:
        for b in rows:
            if a is not b and same_person(a, b) is not DIFFERENT:
                assert b.line in maybe[a.line] | mates[a.line]
                assert a.line in maybe[b.line] | mates[b.line]
