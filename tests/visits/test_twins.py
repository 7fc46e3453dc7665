"""Who stands on two lists: found among made-up households, with evidence, and never by comparing everybody."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest

from tests.data.households import Line, lists
from visits.registers.twins import Resident, Twin, candidates, find_twins

UNSEEN = [11, 12]  # seeds that the points were not tried on


def residents(lines: list[Line]) -> list[Resident]:
    return [
        Resident(
            key=number,
            source=line.source,
            household=line.household,
            full_name=line.full_name,
            sex=line.sex,
            born_on=line.born_on,
            born_precision=line.born_precision,
            phone=line.phone,
            door=line.door,
        )
        for number, line in enumerate(lines)
    ]


def doubles(lines: list[Line]) -> set[frozenset[object]]:
    places: dict[int, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        places[line.human].append(number)
    return {frozenset(pair) for places_of in places.values() for pair in combinations(places_of, 2)}


def pairs(found: list[Twin]) -> set[frozenset[object]]:
    return {frozenset((twin.one.key, twin.other.key)) for twin in found}


# --- Measured ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", UNSEEN)
def test_recall_and_precision_on_two_thousand_households(seed: int) -> None:
    """At least 95 of 100 doubles are found, at least 90 of 100 pairs shown are doubles."""
    lines = lists(seed, households=2_000)
    true, found = doubles(lines), pairs(find_twins(residents(lines)))
    recall, precision = len(true & found) / len(true), len(true & found) / len(found)
    figures = f"{len(lines)} lines, {len(true)} doubles, {len(found)} shown: {recall:.1%} found, {precision:.1%} right"
    print(figures)  # noqa: T201
    assert len(true) > 300
    assert recall >= 0.95
    assert precision >= 0.90


def test_the_set_is_the_same_from_the_same_seed_and_has_what_it_says() -> None:
    lines = lists(1, households=400)
    assert lines == lists(1, households=400) != lists(2, households=400)
    by_human: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        by_human[line.human].append(line)
    twice = [found for found in by_human.values() if len(found) == 2]
    assert all(one.source != other.source for one, other in twice)
    assert any(one.full_name != other.full_name for one, other in twice)
    assert any(one.phone and other.phone and one.phone != other.phone for one, other in twice)
    assert {line.born_precision for line in lines} == {"", "DAY", "MONTH", "YEAR"}


def test_few_are_compared_and_a_crowd_of_one_name_is_parted() -> None:
    lines = residents(lists(3, households=2_000))
    everybody = len(lines) * (len(lines) - 1) / 2
    assert len(candidates(lines)) < everybody / 2_000
    crowd = [
        Resident(
            n, n % 8, n, "王秀英", born_on=date(1930 + n % 60, 1 + n % 12, 1 + n % 28), born_precision="DAY"
        )
        for n in range(1_200)
    ]
    assert len(candidates(crowd)) < 1_200 * 1_200 / 2 / 15


# --- One pair ------------------------------------------------------------------------------------


WANG = Resident(1, "甲", 1, "王桂兰", "F", date(1950, 3, 2), "DAY", "13800000001", "/3/2/501")
# Enough other people that a name says something.
OTHERS = [
    Resident(1_000 + n, "丙", 100 + n, f"{family}{one}{two}", "M")
    for n, (family, one, two) in enumerate(
        (family, one, two) for family in "李张刘陈杨赵黄周吴徐" for one in "德保长根" for two in "海山河林田"
    )
]


def seen(one: Resident, **other: object) -> Twin | None:
    """What is said of somebody on another list who differs by `other`."""
    twin = replace(one, key=2, source="乙", household=2, door="", **other)
    found = find_twins([one, twin, *OTHERS])
    return found[0] if found else None


@pytest.mark.parametrize(
    ("other", "evidence"),
    [
        ({}, ("姓名相同", "生日相同", "电话相同")),
        ({"full_name": "王贵兰", "phone": ""}, ("姓名同音：王桂兰、王贵兰", "生日相同")),
        ({"full_name": "王佳兰", "phone": ""}, ("姓名只差一个形近的字：王桂兰、王佳兰", "生日相同")),
        ({"full_name": "王小兰", "phone": "13900000002"}, ("同姓，像是小名：王桂兰、王小兰", "生日相同")),
        ({"full_name": "王奶奶"}, ("同姓，一边只写了称呼：王桂兰、王奶奶", "生日相同", "电话相同")),
        ({"born_on": date(1950, 1, 14), "phone": ""}, ("姓名相同", "一边的生日像是农历的同一天")),
        ({"born_on": date(1950, 3, 1), "born_precision": "MONTH"}, ("姓名相同", "出生年月相同", "电话相同")),
        ({"born_on": date(1950, 1, 1), "born_precision": "YEAR"}, ("姓名相同", "出生年份相同", "电话相同")),
        ({"born_on": date(1950, 3, 12)}, ("姓名相同", "生日只差一处，像是笔误", "电话相同")),
        ({"born_on": date(1951, 3, 2)}, ("姓名相同", "生日的月日相同，年份不同", "电话相同")),
        ({"phone": "13900000001"}, ("姓名相同", "生日相同", "电话尾号相同")),
    ],
)
def test_what_speaks_for_a_pair_is_said(other: dict[str, object], evidence: tuple[str, ...]) -> None:
    twin = seen(WANG, **other)
    assert twin is not None
    assert twin.evidence == evidence


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"born_on": date(1961, 5, 6), "phone": ""}, id="a namesake"),
        pytest.param({"born_on": None, "born_precision": "", "phone": ""}, id="a name alone"),
        pytest.param({"full_name": "李芳", "born_on": date(1975, 1, 1)}, id="a daughter with her phone"),
        pytest.param({"sex": "M", "born_on": date(1950, 9, 9), "phone": ""}, id="a man of her name and age"),
        pytest.param({"full_name": "王桂宁", "phone": ""}, id="her twin sister"),
    ],
)
def test_who_is_somebody_else_is_not_shown(other: dict[str, object]) -> None:
    assert seen(WANG, **other) is None


def test_father_and_son_with_like_names_are_two() -> None:
    father = Resident(1, "甲", 1, "王大山", "M", date(1950, 3, 2), "DAY", "13800000001")
    assert seen(father, full_name="王小山", born_on=date(1978, 3, 2)) is None


def test_housemates_speak_for_who_has_nothing_else() -> None:
    """The wife and the son are found by their birthdays; so the husband is, of whom only the name is known."""
    home = [
        Resident(1, "甲", 1, "孟占魁", "M"),
        Resident(2, "甲", 1, "秦素云", "F", date(1953, 6, 1), "DAY"),
        Resident(3, "甲", 1, "孟启航", "M", date(1980, 6, 1), "DAY"),
    ]
    moved = [replace(one, key=f"{one.key}b", source="乙", household=9) for one in home]
    found = find_twins([*home, *moved, *OTHERS])
    assert pairs(found) == {frozenset((n, f"{n}b")) for n in (1, 2, 3)}
    husband = next(twin for twin in found if 1 in (twin.one.key, twin.other.key))
    assert husband.evidence == ("姓名相同", "同住的人有 2 位相同")
    alone = [replace(moved[0], key="alone", household=10)]
    assert find_twins([home[0], *alone, *OTHERS]) == []


def test_somebody_is_found_beside_her_housemates_whatever_she_is_called() -> None:
    home = [
        Resident(1, "甲", 1, "孟占魁", "M", date(1951, 6, 1), "DAY"),
        Resident(2, "甲", 1, "秦素云", "F", None, "", "13800000002"),
    ]
    moved = [replace(one, key=f"{one.key}b", source="乙", household=9) for one in home]
    moved[1] = replace(moved[1], full_name="秦云云")
    assert pairs(find_twins([*home, *moved, *OTHERS])) == {frozenset((1, "1b")), frozenset((2, "2b"))}


def test_of_each_list_one_at_most_the_surest() -> None:
    sister = replace(WANG, key=3, source="乙", household=2, full_name="王贵兰", phone="")
    same = replace(WANG, key=2, source="乙", household=2)
    elsewhere = replace(WANG, key=4, source="丁", household=3)
    assert pairs(find_twins([WANG, sister, same, *OTHERS])) == {frozenset((1, 2))}
    assert pairs(find_twins([WANG, same, elsewhere, *OTHERS])) == {
        frozenset(pair) for pair in ((1, 2), (1, 4), (2, 4))
    }


def test_lines_of_one_list_are_not_compared_and_none_is_no_trouble() -> None:
    assert find_twins([WANG, replace(WANG, key=2, household=2), *OTHERS]) == []
    assert find_twins([]) == []
    assert find_twins([WANG]) == []
    nobody = replace(WANG, full_name="")
    assert find_twins([nobody, replace(nobody, key=2, source="乙"), WANG]) == []
