"""What is too much at once is refused by what it says it is, before any of it is read."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from common.uploads import MOST_SENT
from tests.html import Page


class Unread(BytesIO):
    """A body of which nobody reads a byte."""

    def read(self, *_much: Any) -> bytes:
        raise AssertionError("it was read")

    readline = read


def sent(client: Client, length: str) -> Any:
    more = {"wsgi.input": Unread(), "CONTENT_LENGTH": length}
    return client.generic("POST", "/say/new/", b"", "multipart/form-data; boundary=x", **more)


@pytest.mark.django_db
@pytest.mark.parametrize("length", [str(MOST_SENT + 1), "9" * 40, "-1", "a lot"])
def test_it_is_refused_unread_with_a_sentence(client: Client, length: str) -> None:
    answer = sent(client, length)
    assert answer.status_code == 413
    assert "请少选几张图片" in Page(answer).text


@pytest.mark.django_db
def test_what_does_not_say_how_much_it_is_is_nothing(client: Client) -> None:
    assert sent(client, "").status_code == 200
