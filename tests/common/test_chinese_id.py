"""Identity numbers: read as people write them, refused when a digit is wrong."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import ric

from common.chinese_id import born_on, read_id, sex

SAMPLE = "11010519491231002X"  # the sample number of GB 11643


@pytest.mark.parametrize(
    "text",
    [
        SAMPLE,
        SAMPLE.lower(),
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "'110105-19491231-002X",
        f"\u200b{SAMPLE}",
    ],
)
def test_a_number_is_read_as_people_write_it(text):
    assert read_id(text) == SAMPLE


@pytest.mark.parametrize(
    "text", ["", "110105194912310021", "11010519491331002X", "11010519491231002", "E12345678", "王桂兰"]
)
def test_what_is_no_number_is_not_read(text):
    assert read_id(text) == ""


def test_a_division_that_no_table_knows_is_no_reason_to_refuse():
    assert read_id("990105194912310023") == "990105194912310023"


def test_what_a_number_tells():
    assert born_on(SAMPLE) == date(1949, 12, 31)
    assert sex(SAMPLE) == "F"


@given(
    st.integers(0, 999999).map("{:06}".format),
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.integers(0, 999).map("{:03}".format),
)
@example("410101", date(1958, 1, 1), "002")  # stdnum knows the province of these, and no county
@example("419900", date(1958, 1, 1), "002")
@example("110000", date(1958, 1, 1), "002")
def test_of_any_area_the_number_with_the_right_check_digit_is_read(area, born, serial):
    stem = f"{area}{born:%Y%m%d}{serial}"
    read = [found for digit in "0123456789X" if (found := read_id(stem + digit))]
    assert read == [stem + ric.calc_check_digit(stem + "0")]
    assert born_on(read[0]) == born


@given(st.text(max_size=24) | st.text("0123456789Xx\u0661²Ⅳ-' ", min_size=15, max_size=24))
def test_whatever_is_typed_is_read_or_not(text):
    assert read_id(text) == "" or ric.compact(read_id(text)) == read_id(text)
