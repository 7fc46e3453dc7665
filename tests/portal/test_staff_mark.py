"""工作台 in the header of every page for whoever works here, and the way out; kept pages stay kept."""

from datetime import date
from urllib.parse import urlsplit

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from courses.models.catalogue import ClassGroup
from people.actions.accounts import issue_desk_code
from people.actions.staff import appoint
from people.models import Person
from people.rules import Role
from portal.views.feed import feed_url
from tests.accounts import give_factor
from tests.factories import courses, people
from tests.html import Page, opened

pytestmark = pytest.mark.usefixtures("clock")
KEPT = ["/", "/classes/", "/centers/", "/grants/", "/markets/", "/points/", "/gifts/"]
OTHERS = ["/volunteer/", "/nowhere/", "/my/inbox/", "/my/family/", "/my/profile/", "/services/"]


def sign_in(client, user, **more):
    answer = client.post("/account/login/", {"login": user.phone, "password": people.PASSWORD, **more})
    assert answer.status_code == 302
    return answer.url


def works(page):
    return any(tag == "a" and attrs.get("class") == "work" for tag, attrs in page.tags)


def may_leave(page):
    return "/account/logout/" in page.links


@pytest.fixture
def teacher(cast, now):
    """The teacher of a class: an account, no post."""
    person = people.resident("陈国华", cast.city["other_community"])
    made = courses.Teacher.objects.create(person=person)
    courses.class_group(cast.center, now, name="书法一班", teacher=made)
    return person.user


# --- Signing in -------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["worker", "officer", "grid_worker", "admin"])
def test_whoever_has_a_post_lands_on_the_workbench_without_any_record(client, cast, who):
    user = getattr(cast, who)
    assert not Person.objects.filter(user=user).exists()
    assert sign_in(client, user) == "/staff/"
    assert client.get("/staff/").url == "/account/factor/?next=%2Fstaff%2F"
    give_factor(client, user)
    assert Page(client.get("/staff/")).heading() == "工作台"


def test_so_does_staff_who_is_a_resident_too_and_a_teacher(cast, teacher):
    Person.objects.create(full_name="周敏", user=cast.worker)
    assert sign_in(Client(), cast.worker) == "/staff/"
    assert sign_in(Client(), teacher) == "/staff/"


def test_a_resident_lands_on_the_first_page(client, cast):
    assert sign_in(client, cast.guilan.user) == "/"


def test_who_came_from_a_page_goes_back_there(client, cast):
    assert sign_in(client, cast.worker, next="/classes/") == "/classes/"


def test_a_printed_code_leads_a_teacher_to_the_workbench_too(client, cast, teacher, now):
    """Accounts of the back office get no codes."""
    _row, code = issue_desk_code(person_id=teacher.person.pk, by=cast.admin, now=now)
    client.post("/desk-code/", {"code": code})
    answer = client.post("/account/password/set/", {"password": "kites-in-the-wind-7"})
    assert answer.url == "/staff/"
    assert works(opened(client, "/classes/"))


# --- Every page -------------------------------------------------------------------------------


@pytest.mark.parametrize("elder", ["0", "1"])
def test_staff_find_the_workbench_and_the_way_out_on_every_page(client, cast, elder):
    sign_in(client, cast.worker)
    client.cookies["elder"] = elder
    for url in [
        *KEPT,
        *OTHERS,
        "/staff/",
        "/staff/desk/",
        "/staff/volunteers/",
        f"/centers/{cast.center.pk}/",
    ]:
        caches["pages"].clear()
        page = Page(client.get(url, follow=True))
        assert works(page), url
        assert may_leave(page), url


def test_a_resident_finds_the_way_out_on_every_page_and_no_workbench(client, cast):
    sign_in(client, cast.guilan.user)
    for url in [*KEPT, *OTHERS]:
        page = opened(client, url)
        assert may_leave(page), url
        assert not works(page), url


def test_a_passer_by_finds_neither(client, cast):
    for url in [*KEPT, "/volunteer/", "/nowhere/", "/account/login/"]:
        page = opened(client, url)
        assert not works(page), url
        assert not may_leave(page), url


def test_signing_out_takes_the_mark_along(client, cast):
    sign_in(client, cast.worker)
    assert client.cookies["mark"].value == "staff"
    client.post("/account/logout/")
    assert client.cookies["mark"].value == ""
    for url in KEPT:
        assert not works(Page(client.get(url))), url
        assert not may_leave(Page(client.get(url))), url


def test_the_next_one_at_this_browser_gets_her_own_mark(client, cast):
    sign_in(client, cast.worker)
    client.post("/account/logout/")
    sign_in(client, cast.guilan.user)
    assert not works(opened(client, "/classes/"))
    assert may_leave(opened(client, "/classes/"))


# --- The mark grows old -----------------------------------------------------------------------


def test_a_post_that_has_ended_leaves_a_link_that_opens_nothing_and_goes_at_the_next_own_page(client, cast):
    sign_in(client, cast.worker)
    cast.worker.memberships.update(until=date(2026, 11, 24))
    assert works(opened(client, "/classes/"))  # kept for everybody: it knows the mark only
    told = client.get("/staff/")
    assert told.status_code == 403
    assert not works(Page(told))
    assert may_leave(Page(told))
    assert not works(opened(client, "/classes/"))


def test_a_post_counts_while_its_account_may_enter_the_workplace(client, cast, teacher, now):
    """Who teaches a class keeps 工作台; what only her post opened is shut when `is_staff` is taken away."""
    here = cast.city["street"]
    appoint(
        phone=teacher.phone,
        name="陈国华",
        division_id=here.pk,
        role=Role.SOCIAL_WORKER,
        by=cast.admin,
        now=now,
    )
    type(teacher).objects.filter(pk=teacher.pk).update(is_staff=False)
    sign_in(client, teacher)
    assert client.get("/staff/").status_code == 200
    person = f"/staff/people/{cast.guilan.pk}/"
    for address in ("/staff/desk/?q=王", "/staff/calls/", "/staff/people/new/", "/staff/orders/new/1/"):
        assert client.get(address).status_code == 403, address
    assert client.get(person).status_code in {403, 404}
    assert not type(teacher).objects.get(pk=teacher.pk).may("people.change", here)


def test_a_link_to_a_workbench_that_is_not_hers_goes_when_it_is_pressed(client, cast):
    sign_in(client, cast.guilan.user)
    client.cookies["mark"] = "staff"
    assert works(opened(client, "/classes/"))
    assert client.get("/staff/").status_code == 403
    assert not works(opened(client, "/classes/"))


def test_a_post_that_has_begun_shows_at_the_next_own_page(client, cast, now):
    sign_in(client, cast.guilan.user)
    appoint(
        phone=cast.guilan.user.phone,
        name="王桂兰",
        division_id=cast.city["street"].pk,
        role=Role.SOCIAL_WORKER,
        by=cast.admin,
        now=now,
    )
    assert works(opened(client, "/my/inbox/"))
    assert works(opened(client, "/classes/"))


def test_who_begins_or_stops_to_teach_sees_it_on_her_own_page(client, cast, teacher):
    ClassGroup.objects.update(teacher=None)
    sign_in(client, teacher)
    assert not works(opened(client, "/my/"))
    ClassGroup.objects.update(teacher=courses.Teacher.objects.get())
    assert works(opened(client, "/my/"))
    assert works(opened(client, "/classes/"))
    ClassGroup.objects.update(teacher=None)
    assert client.get("/staff/").status_code == 403
    assert not works(opened(client, "/my/"))


def test_a_session_that_has_run_out_leaves_nothing_that_opens(client, cast):
    sign_in(client, cast.worker)
    del client.cookies["sessionid"]
    assert works(opened(client, "/classes/"))
    assert client.get("/staff/").url.startswith(reverse("account_login"))
    assert client.cookies["mark"].value == ""
    assert not works(opened(client, "/classes/"))


@pytest.mark.parametrize("forged", ["staff", "in", "admin", "staff; x", "x" * 4000])
def test_a_mark_written_by_hand_opens_nothing_and_makes_no_third_page(client, cast, forged):
    client.cookies["mark"] = forged
    assert client.get("/staff/").url.startswith(reverse("account_login"))
    client.cookies["mark"] = forged
    page = opened(client, "/classes/")
    assert works(page) is (forged == "staff")
    assert may_leave(page) is (forged in {"staff", "in"})
    client.force_login(cast.guilan.user)
    client.cookies["mark"] = forged
    assert client.get("/staff/").status_code == 403


# --- Kept pages -------------------------------------------------------------------------------


def test_kept_pages_are_kept_once_a_mark_and_hold_nothing_personal(cast, client):
    """Two clerks get the same bytes, two residents get the same bytes, nobody's name is in them."""
    for url in [*KEPT[1:], f"/centers/{cast.center.pk}/"]:
        caches["pages"].clear()
        seen = {}
        for mark, users in {
            "": [None, None],
            "in": [cast.guilan.user, cast.stranger.user],
            "staff": [cast.worker, cast.officer],
        }.items():
            bodies = []
            for user in users:
                visitor = Client()
                if user is not None:
                    visitor.force_login(user)
                    visitor.cookies["mark"] = mark
                answer = visitor.get(url)
                assert not answer.has_header("Set-Cookie")
                bodies.append(answer.content)
                assert not any(
                    name in answer.content.decode() for name in ("周敏", "刘主任", "王桂兰", "曾小雨")
                )
            assert bodies[0] == bodies[1]
            seen[mark] = bodies[0]
        assert len(set(seen.values())) == 3, url


def test_the_mark_says_only_that_somebody_is_here(client, cast):
    sign_in(client, cast.worker)
    cookie = client.cookies["mark"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("staff", True, "Lax")


# --- Caches on the way ------------------------------------------------------------------------


@pytest.mark.parametrize("address", KEPT)
def test_a_kept_page_says_by_what_it_varies_and_that_it_is_this_browsers(client, cast, address):
    for answer in (client.get(address), client.head(address)):
        assert {"Cookie", "Accept-Language"} <= {*answer["Vary"].split(", ")}
        assert "private" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "address",
    [
        "/account/mfa/",
        "/account/password/change/",
        "/account/logout/",
        "/api/v1/enrolments/",
        "/nowhere/",
        "/admin/",
    ],
)
def test_what_knows_the_account_is_kept_nowhere(client, cast, address):
    client.force_login(cast.guilan.user)
    assert "no-store" in client.get(address)["Cache-Control"]


def test_a_calendar_is_kept_nowhere(client, cast):
    assert "no-store" in client.get(urlsplit(feed_url(cast.guilan.user)).path)["Cache-Control"]


@pytest.mark.parametrize("host", ["evil.example", "a_b", "-"])
def test_a_wrong_host_is_a_bad_request_and_no_fault_of_ours(db, host):
    assert Client(raise_request_exception=False).get("/", headers={"host": host}).status_code == 400
