"""Phone numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.phones import find_phones, is_mobile, read_phone


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("15182212100", "15182212100"),
        ("188-4914-8289", "18849148289"),
        (" 159 8253 2369 ", "15982532369"),
        ("１５１０２６１４９５４", "15102614954"),
        ("+86 151 0261 4954", "15102614954"),
        ("0086-15102614954", "15102614954"),
        ("8615102614954", "15102614954"),
        ("151\u202d02614954\u202c", "15102614954"),  # the marks WeChat copies along
        ("1.5100803706E+10", "15100803706"),
        ("0371-65251265", "0371-65251265"),
        ("037165251265", "0371-65251265"),
        ("(0371)65251265", "0371-65251265"),
        ("0371－6525 1265", "0371-65251265"),
        ("01065251265", "010-65251265"),
        ("+86 371 6525 1265", "0371-65251265"),
        ("0371-65251265-801", "0371-65251265-801"),
        ("0371-65251265转801", "0371-65251265-801"),
    ],
)
def test_one_number_is_read_however_it_is_written(written: str, number: str) -> None:
    assert read_phone(written) == number


@pytest.mark.parametrize(
    "written",
    ["", "1518221210", "151822121000", "65251265", "1.51E+10", "12800000000", "无", "4001234567", "１５１"],
)
def test_what_is_no_whole_number_is_never_completed(written: str) -> None:
    assert read_phone(written) == ""
    assert find_phones(written).found == ()


def test_several_numbers_are_told_apart() -> None:
    assert find_phones("13800000001/13800000002").found == ("13800000001", "13800000002")
    assert find_phones("13800000001 13800000002").found == ("13800000001", "13800000002")
    assert find_phones("13800000001、0371-65251265").found == ("13800000001", "0371-65251265")
    assert find_phones("13800000001\n13800000001").found == ("13800000001",)


def test_the_words_and_the_unread_digits_are_kept() -> None:
    phones = find_phones("13800000001（女儿）1380000000")
    assert phones.found == ("13800000001",)
    assert phones.unread == ("1380000000",)
    assert phones.words == "女儿"
    assert find_phones("毛柱华 18865965673").words == "毛柱华"
    assert find_phones("毛柱华：18865965673").words == "毛柱华"


def test_a_mobile_is_not_a_landline() -> None:
    assert is_mobile("13800000001")
    assert not is_mobile("0371-65251265")


MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@given(MOBILES, st.lists(st.sampled_from(["", " ", "-", "　", ".", "–"]), min_size=10, max_size=10))
def test_any_spacing_gives_the_same_mobile(mobile: str, gaps: list[str]) -> None:
    written = "".join(digit + gap for digit, gap in zip(mobile, [*gaps, ""], strict=True))
    assert read_phone(written) == mobile


@given(st.text(max_size=60))
def test_any_text_is_read_without_failing_and_without_inventing_digits(text: str) -> None:
    phones = find_phones(text)
    digits = sum(character.isdigit() for character in text)
    assert all(len(number.replace("-", "")) <= max(digits * 3, 0) + 1 for number in phones.found)
