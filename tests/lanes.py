"""The lanes of `./dev test`: the quick one leaves out what is slow, the nightly one tries longer.

A plugin of pytest (pyproject.toml names it): here the marks are made known, the options, and which
mark keeps a test out of `--quick`.
"""

import pytest

SLOW = {
    "browser": "drives a real Chromium",
    "race": "real threads or processes on the real database",
    "demo": "builds the demo city, or reads a copy of it",
    "marathon": "thousands of random operations",
}
LEDGER_OPERATIONS = 5_000
LEDGER_OPERATIONS_OF_A_NIGHT = 50_000


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("lanes")
    group.addoption("--quick", action="store_true", help=f"leave out what is marked {', '.join(SLOW)}")
    group.addoption("--nightly", action="store_true", help="try random operations ten times longer")
    group.addoption(
        "--ledger-operations",
        type=int,
        help="how many random operations on the ledger; 1000000 takes most of an hour",
    )


def pytest_configure(config: pytest.Config) -> None:
    for mark, meaning in SLOW.items():
        config.addinivalue_line("markers", f"{mark}: {meaning}")


@pytest.hookimpl(trylast=True)  # after the folders have marked what is theirs
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--quick"):
        slow = {item for item in items if any(item.get_closest_marker(mark) for mark in SLOW)}
        config.hook.pytest_deselected(items=list(slow))
        items[:] = [item for item in items if item not in slow]


def ledger_operations(config: pytest.Config) -> int:
    """How many random operations this run tries on the ledger."""
    nightly = LEDGER_OPERATIONS_OF_A_NIGHT if config.getoption("--nightly") else LEDGER_OPERATIONS
    return int(config.getoption("--ledger-operations") or nightly)
