"""Who may open what: every address of the portal, as everybody, against one table.

A new address without a row makes the test fail, and so does an answer of the 5xx kind.
"""

import re
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import caches
from django.db import transaction
from django.test import Client

from common.searches import BOXES
from notices.actions import ring
from tests import (
    access,
    access_courses,
    access_grievances,
    access_people,
    access_points,
    access_visits,
    answers,
    fences,
    lanes,
)
from tests.access import ALL, DESK, NONE, ROLES, SIGNED_IN, STAFF, Row, button
from tests.access_orders import ORDERS
from tests.addresses import OURS, Address, filled
from tests.judging import got_in, judge, judge_call, judge_deed

TABLE = {
    "home": Row(),
    "healthz": Row(),
    "elder_mode": button(ALL, mode="elder"),
    "set_language": Row(ALL, ALL, {"language": "en"}),
    "gallery": Row(STAFF),
    "schema": Row(),
    # signing in and out
    "account_login": Row(ALL, ALL),
    "account_logout": Row(ALL, ALL),
    "account_signup": Row(ALL, ALL),
    "account_inactive": Row(),
    "account_reset_password": Row(),
    "account_reauthenticate": Row(SIGNED_IN, SIGNED_IN),
    "account_change_password": Row(SIGNED_IN, SIGNED_IN),
    "account_set_password": Row(SIGNED_IN, SIGNED_IN),
    "mfa_index": Row(SIGNED_IN),
    "mfa_authenticate": Row(SIGNED_IN, SIGNED_IN),
    "mfa_trust": Row(SIGNED_IN, SIGNED_IN),
    "usersessions_list": Row(SIGNED_IN, SIGNED_IN),
    "mfa_reauthenticate": Row(SIGNED_IN, SIGNED_IN),
    "mfa_activate_totp": Row(SIGNED_IN, SIGNED_IN),
    # nobody in the cast has a second factor to show or to give up
    "mfa_deactivate_totp": Row(NONE, NONE),
    "mfa_view_recovery_codes": Row(NONE),
    "mfa_generate_recovery_codes": Row(SIGNED_IN, SIGNED_IN),
    "mfa_download_recovery_codes": Row(NONE),
    # what everybody reads
    "center": Row(),
    # one's own
    "mine": Row(SIGNED_IN),
    # the desk
    "workbench": Row(STAFF),
    **access_courses.TABLE,
    **access_people.TABLE,
    **access_points.TABLE,
    **access.VOLUNTEERS,
}
TABLE |= ORDERS | access_grievances.TABLE | access_visits.TABLE

# The back office: who may open a record of 花园路街道.
ADMIN = {
    "centers.division": "officer admin",
    "centers.center": "officer admin",
    "centers.calendarday": "officer admin",
    "people.user": "admin",
    "people.membership": "admin",
    "people.reveallog": DESK,
    "people.consent": DESK,
    "people.guardianship": DESK,
    "people.merge": DESK,
    "people.person": "worker officer admin",
    "notices.notice": DESK,
    "notices.delivery": DESK,
    "courses.term": "worker officer admin",
    "courses.course": "worker other_worker officer admin",
    "courses.teacher": "worker officer admin",
    "courses.classgroup": "worker officer admin",
    "courses.session": "worker officer admin",
    "courses.enrolment": "worker officer admin",
    "courses.enrolmentevent": "worker officer admin",
    **access.VOLUNTEERS_ADMIN,
    **access_points.ADMIN,
    **access_grievances.ADMIN,
    "visits.carepolicy": "officer admin",
}


RECORDS = {model._meta.label_lower: modeladmin for model, modeladmin in admin.site._registry.items()}


class Visitor:
    """Comes in one role; what a visit does is undone. `leaks`: numbers told; `silent`: what no answer said."""

    def __init__(self, cast: Any, role: str, numbers: dict[int, str] | None = None) -> None:
        self.role, self.leaks, self.silent = role, list[str](), list[str]()
        own = {"guilan": {cast.guilan.pk, cast.zixuan.pk}, "stranger": {cast.stranger.pk}}.get(role, set())
        self.numbers = [number for pk, number in (numbers or {}).items() if pk not in own]
        client = Client()
        if role != "nobody":
            person = getattr(cast, role)
            client.force_login(getattr(person, "user", person))
        self.cookies = client.cookies.output(header="", sep=";")

    def visit(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        client = Client(raise_request_exception=False)
        client.cookies = SimpleCookie(self.cookies)
        caches["default"].clear()
        kind = {"content_type": "application/json"} if path.startswith("/api/") and method == "post" else {}
        with transaction.atomic():
            response = getattr(client, method)(path, data or {}, **kind)
            transaction.set_rollback(True)
        self.leaks += [f"{method} {path} tells {number}" for number in access.told(response, self.numbers)]
        self.silent += answers.faults(response, path)
        return response


def _address(address: Address, row: Row, world: dict[str, Any]) -> str:
    about = {name: world[chosen] for name, chosen in row.about.items()}
    values = {**world, "pk": world.get(address.name.rpartition("-")[0], 0), **about}
    return filled(address.route, values)


def _posted(row: Row, world: dict[str, Any]) -> dict[str, Any]:
    if isinstance(row.data, str):
        posted: dict[str, Any] = world[row.data.removeprefix("$")]
        return posted
    return {name: world.get(value.removeprefix("$"), value) for name, value in row.data.items()}


def _judging(row: Row, path: str) -> Callable[[Any, bool, str], list[str]]:
    if not row.does:
        return judge
    return judge_call if path.startswith("/api/") else judge_deed


def test_every_address_has_a_row_and_every_row_an_address():
    assert {address.name for address in OURS} == set(TABLE)
    assert set(RECORDS) == set(ADMIN)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_everybody_as_the_table_says(cast, world, role, request):
    visitor, wrong = Visitor(cast, role, world["numbers"]), []
    for address in lanes.part_of(OURS, ROLES.index(role), request.config):
        row, before = TABLE[address.name], len(visitor.leaks)
        path = _address(address, row, world)
        if row.get == "405":
            status = visitor.visit("get", path).status_code
            wrong += [] if status in {405, 403} else [f"GET {path}: {status} instead of 405"]
        else:
            wrong += judge(visitor.visit("get", path), role in row.get.split(), f"GET {path}")
        if row.post is not None:
            answer = visitor.visit("post", path, _posted(row, world))
            wrong += _judging(row, path)(answer, role in row.post.split(), f"POST {path}")
        if address.name in access.TELLS:
            del visitor.leaks[before:]
    wrong += visitor.leaks + visitor.silent
    assert not wrong, "\n".join(wrong)


QUERY = re.compile(r'\bGET(?:\.get\(|\[)"(\w+)"|\basked\.get\("(\w+)"|_asked\(request, "(\w+)"')
ODD = ["王\0", "99999999999999999999", "½'//" + "x" * 3000]


@pytest.mark.sweep
@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("role", ["guilan", "admin"])
def test_no_query_makes_a_server_error(cast, world, role, request):
    """Every word that a page of ours looks for in its address, with what nobody would write there."""
    sources = [path.read_text() for app in fences.APPS for path in fences.python_files(fences.ROOT / app)]
    names = {name for text in sources for found in QUERY.findall(text) for name in found if name}
    assert {"q", "page", "person", "next", "number"} <= names
    visitor, wrong = Visitor(cast, role), []
    for address in lanes.part_of(OURS, ROLES.index(role), request.config):
        path = filled(address.route, {**world, "pk": world.get(address.name.rpartition("-")[0], 0)})
        for odd in ODD:
            asked = names - BOXES if odd.isdigit() else names  # these are refused: tests/test_searches.py
            answer = visitor.visit("get", path, dict.fromkeys(asked, odd))
            wrong += [f"GET {path} {odd!r}: {answer.status_code}"] if answer.status_code >= 500 else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.sweep
@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("role", [role for role in ROLES if role != "stranger"])
def test_the_back_office_opens_to_each_role_what_the_table_says(cast, world, role, request):
    visitor, wrong = Visitor(cast, role, world["numbers"]), []
    for label, modeladmin in lanes.part_of([*RECORDS.items()], ROLES.index(role), request.config):
        here, may = f"/admin/{label.replace('.', '/')}/", ADMIN[label].split()
        key = world["records"].get(label)
        # The colleague of the other street has the same lists, without our rows; the grid worker
        # has the people and volunteers of his grid.
        of_the_grid = label == "people.person" or label.startswith(
            ("volunteers.", "points.", "orders.", "grants.")
        )
        of_the_grid = of_the_grid and label not in access_points.NOT_OF_THE_GRID
        elsewhere = {"other_worker": "worker" in may, "grid_worker": of_the_grid}
        sees_lists = role in may or elsewhere.get(role, False)
        page = visitor.visit("get", here)
        wrong += judge(page, sees_lists, f"GET {here}")
        if role not in may and page.status_code == 200 and f"{here}{key}/change" in page.content.decode():
            wrong.append(f"GET {here}: lists a record of the other street")
        for path in [f"{here}add/", *([f"{here}{key}/delete/"] if key else [])]:
            answer = visitor.visit("get", path)
            wrong += judge(answer, sees_lists and got_in(answer), f"GET {path}")
        for path in [f"{here}{key}/change/", f"{here}{key}/history/"] if key else []:
            wrong += judge(visitor.visit("get", path), role in may, f"GET {path}")
        for verb in getattr(modeladmin, "verbs", ()):
            path = f"{here}verb/{verb.name}/" if verb.whole_list else f"{here}{key}/verb/{verb.name}/"
            answer = visitor.visit("post", path)
            # A verb above the list is for whoever works with such a list, here or elsewhere.
            works = role in may or (verb.whole_list and sees_lists)
            wrong += judge(answer, works and got_in(answer), f"POST {path}")
    wrong += visitor.leaks + visitor.silent
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("role", [role for role in ROLES if role != "stranger"])
def test_the_rest_of_the_back_office_is_for_staff(cast, role):
    visitor, wrong = Visitor(cast, role), []
    for path in (
        "",
        "search/",
        "search/?s=王",
        "password_change/",
        "jsi18n/",
        "nowhere/",
        "auth/",
        "people/",
    ):
        answer = visitor.visit("get", f"/admin/{path}")
        wrong += judge(answer, role in STAFF.split() and got_in(answer), f"GET /admin/{path}")
    assert not wrong, "\n".join(wrong)


def test_only_what_is_the_same_for_everybody_may_be_kept(cast, world):
    """The list of tests/answers.py, read as a passer-by and as the administrator."""
    assert {address.name for address in OURS} >= answers.EVERYBODYS
    for address in (one for one in OURS if one.name in answers.EVERYBODYS):
        path, told = filled(address.route, world), []
        for user in (None, cast.admin):
            caches["pages"].clear()
            client = Client()
            if user and address.name != "home":  # who is signed in has a first page of her own
                client.force_login(user)
            response = client.get(path)
            assert "no-store" not in response.headers["Cache-Control"], path
            assert not response.cookies
            told.append(response.content)
        assert told[0] == told[1], path


def test_the_table_would_notice(cast):
    """A page that opens to the wrong people, or breaks, is complained about."""
    closed = Visitor(cast, "nobody").visit("get", "/my/")
    assert judge(closed, True, "GET /my/") == ["GET /my/: 302 /account/login/?next=/my/, but should get in"]
    opened = Visitor(cast, "guilan").visit("get", "/my/")
    assert judge(opened, False, "GET /my/") == ["GET /my/: 200 , but should not get in"]


@pytest.mark.usefixtures("clock")
def test_the_table_would_notice_a_whole_number(cast, world, now):
    """The list of calls, where one was opened a moment ago."""
    ring(delivery_id=world["delivery_id"], by=cast.worker, now=now)
    (visitor := Visitor(cast, "worker", world["numbers"])).visit("get", "/staff/calls/")
    assert visitor.leaks == [f"get /staff/calls/ tells {world['numbers'][cast.elder.pk]}"]
