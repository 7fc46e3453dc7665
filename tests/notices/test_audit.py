"""Every check of the outbox finds the fault that is planted for it, and nothing before."""

from datetime import timedelta
from pathlib import Path

import pytest

from common.audit import checks
from notices import actions
from notices.models import Delivery, Notice
from tests.common.faults import found


@pytest.fixture
def notice(cast, now):
    """A notice that went out half an hour ago."""
    sent = now - timedelta(minutes=30)
    about = ("enrolment", 1)
    actions.queue(
        kind="ENROLLED",
        key="enrolled:1",
        recipient=cast.guilan,
        about=about,
        due_at=sent,
        now=sent,
        name="书法",
        person="王桂兰",
        center="中心",
    )
    actions.deliver_due(now=sent)
    assert found() == {}
    return Notice.objects.get()


def test_sent_but_in_no_inbox(notice):
    Delivery.objects.all().delete()
    assert set(found()) == {"通知：已送出的都在收件箱里"}


def test_withdrawn_and_sent(notice, now):
    Notice.objects.update(withdrawn_at=now)
    assert set(found()) == {"通知：撤回的没有送出"}


def test_due_an_hour_ago_and_not_sent(notice, now):
    Delivery.objects.all().delete()
    Notice.objects.update(dispatched_at=None)
    assert found() == {}
    Notice.objects.update(due_at=now - timedelta(minutes=61))
    assert set(found()) == {"通知：到期一小时还没送出"}


def test_every_check_of_this_app_is_planted_here():
    source = Path(__file__).read_text("utf-8")
    assert [c.name for c in checks() if c.name.startswith("通知") and c.name not in source] == []
