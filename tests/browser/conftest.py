"""A real Chromium on a real server: `./dev test` says where the browser is (LINLI_CHROMIUM*)."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    sync_playwright,
)

from courses.models import Course
from courses.rules import Audience
from tests.browser.chromium import PHONE, launch
from tests.factories import courses
from tests.factories.courses import at

# Playwright's loop runs in the thread that asks the database; Django would take that for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
HERE = Path(__file__).parent
QUICK = 8000  # milliseconds


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


@dataclass
class Watch:
    """What a browser did that no page of ours may do, and how much it loaded."""

    host: str
    wrong: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    def request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != self.host:
            self.wrong.append(f"asked another host: {request.url}")

    def console(self, message: ConsoleMessage) -> None:
        # A refused form is a page with status 409 or 422, which Chromium notes as an error.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.wrong.append(f"console: {message.text}")

    def answer(self, response: Response) -> None:
        self.answers.append(response)
        if response.status >= 400 and response.request.resource_type != "document":
            self.wrong.append(f"{response.status}: {response.url}")


class Visitor:
    """One person with one browser: opens pages, is signed in, is watched."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context, self.base = context, base
        self.watch = Watch(urlsplit(base).netloc)
        self.page: Page = context.new_page()
        self.page.set_default_timeout(QUICK)
        self.page.on("request", self.watch.request)
        self.page.on("response", self.watch.answer)
        self.page.on("console", self.watch.console)
        self.page.on("pageerror", lambda error: self.watch.wrong.append(f"script: {error}"))

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def sign_in(self, user: Any) -> None:
        client = Client()
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.base}])

    def elder(self) -> None:
        self.context.add_cookies([{"name": "elder", "value": "1", "url": self.base}])

    @property
    def title(self) -> str:
        """The page's one h1."""
        return self.page.locator("h1").inner_text()

    def write(self, label: str, words: str) -> None:
        """Types into the box that is called so."""
        self.page.get_by_role("textbox", name=label, exact=True).fill(words)

    def press(self, words: str, kind: str = "button") -> None:
        """Presses the one button or link that says so, once the page and its scripts are there."""
        self.page.wait_for_load_state()
        self.page.get_by_role(kind, name=words, exact=True).click()  # type: ignore[arg-type]


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
