"""Verbs of a service record: record it, refuse it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import Division
from common.errors import DomainError, NotAllowed
from common.steps import refuse_lacking
from notices.actions import queue_all
from people.actions import words
from people.authority import is_own, may_act
from people.models import User
from volunteers.actions.letters import refusal
from volunteers.models.roll import Volunteer
from volunteers.models.service import Evidence, ServiceRecord
from volunteers.rules.letters import Letter
from volunteers.rules.service import (
    RECORDS,
    UNTITLED,
    EvidenceDraft,
    EvidenceKind,
    RecordMove,
    RecordParty,
    RecordState,
)

LONGEST_REASON = 200


class RecordRefused(DomainError):
    code = "RECORD_REFUSED"


@transaction.atomic
def record_service(
    *,
    volunteer_id: int,
    source_key: str,
    minutes: int,
    evidence: Sequence[EvidenceDraft | str],
    by: User,
    now: datetime,
    title: str = "",
    division_id: int | None = None,
    served_on: date | None = None,
    beneficiary_id: int | None = None,
) -> ServiceRecord:
    """记录服务: writes down what a volunteer did, in minutes, with its evidence; not yet approved.

    `source_key` names where it comes from ("shift:12", "order:7", "session:3", "manual:…") and is
    recorded once per volunteer: a second time gives back the first, with evidence of new kinds
    added. `served_on` is a Shanghai date, today if not given; the division is the volunteer's
    home if not given. Staff of the division only, and never of their own service or of one of theirs.

    Refuses NOT_ALLOWED and RECORD_REFUSED (not 1 to 1440 minutes, a date to come, other minutes
    under the same key).
    """
    volunteer = Volunteer.objects.select_related("person__home").filter(pk=volunteer_id).first()
    if volunteer is None:
        raise NotAllowed(message=_("没有找到这位志愿者。"))
    place = Division.objects.filter(pk=division_id).first() if division_id else volunteer.person.home
    if place is None:
        raise RecordRefused(message=_("请先填上这位志愿者所在的社区。"))
    if not may_act(by=by, verb="volunteers.record", row=place):
        raise NotAllowed(message=_("这项服务不在您负责的范围内。"))
    return write_record(
        volunteer,
        source_key=source_key,
        minutes=minutes,
        evidence=evidence,
        by=by,
        now=now,
        title=title,
        division=place,
        served_on=served_on,
        beneficiary_id=beneficiary_id,
    )


def write_record(
    volunteer: Volunteer,
    *,
    source_key: str,
    minutes: int,
    evidence: Sequence[EvidenceDraft | str],
    by: User,
    now: datetime,
    title: str,
    division: Division,
    served_on: date | None = None,
    beneficiary_id: int | None = None,
) -> ServiceRecord:
    """As record_service, for verbs that have asked already who may (an organiser closes her shift)."""
    today = timezone.localtime(now).date()
    if is_own(by, volunteer.person):
        raise NotAllowed(message=_("不能记录自己或家人的服务，请另一位工作人员来记。"))
    if not 1 <= minutes <= 24 * 60:
        raise RecordRefused(message=_("服务时长要在 1 分钟到 24 小时之间。"))
    if served_on is not None and served_on > today:
        raise RecordRefused(message=_("服务日期还没有到，等做完再记。"))
    ServiceRecord.objects.bulk_create(
        [
            ServiceRecord(
                volunteer=volunteer,
                source_key=source_key,
                title=title or str(UNTITLED),
                division=division,
                served_on=served_on or today,
                minutes=minutes,
                beneficiary_id=beneficiary_id,
                recorded_by=by,
                recorded_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    record = ServiceRecord.objects.select_for_update(no_key=True).get(
        volunteer=volunteer, source_key=source_key
    )
    if record.minutes != minutes:
        raise RecordRefused(
            message=_("这次服务已经记过 %(minutes)s 分钟，要改请先不予认定，再另记一条。")
            % {"minutes": record.minutes}
        )
    if record.state == RecordState.RECORDED:
        drafts = [
            one if isinstance(one, EvidenceDraft) else EvidenceDraft(EvidenceKind(one)) for one in evidence
        ]
        known = set(record.evidence.values_list("kind", flat=True))
        fresh = [one for one in drafts if one.kind not in known]
        said = words.keep_all([one.note[:LONGEST_REASON] for one in fresh])
        Evidence.objects.bulk_create(
            [
                Evidence(record=record, kind=d.kind, words=w, at=d.at or now, by_id=d.by_id or by.pk)
                for d, w in zip(fresh, said, strict=True)
            ],
            ignore_conflicts=True,
        )
    return record


def step_record(
    record: ServiceRecord,
    move: RecordMove,
    party: RecordParty,
    refused: DomainError,
    *,
    reason: str = "",
    **fields: Any,
) -> None:
    """Moves a locked record, and writes it with `fields`.

    Raises `refused` where the table has no such way, or REASON_NEEDED.
    """
    found = RECORDS.next(record.state, move, {party})
    if found is None:
        raise refused
    refuse_lacking(found[0], reason=reason)
    record.state, record.reason = found[0].to, reason.strip()[:LONGEST_REASON]
    for name, value in fields.items():
        setattr(record, name, value)
    record.save(update_fields=["state", "reason", *fields])


@transaction.atomic
def refuse_service(*, record_id: int, reason: str, by: User, now: datetime) -> ServiceRecord:
    """不予认定: a record that does not hold earns nothing; the volunteer is told why.

    Twice changes nothing. Refuses NOT_ALLOWED, REASON_NEEDED, and RECORD_REFUSED once approved
    (then it is reversed in the ledger).
    """
    record = (
        ServiceRecord.objects.select_for_update(no_key=True, of=("self",))
        .select_related("division", "volunteer")
        .filter(pk=record_id)
        .first()
    )
    if record is None or not may_act(by=by, verb="volunteers.approve", row=record.division):
        raise NotAllowed(message=_("这条服务记录不在您负责的范围内。"))
    if record.state == RecordState.REFUSED:
        return record
    refused = RecordRefused(message=_("这条记录已经认定，要撤销请在积分账里冲正。"))
    step_record(record, RecordMove.REFUSE, RecordParty.APPROVER, refused, reason=reason)
    queue_all(drafts=[refusal(record, Letter.SERVICE_REFUSED, now)], now=now)
    return record
