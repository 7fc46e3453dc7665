"""Grants: a call, its pitches, contracts and reports."""

from datetime import datetime, timedelta

from grants.actions.contracts import (
    accept_report,
    close_pitch,
    contract_pitch,
    excuse_report,
    hand_in_report,
    release_tranche,
)
from grants.actions.pitches import (
    advance_pitch,
    appoint_expert,
    close_call,
    make_pitch,
    open_call,
    score_pitch,
    vote,
    withdraw_pitch,
)
from grants.models import Pitch
from grants.rules import PitchMove, ReportKind
from people.models import User
from people.rules import Role
from tests.cast import Cast
from tests.factories import grants, orders, people
from tests.factories.courses import at
from tests.scenes import Play, story

V = PitchMove


def called(cast: Cast, now: datetime) -> tuple[Pitch, User]:
    """A pitch for a call, and who runs the call."""
    return orders.pitch(cast, now), people.staff("孙主任", Role.DIRECTOR, cast.city["street"])


@story(make_pitch, withdraw_pitch, close_call)
def a_call_and_a_pitch_taken_back(play: Play, cast: Cast, now: datetime) -> None:
    pitch, director = called(cast, now)
    told = {"title": "邻里厨房", "text": "每周一次", "unit_id": pitch.unit_id, "by": cast.stranger.user}
    made = play(make_pitch, call_id=pitch.call_id, now=now, **told)
    play(withdraw_pitch, pitch_id=made.pk, by=cast.stranger.user, now=now)
    play(close_call, call_id=pitch.call_id, by=director, now=now)


@story(
    appoint_expert,
    score_pitch,
    advance_pitch,
    contract_pitch,
    hand_in_report,
    accept_report,
    excuse_report,
    release_tranche,
    close_pitch,
)
def a_pitch_from_call_to_close(play: Play, cast: Cast, now: datetime) -> None:
    pitch, director = called(cast, now)
    judge = people.resident("评审专家", cast.city["community"]).user
    one = {"pitch_id": pitch.pk, "by": director, "now": now}
    play(appoint_expert, call_id=pitch.call_id, expert_id=judge.pk, by=director, now=now)
    for move in (V.SURVEY, V.SHORTLIST):
        play(advance_pitch, **one, move=move)
    play(score_pitch, pitch_id=pitch.pk, need=80, plan=70, means=60, by=judge, now=now)
    play(advance_pitch, **one, move=V.SCORE)
    days = {"midterm_on": at(2027, 3, 1).date(), "closing_on": at(2027, 6, 20).date()}
    play(contract_pitch, **one, contract_no="CT-1", tranches=grants.WHOLE, **days)
    play(advance_pitch, **one, move=V.START)
    late = at(2027, 3, 5)
    play(excuse_report, pitch_id=pitch.pk, kind=ReportKind.MIDTERM, reason="下大雪", by=director, now=late)
    for kind in (ReportKind.MIDTERM, ReportKind.CLOSING):
        done = {"services": 12, "attendances": 140, "text": "上门 12 次", "now": late}
        play(hand_in_report, pitch_id=pitch.pk, kind=kind, by=cast.stranger.user, **done)
        play(accept_report, pitch_id=pitch.pk, kind=kind, by=director, now=late + timedelta(days=1))
    for tranche in pitch.tranches.order_by("number"):
        play(release_tranche, tranche_id=tranche.pk, by=director, now=late)
    play(close_pitch, pitch_id=pitch.pk, by=director, now=late + timedelta(days=2))


@story()
def what_locks_no_row(play: Play, cast: Cast, now: datetime) -> None:
    pitch, director = called(cast, now)
    span = {"opens_at": now, "closes_at": now + timedelta(days=30), "now": now}
    place = cast.city["street"].pk
    play(open_call, division_id=place, title="2027 年公益创投", text="邻里互助", by=director, **span)
    play(vote, pitch_id=pitch.pk, person_id=cast.guilan.pk, needed=True, by=cast.guilan.user, now=now)
