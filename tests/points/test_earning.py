"""Approving a service: three people, two kinds of evidence, the policy of the place and the day."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from people.models import Guardianship
from people.rules import GuardianKind, Role
from points.actions.earning import approve_service, fund_budget
from points.actions.holds import commit_hold, hold
from points.models.ledger import Account, Lot, Posting
from points.rules import AccountKind, Earned, PostingKind, Unit, points_for
from tests.factories import people, volunteers
from tests.factories.points import carried_over, issued, of, settle, taken_back
from tests.refusals import refused
from volunteers.actions.service import record_service, refuse_service
from volunteers.models.service import Evidence
from volunteers.rules.service import EvidenceKind, RecordState


@pytest.fixture
def approver(cast):
    return people.staff("钱主任", Role.DIRECTOR, cast.city["street"])


@pytest.fixture
def served(cast):
    return volunteers.volunteer(cast.guilan)


@pytest.fixture
def fund(cast):
    return volunteers.budget(cast.city["street"], cast.officer, 1000)


@pytest.fixture
def ruled(cast):
    return volunteers.policy(cast.city["street"], cast.officer)


def approve(record, by, now):
    return approve_service(record_id=record.pk, by=by, now=now)


def account(person, unit=Unit.POINTS, kind=AccountKind.PERSON):
    return Account.objects.get(kind=kind, unit=unit, person=person)


def test_a_service_earns_hours_and_points(cast, now, served, approver, fund, ruled):
    made = volunteers.record(served, cast.worker, minutes=90, now=now)
    done = approve(made, approver, now)
    settle()
    assert approve(made, approver, now) == done
    assert (done.state, done.approved_by) == (RecordState.APPROVED, approver)
    assert of(account(cast.guilan, Unit.HOURS)) == (90, 0)
    assert of(account(cast.guilan)) == (15, 0)
    assert issued(fund) == 15
    posting = Posting.objects.get()
    assert (posting.record, posting.policy, posting.title) == (made, ruled, "大扫除")


def test_a_place_without_a_policy_gives_hours_alone(cast, now, served, approver):
    approve(volunteers.record(served, cast.worker, now=now), approver, now)
    settle()
    assert of(account(cast.guilan, Unit.HOURS)) == (60, 0)
    assert of(account(cast.guilan)) == (0, 0)


def test_who_may_not_approve(cast, now, served, approver, fund, ruled):
    made = volunteers.record(served, cast.worker, now=now)
    refused("NOT_ALLOWED", approve, record=made, by=cast.other_worker, now=now)
    refused("NOT_ALLOWED", approve, record=made, by=cast.officer, now=now)
    refused("NOT_ALLOWED", approve_service, record_id=0, by=approver, now=now)
    refused("SAME_PERSON", approve, record=made, by=cast.worker, now=now)
    people.person("钱主任", account=approver, home=cast.city["community"])
    own = volunteers.record(volunteers.volunteer(approver.person), cast.worker, now=now)
    refused("SAME_PERSON", approve, record=own, by=approver, now=now)


def test_what_may_not_be_approved(cast, now, served, approver, fund, ruled):
    thin = record_service(
        volunteer_id=served.pk, source_key="manual:1", minutes=60, evidence=["LIST"], by=cast.worker, now=now
    )
    refused("NEEDS_EVIDENCE", approve, record=thin, by=approver, now=now)
    Evidence.objects.create(record=thin, kind=EvidenceKind.PAPER, at=now, by=cast.worker)
    refused("NEEDS_EVIDENCE", approve, record=thin, by=approver, now=now)  # her own word twice
    rung = {"record": thin, "kind": EvidenceKind.CALLBACK, "at": now}
    with transaction.atomic():
        Evidence.objects.create(**rung, by=cast.worker)
        refused("NOT_INDEPENDENT", approve, record=thin, by=approver, now=now)  # three times
        transaction.set_rollback(True)
    Evidence.objects.create(**rung, by=cast.grid_worker)
    approve(thin, approver, now)
    bad = volunteers.record(served, cast.worker, now=now)
    refuse_service(record_id=bad.pk, reason="没有这次活动", by=approver, now=now)
    refused("NOT_APPROVABLE", approve, record=bad, by=approver, now=now)


@pytest.mark.parametrize("giver", ["approver", "volunteer", "agent", "ward"])
def test_evidence_is_no_more_independent_than_who_gave_it(cast, now, served, approver, giver):
    """What a kind says of itself does not do: a session marked by the teacher's daughter is her word."""
    made = volunteers.record(served, cast.worker, kinds=(EvidenceKind.LIST,), now=now)
    clerk = people.person("何强", account=cast.grid_worker, home=cast.city["community"])
    ties = {"agent": (clerk, served.person), "ward": (served.person, clerk)}
    if giver in ties:
        guardian, ward = ties[giver]
        Guardianship.objects.create(guardian=guardian, ward=ward, kind=GuardianKind.AGENT)
    hands = {"approver": approver, "volunteer": served.person.user}
    by = hands.get(giver, cast.grid_worker)
    Evidence.objects.create(record=made, kind=EvidenceKind.SESSION, at=now, by=by)
    refused("NOT_INDEPENDENT", approve, record=made, by=approver, now=now)
    Evidence.objects.create(record=made, kind=EvidenceKind.CALLBACK, at=now, by=cast.officer)
    approve(made, approver, now)


def test_without_cover_nothing_is_posted_and_the_record_waits(cast, now, served, approver, ruled):
    made = volunteers.record(served, cast.worker, now=now)
    refused("NO_COVER", approve, record=made, by=approver, now=now)
    small = volunteers.budget(cast.city["street"], cast.officer, 9)
    refused("NO_COVER", approve, record=made, by=approver, now=now)
    made.refresh_from_db()
    assert made.state == RecordState.RECORDED
    fund = {"key": "f1", "budget_id": small.pk, "points": 1, "source": "街道〔2026〕3 号"}
    fund_budget(**fund, by=cast.officer, now=now)
    assert approve(made, approver, now).state == RecordState.APPROVED


def test_caps_a_day_and_in_all(cast, now, served, approver, fund):
    volunteers.policy(cast.city["street"], cast.officer, daily_cap=15, total_cap=22)
    yesterday, before = now.date() - timedelta(days=1), now.date() - timedelta(days=2)
    for day, left in ((yesterday, 10), (yesterday, 15), (before, 22), (before, 22)):
        approve(volunteers.record(served, cast.worker, served_on=day, now=now), approver, now)
        assert account(cast.guilan).posted == left
    assert account(cast.guilan, Unit.HOURS).posted == 240


def test_points_for_one_beneficiary_are_capped_a_month(cast, now, served, approver, fund):
    volunteers.policy(cast.city["street"], cast.officer, pair_minutes_cap=90)
    for month, left in ((11, 10), (11, 15), (11, 15), (10, 25)):
        day = date(2026, month, 20)
        made = volunteers.record(served, cast.worker, served_on=day, beneficiary=cast.elder, now=now)
        approve(made, approver, now)
        assert account(cast.guilan).posted == left


def test_the_policy_is_that_of_the_nearest_place_on_the_day_of_service(cast, now, served, approver, fund):
    volunteers.policy(cast.city["root"], cast.officer, points_per_hour=1)
    volunteers.policy(cast.city["community"], cast.officer, points_per_hour=20, valid_from=date(2026, 11, 1))
    made = volunteers.record(served, cast.worker, served_on=date(2026, 10, 31), now=now)
    approve(made, approver, now)
    assert account(cast.guilan).posted == 1
    approve(volunteers.record(served, cast.worker, now=now), approver, now)
    assert account(cast.guilan).posted == 21


def test_points_get_their_last_day_from_the_policy(cast, now, served, approver, fund):
    volunteers.policy(cast.city["street"], cast.officer, expires_after_days=365)
    approve(volunteers.record(served, cast.worker, now=now), approver, now)
    assert Lot.objects.get().expires_on == now.date() + timedelta(days=365)


def test_what_is_earned_pays_a_debt_first(cast, now, served, approver, fund, ruled):
    first = approve(volunteers.record(served, cast.worker, minutes=120, now=now), approver, now)
    volunteers.points_of(cast.guilan)
    held = hold(
        key="h",
        account_id=account(cast.guilan).pk,
        amount=20,
        gift_id=None,
        until=now + timedelta(days=7),
        by=cast.guilan.user,
        now=now,
    )
    commit_hold(hold_id=held.pk, by=approver, now=now)
    earned = Posting.objects.get(kind=PostingKind.EARN)
    taken_back(posting_id=earned.pk, reason="重复登记", by=approver, now=now)
    settle()
    first.refresh_from_db()
    assert first.state == RecordState.REVERSED
    assert of(account(cast.guilan, Unit.HOURS)) == (0, 0)
    assert of(account(cast.guilan, kind=AccountKind.DEBT)) == (-20, 0)
    approve(volunteers.record(served, cast.worker, minutes=90, now=now), approver, now)
    assert of(account(cast.guilan, kind=AccountKind.DEBT)) == (-5, 0)
    assert of(account(cast.guilan)) == (0, 0)
    approve(volunteers.record(served, cast.worker, minutes=60, now=now), approver, now)
    settle()
    assert of(account(cast.guilan, kind=AccountKind.DEBT)) == (0, 0)
    assert of(account(cast.guilan)) == (5, 0)
    refused("NOT_APPROVABLE", approve, record=first, by=approver, now=now)


def test_a_budget_is_funded_by_who_may_and_with_a_paper(cast, now):
    made = volunteers.budget(cast.city["street"], cast.officer, 0)
    fund = {"key": "f1", "budget_id": made.pk, "points": 500, "source": "街道〔2026〕3 号"}
    first = fund_budget(**fund, by=cast.officer, now=now)
    assert fund_budget(**fund, by=cast.officer, now=now) == first
    assert sum(pot.funded for pot in made.pots.all()) == 500
    refused("KEY_REUSED", fund_budget, **{**fund, "points": 5}, by=cast.officer, now=now)
    other = volunteers.budget(cast.city["street"], cast.officer, 0)
    refused("KEY_REUSED", fund_budget, **{**fund, "budget_id": other.pk}, by=cast.officer, now=now)
    refused("NOT_ALLOWED", fund_budget, **fund, by=cast.worker, now=now)
    refused("NOT_ALLOWED", fund_budget, **{**fund, "budget_id": 0}, by=cast.officer, now=now)
    refused("BAD_AMOUNT", fund_budget, **{**fund, "points": 0}, by=cast.officer, now=now)
    refused("SOURCE_NEEDED", fund_budget, **{**fund, "source": " "}, by=cast.officer, now=now)


def test_a_paper_book_is_carried_over_once(cast, now, fund):
    paper = {"person_id": cast.guilan.pk, "points": 30, "minutes": 600, "paper": "蓝皮本第 3 页", "key": "b3"}
    first = carried_over(**paper, by=cast.officer, now=now)
    settle()
    assert carried_over(**paper, by=cast.officer, now=now) == first
    assert (account(cast.guilan).posted, account(cast.guilan, Unit.HOURS).posted) == (30, 600)
    refused("KEY_REUSED", carried_over, **{**paper, "points": 31}, by=cast.officer, now=now)
    refused("NOT_ALLOWED", carried_over, **paper, by=cast.worker, now=now)
    refused("NOT_ALLOWED", carried_over, **{**paper, "person_id": 0}, by=cast.officer, now=now)
    refused("BAD_AMOUNT", carried_over, **{**paper, "points": 0, "minutes": 0}, by=cast.officer, now=now)
    refused("SOURCE_NEEDED", carried_over, **{**paper, "paper": ""}, by=cast.officer, now=now)
    own = people.person("刘主任", account=cast.officer, home=cast.city["community"])
    refused(
        "SAME_PERSON", carried_over, **{**paper, "person_id": own.pk, "key": "b5"}, by=cast.officer, now=now
    )
    refused("NO_COVER", carried_over, **{**paper, "points": 2000, "key": "b4"}, by=cast.officer, now=now)


@pytest.mark.parametrize(
    ("minutes", "earned", "caps", "points"),
    [
        (90, Earned(), (None, None, None), 15),
        (5, Earned(), (None, None, None), 0),
        (90, Earned(on_day=10), (12, None, None), 2),
        (90, Earned(on_day=13), (12, None, None), 0),
        (90, Earned(ever=95), (None, 100, None), 5),
        (90, Earned(for_pair=60), (None, None, 90), 5),
        (90, Earned(for_pair=120), (None, None, 90), 0),
    ],
)
def test_points_for(minutes, earned, caps, points):
    daily, total, pair = caps
    told = {"daily_cap": daily, "total_cap": total, "pair_minutes_cap": pair}
    assert points_for(minutes, earned, points_per_hour=10, **told) == points
