import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.numerals import numeral, spelt_digits

SIGNS = "零一二三四五六七八九"


def spoken(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{SIGNS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{SIGNS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (SIGNS[ones] if ones else "")


@given(st.integers(1, 999))
def test_what_is_spoken_is_read(number: int) -> None:
    assert numeral(spoken(number)) == numeral(str(number)) == number


@pytest.mark.parametrize(
    "text", ["", "一二", "一百五", "百", "十十", "零", "〇三", "一百零", "五〇一", "第三", "x"]
)
def test_what_could_be_two_numbers_or_none_is_none(text: str) -> None:
    assert numeral(text) == 0


@pytest.mark.parametrize(
    ("text", "digits"), [("五〇一", "501"), ("二零零3", "2003"), ("501", "501"), ("", ""), ("五十", "")]
)
def test_signs_stand_for_digits_one_by_one(text: str, digits: str) -> None:
    assert spelt_digits(text) == digits
