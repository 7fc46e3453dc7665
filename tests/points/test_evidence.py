"""Two kinds of evidence, one of them independent: the rule and both guards agree on every set of kinds."""

from itertools import combinations

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories import volunteers
from tests.owner import unguarded
from volunteers.models.service import Evidence
from volunteers.rules.service import EvidenceKind, enough_evidence

SETS = [kinds for size in range(len(EvidenceKind) + 1) for kinds in combinations(EvidenceKind, size)]

APPROVE = (
    "UPDATE volunteers_servicerecord SET state = 'APPROVED', approved_by_id = {by}, approved_at = now()"
    " WHERE id = {record}"
)
EARN = (
    "INSERT INTO points_posting (key, request_hash, kind, memo, by_id, evidence, at, txid, record_id)"
    " VALUES ('earn', '', 'EARN', '', {by}, '{{}}', now(), 0, {record})"
)


@pytest.fixture
def told(cast, now):
    """A record without any evidence, and who might approve it."""
    made = volunteers.record(volunteers.volunteer(cast.guilan), cast.worker, kinds=(), now=now)
    return {"record": made.pk, "by": cast.officer.pk}


def refused_by(sql, told):
    """The rule that refuses a statement, "" where it passes; undone in any case."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.format(**told))
            transaction.set_rollback(True)
    except IntegrityError as error:
        return error.__cause__.diag.constraint_name
    return ""


def guards(kinds, told, now):
    """What approving says of a record with this evidence, and what earning says, approved behind the guard."""
    with transaction.atomic():
        Evidence.objects.bulk_create(
            [Evidence(record_id=told["record"], kind=kind, at=now, by_id=told["by"]) for kind in kinds]
        )
        approving = refused_by(APPROVE, told)
        with unguarded() as cursor:
            cursor.execute(APPROVE.format(**told))
        earning = refused_by(EARN, told)
        transaction.set_rollback(True)
    return approving, earning


@pytest.mark.sweep
def test_every_set_of_evidence_is_judged_alike_by_the_rule_and_by_both_guards(told, now):
    answers = {True: ("", ""), False: ("record_has_two_evidences", "no_point_without_proof")}
    assert len(SETS) == 2 ** len(EvidenceKind)
    assert {enough_evidence(kinds) for kinds in SETS} == set(answers)
    assert [kinds for kinds in SETS if guards(kinds, told, now) != answers[enough_evidence(kinds)]] == []


@pytest.mark.parametrize(
    "kinds", [("QR",), ("LIST", "PAPER"), ("PHOTO", "PAPER", "LIST", "WITNESS")], ids=str
)
def test_one_kind_or_only_the_recorders_word_earns_nothing(kinds, told, now):
    assert guards(kinds, told, now) == ("record_has_two_evidences", "no_point_without_proof")
