"""The back office under its content security policy: nothing that it needs is refused by the browser."""

import pytest
from django.contrib import admin
from django.urls import reverse

from courses.models.catalogue import ClassGroup
from people.models import Person
from tests.backoffice import add, change, listed
from tests.browser.chromium import DESK, PHONE

LISTS = [model for model, site in admin.site._registry.items() if site.model._meta.app_label != "auth"]


@pytest.fixture
def office(visit, town, now):
    visitor = visit(DESK)
    visitor.sign_in(town.admin)
    return visitor


def settled(visitor, path):
    """The page once its scripts have run, and what they put off as well."""
    page = visitor.open(path)
    page.evaluate("new Promise(done => requestIdleCallback(() => setTimeout(done)))")
    return page


def test_every_list_opens_without_a_violation(office):
    assert len(LISTS) > 30
    for model in LISTS:
        settled(office, listed(model))
        assert not office.watch.wrong, listed(model)


def test_forms_open_and_their_scripts_work(office, town):
    for path in (
        reverse("admin:index"),
        add(ClassGroup),
        change(town.group),
        change(town.guilan),
        add(Person),
    ):
        settled(office, path)
        assert not office.watch.wrong, path
    page = settled(office, change(town.group))
    assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--color-primary-600')") != ""
    # The box that looks for a teacher opens and answers, the calendar too.
    page.locator(".select2-selection").first.click()
    page.locator(".select2-search__field").last.fill("陈")
    page.get_by_role("option", name="陈国华").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("Boolean(window.Alpine)")


def test_on_a_phone_the_menu_opens(visit, town):
    visitor = visit(PHONE)
    visitor.sign_in(town.admin)
    page = settled(visitor, listed(Person))
    page.evaluate("document.querySelector('body')._x_dataStack[0].sidebarMobileOpen = true")
    page.wait_for_function("getComputedStyle(document.querySelector('nav, #nav-sidebar')).display !== 'none'")


def test_a_style_of_a_stranger_would_be_refused(visit, town):
    """And the watch of these tests would say so."""
    visitor = visit(DESK)
    visitor.sign_in(town.admin)
    page = settled(visitor, reverse("admin:index"))
    page.evaluate("document.head.insertAdjacentHTML('beforeend', '<style>body{color:red}</style>')")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title=1\">')")
    page.wait_for_timeout(300)
    said = [line for line in visitor.watch.wrong if "Content Security Policy" in line]
    visitor.watch.wrong.clear()
    assert len(said) == 2
