"""Who may open what: every address of the portal, as everybody, against one table.

A new address without a row makes the test fail, and so does an answer of the 5xx kind.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.db import transaction
from django.test import Client

from centers.models import CalendarDay
from common.searches import BOXES
from courses.models.catalogue import ClassGroup
from courses.models.register import RegisterImport
from courses.rules import EnrolmentState
from notices.actions import ring
from notices.models import Delivery, Notice
from people.actions.records import merge_persons
from people.models import Guardianship, Membership, Person, RevealLog
from portal.views.feed import feed_url
from tests import (
    access,
    access_courses,
    access_grievances,
    access_orders,
    access_people,
    access_points,
    answers,
    fences,
    lanes,
)
from tests.access import ALL, DESK, NONE, ROLES, SIGNED_IN, STAFF, Row, button, volunteering
from tests.access_orders import ORDERS
from tests.addresses import OURS, Address, filled
from tests.factories import courses, orders, people, volunteers
from tests.judging import got_in, judge, judge_call, judge_deed
from volunteers.actions.kiosks import open_kiosk

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
TABLE |= ORDERS | access_grievances.TABLE

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
}


RECORDS = {model._meta.label_lower: modeladmin for model, modeladmin in admin.site._registry.items()}


@pytest.fixture
def world(cast, now):
    """One of everything that belongs to 王桂兰 or to her street; `records` for the back office."""
    home = cast.city["community"]
    teacher = courses.teacher("陈国华")
    teacher.person.home = home
    teacher.person.save()
    group = courses.class_group(cast.center, now, name="书法一班", teacher=teacher)
    session = courses.session(group, now + timedelta(days=1))
    mine = courses.seat(group, cast.guilan, now, EnrolmentState.OFFERED, offer_until=now + timedelta(hours=9))
    notice = Notice.objects.create(
        kind="ENROLLED", key="k", recipient=cast.elder, about_type="enrolment", about_id=mine.pk,
        due_at=now, created_at=now, body_data={"name": "书法一班", "person": "解福生", "center": "中心"},
    )  # fmt: skip
    delivery = Delivery.objects.create(notice=notice, channel="CALL_LIST", state="OPEN", at=now)
    register = RegisterImport.objects.create(
        kind="ROSTER", division=cast.city["street"], term=group.term, file_name="x", by=cast.worker, at=now
    )
    look = RevealLog.objects.create(
        user=cast.worker, person=cast.guilan, field="phone", reason="联系", at=now - timedelta(days=1)
    )
    item = orders.item(home)
    # 王桂兰's order waits for a word, and a call is to be made about it; the wish is on the wall.
    wish = orders.asked(cast.guilan, now, kind="WISH")
    orders.brought_to("ACCEPTED_FOR_DISPATCH", wish, volunteers.volunteer(home=home), cast.worker, now)
    order = orders.asked(cast.guilan, now)
    call = orders.callback(order, now)
    stall, booking = orders.market(cast, now)
    numbers = {one.pk: people.reached_at(one) for one in (cast.guilan, cast.elder, cast.stranger)}
    Person.objects.filter(pk=cast.zixuan.pk).update(contact_name="王桂兰", contact_phone="13511112222")
    twins = [people.person("李秀英", home=home).pk for _ in range(2)]
    merge = merge_persons(kept_id=twins[0], merged_id=twins[1], by=cast.worker, now=now)
    tie = Guardianship.objects.get(ward=cast.zixuan)
    rows = [home, cast.center, CalendarDay.objects.first(), cast.guilan.user, look, tie, merge, cast.guilan]
    rows += [Membership.objects.get(user=cast.worker), cast.zixuan.consents.get(), notice, delivery, group]
    rows += [group.term, group.course, teacher, session, mine]
    shift, rows_of_shifts = volunteering(cast, now)
    of_orders = access_orders.world(cast, now, shift.signups.get().volunteer)
    pitch = of_orders.pop("pitch")
    rows += [pitch, pitch.call, stall, stall.market, booking]
    rows += [item, order, orders.card(cast.guilan, cast.worker, now)]
    rows.append(
        type(mine).pgh_event_model.objects.first() if hasattr(type(mine), "pgh_event_model") else mine
    )
    of_points = access_points.world(cast, now)
    rows += [*rows_of_shifts, *of_points["rows"]]
    return {
        **of_points,
        **of_orders,
        **access_courses.world(cast, now, group),
        **access_grievances.world(cast, now),
        **access.deeds(cast, now, shift.signups.get().volunteer),
        "home_id": home.pk,
        "help_for_guilan": Guardianship.objects.create(
            guardian=people.person("李小妹", home=home), ward=cast.guilan, kind="AGENT"
        ).pk,
        # for whom 王桂兰 acts as well, and who is no volunteer yet
        "newcomer_id": Guardianship.objects.create(
            guardian=cast.guilan, ward=people.person("王小弟", home=home), kind="AGENT"
        ).ward_id,
        "numbers": {**numbers, cast.zixuan.pk: "13511112222"},
        "shift_id": shift.pk,
        "signup_id": shift.signups.get().pk,
        "kiosk_id": open_kiosk(shift_id=shift.pk, by=cast.worker, now=now)[0].pk,
        "volunteer_id": shift.signups.get().volunteer_id,
        "api-shift": shift.pk,
        "api-signup": shift.signups.get().pk,
        "records": {row._meta.label_lower: row.pk for row in rows if row},
        "class_id": group.pk,
        "session_id": session.pk,
        "enrolment_id": mine.pk,
        "delivery_id": delivery.pk,
        "register_id": register.pk,
        "guardianship_id": tie.pk,
        "person_id": cast.zixuan.pk,
        "center_id": cast.center.pk,
        "item_id": item.pk,
        "stall_id": stall.pk,
        "market_id": stall.market_id,
        "booking_id": booking.pk,
        "order_id": order.pk,
        "wish_id": wish.pk,
        "callback_id": call.pk,
        "token": feed_url(cast.guilan.user).partition("/feed/")[2].removesuffix(".ics"),
        "api-class": group.pk,
        "api-enrolment": mine.pk,
        "api-service": item.pk,
        "api-order": order.pk,
        "api-task": of_orders["offered_to_guilan"],
        "api-wish": wish.pk,
        "api-volunteer": shift.signups.get().volunteer_id,
        "api-call": pitch.call_id,
        "api-pitch": pitch.pk,
        "api-market": stall.market_id,
        "api-stall": stall.pk,
        "api-booking": booking.pk,
        "content_type_id": ContentType.objects.get_for_model(ClassGroup).pk,
    }


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
