"""Where a page leads back to: only to ourselves, and to something that can be opened."""

import re

import pytest
from django.core.exceptions import DisallowedHost
from django.test import Client, RequestFactory

from common.addresses import is_ours, page_before, page_itself, with_query
from common.veils import unveiled, veiled
from people.models import Person
from tests.addresses import OURS, filled
from tests.cast import Cast
from tests.factories import courses
from tests.html import Page


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/classes/3/?q=书法", "/classes/3/?q=书法"),
        ("https://elsewhere.example/classes/3/", "/"),
        ("javascript:alert(1)", "/"),
        ("//elsewhere.example/", "/"),
        ("http://testserver//elsewhere.example/x", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_stays_on_this_site(rf: RequestFactory, referer: str, back: str) -> None:
    assert page_before(rf.get("/", headers={"referer": referer})) == back


@pytest.mark.parametrize("address", ["/", "/classes/5/?session=1", "/c/x//y"])
def test_a_path_is_ours(address: str) -> None:
    assert is_ours(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "foo",
        "?x=1",
        "//evil.example",
        "/\\evil.example",
        "http://[::1",
        "javascript:alert(1)",
        "http://testserver/",
    ],
)
def test_what_leads_elsewhere_or_nowhere_is_not_ours(address: str) -> None:
    assert not is_ours(address)


def test_a_page_that_answered_a_form_leads_back_to_the_form(rf: RequestFactory) -> None:
    form = "/account/login/?next=/classes/5/"
    assert page_itself(rf.get(form)) == form
    assert (
        page_itself(rf.post("/my/enrolments/1/answer/", headers={"referer": f"http://testserver{form}"}))
        == form
    )
    assert page_itself(rf.post("/my/enrolments/1/answer/")) == "/"


def test_a_wrong_host_has_no_page_before(rf: RequestFactory) -> None:
    request = rf.post("/", headers={"host": "elsewhere.example", "referer": "http://elsewhere.example/x"})
    with pytest.raises(DisallowedHost):
        request.get_host()
    assert page_before(request) == "/"


def test_more_is_asked_of_an_address_that_asks_already() -> None:
    assert with_query("/classes/5/", person=7) == "/classes/5/?person=7"
    assert with_query("/classes/5/?session=1", person=7) == "/classes/5/?session=1&person=7"


@pytest.mark.parametrize("address", ["login", "signup", "logout"])
@pytest.mark.parametrize("after", ["http://[::1", "//evil.example", "foo", "/\\evil.example"])
def test_no_next_breaks_a_page_or_leads_away(client: Client, cast: Cast, address: str, after: str) -> None:
    assert client.get(f"/account/{address}/", {"next": after}).status_code in {200, 302}
    client.force_login(cast.guilan.user)
    answer = client.get(f"/account/{address}/", {"next": after})
    assert answer.status_code == 200 or answer["Location"].startswith("/")
    assert "evil" not in answer.get("Location", "")


def test_a_nul_in_any_address_is_no_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    wordy = [address for address in OURS if "<str:" in address.route or "<slug:" in address.route]
    assert len(wordy) > 3
    for address in wordy:
        names = {"number", "token", "kind", "slug", "key", "verb_name", "form", "what", "whom"}
        path = filled(address.route, {**dict.fromkeys(names, "%00"), **_numbers(address.route)})
        assert client.get(path).status_code == 404, path


def _numbers(route: str) -> dict[str, int]:
    return {part.partition(">")[0]: 1 for part in route.split("<int:")[1:]}


@pytest.mark.usefixtures("clock")
def test_the_switches_keep_the_way_back_after_a_refusal(client: Client, cast: Cast, now: object) -> None:
    form = "/account/login/?next=/classes/5/"
    wrong = {"login": cast.guilan.user.phone, "password": "wrong", "next": "/classes/5/"}
    page = Page(client.post("/account/login/", wrong, headers={"referer": f"http://testserver{form}"}))
    assert [field["value"] for field in page.fields("next") if field["value"].startswith("/account")] == [
        form
    ] * 2


@pytest.mark.usefixtures("clock")
def test_what_only_a_button_opens_is_not_offered_again(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.guilan.user)
    answer = strict.post("/my/calendar/renew/", headers={"referer": "http://testserver/my/calendar/"})
    assert answer.status_code == 403
    links = Page(answer).links
    assert "/my/calendar/" in links
    assert "/my/calendar/renew/" not in links


@pytest.mark.usefixtures("clock")
def test_a_child_is_added_on_the_way_to_a_class(client: Client, cast: Cast, now: object) -> None:
    client.force_login(cast.guilan.user)
    group = courses.class_group(cast.center, now, name="书法一班")
    back = f"/classes/{group.pk}/?session=1"
    child = {
        "full_name": "王小宝",
        "born_on": "2019-01-02",
        "relation": "孙子",
        "kind": "GUARDIAN",
        "agree": "on",
    }
    answer = client.post(f"/my/family/?next={back.replace('?', '%3F')}", child)
    ward = Person.objects.get(full_name="王小宝")
    assert answer["Location"] == f"{back}&person={ward.pk}"


def test_veiled_words_come_back_and_look_like_nothing() -> None:
    for words in ("16000000001", "王桂兰", "#12 #15", "😀" * 60):  # two digits stand in many a seal
        first, second = veiled(words), veiled(words)
        assert first != second
        assert re.fullmatch(r"[\w-]+", first, re.A)
        assert words not in first
        assert unveiled(first) == unveiled(second) == words
    assert veiled("") == ""


@pytest.mark.parametrize("made_up", ["", "36", "wgl", "王桂兰", "a" * 44, "v1"])
def test_what_nobody_veiled_says_nothing(made_up: str) -> None:
    assert unveiled(made_up) == ""


def test_a_veil_that_somebody_changed_says_nothing() -> None:
    veil = veiled("36")
    assert not [one for one in (veil[:-2], veil[2:], veil[::-1], f"A{veil}") if unveiled(one)]
