"""Who meets and who deals with things, for the tests of meetings."""

import pytest

from tests.factories import grievances
from tests.factories.grievances import closed, in_session, raised, said


@pytest.fixture
def head(cast):
    return grievances.director(cast)


@pytest.fixture
def hand(cast):
    return grievances.handler(cast)


@pytest.fixture
def body(cast):
    return grievances.body(cast)


@pytest.fixture
def meeting(cast, body, head, now):
    return in_session(cast, now, head)


@pytest.fixture
def promised(meeting, head, hand, now):
    """What was promised on the spot at a meeting that is over."""
    item = raised(meeting, head, now)
    said(meeting, "PROMISE", head, now, item, words="修一个坡道", wait=30, handler_id=hand.pk)
    closed(meeting, head, now)
    item.refresh_from_db()
    return item.promise
