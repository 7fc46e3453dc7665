"""The journal's chain while many write at once."""

import pytest

from journal.actions import note
from journal.models import Entry
from journal.rules import Happened
from tests.common.faults import found
from tests.races.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_lines_at_once_make_one_chain(cast, now):
    def write():
        return [note(kind=Happened.REFUSED, by=cast.worker, now=now) for _ in range(5)]

    at_once([write] * 8)
    numbers = Entry.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 41))
    assert found() == {}
