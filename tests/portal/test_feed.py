"""The private feed of an account is real iCalendar."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from courses.actions.sessions import cancel_session, move_session
from courses.rules import EnrolBy, EnrolmentState
from portal.views.feed import feed_url
from tests.calendars import read
from tests.factories import courses, people, volunteers
from tests.factories.courses import at
from tests.html import Page
from tests.queries import assert_constant
from volunteers.actions.shifts import cancel_shift
from volunteers.rules.shifts import SignupState

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def group(cast, now):
    room = cast.center.rooms.get(name="教室1")
    made = courses.class_group(cast.center, now, name="书法一班", bring="毛笔，墨；纸", room=room)
    for day in (25, 26):
        courses.session(made, at(2026, 11, day, 18))
    return made


def feed(client, person):
    return client.get(urlsplit(feed_url(person.user)).path)


def test_the_feed_holds_whom_one_acts_for_and_nobody_else(client, cast, group, now):
    courses.seat(group, cast.zixuan, now)
    courses.seat(group, cast.stranger, now)
    events = read(feed(client, cast.guilan))
    assert [e["SUMMARY"] for e in events] == ["书法一班（王子轩）"] * 2
    assert [e["SUMMARY"] for e in read(feed(client, cast.stranger))] == ["书法一班（曾小雨）"] * 2


def test_the_feed_leaves_out_who_waits_and_other_dates_of_single_sessions(client, cast, group, now):
    courses.seat(group, cast.guilan, now, EnrolmentState.WAITING)
    single = courses.class_group(cast.center, now, name="体验课", enrol_by=EnrolBy.SESSION, capacity=3)
    taken = courses.session(single, at(2026, 11, 28, 10))
    courses.session(single, at(2026, 11, 29, 10))
    courses.seat(single, cast.guilan, now, session=taken)
    assert [e.decoded("DTSTART") for e in read(feed(client, cast.guilan))] == [at(2026, 11, 28, 10)]


def test_a_cancelled_session_vanishes_and_a_moved_one_moves(client, cast, group, now):
    courses.seat(group, cast.guilan, now)
    first, second = group.sessions.order_by("starts_at")
    cancel_session(session_id=first.pk, reason="老师生病", by=cast.worker, now=now)
    assert len(read(feed(client, cast.guilan))) == 1
    moved_to = at(2026, 11, 30, 18)
    move_session(
        session_id=second.pk,
        starts_at=moved_to,
        ends_at=moved_to + timedelta(hours=1),
        reason="停电",
        by=cast.worker,
        now=now,
    )
    assert [e.decoded("DTSTART") for e in read(feed(client, cast.guilan))] == [moved_to]


def test_the_feed_is_on_my_page_and_needs_no_sign_in(client, cast, group, now):
    courses.seat(group, cast.guilan, now)
    client.force_login(cast.guilan.user)
    shown = [
        attrs["value"] for _t, attrs in Page(client.get("/my/")).tags if "/feed/" in attrs.get("value", "")
    ]
    assert shown == [feed_url(cast.guilan.user)]
    client.logout()
    assert len(read(client.get(urlsplit(shown[0]).path))) == 2


def test_a_renewed_address_makes_the_old_one_dead(client, cast, group, now):
    courses.seat(group, cast.guilan, now)
    client.force_login(cast.guilan.user)
    old = feed_url(cast.guilan.user)
    page = Page(client.post("/my/calendar/renew/", follow=True))
    assert "日历地址换好了" in page.text
    assert client.get(urlsplit(old).path).status_code == 404
    cast.guilan.user.refresh_from_db()
    assert feed_url(cast.guilan.user) != old
    assert len(read(feed(client, cast.guilan))) == 2


def test_an_address_that_was_tampered_with_is_a_404(client, cast):
    path = urlsplit(feed_url(cast.guilan.user)).path
    token = path.removeprefix("/feed/").removesuffix(".ics")
    other = f"{cast.stranger.user.pk}.1"
    for wrong in (
        token[:-1],
        token + "x",
        token.replace("~", ""),
        f"{other}~{token.partition('~')[2]}",
        "a~b",
        "~",
        "%00",
    ):
        assert client.get(f"/feed/{wrong}.ics").status_code == 404


def test_the_feed_of_a_closed_account_is_dead(client, cast):
    people.User.objects.filter(pk=cast.guilan.user.pk).update(is_active=False)
    assert feed(client, cast.guilan).status_code == 404


def test_names_in_rare_characters_survive_folding(client, cast, group, now):
    for name in ("龚䶮", "𠅤" * 30):
        child = people.child(name, cast.zixuan.born_on, cast.guilan)
        courses.seat(group, child, now)
    summary = read(feed(client, cast.guilan))[0]["SUMMARY"]
    assert "龚䶮" in summary
    assert "𠅤" * 30 in summary


def test_the_feed_reaches_back_a_day_and_no_further_than_a_season(client, cast, group, now):
    courses.seat(group, cast.guilan, now)
    courses.session(group, now - timedelta(hours=20))
    courses.session(group, now - timedelta(days=3))
    courses.session(group, now + timedelta(days=200))
    assert len(read(feed(client, cast.guilan))) == 3


def test_the_feed_holds_the_shifts_she_is_expected_in(client, cast, group, now):
    hers, his = volunteers.volunteer(cast.guilan), volunteers.volunteer(cast.zixuan)
    shift = volunteers.shift(cast.city["community"], at(2026, 11, 28, 9))
    line = volunteers.shift(cast.city["community"], at(2026, 11, 29, 9))
    for one in (hers, his):
        volunteers.signup(shift, one, now)
    volunteers.signup(line, hers, now, SignupState.WAITING)
    volunteers.signup(
        volunteers.shift(cast.city["community"], at(2026, 12, 1, 9)),
        volunteers.volunteer(home=cast.city["community"]),
        now,
    )
    (event,) = read(feed(client, cast.guilan))
    assert event["SUMMARY"] == f"{shift.activity.title}（王桂兰、王子轩）"
    assert (event["UID"], event.decoded("DTEND")) == (f"shift-{shift.pk}@linli", shift.ends_at)
    assert event["LOCATION"] == shift.activity.where
    cancel_shift(shift_id=shift.pk, reason="下雨", by=cast.worker, now=now)
    assert not read(feed(client, cast.guilan))


def test_the_feed_costs_the_same_with_many_shifts(client, cast, now):
    hers = volunteers.volunteer(cast.guilan)

    def more(number):
        for _ in range(number):
            day = at(2026, 11, 26, 9) + timedelta(hours=3 * hers.signups.count())
            volunteers.signup(volunteers.shift(cast.city["community"], day), hers, now)

    assert_constant(client, urlsplit(feed_url(cast.guilan.user)).path, more)
