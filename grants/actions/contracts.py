"""Verbs of a contracted pitch: contract, report, accept, decide on lateness, release, close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.steps import refuse_unmet
from grants.actions.letters import tell_days, tell_pitcher
from grants.actions.pitches import lock_pitch, pitcher_of, staff_of, step
from grants.models import Pitch, PitchReport, Tranche
from grants.rules import (
    WHY_EXCUSED,
    PitchMove,
    PitchParty,
    PitchState,
    ReportKind,
    TrancheDraft,
    shares_fault,
)
from orders.actions.steps import go, lock_order, write_event
from orders.models.orders import ServiceOrder
from orders.rules.orders import LONGEST_REASON, ConfirmedBy, OrderKind, OrderMove, OrderParty, OrderState
from people.models import User

# More than this in one report is a slip of the finger.
MANY = 1_000_000


class ReportRefused(DomainError):
    code = "REPORT_REFUSED"


class TrancheRefused(DomainError):
    code = "TRANCHE_REFUSED"


@transaction.atomic
def contract_pitch(
    *,
    pitch_id: int,
    contract_no: str,
    tranches: Sequence[TrancheDraft],
    midterm_on: date,
    closing_on: date,
    by: User,
    now: datetime,
) -> Pitch:
    """签约: what is promised becomes an order of the pitching team or unit, with tranches and reports.

    Shares are percents and sum to a hundred; amounts stand on paper only. Refuses NOT_ALLOWED,
    MOVE_REFUSED, CONTRACT_REFUSED (no number, shares that are no whole, closing before midterm).
    """
    pitch = lock_pitch(pitch_id)
    staff_of(by, pitch)
    if not contract_no.strip() or shares_fault(tranches) or closing_on <= midterm_on:
        raise DomainError("CONTRACT_REFUSED", _("请写协议编号，至少分两期、合计 100%，结项在中期之后。"))
    pitch.order = _order(pitch, by, now)
    pitch.contract_no = contract_no.strip()[:40]
    step(pitch, PitchMove.CONTRACT, PitchParty.STAFF, by, now)
    Tranche.objects.bulk_create(
        [
            Tranche(pitch=pitch, number=n, share=one.share, due_on=one.due_on, condition=one.condition[:100])
            for n, one in enumerate(tranches, 1)
        ]
    )
    PitchReport.objects.bulk_create(
        [
            PitchReport(pitch=pitch, kind=ReportKind.MIDTERM, due_on=midterm_on),
            PitchReport(pitch=pitch, kind=ReportKind.CLOSING, due_on=closing_on),
        ]
    )
    tell_days(pitch, PitchMove.CONTRACT, now, contract_no=pitch.contract_no)
    return pitch


def _order(pitch: Pitch, by: User, now: datetime) -> ServiceOrder:
    order = ServiceOrder.objects.create(
        kind=OrderKind.GRANT,
        title=pitch.title,
        division=pitch.call.division,
        state=OrderState.TAKEN,
        team=pitch.team,
        unit=pitch.unit,
        requested_at=now,
        answer_due_at=now,
        answered_at=now,
        taken_at=now,
    )
    write_event(order, OrderMove.REQUEST, "", party=OrderParty.STAFF, by=by, now=now)
    return order


def _report(pitch: Pitch, kind: ReportKind) -> PitchReport:
    found: PitchReport | None = PitchReport.objects.filter(pitch=pitch, kind=kind).first()
    if found is None:
        raise ReportRefused(message=_("签约以后才有报告。"))
    return found


@transaction.atomic
def hand_in_report(
    *, pitch_id: int, kind: ReportKind, services: int, attendances: int, text: str, by: User, now: datetime
) -> PitchReport:
    """交报告: the pitcher says what was done, in services and attendances; a late one stays late.

    It may be corrected until it passes. Refuses NOT_ALLOWED, REPORT_REFUSED (not running, already
    passed, no words, the closing report before the midterm one).
    """
    pitch = lock_pitch(pitch_id)
    pitcher_of(by, pitch)
    report = _report(pitch, kind)
    if pitch.state != PitchState.RUNNING or report.accepted_at is not None:
        raise ReportRefused(message=_("项目进行中、报告还没有通过时才能交。"))
    if kind == ReportKind.CLOSING and _report(pitch, ReportKind.MIDTERM).handed_in_at is None:
        raise ReportRefused(message=_("请先交中期报告，再交结项报告。"))
    if len(text.strip()) < 2 or not 0 <= services < MANY or not 0 <= attendances < MANY:
        raise ReportRefused(message=_("请写明做了什么、几场、多少人次。"))
    report.services, report.attendances, report.text = services, attendances, text.strip()[:2000]
    report.handed_in_at = report.handed_in_at or now
    report.save()
    return report


@transaction.atomic
def accept_report(*, pitch_id: int, kind: ReportKind, by: User, now: datetime) -> PitchReport:
    """通过报告: staff say that what was promised was done so far. Twice changes nothing.

    Refuses NOT_ALLOWED, REPORT_REFUSED (not handed in).
    """
    pitch = lock_pitch(pitch_id)
    staff_of(by, pitch)
    report = _report(pitch, kind)
    if report.handed_in_at is None:
        raise ReportRefused(message=_("报告还没有交，不能通过。"))
    if report.accepted_at is None:
        report.accepted_at = now
        report.save(update_fields=["accepted_at"])
        tell_pitcher(pitch, kind, now)
    return report


@transaction.atomic
def excuse_report(*, pitch_id: int, kind: ReportKind, reason: str, by: User, now: datetime) -> PitchReport:
    """裁定迟交: staff let a late report pass for what follows, and say why; it stays late.

    Twice changes nothing. Refuses NOT_ALLOWED, REASON_NEEDED, REPORT_REFUSED (not late).
    """
    pitch = lock_pitch(pitch_id)
    staff_of(by, pitch)
    report = _report(pitch, kind)
    if report.excused_at is not None:
        return report
    if not report.late_at(now):
        raise ReportRefused(message=_("这份报告没有迟，不用裁定。"))
    refuse_unmet(WHY_EXCUSED, reason)
    report.excused_at, report.excuse = now, reason.strip()[:LONGEST_REASON]
    report.save(update_fields=["excused_at", "excuse"])
    return report


@transaction.atomic
def release_tranche(*, tranche_id: int, by: User, now: datetime) -> Tranche:
    """放行分期: one part after the other; the last one only once the closing report has passed.

    A late midterm report stops everything after the first part until staff decide. Twice changes
    nothing. Refuses NOT_ALLOWED, TRANCHE_REFUSED (not running, an earlier part is open, no closing
    report), REPORT_LATE.
    """
    pitch_id = Tranche.objects.filter(pk=tranche_id).values_list("pitch", flat=True).first() or 0
    pitch = lock_pitch(pitch_id)
    staff_of(by, pitch)
    tranche = Tranche.objects.select_for_update(no_key=True).get(pk=tranche_id)
    if tranche.released_at is not None:
        return tranche
    if pitch.state != PitchState.RUNNING:
        raise TrancheRefused(message=_("项目启动以后才放行。"))
    _check_release(pitch, tranche, now)
    tranche.released_at, tranche.released_by = now, by
    tranche.save(update_fields=["released_at", "released_by"])
    tell_pitcher(pitch, "RELEASE", now, number=tranche.number, share=tranche.share)
    return tranche


def _check_release(pitch: Pitch, tranche: Tranche, now: datetime) -> None:
    others = list(pitch.tranches.all())
    if any(one.number < tranche.number and one.released_at is None for one in others):
        raise TrancheRefused(message=_("请先放行前一期。"))
    midterm, closing = _report(pitch, ReportKind.MIDTERM), _report(pitch, ReportKind.CLOSING)
    if tranche.number > 1 and midterm.late_at(now) and midterm.excused_at is None:
        raise DomainError("REPORT_LATE", _("中期报告迟了，请先裁定并写明理由，再放行下一期。"))
    if tranche.number == max(one.number for one in others) and closing.accepted_at is None:
        raise TrancheRefused(message=_("最后一期要等结项报告通过以后放行。"))


@transaction.atomic
def close_pitch(*, pitch_id: int, by: User, now: datetime) -> Pitch:
    """结项: the closing report has passed and every part is released; the order is confirmed with it.

    Twice changes nothing. Refuses NOT_ALLOWED, MOVE_REFUSED, REPORT_REFUSED, TRANCHE_REFUSED.
    """
    pitch = lock_pitch(pitch_id)
    staff_of(by, pitch)
    if pitch.state == PitchState.CLOSED or pitch.order_id is None:
        return pitch
    if pitch.state == PitchState.RUNNING and _report(pitch, ReportKind.CLOSING).accepted_at is None:
        raise ReportRefused(message=_("结项报告通过以后才能结项。"))
    if pitch.tranches.filter(released_at=None).exists():
        raise TrancheRefused(message=_("还有没放行的分期，请先放行。"))
    step(pitch, PitchMove.CLOSE, PitchParty.STAFF, by, now)
    order = lock_order(pitch.order_id)
    hand = {OrderParty.STAFF}
    go(order, OrderMove.FINISH, hand, by=by, now=now, done_at=now, done_by=by)
    go(
        order, OrderMove.CONFIRM, hand, by=by, now=now,
        confirmed_at=now, confirmed_by_kind=ConfirmedBy.REPORT,
    )  # fmt: skip
    tell_pitcher(pitch, PitchMove.CLOSE, now)
    return pitch
