"""The lanes of `./dev test`: the quick one leaves out what is slow, the nightly one tries longer.

What is asked of thousands of cells, or of thousands of inputs made up, the quick one asks of a part.

A plugin of pytest (pyproject.toml names it): here the marks are made known, the options, which mark
keeps a test out of `--quick`, and how many workers share the rest.
"""

import gc
import os
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
from xdist.scheduler import LoadScopeScheduling

SLOW = {
    "browser": "drives a real Chromium",
    "race": "real threads or processes on the real database",
    "demo": "builds the demo city, or reads a copy of it",
    "marathon": "thousands of random operations",
    "sweep": "asks every one of many, one after the other: lists, pages, pairs, lines of a real register",
}
WHOLLY_SLOW = [Path(__file__).parent / folder for folder in ("browser", "races")]
MACHINE = "waits by the machine's own clock: left out under a moved one, which makes short waits fail"
WORKERS = 2  # one a core: PostgreSQL works while a worker waits for it
WITH_BROWSERS = 3  # whoever waits for a browser leaves her core to another
FEW_FILES = 3
TOGETHER = {"tests/races/test_faults.py", "tests/races/test_logs.py"}  # on one worker, one after the other
QUICK_PART = 16
Line = TypeVar("Line")
LEDGER_OPERATIONS = 5_000
LEDGER_OPERATIONS_OF_A_NIGHT = 50_000
# Tickets of a community, and its meetings, one a month.
TOWN, TOWN_OF_A_NIGHT = (40, 3), (600, 6)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Before the settings are read: each worker has a Valkey database of its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    if "REDIS_URL" in os.environ:
        server, _, _ = os.environ["REDIS_URL"].rpartition("/")
        os.environ["REDIS_URL"] = f"{server}/{worker}"
    return (yield)


@pytest.hookimpl(tryfirst=True)  # before what xdist itself would say
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """For a few files, or words that go to the screen, starting workers would take longer than it saves."""
    files = [word for word in config.args if ".py" in word]
    alone = config.option.collectonly or config.option.capture == "no" or 0 < len(files) <= FEW_FILES
    if alone:
        return 0
    return WORKERS if config.option.quick else WITH_BROWSERS


class Scheduling(LoadScopeScheduling):
    """Each test goes to whoever is free, but for those of the files that share one expensive portal.

    xdist's own groups say nothing with pytest 9: it writes them where ids are no longer read.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "one portal" if file in TOGETHER else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("lanes")
    group.addoption("--quick", action="store_true", help=f"leave out what is marked {', '.join(SLOW)}")
    group.addoption("--nightly", action="store_true", help="try random operations ten times longer")
    group.addoption(
        "--ledger-operations",
        type=int,
        help="how many random operations on the ledger; 1000000 takes most of an hour",
    )

    group.addoption(
        "--town", type=int, nargs=2, help="how many tickets and monthly meetings a simulated community has"
    )


def pytest_configure(config: pytest.Config) -> None:
    for mark, meaning in SLOW.items():
        config.addinivalue_line("markers", f"{mark}: {meaning}")
    config.addinivalue_line("markers", f"machine: {MACHINE}")
    config.addinivalue_line("markers", "town: a community, as large as --town says")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The quick lane does not even read the folders that it leaves out as a whole."""
    return True if config.getoption("--quick") and collection_path in WHOLLY_SLOW else None


@pytest.hookimpl(trylast=True)  # after the folders have marked what is theirs
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [
        *(SLOW if config.getoption("--quick") else ()),
        *(["machine"] if "FAKETIME" in os.environ else ()),
    ]
    gone = {item for item in items if any(item.get_closest_marker(mark) for mark in left_out)}
    if gone:
        config.hook.pytest_deselected(items=list(gone))
    if config.getoption("--town"):  # alone, and in so many transactions as it would be
        for item in items:
            if item.get_closest_marker("town"):
                item.add_marker(pytest.mark.django_db(transaction=True), append=False)
    # Whoever needs no database comes first: meanwhile the databases are made.
    items[:] = sorted((item for item in items if item not in gone), key=_needs_a_database)


def _needs_a_database(item: pytest.Item) -> bool:
    return bool(
        item.get_closest_marker("django_db") or "_django_db_helper" in getattr(item, "fixturenames", ())
    )


def pytest_collection_finish() -> None:
    """All that is loaded by now stays: looking through it for garbage again and again costs an eighth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def part_of(lines: Sequence[Line], turn: int, config: pytest.Config) -> Sequence[Line]:
    """The lines of a long table that this run tries: all, in `--quick` every eighth; each turn has others."""
    return lines[turn % QUICK_PART :: QUICK_PART] if config.getoption("--quick") else lines


def nightly(config: pytest.Config) -> bool:
    return bool(config.getoption("--nightly"))


def inputs_made_up(config: pytest.Config) -> int:
    """How many inputs this run makes up for each address of the API."""
    if config.getoption("--quick"):
        return 4
    return 200 if nightly(config) else 20


def ledger_operations(config: pytest.Config) -> int:
    """How many random operations this run tries on the ledger."""
    usual = LEDGER_OPERATIONS_OF_A_NIGHT if nightly(config) else LEDGER_OPERATIONS
    return int(config.getoption("--ledger-operations") or usual)


def town_of(config: pytest.Config) -> tuple[int, int]:
    """How many tickets and meetings the simulated community of this run has."""
    tickets, meetings = config.getoption("--town") or (TOWN_OF_A_NIGHT if nightly(config) else TOWN)
    return tickets, meetings
