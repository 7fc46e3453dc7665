"""One's own page and letters."""

from datetime import timedelta

import pytest

from courses.actions.enrolment import withdraw
from courses.rules import EnrolmentState as S
from notices import actions as notices
from notices.models import Notice
from tests.factories import courses
from tests.factories.courses import at
from tests.html import Page

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def group(cast, now):
    made = courses.class_group(cast.center, now, name="书法一班", capacity=2, waiting_limit=2)
    courses.session(made, now + timedelta(days=3))
    return made


def test_my_page_is_a_line_of_what_is_coming_with_the_people_in_it(guilan, cast, group, now):
    courses.session(group, at(2026, 11, 25, 18))
    courses.seat(group, cast.guilan, now)
    courses.seat(group, cast.zixuan, now)
    page = Page(guilan.get("/my/"))
    assert "今晚 18:00" in page.text
    assert "王桂兰、王子轩" in page.text or "王子轩、王桂兰" in page.text
    assert "周六 14:00" in page.text
    assert "已入班" in page.text


def test_my_page_without_anything_says_what_to_do(guilan):
    page = Page(guilan.get("/my/"))
    assert "还没有要上的课" in page.text
    assert "/classes/" in page.links


def test_what_is_over_is_listed_as_such(guilan, cast, group, now):
    courses.seat(group, cast.guilan, now, S.WITHDRAWN)
    page = Page(guilan.get("/my/"))
    assert "以前的" in page.headings("h2")
    assert "已退出" in page.text


def test_opening_the_letters_marks_them_read(guilan, cast, group, now):
    guilan.post(f"/classes/{group.pk}/enrol/", {"person": cast.guilan.pk})
    notices.deliver_due(now=now)
    assert "1 条新通知" in Page(guilan.get("/")).text
    assert "1 条没看" in Page(guilan.get("/my/")).text
    page = Page(guilan.get("/my/inbox/"))
    assert "书法一班" in page.text
    assert "新 " in page.text
    assert "新 " not in Page(guilan.get("/my/inbox/")).text
    assert "条新通知" not in Page(guilan.get("/")).text
    assert Notice.objects.get(recipient=cast.guilan).read_at == now


def test_letters_of_a_ward_are_read_by_who_acts_for_her_and_by_nobody_else(guilan, client, cast, group, now):
    courses.seat(group, cast.zixuan, now)
    guilan.post(f"/classes/{group.pk}/enrol/", {"person": cast.guilan.pk})
    notices.deliver_due(now=now)
    client.force_login(cast.stranger.user)
    page = Page(client.get("/my/inbox/"))
    assert "还没有通知" in page.text


def test_an_offer_s_letter_leads_to_the_answer(guilan, cast, group, now):
    courses.seat(group, cast.elder, now)
    leaving = courses.seat(group, cast.stranger, now)
    mine = courses.seat(group, cast.guilan, now, S.WAITING)
    withdraw(enrolment_id=leaving.pk, by=cast.stranger.user, now=now)
    notices.deliver_due(now=now)
    assert f"/my/enrolments/{mine.pk}/" in Page(guilan.get("/my/inbox/")).links


def test_seats_on_the_class_page_are_never_from_the_cache(guilan, client, cast, group, now):
    assert "只剩 2 个名额" in Page(guilan.get(f"/classes/{group.pk}/")).text
    courses.seat(group, cast.elder, now)
    assert "只剩 1 个名额" in Page(guilan.get(f"/classes/{group.pk}/")).text


def test_a_letter_is_new_until_it_was_shown(guilan, cast, now):
    for number in range(32):
        data = {"about": ("class", 7), "due_at": now, "name": "书法一班", "text": f"第 {number} 封"}
        notices.queue(kind="CLASS_MESSAGE", key=f"m:{number}", recipient=cast.guilan, now=now, **data)
    notices.deliver_due(now=now)
    guilan.head("/my/inbox/")  # nobody reads that
    unread = Notice.objects.filter(read_at=None)
    assert unread.count() == 32
    first = Page(guilan.get("/my/inbox/"))
    assert "第 31 封" in first.text
    assert "第 0 封" not in first.text
    assert "第 1 页，共 2 页" in first.text
    assert unread.count() == 2
    assert "第 0 封" in Page(guilan.get("/my/inbox/?page=2")).text
    assert not unread.exists()
