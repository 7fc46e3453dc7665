"""The center's own machine: bound to itself, ended by staff, telling no name before a number's last digits."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from people.actions.staff import end_membership
from people.models import Membership, Person
from tests.factories import people, volunteers
from tests.factories.courses import at
from tests.html import Page
from volunteers.actions.check_in import close_shift
from volunteers.actions.kiosks import GOOD_FOR
from volunteers.models.kiosks import Kiosk
from volunteers.rules.shifts import SignupState
from volunteers.views.kiosk import TAILS

pytestmark = pytest.mark.usefixtures("clock")
NINE, S = at(2026, 11, 28, 9), SignupState


@pytest.fixture
def shift(cast):
    return volunteers.shift(cast.city["community"], NINE, places=9)


@pytest.fixture
def me(cast, shift, now):
    people.reached_at(cast.guilan, "13800001111")
    one = volunteers.volunteer(cast.guilan)
    volunteers.signup(shift, one, now)
    return one


def page_of(shift, rest=""):
    return f"/staff/volunteers/shifts/{shift.pk}/kiosk/{rest}"


@pytest.fixture
def machine(client, cast, shift, me, clock):
    """A machine that 周敏 opened on the day, and its address."""
    clock.now = NINE
    client.force_login(cast.worker)
    client.here = client.post(page_of(shift, "start/")).url
    return client


def typed(machine, tail):
    return Page(machine.post(machine.here, {"tail": tail}))


def tapped(machine, volunteer, tail, **more):
    return Page(
        machine.post(f"{machine.here}tap/", {"volunteer": volunteer.pk, "tail": tail, **more}, follow=True)
    )


def test_a_name_stands_there_once_its_tail_is_typed(machine, me, shift, clock):
    assert "_auth_user_id" not in machine.session
    assert machine.get(f"/staff/volunteers/shifts/{shift.pk}/").status_code == 302  # signed in as nobody
    assert "王桂兰" not in Page(machine.get(machine.here)).text
    page = typed(machine, " 1111 ")
    assert "王桂兰签到" in page.text
    assert "13800001111" not in page.text
    assert "王桂兰已签到。" in tapped(machine, me, "1111", act="in").text
    signup = shift.signups.get()
    assert (signup.state, signup.check_in_kind) == (S.CAME, "KIOSK")
    assert "王桂兰签退" in typed(machine, "1111").text
    clock.now += timedelta(hours=1)
    assert "王桂兰已签退。" in tapped(machine, me, "1111", act="out").text


def test_the_machine_is_no_known_device_of_who_opened_it(client, cast, shift, clock):
    clock.now = NINE
    client.force_login(cast.worker)
    client.cookies["mfa_trusted"] = "given this morning"
    client.post(page_of(shift, "start/"))
    assert client.cookies["mfa_trusted"].value == ""
    assert client.cookies["mfa_trusted"]["max-age"] == 0


@pytest.mark.parametrize("tail", ["", "111", "11111", "1x11", "2222", "王桂兰", "    ", "%"])
def test_nothing_else_tells_a_name(machine, tail):
    page = typed(machine, tail)
    assert page.status == (200 if tail == "11111" else 422)  # the box takes four
    assert ("王桂兰" in page.text) is (tail == "11111")


def test_what_is_no_tail_is_asked_for_again_and_counts_as_no_guess(machine):
    for _guess in range(TAILS.most + 1):
        assert "请输入四位数字。" in typed(machine, "1x1").text
    assert "王桂兰签到" in typed(machine, "1111").text


def test_who_has_no_number_of_her_own_types_that_of_her_contact_or_account(machine, cast, shift, now):
    child = people.person("王小宝", home=cast.city["community"], contact_phone="13900002222")
    grown = people.resident("何静", cast.city["community"])
    for one in (child, grown):
        volunteers.signup(shift, volunteers.volunteer(one), now)
    assert "王小宝签到" in typed(machine, "2222").text
    assert "何静签到" in typed(machine, grown.user.phone[-4:]).text


def test_one_tail_of_a_family_shows_those_of_the_list(machine, cast, shift, now):
    other = people.person("王强", home=cast.city["community"], phone="13900001111")
    people.person("路人", home=cast.city["community"], phone="13900001111")
    volunteers.signup(shift, volunteers.volunteer(other), now)
    text = typed(machine, "1111").text
    assert [name in text for name in ("王桂兰签到", "王强签到", "路人")] == [True, True, False]


@pytest.mark.parametrize("tail", ["", "2222"])
def test_a_tap_needs_the_tail_of_whom_it_is_for(machine, me, shift, tail):
    assert "请先输入手机号后四位" in tapped(machine, me, tail, act="in").text
    assert shift.signups.get().state == S.SIGNED


@pytest.mark.parametrize("way", ["page", "tap"])
def test_tails_are_counted_before_they_are_looked_at(machine, me, shift, way):
    for guess in range(TAILS.most):
        tail = f"{9000 + guess}"
        assert (typed(machine, tail).status == 422) if way == "page" else tapped(machine, me, tail)
    assert typed(machine, "1111").status == 429
    tapped(machine, me, "1111", act="in")
    assert shift.signups.get().state == S.SIGNED


@pytest.mark.parametrize(("closer", "kinds"), [("worker", {"LIST"}), ("admin", {"KIOSK", "LIST"})])
def test_a_kiosk_beside_the_list_of_who_opened_it_is_one_hand(machine, me, shift, cast, closer, kinds):
    tapped(machine, me, "1111", act="in")
    [signup] = shift.signups.all()
    close_shift(
        shift_id=shift.pk, by=getattr(cast, closer), now=NINE + timedelta(hours=3), confirmed=[signup.pk]
    )
    assert {one.kind for one in me.records.get().evidence.all()} == kinds


@pytest.mark.sweep
def test_a_hundred_who_type_their_own_are_let_in(machine):
    for _each in range(TAILS.most * 3):
        assert typed(machine, "1111").status == 200


def elsewhere(machine, cookie=None):
    """The same address on another machine, perhaps with another cookie."""
    other = Client()
    if cookie is not None:
        other.cookies["kiosk"] = cookie
    answers = (
        other.get(machine.here),
        other.post(machine.here, {"tail": "1111"}),
        other.post(f"{machine.here}tap/"),
    )
    return {answer.status_code for answer in answers}, any("王桂兰" in a.content.decode() for a in answers)


@pytest.mark.parametrize("cookie", [None, "", "x", "0" * 43])
def test_the_address_opens_nothing_on_another_machine(machine, cookie):
    assert elsewhere(machine, cookie) == ({403}, False)


def test_the_key_lies_in_a_cookie_that_goes_nowhere_else(machine):
    cookie = machine.cookies["kiosk"]
    assert (cookie["path"], cookie["samesite"], bool(cookie["httponly"])) == (machine.here, "Strict", True)
    assert cookie["max-age"] == GOOD_FOR.total_seconds()
    assert cookie.value not in machine.here
    assert cookie.value not in Kiosk.objects.values_list("key_hash", flat=True)


def test_the_key_of_one_machine_opens_no_other(machine, cast, shift):
    first, key = machine.here, machine.cookies["kiosk"].value
    other = Client()
    other.force_login(cast.worker)
    other.here = other.post(page_of(shift, "start/")).url
    assert other.here != first
    assert elsewhere(other, key) == ({403}, False)
    assert "王桂兰签到" in typed(other, "1111").text


def test_staff_see_what_is_open_and_end_it(machine, cast, shift):
    desk = Client()
    desk.force_login(people.staff("高远", "SOCIAL_WORKER", cast.city["street"]))
    page = Page(desk.get(page_of(shift)))
    assert "周敏 11月28日 09:00 打开" in page.text
    end = next(link for link in page.links if link.endswith("/end/"))
    for _twice in range(2):
        assert "签到页关了" in Page(desk.post(end, follow=True)).text
    assert machine.get(machine.here).status_code == 403
    assert "打开，到" not in Page(desk.get(page_of(shift))).text
    assert Kiosk.objects.get().ended_by.name == "高远"


def test_another_street_neither_sees_nor_ends_it(machine, cast, shift):
    machine_id = Kiosk.objects.get().pk
    desk = Client()
    for user in (cast.other_worker, cast.officer, cast.guilan.user):
        desk.force_login(user)
        assert desk.get(page_of(shift)).status_code in {403, 404}
        assert desk.post(page_of(shift, "start/")).status_code == 403
        assert desk.post(f"/staff/volunteers/kiosks/{machine_id}/end/").status_code == 403
        assert "_auth_user_id" in desk.session
    assert Kiosk.objects.get().ended_at is None


@pytest.mark.parametrize("end", ["twelve hours", "her account", "her post"])
def test_a_kiosk_ends_with_the_day_and_with_the_post_of_who_opened_it(machine, cast, clock, end):
    assert machine.get(machine.here).status_code == 200
    if end == "twelve hours":
        clock.now += GOOD_FOR
    elif end == "her account":
        type(cast.worker).objects.filter(pk=cast.worker.pk).update(is_active=False)
    else:
        post = Membership.objects.get(user=cast.worker)
        end_membership(membership_id=post.pk, by=cast.admin, now=clock.now)
    refused = machine.get(machine.here)
    assert (refused.status_code, "请工作人员重新打开" in Page(refused).text) == (403, True)
    assert machine.post(f"{machine.here}tap/", {"tail": "1111"}).status_code == 403


@pytest.mark.parametrize("wrong", [{"until": NINE - timedelta(days=1)}, {"ended_at": NINE}])
def test_the_database_refuses_a_kiosk_that_cannot_be(machine, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Kiosk.objects.update(**wrong)


def test_who_was_erased_is_no_name_to_tap(machine, me):
    Person.objects.filter(pk=me.person_id).update(phone="", user=None)
    assert typed(machine, "1111").status == 422
