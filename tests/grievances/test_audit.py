"""Every check of tickets finds the fault that is planted for it, and nothing before."""

import pytest

from grievances.rules.tickets import TicketState
from tests.common.faults import found
from tests.factories import grievances
from tests.factories.grievances import brought_to, told
from tests.owner import unguarded

S = TicketState
STATES = [
    state
    for state in S
    if state not in {S.MERGED, S.CLOSED_UNVERIFIED, S.CLOSED_NO_REPLY, S.CLOSED_EXPLAINED}
]


@pytest.fixture
def ticket(cast, now):
    return told(cast, now)


@pytest.mark.sweep
@pytest.mark.parametrize("state", STATES)
def test_living_tickets_are_clean(cast, now, ticket, state):
    head, hand = grievances.director(cast), grievances.handler(cast)
    brought_to(state, ticket, cast=cast, by=hand, now=now, above=head)
    assert found() == {}


@pytest.mark.parametrize(
    ("sql", "check"),
    [
        ("UPDATE grievances_ticket SET state = 'ACCEPTED'", "诉求：状态和经过的最后一步一致"),
        (
            "UPDATE grievances_ticket SET due_at = due_at + interval '1 day'",
            "诉求：没有办完的都有下一步和期限，和计时一致",
        ),
        (
            (
                "INSERT INTO grievances_clock (ticket_id, kind, unit, seconds, started_at, runs_from, due_at, provisional)"
                " SELECT id, 'REVIEW', 'WALL', 1, opened_at, opened_at, due_at + interval '1 day', false"
                " FROM grievances_ticket"
            ),
            "计时：走的都是这个状态该走的，该走的都在走",
        ),
        (
            "UPDATE grievances_clock SET paused_at = started_at",
            "计时：走的都是这个状态该走的，该走的都在走",
        ),
        (
            "UPDATE grievances_clock SET due_at = '2026-11-25 12:00+08', started_at = '2026-11-24 00:00+08', runs_from = '2026-11-24 00:00+08'",
            "计时：过期一小时的都办结、恢复或上报了",
        ),
    ],
)
def test_what_is_planted_is_found(ticket, sql, check):
    assert found() == {}
    with unguarded() as cursor:
        cursor.execute(sql)
    assert check in found()


def test_an_event_that_somebody_follows(cast, now):
    grievances.told(cast, now, about="可疑人员")
    with unguarded() as cursor:
        cursor.execute(
            "INSERT INTO grievances_follower (ticket_id, person_id, since) SELECT id, %s, now() FROM grievances_ticket",
            [cast.guilan.pk],
        )
    assert "诉求：转交有关部门的情况不连着任何居民" in found()


def test_a_verdict_that_the_handler_wrote_down(cast, now, ticket):
    hand = grievances.handler(cast)
    brought_to(S.CLOSED_CONFIRMED, ticket, cast=cast, by=hand, now=now)
    with unguarded() as cursor:
        cursor.execute(
            "UPDATE grievances_transition SET hat = 'INTAKE', by_id = %s WHERE event = 'CONFIRM'", [hand.pk]
        )
    assert "诉求：居民确认解决的，说的人不是承办人" in found()


def test_a_refusal_that_one_made_alone(cast, now, ticket):
    brought_to(S.REFUSED, ticket, cast=cast, by=cast.worker, now=now)
    with unguarded() as cursor:
        cursor.execute("UPDATE grievances_transition SET by_id = %s WHERE event = 'REFUSE'", [cast.worker.pk])
    assert "诉求：不受理和暂缓都由另一位同意" in found()


def test_a_merged_ticket_with_a_clock(cast, now, ticket):
    other = told(cast, now, title="另一盏灯")
    with unguarded() as cursor:
        cursor.execute(
            "UPDATE grievances_ticket SET state = 'MERGED', merged_into_id = %s WHERE id = %s",
            [ticket.pk, other.pk],
        )
    assert "诉求：并进别件的没有在走的计时" in found()
