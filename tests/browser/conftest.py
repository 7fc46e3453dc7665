"""A real Chromium on a real server: `./dev test` says where the browser is (LINLI_CHROMIUM*)."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    sync_playwright,
)

from courses.models.catalogue import Course
from courses.rules import Audience
from tests.browser.chromium import PHONE, launch
from tests.browser.visitor import Visitor
from tests.factories import courses
from tests.factories.courses import at

# Playwright's loop runs in the thread that asks the database; Django would take that for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if "LINLI_CHROMIUM" not in os.environ:
        pytest.fail("no browser: ./dev test brings one")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Any]:
    """Makes visitors; when the test is done, none of them may have done anything wrong."""
    made: list[Visitor] = []

    def make(viewport: Any = None, *, elder: bool = False, scripts: bool = True) -> Visitor:
        context = chromium.new_context(
            viewport=viewport or PHONE, locale="zh-CN", java_script_enabled=scripts, reduced_motion="reduce"
        )
        visitor = Visitor(context, live_server.url)
        if elder:
            visitor.elder()
        made.append(visitor)
        return visitor

    yield make
    for visitor in made:
        visitor.context.close()
    assert not [wrong for visitor in made for wrong in visitor.watch.wrong]


@pytest.fixture
def town(transactional_db: None, cast: Any, clock: Any, now: Any) -> Any:
    """The cast with three classes: one with seats tonight, one with none left, one for elders."""
    calligraphy = Course.objects.create(name="书法", subject="书画", about="从握笔开始，每次一个时辰。")
    room = cast.center.rooms.get(name="教室1")
    cast.group = courses.class_group(
        cast.center, now, name="书法一班", course=calligraphy, bring="毛笔、墨", room=room,
        teacher=courses.teacher("陈国华"),
    )  # fmt: skip
    cast.full = courses.class_group(cast.center, now, name="合唱一班", capacity=1, waiting_limit=5)
    dance = Course.objects.create(name="广场舞", audience=Audience.ELDER)
    cast.dance = courses.class_group(cast.other_center, now, name="广场舞一班", course=dance)
    for day in (25, 27):
        courses.session(cast.group, at(2026, 11, day, 18))
    courses.session(cast.full, at(2026, 11, 26, 9))
    courses.session(cast.dance, at(2026, 11, 28, 8))
    cast.taken = courses.seat(cast.full, cast.stranger, now - timedelta(days=1))
    return cast
