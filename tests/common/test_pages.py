"""What every page has around it: the elder mode, the cache, the headers, links only to ourselves."""

from datetime import timedelta

import pytest
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client, RequestFactory

from common import pages
from tests.factories import courses
from tests.html import Page, opened

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def group(cast, now):
    made = courses.class_group(cast.center, now, name="书法一班")
    courses.session(made, now + timedelta(hours=4))
    courses.seat(made, cast.guilan, now)
    return made


@pytest.fixture
def public(cast, group):
    return ["/classes/", "/classes/?q=书法", "/centers/", f"/centers/{cast.center.pk}/"]


@pytest.fixture
def every_page(cast, group, public):
    mine = group.enrolments.get()
    own = ["/my/", "/my/inbox/", "/my/family/", "/my/data/", "/my/profile/", f"/my/enrolments/{mine.pk}/"]
    gate = ["/account/login/", "/account/signup/", "/account/password/reset/", "/desk-code/", "/nowhere/"]
    return ["/", *public, f"/classes/{group.pk}/", *own, *gate]


# --- the elder mode ---------------------------------------------------------------------------


def test_the_elder_mode_is_a_cookie_of_this_browser_and_comes_back_to_the_page(client, public):
    assert 'data-mode="normal"' in client.get("/classes/").content.decode()
    response = client.post("/elder/", {"mode": "elder", "next": "/classes/?q=书法"})
    assert response.url == "/classes/?q=%E4%B9%A6%E6%B3%95"
    assert client.cookies["elder"]["max-age"] == 365 * 24 * 3600
    page = client.get("/classes/").content.decode()
    assert 'data-mode="elder"' in page
    assert "标准版" in page
    client.post("/elder/", {"mode": "elder"})
    assert 'data-mode="elder"' in client.get("/classes/").content.decode()
    client.post("/elder/", {"mode": "normal"})
    assert 'data-mode="normal"' in client.get("/classes/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_switch_leads_nowhere_else(client, db, elsewhere):
    assert client.post("/elder/", {"mode": "elder", "next": elsewhere}).url == "/"


def test_the_switch_needs_no_token_because_public_pages_have_none(db):
    assert Client(enforce_csrf_checks=True).post("/elder/", {"mode": "elder"}).status_code == 302
    assert Page(Client().get("/elder/")).heading() == "这里要按按钮才能办"


# --- the cache of public pages ----------------------------------------------------------------


def test_a_public_page_is_the_same_bytes_whoever_asks_and_names_nobody(cast, public):
    for url in public:
        caches["pages"].clear()
        answers = []
        for user in (cast.guilan.user, cast.stranger.user, None):
            client = Client()
            if user:
                client.force_login(user)
            answers.append(client.get(url))
        first, *others = answers
        assert first.status_code == 200
        assert all(other.content == first.content for other in others)
        assert "王桂兰" not in first.content.decode()
        assert not any(answer.has_header("Set-Cookie") for answer in answers)


def test_even_when_the_first_to_ask_is_signed_in_or_in_elder_mode_the_next_gets_her_own(cast, client):
    client.force_login(cast.guilan.user)
    client.cookies["elder"] = "1"
    client.get("/classes/")
    assert 'data-mode="normal"' in Client().get("/classes/").content.decode()


def test_home_is_cached_for_passers_by_only(cast, group):
    first = Client()
    first.force_login(cast.guilan.user)
    assert "王桂兰" in first.get("/").content.decode() + first.get("/my/").content.decode()
    assert "王桂兰" not in Client().get("/").content.decode()


def test_a_message_waits_for_a_page_of_one_s_own(cast, client, public):
    client.force_login(cast.guilan.user)
    client.post("/my/calendar/renew/")
    for url in public:
        assert "日历地址换好了" not in client.get(url).content.decode()
    assert "日历地址换好了" in client.get("/my/").content.decode()


def test_a_farewell_is_read_on_the_home_page_even_when_signed_out(db):
    request = RequestFactory().get("/")
    storage = CookieStorage(request)
    storage.add(messages.SUCCESS, "账号已注销")
    response = HttpResponse()
    storage.update(response)
    client = Client()
    client.cookies = response.cookies
    assert "账号已注销" in client.get("/").content.decode()
    assert "账号已注销" not in client.get("/").content.decode()


def test_a_cached_page_is_a_few_seconds_old_at_most(client, cast, now, monkeypatch):
    assert pages.PUBLIC_SECONDS <= 10
    courses.class_group(cast.center, now, name="合唱一班")
    assert "合唱一班" in client.get("/classes/").content.decode()
    courses.class_group(cast.center, now, name="合唱二班")
    assert "合唱二班" not in client.get("/classes/").content.decode()
    assert "合唱二班" in opened(client, "/classes/").text


def test_the_mistake_of_touching_the_session_on_a_public_page_shows(client, db):
    @pages.public_page
    def careless(request):
        return HttpResponse(str(request.session["x"]))

    with pytest.raises(AttributeError):
        careless(RequestFactory().get("/"))


def test_a_page_that_was_posted_to_is_not_kept(client, public):
    assert client.post("/classes/").status_code == 200
    assert caches["pages"].get("anything") is None


# --- headers and links ------------------------------------------------------------------------


def test_every_page_has_the_frame_and_leads_only_to_ourselves(client, cast, every_page):
    client.force_login(cast.guilan.user)
    for url in every_page:
        for visitor in (client, Client()):
            response = visitor.get(url, follow=True)
            page = Page(response)
            assert page.headings("h1"), url
            assert len(page.headings("h1")) == 1, url
            assert page.heading("title").endswith(" · 邻里"), url
            assert "长辈版" in page.text
            assert "投诉与建议" in page.text
            foreign = [
                link for link in page.links if ":" in link.split("/")[0] and not link.startswith("tel:")
            ]
            assert not foreign, url
            assert not [link for link in page.links if link.startswith("//")], url


def test_every_page_forbids_foreign_and_inline_code(client, cast, every_page):
    client.force_login(cast.guilan.user)
    for url in every_page:
        response = client.get(url)
        policy = response["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "object-src 'none'" in policy
        assert "unsafe" not in policy
        assert response["X-Frame-Options"] == "DENY"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        for tag, attrs in Page(response).tags if response.status_code != 302 else []:
            assert not {"style", "onclick", "onload", "onsubmit"} & attrs.keys(), (url, tag)


def test_no_browser_keeps_a_page_of_one_s_own(client, cast, group):
    client.force_login(cast.guilan.user)
    mine = group.enrolments.get()
    own = [
        "/my/",
        "/my/inbox/",
        "/my/family/",
        "/my/data/",
        "/my/data/file/",
        "/my/profile/",
        "/",
        f"/classes/{group.pk}/",
    ]
    for url in [*own, f"/my/enrolments/{mine.pk}/", f"/my/enrolments/{mine.pk}/class.ics"]:
        assert "no-store" in client.get(url)["Cache-Control"], url


def test_the_proxy_can_ask_whether_all_is_well(client, db):
    assert client.get("/healthz").content == b"ok"
