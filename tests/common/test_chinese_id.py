"""Resident identity numbers: checked, and what they tell. All of them are invented."""

from datetime import date

import pytest

from common.chinese_id import born_on, read_id, sex


def _with_check_digit(first: str) -> str:
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, weights, strict=True)) % 11]


@pytest.fixture
def number() -> str:
    return _with_check_digit("41010519580302002")


def test_a_number_tells_birth_date_and_sex(number: str) -> None:
    assert read_id(number) == number
    assert born_on(number) == date(1958, 3, 2)
    assert (sex(number), sex(_with_check_digit("41010519580302001"))) == ("F", "M")


def test_it_is_read_however_it_is_typed(number: str) -> None:
    wide = number.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert read_id(wide) == read_id(f" {number[:6]} {number[6:14]} {number[14:]} ") == number
    ends_in_x = next(
        made for n in range(1000) if (made := _with_check_digit(f"41010519580302{n:03d}")).endswith("X")
    )
    assert read_id(ends_in_x.lower()) == ends_in_x


def test_one_wrong_digit_is_noticed(number: str) -> None:
    for place in range(18):
        wrong = (
            number[:place]
            + str((int(number[place]) + 1) % 10 if number[place] != "X" else 0)
            + number[place + 1 :]
        )
        assert read_id(wrong) == "", wrong


@pytest.mark.parametrize("typed", ["", "410105580302002", "无", "41010519581302002X", "4" * 40])
def test_what_is_no_number_is_not_completed(typed: str) -> None:
    assert read_id(typed) == ""


def test_a_region_that_no_longer_exists_is_no_mistake() -> None:
    assert read_id(_with_check_digit("99999919580302002"))
