"""Verbs of earning: approve a service, fund a budget."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from centers.models import Division
from common.days import day_of
from common.errors import DomainError, NotAllowed
from notices.actions import queue
from people.authority import is_own, may_act
from people.models import User
from points.actions.ledger import NoCover, check_same_row, in_words, lock_accounts, post
from points.models.ledger import Account, Leg, Posting
from points.models.policy import Budget, Funding, Policy
from points.rules import AccountKind, Earned, LegDraft, Letter, PostingKind, Unit, points_for
from volunteers.actions.service import step_record
from volunteers.models.service import ServiceRecord
from volunteers.rules.service import (
    BY_MACHINE,
    INDEPENDENT,
    RECORDS,
    RecordMove,
    RecordParty,
    RecordState,
    enough_evidence,
)


class NotApprovable(DomainError):
    code = "NOT_APPROVABLE"


@transaction.atomic
def approve_service(*, record_id: int, by: User, now: datetime) -> ServiceRecord:
    """认定服务: posts a record's minutes as hours, and what they are worth as points, in one entry.

    Points follow the policy in force where and when the service took place: rate, caps a day, in
    all and for one beneficiary; hours are never capped. Points owed are paid first. Without a
    policy a place gives hours alone. Twice changes nothing.

    Refuses NOT_ALLOWED, SAME_PERSON (recorder, approver and volunteer are three people),
    NEEDS_EVIDENCE (two kinds, one of them independent), NOT_INDEPENDENT (what is independent by its
    kind comes all from the approver, from the volunteer or one of hers, or from whoever typed the
    record in), NOT_APPROVABLE (refused or reversed before), NO_COVER.
    """
    record = (
        ServiceRecord.objects.select_for_update(no_key=True, of=("self",))
        .select_related("division", "volunteer__person")
        .filter(pk=record_id)
        .first()
    )
    if record is None or not may_act(by=by, verb="volunteers.approve", row=record.division):
        raise NotAllowed(message=_("这条服务记录不在您负责的范围内。"))
    if record.state == RecordState.APPROVED:
        return record
    refused = NotApprovable(message=_("这条记录已经不予认定或撤销，请重新记一条。"))
    if not RECORDS.offers(RecordMove.APPROVE)(record):
        raise refused
    _three_people(record, by)
    if not enough_evidence(record.evidence.values_list("kind", flat=True)):
        raise DomainError(
            "NEEDS_EVIDENCE",
            _("认定前要有两种凭据，其中一种不能只凭记录人自己说：请补受助人确认、扫码或回访。"),
        )
    if not _is_witnessed(record, by):
        raise DomainError(
            "NOT_INDEPENDENT",
            _("凭据不能都来自审核人、记录人，或志愿者自己和家人：请另一位工作人员来审核，或补一种凭据。"),
        )
    step_record(record, RecordMove.APPROVE, RecordParty.APPROVER, refused, approved_by=by, approved_at=now)
    worth = _post_earning(record, by, now)
    queue(
        kind=Letter.SERVICE_APPROVED,
        key=f"service_approved:{record.pk}",
        recipient=record.volunteer.person,
        about=("servicerecord", record.pk),
        due_at=now,
        now=now,
        quiet=True,
        person=record.volunteer.person.full_name,
        title=record.title,
        day=str(record.served_on),
        minutes=record.minutes,
        points=worth,
    )
    return record


def _three_people(record: ServiceRecord, by: User) -> None:
    if by.pk == record.recorded_by_id:
        raise DomainError("SAME_PERSON", _("自己记的服务要由另一位工作人员来审核。"))
    if is_own(by, record.volunteer.person):
        raise DomainError("SAME_PERSON", _("不能审核自己或家人的服务，请另一位工作人员来审核。"))
    if record.recorded_by is not None and is_own(record.recorded_by, record.volunteer.person):
        raise DomainError(
            "SAME_PERSON", _("这条服务是本人或家人记的，不能认定，请另一位工作人员重新记一条。")
        )


def _is_witnessed(record: ServiceRecord, by: User) -> bool:
    """Whether something independent by its kind is so by who gave it, too: evidence has an author."""
    pieces = record.evidence.filter(kind__in=INDEPENDENT).select_related("by").order_by("pk")
    hands = {by.pk, record.recorded_by_id} if record.is_manual else {by.pk}
    return any(
        one.kind in BY_MACHINE or (one.by_id not in hands and not is_own(one.by, record.volunteer.person))
        for one in pieces
    )


def _post_earning(record: ServiceRecord, by: User, now: datetime) -> int:
    """Posts hours and points; returns the points."""
    person = record.volunteer.person
    hours = Account.objects.opened(AccountKind.PERSON, Unit.HOURS, person=person)
    points = Account.objects.opened(AccountKind.PERSON, person=person)
    debt = Account.objects.filter(kind=AccountKind.DEBT, person=person).values_list("pk", flat=True)
    # Caps count what is in the ledger: under these locks nobody adds to it.
    locked = lock_accounts([hours.pk, points.pk, *debt])
    source = Account.objects.opened(AccountKind.SERVICE, Unit.HOURS)
    legs = [LegDraft(source.pk, -record.minutes), LegDraft(hours.pk, record.minutes)]
    policy = Policy.objects.in_force(record.division, record.served_on)
    worth = _worth(record, policy, [points.pk, *debt]) if policy else 0
    if policy and worth:
        legs += _issue(worth, record.division, policy, locked, points, now)
    post(
        key=f"earn:{record.pk}",
        legs=legs,
        kind=PostingKind.EARN,
        by=by,
        now=now,
        record_id=record.pk,  # which says what was done: a posting keeps no words about anybody
        policy=policy,
    )
    return worth


def _worth(record: ServiceRecord, policy: Policy, accounts: Collection[int]) -> int:
    """Whole points for a record, within the caps of its policy."""
    # Reversed records are not approved any more; what paid a debt was earned all the same.
    approved = ServiceRecord.objects.filter(volunteer=record.volunteer_id, state=RecordState.APPROVED)
    others = approved.exclude(pk=record.pk)
    pair = 0
    if record.beneficiary_id and policy.pair_minutes_cap is not None:
        month = record.served_on.replace(day=1)
        next_month = (month + timedelta(days=32)).replace(day=1)
        same = others.filter(
            beneficiary=record.beneficiary_id, served_on__gte=month, served_on__lt=next_month
        )
        pair = same.aggregate(minutes=Sum("minutes"))["minutes"] or 0
    capped = policy.daily_cap is not None
    so_far = Earned(
        on_day=_earned(others.filter(served_on=record.served_on), accounts) if capped else 0,
        ever=_earned(others, accounts) if policy.total_cap is not None else 0,
        for_pair=pair,
    )
    return points_for(
        record.minutes,
        so_far,
        points_per_hour=policy.points_per_hour,
        daily_cap=policy.daily_cap,
        total_cap=policy.total_cap,
        pair_minutes_cap=policy.pair_minutes_cap if record.beneficiary_id else None,
    )


def _earned(records: QuerySet[ServiceRecord], accounts: Collection[int]) -> int:
    """Points that these records brought.

    Keys are fetched first: looked up by them, each step is one index, whatever the planner knows.
    """
    keys = list(records.values_list("pk", flat=True))
    postings = list(
        Posting.objects.filter(record__in=keys, kind=PostingKind.EARN).values_list("pk", flat=True)
    )
    legs = Leg.objects.filter(posting__in=postings, account__in=accounts)
    return legs.aggregate(points=Sum("amount"))["points"] or 0


def _issue(
    worth: int,
    division: Division,
    policy: Policy,
    locked: dict[int, Account],
    points: Account,
    now: datetime,
) -> list[LegDraft]:
    budget = Budget.objects.nearest(division)
    if budget is None:
        raise NoCover(message=_("这里还没有积分预算，请先建立预算并注入积分，再认定。"))
    source = Account.objects.opened(AccountKind.BUDGET, budget=budget)
    ends = policy.expires_after_days
    good = day_of(now) + timedelta(days=ends) if ends else None
    owed = next((account for account in locked.values() if account.kind == AccountKind.DEBT), None)
    paid = min(worth, -owed.posted) if owed else 0
    legs = [LegDraft(source.pk, -worth)]
    if owed and paid:
        legs.append(LegDraft(owed.pk, paid))
    if worth > paid:
        legs.append(LegDraft(points.pk, worth - paid, good))
    return legs


@transaction.atomic
def fund_budget(*, key: str, budget_id: int, points: int, source: str, by: User, now: datetime) -> Funding:
    """注入预算: an office stands for so many more points; `source` is the paper that says so.

    The same key funds once. Refuses NOT_ALLOWED, BAD_AMOUNT, SOURCE_NEEDED, KEY_REUSED.
    """
    rows = Budget.objects.select_related("division").select_for_update(no_key=True, of=("self",))
    budget = rows.filter(pk=budget_id, closed_on=None).first()
    if budget is None or not may_act(by=by, verb="points.ledger", row=budget.division):
        raise NotAllowed(message=_("这个预算不在您负责的范围内。"))
    if not 0 < points <= 10_000_000:
        raise DomainError("BAD_AMOUNT", _("积分要在 1 到 1000 万之间。"))
    if len(source.strip()) < 2:
        raise DomainError("SOURCE_NEEDED", _("请写明依据：文件、捐赠协议或采购单。"))
    told = {"budget_id": budget.pk, "points": points}
    # The budget is locked: whoever comes with the same key finds the first one here.
    if first := Funding.objects.filter(key=key).first():
        return check_same_row(first, told)
    with in_words():
        return Funding.objects.create(**told, key=key, source=source.strip()[:200], by=by, at=now)
