"""Personal data where its reader does not need all of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.masking import mask_bearer, mask_document, mask_name, mask_phone


@pytest.mark.parametrize(
    ("phone", "seen"),
    [
        ("13812345678", "138****5678"),
        ("0371-65251265", "037*****1265"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_a_phone_keeps_its_ends(phone: str, seen: str) -> None:
    assert mask_phone(phone) == seen


@pytest.mark.parametrize(("name", "seen"), [("王桂兰", "王**"), ("王", "王"), ("", ""), ("𠅤𠅤", "𠅤*")])
def test_a_name_keeps_its_first_character(name: str, seen: str) -> None:
    assert mask_name(name) == seen


@given(st.text("0123456789X", max_size=30))
def test_a_document_shows_no_sign_of_its_own(number: str) -> None:
    """A page has the birth date and the sex besides: each sign shown leaves a tenth of the numbers to try."""
    assert mask_document(number) == "*" * len(number)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_the_middle_of_a_mobile_is_never_seen(phone: str) -> None:
    assert mask_phone(phone) == f"{phone[:3]}****{phone[7:]}"


@pytest.mark.parametrize(("number", "seen"), [("77555979", "****5979"), ("123", "**3"), ("1", "*"), ("", "")])
def test_what_opens_something_keeps_its_tail(number: str, seen: str) -> None:
    assert mask_bearer(number) == seen
