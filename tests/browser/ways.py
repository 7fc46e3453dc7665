"""The ways in which people come: sizes of screens, with scripts and without."""

import pytest

from tests.browser.chromium import DESK, PHONE

WAYS = [
    pytest.param({"viewport": PHONE}, id="phone"),
    pytest.param({"viewport": PHONE, "elder": True}, id="phone, elder"),
    pytest.param({"viewport": PHONE, "scripts": False}, id="phone, no scripts"),
    pytest.param({"viewport": DESK}, id="desk"),
    pytest.param({"viewport": DESK, "elder": True}, id="desk, elder"),
]


SOME_WAYS = [WAYS[1], WAYS[2], WAYS[3]]


def confirm(visitor, words, *, scripts):
    """Answers the question that scripts ask before something is taken away."""
    if scripts:
        visitor.page.get_by_role("dialog").get_by_role("button", name=words, exact=True).click()
