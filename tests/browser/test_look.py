"""What everybody must be able to read and to press: axe, sizes, targets, no page wider than the phone."""

import gzip
from datetime import timedelta

import pytest

from courses.actions.letters import letter
from courses.models.enrolment import Enrolment
from courses.rules import EnrolmentState as S
from notices import actions as notices
from tests.browser.chromium import PHONE
from tests.browser.looks import ASK_AXE, AXE, LOOKS, RULES, SIDEWAYS, SMALL_TEXT, TARGETS, inspect
from tests.browser.visitor import Visitor
from tests.factories import courses


@pytest.fixture
def public(town):
    """The pages a passer-by may see, a refusal and a page that does not exist included."""
    group = f"/classes/{town.group.pk}/"
    lists = [
        "/",
        "/classes/",
        "/classes/?only=tonight",
        "/classes/?q=潜水",
        "/centers/",
        f"/centers/{town.center.pk}/",
    ]
    gate = ["/account/login/", "/account/signup/", "/account/password/reset/", "/desk-code/", "/nowhere/"]
    return [*lists, group, f"/classes/{town.full.pk}/", *gate]


@pytest.fixture
def own(town, now):
    """The pages of 王桂兰, with something on each of them."""
    seat = courses.seat(town.group, town.guilan, now)
    courses.seat(town.dance, town.zixuan, now)
    offer = courses.seat(town.full, town.elder, now, S.WAITING)
    courses.seat(town.full, town.guilan, now, S.WAITING)
    Enrolment.objects.filter(pk=offer.pk).update(person=town.zixuan)
    gone = courses.seat(courses.class_group(town.center, now, name="太极班"), town.guilan, now, S.WITHDRAWN)
    offered = courses.seat(
        courses.class_group(town.center, now, name="摄影班"), town.guilan, now, S.OFFERED,
        offer_until=now + timedelta(hours=3),
    )  # fmt: skip
    notices.queue_all(drafts=[letter("ENROLLED", seat, now), letter("OFFERED", offered, now)], now=now)
    notices.deliver_due(now=now)
    enrolments = [f"/my/enrolments/{one.pk}/" for one in (seat, offer, gone, offered)]
    mine = [
        "/",
        "/my/",
        "/my/inbox/",
        "/my/family/",
        "/my/data/",
        "/my/birth/",
        "/my/profile/",
        f"/classes/{town.group.pk}/",
    ]
    return [*mine, "/account/password/change/", "/account/logout/", "/account/mfa/", *enrolments]


@pytest.mark.parametrize("elder", LOOKS)
def test_public_pages_can_be_read_and_pressed_by_everybody(visit, public, elder):
    wrong = inspect(visit(elder=elder), public)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("elder", LOOKS)
def test_one_s_own_pages_can_be_read_and_pressed_by_everybody(visit, town, own, elder):
    visitor = visit(elder=elder)
    visitor.sign_in(town.guilan.user)
    wrong = inspect(visitor, own)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", ["/", "/classes/", "class", "/my/"])
def test_the_first_page_weighs_little(visit, town, path):
    """As a proxy sends it: text compressed; 150 KB in all, on whatever page one arrives."""
    visitor = visit()
    visitor.sign_in(town.guilan.user)
    visitor.open(f"/classes/{town.group.pk}/" if path == "class" else path)
    visitor.page.wait_for_load_state("networkidle")
    weight = sum(len(gzip.compress(answer.body(), 6)) for answer in visitor.watch.answers if answer.ok)
    assert len(visitor.watch.answers) <= 8
    assert weight <= 150_000


def test_the_dark_is_as_readable(chromium, live_server, public):
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", color_scheme="dark")
    wrong = inspect(Visitor(context, live_server.url), public[:8])
    context.close()
    assert not wrong, "\n".join(wrong)


def test_these_eyes_see_what_is_wrong(visit, town):
    visitor = visit()
    page = visitor.open("/")
    page.evaluate(
        "document.querySelector('main').innerHTML = '<img src=/static/img/logo.svg><a href=/ class=x>x</a><div class=w>wide</div>'"
    )
    page.evaluate("document.querySelector('.w').style.cssText = 'width: 900px; font-size: 9px'")
    page.evaluate(AXE)
    assert any(line.startswith("image-alt") for line in page.evaluate(ASK_AXE, RULES))
    assert any(line.startswith('A "x"') for line in page.evaluate(TARGETS, 44))
    assert page.evaluate(SMALL_TEXT, 12) == ["wide"]
    assert page.evaluate(SIDEWAYS)
