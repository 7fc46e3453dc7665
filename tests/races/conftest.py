import pytest

from tests import lanes
from tests.owner import as_owner
from tests.races.crowd import COMMIT_ORDER, UNCOMMITTED
from tests.races.stack import stack


@pytest.fixture(scope="session")
def served():
    """A whole portal with nobody in it; files that take it in turn leave nothing running (lanes.py)."""
    with stack() as running:
        yield running


@pytest.fixture
def commit_order(transactional_db):
    """Enrolments are numbered in the order in which they commit (crowd.OUT_OF_ORDER)."""
    with as_owner() as cursor:
        cursor.execute(COMMIT_ORDER)
    yield
    with as_owner() as cursor:
        cursor.execute(UNCOMMITTED)


@pytest.fixture
def ledger_operations(request) -> int:
    """How many random operations to try (lanes.py)."""
    return lanes.ledger_operations(request.config)
