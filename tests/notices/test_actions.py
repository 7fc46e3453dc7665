"""The outbox: said once, by day if it can wait, to an inbox or by phone."""

from datetime import timedelta

import pytest

from common.errors import DomainError
from notices import actions
from notices.models import Delivery, Notice, letter_kinds, phoned_kinds
from notices.rules import Channel, DeliveryState
from people.actions.family import name_agent
from people.rules import Letter as People
from tests.factories import people
from tests.factories.courses import at


def queue(recipient, now, /, key="message:1", kind="CLASS_MESSAGE", **more):
    data = {"about": ("class", 7), "due_at": now, "name": "书法一班", "text": "带水杯", **more}
    actions.queue(kind=kind, key=key, recipient=recipient, now=now, **data)


def states():
    return sorted(Delivery.objects.values_list("channel", "state"))


def test_the_same_key_twice_is_one_notice_with_its_first_words(cast, now):
    queue(cast.guilan, now, text="带水杯")
    queue(cast.guilan, now, text="不用带")
    assert Notice.objects.get().body == "带水杯"


def test_what_can_wait_waits_for_the_morning(cast):
    night = at(2026, 11, 25, 23)
    queue(cast.guilan, night, quiet=True)
    queue(cast.guilan, night, key="message:2")
    quiet, urgent = Notice.objects.order_by("pk")
    assert (quiet.due_at, urgent.due_at) == (at(2026, 11, 26, 8), night)
    assert actions.deliver_due(now=night) == 1
    assert actions.deliver_due(now=at(2026, 11, 26, 8)) == 1


def test_delivery_happens_once_and_on_time(cast, now):
    queue(cast.guilan, now, due_at=now + timedelta(hours=1))
    assert actions.deliver_due(now=now) == 0
    later = now + timedelta(hours=2)
    assert actions.deliver_due(now=later) == 1
    assert actions.deliver_due(now=later) == 0
    assert Notice.objects.get().dispatched_at == later
    assert states() == [(Channel.INBOX, DeliveryState.SENT)]


def test_more_than_a_batch_goes_out_in_one_pass(cast, now, monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 3)
    for number in range(8):
        queue(cast.guilan, now, key=f"message:{number}")
    assert actions.deliver_due(now=now) == 8
    assert Delivery.objects.count() == 8


@pytest.mark.parametrize("kind", letter_kinds())
def test_who_reads_no_inbox_is_phoned_about_what_matters(cast, now, kind):
    queue(cast.elder, now, kind=kind)
    actions.deliver_due(now=now)
    phoned = Delivery.objects.filter(channel=Channel.CALL_LIST, state=DeliveryState.OPEN).exists()
    assert phoned == (kind in phoned_kinds())
    assert Delivery.objects.filter(channel=Channel.INBOX).count() == 1


def test_who_has_an_account_is_not_phoned(cast, now):
    queue(cast.guilan, now)
    actions.deliver_due(now=now)
    assert states() == [(Channel.INBOX, DeliveryState.SENT)]


def test_a_helpers_account_is_enough_and_the_helper_reads_it(cast, now):
    helper = people.resident("解小妹", cast.city["community"])
    name_agent(ward_id=cast.elder.pk, agent_id=helper.pk, relation="女儿", by=cast.worker, now=now)
    queue(cast.elder, now)
    actions.deliver_due(now=now)
    assert states() == [(Channel.INBOX, DeliveryState.SENT)] * 2  # that there is a helper now, and this one
    assert {one.recipient for one in Notice.objects.inbox_of(helper.user)} == {cast.elder}
    assert not Notice.objects.inbox_of(cast.stranger.user).exists()


def test_nothing_stands_in_an_inbox_before_it_is_sent(cast, now):
    queue(cast.guilan, now)
    assert not Notice.objects.inbox_of(cast.guilan.user).exists()
    actions.deliver_due(now=now)
    assert Notice.objects.inbox_of(cast.guilan.user).count() == 1


def test_taking_back_only_what_was_not_sent(cast, now):
    queue(cast.guilan, now)
    actions.deliver_due(now=now)
    queue(cast.guilan, now, key="message:2")
    queue(cast.guilan, now, key="message:3", about=("class", 8))
    queue(cast.guilan, now, key="message:4", kind="ENROLLED")
    taken = {"about": ("class", 7), "kinds": ["CLASS_MESSAGE"], "now": now}
    assert actions.withdraw(**taken) == 1
    assert actions.withdraw(**taken) == 0
    assert Notice.objects.get(withdrawn_at=now).key == "message:2"
    assert actions.deliver_due(now=now) == 2


@pytest.fixture
def call(cast, now):
    queue(cast.elder, now)
    actions.deliver_due(now=now)
    return Delivery.objects.get(channel=Channel.CALL_LIST)


def test_the_call_list_is_worked_off_once(cast, call, now):
    assert list(Delivery.objects.visible_to(cast.worker).to_phone()) == [call]
    later = now + timedelta(minutes=5)
    for moment in (later, later + timedelta(hours=1)):
        done = actions.mark_phoned(delivery_id=call.pk, by=cast.worker, now=moment)
        assert (done.state, done.done_by, done.at) == (DeliveryState.SENT, cast.worker, later)
    assert not Delivery.objects.to_phone().exists()


def test_nobody_is_rung_about_what_was_taken_back(cast, call, now):
    queue(cast.elder, now, key="message:2")
    actions.deliver_due(now=now)
    rung = actions.mark_phoned(delivery_id=call.pk, by=cast.worker, now=now)
    taken = {"about": ("class", 7), "kinds": ["CLASS_MESSAGE"], "now": now + timedelta(minutes=1)}
    assert actions.withdraw(**taken) == 1  # the second; the first she was told
    assert actions.withdraw(**taken) == 0
    assert not Delivery.objects.to_phone().exists()
    gone = Delivery.objects.get(state=DeliveryState.VOID)
    assert actions.mark_phoned(delivery_id=gone.pk, by=cast.worker, now=now).state == DeliveryState.VOID
    rung.refresh_from_db()
    assert rung.state == DeliveryState.SENT


def test_only_staff_of_the_reach_mark_the_call_list(cast, call, now):
    inbox = Delivery.objects.get(channel=Channel.INBOX)
    tries = [(call.pk, by) for by in (cast.other_worker, cast.officer, cast.grid_worker, cast.guilan.user)]
    for pk, by in [*tries, (inbox.pk, cast.worker), (0, cast.worker)]:
        with pytest.raises(DomainError) as caught:
            actions.mark_phoned(delivery_id=pk, by=by, now=now)
        assert caught.value.code == "NOT_ALLOWED"
    call.refresh_from_db()
    assert call.state == DeliveryState.OPEN


def test_reading_the_inbox_marks_what_is_mine_only(cast, now):
    for number, person in enumerate((cast.guilan, cast.zixuan, cast.stranger)):
        queue(person, now, key=f"message:{number}")
    queue(cast.guilan, now, key="message:9", due_at=now + timedelta(days=1))
    actions.deliver_due(now=now)
    hers = {"user": cast.guilan.user, "now": now}
    everything = Notice.objects.values_list("pk", flat=True)
    assert actions.mark_read(**hers, shown=[]) == 0
    assert actions.mark_read(**hers, shown=everything) == 2
    assert actions.mark_read(**hers, shown=everything) == 0
    unread = Notice.objects.filter(read_at=None).values_list("recipient__full_name", flat=True)
    assert sorted(unread) == ["曾小雨", "王桂兰"]


@pytest.mark.parametrize("kind", letter_kinds())
def test_every_kind_has_words_that_need_no_more_than_they_are_given(cast, now, kind):
    """Each letter has a title of one line and a body, also where a detail is missing."""
    moment = at(2026, 11, 26, 18).isoformat()
    data = {
        "person": "王桂兰",
        "center": "中心",
        "until": "11月26日 14:00",
        "when": "11月26日",
        "reason": "停电",
        "title": "书法一班",
        "gift": "书法一班",
        "points": 5,
    }
    queue(cast.guilan, now, kind=kind, starts_at=moment, to="11月27日", frm="书法二班", **data)
    notice = Notice.objects.get()
    if kind not in People:  # what happened to her account is about nothing else
        assert "书法一班" in notice.title or "5 积分" in notice.title
    assert notice.body
    assert "\n" not in notice.title
