"""Records of service: written once, with evidence, by somebody else."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.factories import volunteers
from tests.owner import as_owner
from tests.refusals import refused
from volunteers.actions.service import record_service, refuse_service
from volunteers.models.service import Evidence, ServiceRecord
from volunteers.rules.service import EvidenceDraft, EvidenceKind, RecordState, enough_evidence


@pytest.fixture
def served(cast):
    return volunteers.volunteer(cast.guilan)


def record(served, by, now, **kwargs):
    told = {"source_key": "shift:1", "minutes": 90, "evidence": [EvidenceDraft(EvidenceKind.QR)], **kwargs}
    return record_service(volunteer_id=served.pk, by=by, now=now, **told)


def test_a_service_is_recorded_once_and_evidence_adds_up(cast, now, served):
    first = record(served, cast.worker, now)
    again = record(served, cast.worker, now, evidence=["LIST", "QR"])
    assert first == again
    assert sorted(first.evidence.values_list("kind", flat=True)) == ["LIST", "QR"]
    assert (first.state, first.division, first.served_on) == (
        RecordState.RECORDED,
        cast.city["community"],
        now.date(),
    )


def test_who_and_what_may_not_be_recorded(cast, now, served):
    own = volunteers.volunteer(
        type(cast.guilan).objects.create(full_name="周敏", user=cast.worker, home=cast.city["community"])
    )
    refused("NOT_ALLOWED", record, served=own, by=cast.worker, now=now)
    refused("NOT_ALLOWED", record, served=served, by=cast.other_worker, now=now)
    refused("NOT_ALLOWED", record, served=served, by=cast.guilan.user, now=now)
    refused("RECORD_REFUSED", record, served=served, by=cast.worker, now=now, minutes=0)
    refused("RECORD_REFUSED", record, served=served, by=cast.worker, now=now, minutes=1441)
    tomorrow = now.date() + timedelta(days=1)
    refused("RECORD_REFUSED", record, served=served, by=cast.worker, now=now, served_on=tomorrow)
    record(served, cast.worker, now)
    refused("RECORD_REFUSED", record, served=served, by=cast.worker, now=now, minutes=91)


def test_manual_records_are_known_as_such(cast, now, served):
    assert record(served, cast.worker, now, source_key="manual:2026-11-25").is_manual
    assert not record(served, cast.worker, now).is_manual


def test_a_refused_record_says_why(cast, now, served):
    made = record(served, cast.worker, now)
    refuse = {"record_id": made.pk, "reason": "当天没有这次活动"}
    refused("NOT_ALLOWED", refuse_service, **refuse, by=cast.other_worker, now=now)
    refused("REASON_NEEDED", refuse_service, **{**refuse, "reason": " "}, by=cast.worker, now=now)
    done = refuse_service(**refuse, by=cast.worker, now=now)
    assert (done.state, done.reason) == (RecordState.REFUSED, "当天没有这次活动")
    assert refuse_service(**refuse, by=cast.worker, now=now) == done


def approve(record, by, now):
    ServiceRecord.objects.filter(pk=record.pk).update(
        state=RecordState.APPROVED, approved_by=by, approved_at=now
    )


def test_the_database_wants_three_people_and_two_kinds(cast, now, served):
    made = record(served, cast.worker, now)
    with pytest.raises(IntegrityError, match="two kinds of evidence"), transaction.atomic():
        approve(made, cast.officer, now)
    Evidence.objects.create(record=made, kind=EvidenceKind.LIST, at=now, by=cast.worker)
    with pytest.raises(IntegrityError, match="recorder_is_not_approver"), transaction.atomic():
        approve(made, cast.worker, now)
    with pytest.raises(IntegrityError, match="their own service"), transaction.atomic():
        approve(made, cast.guilan.user, now)
    approve(made, cast.officer, now)


def test_the_database_keeps_what_was_written(cast, now, served):
    made = record(served, cast.worker, now)
    with pytest.raises(IntegrityError, match="not rewritten"), transaction.atomic():
        ServiceRecord.objects.filter(pk=made.pk).update(minutes=600)
    for rows in (ServiceRecord.objects.filter(pk=made.pk), Evidence.objects.filter(record=made)):
        with as_owner(), pytest.raises(Exception, match=r"Cannot .*delete rows"), transaction.atomic():
            rows._raw_delete(rows.db)
    with as_owner(), pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
        made.evidence.update(words=None)


@pytest.mark.parametrize(
    ("kinds", "enough"),
    [(["QR", "LIST"], True), (["LIST", "PAPER"], False), (["QR"], False), (["RECIPIENT", "ORDER"], True)],
)
def test_two_kinds_one_of_them_independent(kinds, enough):
    assert enough_evidence(kinds) is enough
