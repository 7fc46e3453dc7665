"""One person with one browser, who is watched."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    expect,
)

QUICK = 8000  # milliseconds
expect.set_options(timeout=QUICK)


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
        self.context, self.base, self.is_elder = context, base, False
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

    @contextmanager
    def twice_the_text(self) -> Iterator[None]:
        """Inside, who reads has set her browser's text to twice its size."""
        settings = self.context.new_cdp_session(self.page)
        settings.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
        try:
            yield
        finally:
            settings.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
            settings.detach()

    def elder(self) -> None:
        self.is_elder = True
        self.context.add_cookies([{"name": "elder", "value": "1", "url": self.base}])

    @property
    def title(self) -> Locator:
        """The page's one h1."""
        return self.page.locator("h1")

    def write(self, label: str, words: str) -> None:
        """Types into the box that is called so."""
        self.page.get_by_role("textbox", name=label, exact=True).fill(words)

    def press(self, words: str, kind: str = "button") -> None:
        """Presses the one button or link that says so, once the page and its scripts are there."""
        self.page.wait_for_load_state()
        self.page.get_by_role(kind, name=words, exact=True).click()
