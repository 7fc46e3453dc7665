"""The grid, its social worker, and a household book sent in by her and read by the worker."""

import pytest

from tests.data.books import wide
from tests.factories.books import HOMES
from visits.actions.books import lifecycle


@pytest.fixture
def grid(cast):
    return cast.city["grid"]


@pytest.fixture
def by(cast, now):
    return {"by": cast.worker, "now": now}


@pytest.fixture
def send(by, grid):
    def sent(homes=HOMES, *, place=grid, data=None, name="台账.xlsx", **given):
        one = {**by, **given}
        content = wide(homes) if data is None else data
        book = lifecycle.send_book(division_id=place.pk, data=content, file_name=name, **one)
        lifecycle.work_on_books(now=one["now"])
        book.refresh_from_db()
        return book

    return sent


@pytest.fixture
def confirmed(by):
    def confirm(book):
        lifecycle.confirm_book(book_id=book.pk, **by)
        lifecycle.work_on_books(now=by["now"])
        book.refresh_from_db()
        return book

    return confirm
