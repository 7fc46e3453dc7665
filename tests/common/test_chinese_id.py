"""Identity numbers: read as people write them, refused when a digit is wrong."""

from datetime import date

import pytest

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
