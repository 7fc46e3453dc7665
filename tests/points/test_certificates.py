"""Certificates: true to the book, complete, revocable."""

from datetime import date, timedelta

import pytest

from people.rules import Role
from points.actions.certificates import certificate, revoke_certificate
from points.actions.earning import approve_service
from points.models.ledger import Posting
from tests.factories import people, volunteers
from tests.factories.points import taken_back
from tests.refusals import refused


@pytest.fixture
def director(cast):
    return people.staff("钱主任", Role.DIRECTOR, cast.city["street"])


@pytest.fixture
def served(cast, now, director):
    """Three services, one of them not approved."""
    made = volunteers.volunteer(cast.guilan)
    for minutes, day in ((60, date(2026, 11, 3)), (90, date(2026, 11, 10))):
        record = volunteers.record(made, cast.worker, minutes=minutes, served_on=day, now=now)
        approve_service(record_id=record.pk, by=director, now=now)
    volunteers.record(made, cast.worker, minutes=600, now=now)
    return made


def form(served, now, **kwargs):
    return {
        "volunteer_id": served.pk,
        "since": date(2026, 1, 1),
        "until": now.date(),
        "issuer": "通信花园社区居委会",
        "in_charge": "钱主任",
        "handler": "周敏",
        "contact": "0371-65000000",
        "noticed_from": now.date() - timedelta(days=7),
        "now": now,
        **kwargs,
    }


def test_a_certificate_says_what_stands_in_the_book(cast, served, director, now):
    made = certificate(**form(served, now), by=director)
    assert certificate(**form(served, now), by=director) == made
    assert made.minutes == 150
    assert made.services == [{"title": "大扫除", "times": 2, "minutes": 150}]
    assert len(made.number) == 16


def test_reversed_hours_are_not_certified(cast, served, director, now):
    first = Posting.objects.order_by("pk").first()
    taken_back(posting_id=first.pk, reason="重复登记", by=director, now=now)
    assert certificate(**form(served, now), by=director).minutes == 90


def test_what_is_not_certified(cast, served, director, now):
    def no(code, by=director, **kwargs):
        refused(code, certificate, **form(served, now, **kwargs), by=by)

    no("NOT_ALLOWED", by=cast.other_worker)
    no("NOT_ALLOWED", by=cast.guilan.user)
    no("NOT_ALLOWED", volunteer_id=0)
    no("BAD_SPAN", since=now.date() + timedelta(days=1))
    no("BAD_SPAN", until=now.date() + timedelta(days=1))
    no("NOTICE_TOO_SHORT", noticed_from=now.date() - timedelta(days=6))
    no("FIELDS_MISSING", handler=" ")
    no("NO_HOURS", since=date(2025, 1, 1), until=date(2025, 12, 31))
    people.person("钱主任", account=director, home=cast.city["community"])
    own = volunteers.volunteer(director.person)
    no("SAME_PERSON", volunteer_id=own.pk)


def test_a_certificate_is_revoked_with_a_reason(cast, served, director, now):
    made = certificate(**form(served, now), by=director)
    void = {"certificate_id": made.pk, "reason": "时长登记有误", "now": now}
    refused("NOT_ALLOWED", revoke_certificate, **void, by=cast.other_worker)
    refused("REASON_NEEDED", revoke_certificate, **{**void, "reason": ""}, by=director)
    gone = revoke_certificate(**void, by=director)
    assert revoke_certificate(**void, by=director) == gone
    assert certificate(**form(served, now), by=director) != made
