"""Form fields that take what people type."""

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError

from common.fields import MobileField, PersonNameField, TypedDateField, TypedTimeField


@pytest.mark.parametrize(
    "typed", ["13812345678", " 138 1234 5678 ", "１３８１２３４５６７８", "+86 138-1234-5678"]
)
def test_a_mobile_is_eleven_digits_however_it_is_typed(typed: str) -> None:
    assert MobileField().clean(typed) == "13812345678"


@pytest.mark.parametrize("typed", ["1381234567", "0371-65251265", "12812345678", "一三八", "1" * 200])
def test_what_is_no_mobile_says_so(typed: str) -> None:
    with pytest.raises(ValidationError):
        MobileField().clean(typed)


def test_a_mobile_may_be_left_out_where_it_is_not_asked() -> None:
    assert MobileField(required=False).clean("") == ""
    with pytest.raises(ValidationError):
        MobileField().clean("")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" 王 桂兰 ", "王桂兰"),
        ("王　桂兰", "王桂兰"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("䶮𠅤", "䶮𠅤"),
        ("Ａnna", "Anna"),
    ],
)
def test_a_name_is_letters_of_any_script(typed: str, name: str) -> None:
    assert PersonNameField().clean(typed) == name


@pytest.mark.parametrize(
    "typed", ["王桂兰1", "😀", "<b>王</b>", "·王", "王_兰", "王" * 61, "13812345678", "ﷺ" * 10]
)
def test_what_is_no_name_says_so(typed: str) -> None:
    with pytest.raises(ValidationError):
        PersonNameField().clean(typed)


@pytest.mark.parametrize(
    "typed", ["2018-05-06", "2018/5/6", "2018.5.6", "2018年5月6日", "20180506", "２０１８－０５－０６"]
)
def test_a_date_is_read_in_the_notations_people_use(typed: str) -> None:
    assert TypedDateField().clean(typed) == date(2018, 5, 6)


@pytest.mark.parametrize("typed", ["18-5-6", "2018-13-01", "2018", "去年"])
def test_a_date_that_is_none_says_how_to_write_it(typed: str) -> None:
    with pytest.raises(ValidationError, match="2018-05-06"):
        TypedDateField().clean(typed)


@pytest.mark.parametrize("typed", ["18:05", "18：05", "18.05", "1805", "１８：０５"])
def test_a_time_is_read_in_the_notations_people_use(typed: str) -> None:
    assert TypedTimeField().clean(typed) == time(18, 5)


@pytest.mark.parametrize("typed", ["25:00", "六点", "18"])
def test_a_time_that_is_none_says_how_to_write_it(typed: str) -> None:
    with pytest.raises(ValidationError, match="09:00"):
        TypedTimeField(example="09:00").clean(typed)
