"""Pictures of the portal as each role sees it: `./dev shots [words]`, or against a portal that runs:

    PORTAL_URL=http://127.0.0.1:8000 python -m tests.browser.shots [words]

Only pictures whose name holds one of the words are taken. They go to .dev/shots/.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import django
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.chromium import DESK, PHONE, launch

BASE = os.environ.get("PORTAL_URL") or os.environ.get("PUBLIC_URL") or "http://127.0.0.1:8000"
FOLDER = Path(os.environ.get("LINLI_SHOTS", ".dev/shots"))
SIZES = {"360": PHONE, "1280": DESK}
MODES = {"normal": "0", "elder": "1"}


class Shot(NamedTuple):
    """A page: opened at `path`, then by the first link that matches `follow`."""

    role: str
    name: str
    path: str
    follow: str = ""
    modes: tuple[str, ...] = ("normal", "elder")


CLASS, ENROLMENT, ROSTER = "a.lesson", "a[href*='/my/enrolments/']", "a[href*='/staff/classes/']"
BACK_OFFICE = ("normal",)  # the elder mode is the residents'
SHOTS = [
    Shot("nobody", "home", "/"),
    Shot("nobody", "classes", "/classes/"),
    Shot("nobody", "classes-tonight", "/classes/?only=tonight"),
    Shot("nobody", "classes-none", "/classes/?q=潜水"),
    Shot("nobody", "class", "/classes/", CLASS),
    Shot("nobody", "centers", "/centers/"),
    Shot("nobody", "center", "/centers/", ".list-l a"),
    Shot("nobody", "login", "/account/login/"),
    Shot("nobody", "signup", "/account/signup/"),
    Shot("nobody", "desk-code", "/desk-code/"),
    Shot("nobody", "not-found", "/nowhere/"),
    *(
        Shot("resident", name, path, follow)
        for name, path, follow in [
            ("home", "/", ""),
            ("class", "/classes/?only=seats", CLASS),
            ("class-child", "/classes/?only=child", CLASS),
            ("mine", "/my/", ""),
            ("enrolment", "/my/", ENROLMENT),
            ("inbox", "/my/inbox/", ""),
            ("family", "/my/family/", ""),
            ("data", "/my/data/", ""),
            ("birth", "/my/birth/", ""),
            ("password", "/account/password/change/", ""),
            ("logout", "/account/logout/", ""),
        ]
    ),
    *(
        Shot("social_worker", name, path, follow)
        for name, path, follow in [
            ("staff", "/staff/", ""),
            ("roster", "/staff/", ROSTER),
            ("calls", "/staff/calls/", ""),
            ("registers", "/staff/registers/", ""),
        ]
    ),
    *(
        Shot("social_worker", f"admin-{name}", f"/admin/{path}", follow, BACK_OFFICE)
        for name, path, follow in [
            ("index", "", ""),
            ("people", "people/person/", ""),
            ("person", "people/person/", "th a[href*='/change/']"),
            ("classes", "courses/classgroup/", ""),
            ("class", "courses/classgroup/", "th a[href*='/change/']"),
            ("sessions", "courses/session/", ""),
        ]
    ),
    *(
        Shot(role, name, path, follow)
        for role, name, path, follow in [
            ("nobody", "volunteer", "/volunteer/", ""),
            ("nobody", "services", "/services/", ""),
            ("nobody", "wishes", "/wishes/", ""),
            ("nobody", "gifts", "/gifts/", ""),
            ("nobody", "coverage", "/points/", ""),
            ("nobody", "honour", "/honour/", ""),
            ("nobody", "markets", "/markets/", ""),
            ("nobody", "grants", "/grants/", ""),
            ("nobody", "market", "/markets/", "a.rowlink"),
            ("nobody", "grant", "/grants/", "a.rowlink"),
            ("street_officer", "grants", "/staff/grants/", ""),
            ("resident", "volunteer", "/volunteer/", ""),
            ("resident", "shift", "/volunteer/", "a[href*='/volunteer/shifts/']"),
            ("resident", "passbook", "/my/points/", ""),
            ("resident", "gift", "/gifts/", "a[href*='/gifts/']"),
            ("resident", "orders", "/my/orders/", ""),
            ("resident", "order", "/my/orders/", "a[href*='/my/orders/']"),
            ("social_worker", "shifts", "/staff/volunteers/", ""),
            ("social_worker", "dispatch", "/staff/orders/", ""),
            ("social_worker", "order", "/staff/orders/", "a[href*='/staff/orders/1']"),
            ("social_worker", "points", "/staff/points/", ""),
            ("director", "records", "/staff/records/", ""),
        ]
    ),
    *(Shot(role, "staff", "/staff/") for role in ("director", "grid_worker", "street_officer", "teacher")),
    Shot("auditor", "staff", "/staff/"),
    Shot("admin", "admin-index", "/admin/", "", BACK_OFFICE),
    Shot("admin", "gallery", "/_gallery/"),
]


def pictures(words: list[str]) -> Iterator[tuple[Shot, str, str, Path]]:
    """Every picture to be taken: the page, the size, the mode, the file."""
    for shot in SHOTS:
        for size in SIZES:
            for mode in shot.modes:
                file = FOLDER / f"{shot.role}-{shot.name}-{size}-{mode}.png"
                if not words or any(word in file.name for word in words):
                    yield shot, size, mode, file


def signed_in(browser: Browser, role: str, phones: dict[str, str], password: str) -> BrowserContext:
    """A browser of somebody with that role; nobody is signed in nowhere."""
    context = browser.new_context(locale="zh-CN", reduced_motion="reduce")
    if role != "nobody":
        page = context.new_page()
        page.goto(f"{BASE}/account/login/")
        page.fill("[name=login]", phones[role])
        page.fill("[name=password]", password)
        page.click("form[action*=login] .btn-main")
        page.wait_for_url(lambda url: "/login" not in url)
        page.close()
    return context


def take(context: BrowserContext, shot: Shot, size: str, mode: str, file: Path) -> None:
    context.add_cookies([{"name": "elder", "value": MODES[mode], "url": BASE}])
    page = context.new_page()
    page.set_viewport_size(SIZES[size])
    page.goto(BASE + shot.path)
    if shot.follow:
        page.goto(BASE + (page.locator(shot.follow).first.get_attribute("href") or shot.path))
    # As high as the page, so that the bar at the foot of the screen is at its foot.
    page.set_viewport_size({**SIZES[size], "height": page.evaluate("document.documentElement.scrollHeight")})
    page.screenshot(path=file)
    page.close()
    sys.stdout.write(f"{file}\n")
    sys.stdout.flush()


def main(words: list[str]) -> None:
    django.setup()
    from portal import demo  # knows models, so only now

    phones: dict[str, str] = {}
    for account in demo.ACCOUNTS:
        phones.setdefault(account.role, account.phone)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser, contexts = launch(playwright), {}
        for shot, size, mode, file in pictures(words):
            if shot.role not in contexts:
                contexts[shot.role] = signed_in(browser, shot.role, phones, demo.PASSWORD)
            take(contexts[shot.role], shot, size, mode, file)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
