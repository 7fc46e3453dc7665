"""公益创投: from the call to the closing; every refusal, and the database's last word."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from grants.actions.contracts import accept_report, close_pitch, excuse_report, release_tranche
from grants.actions.pitches import (
    advance_pitch,
    appoint_expert,
    close_call,
    make_pitch,
    open_call,
    vote,
    withdraw_pitch,
)
from grants.models import ExpertScore, PitchEvent, PitchVote, Tranche
from grants.rules import ReportKind, Totals, TrancheDraft
from orders.actions.completion import mark_done
from orders.actions.orders import cancel_order
from orders.models.orders import ServiceOrder
from orders.rules.orders import OrderState
from tests.common.faults import found
from tests.factories import orders, people, volunteers
from tests.factories.grants import WHOLE, P, V, brought, contract, report, score
from tests.owner import as_owner, unguarded
from tests.refusals import refused
from volunteers.models.roll import TeamMember

# --- The stage --------------------------------------------------------------------------------


# --- Call and pitch ---------------------------------------------------------------------------


def test_a_call_is_opened_and_closed(cast, now, call, director):
    told = {
        "title": "创投",
        "text": "做什么",
        "opens_at": now,
        "closes_at": now + timedelta(days=1),
        "now": now,
    }
    refused("NOT_ALLOWED", open_call, **told, division_id=cast.city["street"].pk, by=cast.worker)
    refused("NOT_ALLOWED", open_call, **told, division_id=cast.city["other_street"].pk, by=director)
    wrong = {**told, "closes_at": now, "division_id": cast.city["street"].pk, "by": director}
    refused("GRANT_REFUSED", open_call, **wrong)
    refused("NOT_ALLOWED", close_call, call_id=call.pk, by=cast.worker, now=now)
    for _ in range(2):
        assert close_call(call_id=call.pk, by=director, now=now).state == "CLOSED"


def test_who_pitches_and_when(cast, now, call, unit, pitch, director):
    told = {"call_id": call.pk, "title": "读报", "text": "每周一次", "now": now}
    refused("NOT_ALLOWED", make_pitch, **told, unit_id=unit.pk, by=cast.guilan.user)
    refused("NOT_ALLOWED", make_pitch, **told, by=cast.stranger.user)
    refused("GRANT_REFUSED", make_pitch, **{**told, "text": ""}, unit_id=unit.pk, by=cast.stranger.user)
    again = {**told, "title": "暖冬陪伴"}
    refused("ALREADY_PITCHED", make_pitch, **again, unit_id=unit.pk, by=cast.stranger.user)
    leader = volunteers.volunteer(cast.guilan)
    team = orders.team(cast.city["community"], leader)
    assert make_pitch(**told, team_id=team.pk, by=cast.guilan.user).pitcher == str(team)
    late = {**told, "title": "晚了", "now": now + timedelta(days=20), "unit_id": unit.pk}
    refused("NOT_OPEN", make_pitch, **late, by=cast.stranger.user)
    close_call(call_id=call.pk, by=director, now=now)
    refused("NOT_OPEN", make_pitch, **{**late, "now": now}, by=cast.stranger.user)


@pytest.mark.parametrize("state", [P.PITCHED, P.SURVEYED, P.SHORTLISTED, P.SCORED, P.CONTRACTED, P.RUNNING])
def test_a_pitch_is_taken_back_until_the_contract(cast, now, pitch, director, expert, state):
    brought(state, pitch, director, expert, now)
    one = {"pitch_id": pitch.pk, "now": now}
    refused("NOT_ALLOWED", withdraw_pitch, **one, by=director)
    if state in {P.CONTRACTED, P.RUNNING}:
        refused("MOVE_REFUSED", withdraw_pitch, **one, by=cast.stranger.user)
    else:
        for _ in range(2):
            assert withdraw_pitch(**one, by=cast.stranger.user).state == P.WITHDRAWN


# --- Survey and review ------------------------------------------------------------------------


def test_each_resident_answers_once(cast, now, pitch, director):
    say = {"pitch_id": pitch.pk, "person_id": cast.guilan.pk, "by": cast.guilan.user, "now": now}
    for _ in range(2):
        vote(**say, needed=True)
    refused("ALREADY_VOTED", vote, **say, needed=False)
    vote(**{**say, "person_id": cast.zixuan.pk}, needed=False)
    refused("NOT_ALLOWED", vote, **{**say, "person_id": cast.elder.pk}, needed=True)
    own = {**say, "person_id": cast.stranger.pk, "by": cast.stranger.user}
    refused("OUT_OF_AREA", vote, **own, needed=True)
    assert pitch.survey() == Totals(None, None)
    for _ in range(4):
        one = people.resident("居民", cast.city["community"])
        vote(**{**say, "person_id": one.pk, "by": one.user}, needed=True)
    assert pitch.survey() == Totals(5, None)
    advance_pitch(pitch_id=pitch.pk, move=V.SURVEY, by=director, now=now)
    refused("SURVEY_OVER", vote, **say, needed=True)


def test_experts_score_once_and_never_their_own(cast, now, pitch, director, expert, call, unit):
    refused("MOVE_REFUSED", score, pitch=pitch, by=expert, now=now)
    brought(P.SHORTLISTED, pitch, director, expert, now)
    refused("NOT_ALLOWED", score, pitch=pitch, by=director, now=now)
    refused("SCORE_RANGE", score, pitch=pitch, by=expert, now=now, need=101)
    refused("NO_SCORES", advance_pitch, pitch_id=pitch.pk, move=V.SCORE, by=director, now=now)
    assert score(pitch, expert, now) == score(pitch, expert, now)
    refused("ALREADY_SCORED", score, pitch=pitch, by=expert, now=now, need=10)
    appoint_expert(call_id=call.pk, expert_id=cast.stranger.user.pk, by=director, now=now)
    refused("OWN_PITCH", score, pitch=pitch, by=cast.stranger.user, now=now)
    refused("NOT_ALLOWED", appoint_expert, call_id=call.pk, expert_id=expert.pk, by=cast.worker, now=now)
    refused("GRANT_REFUSED", appoint_expert, call_id=call.pk, expert_id=0, by=director, now=now)


def test_a_member_of_the_team_does_not_judge_it(cast, now, call, director, expert):
    leader, member = volunteers.volunteer(cast.guilan), volunteers.volunteer(home=cast.city["community"])
    team = orders.team(cast.city["community"], leader)
    TeamMember.objects.create(team=team, volunteer=member, since=now.date())
    told = {"call_id": call.pk, "title": "读报", "text": "每周一次", "now": now, "team_id": team.pk}
    pitch = make_pitch(**told, by=cast.guilan.user)
    brought(P.SHORTLISTED, pitch, director, expert, now)
    for judge in (cast.guilan.user, member.person.user):
        appoint_expert(call_id=call.pk, expert_id=judge.pk, by=director, now=now)
        refused("OWN_PITCH", score, pitch=pitch, by=judge, now=now)


def test_staff_advance_it_step_by_step(cast, now, pitch, director, expert):
    one = {"pitch_id": pitch.pk, "now": now}
    refused("NOT_ALLOWED", advance_pitch, **one, move=V.SURVEY, by=cast.worker)
    refused("NOT_ALLOWED", advance_pitch, **one, move=V.SURVEY, by=cast.stranger.user)
    refused("MOVE_REFUSED", advance_pitch, **one, move=V.SHORTLIST, by=director)
    refused("MOVE_REFUSED", advance_pitch, **one, move=V.CLOSE, by=director)
    brought(P.SURVEYED, pitch, director, expert, now)
    refused("REASON_NEEDED", advance_pitch, **one, move=V.REJECT, by=director)
    done = advance_pitch(**one, move=V.REJECT, by=director, reason="和已有项目重复")
    assert (done.state, PitchEvent.objects.last().reason) == (P.REJECTED, "和已有项目重复")


# --- Contract, reports, tranches --------------------------------------------------------------


def test_a_contract_makes_an_order_tranches_and_reports(cast, now, pitch, director, expert, unit):
    brought(P.SCORED, pitch, director, expert, now)
    one = {"pitch": pitch, "now": now}
    refused("NOT_ALLOWED", contract, **one, by=cast.worker)
    for wrong in (
        {"contract_no": ""},
        {"tranches": WHOLE[:2]},
        {"tranches": [TrancheDraft(100, now.date())]},
        {"tranches": [TrancheDraft(0, now.date()), TrancheDraft(100, now.date())]},
        {"closing_on": date(2027, 3, 1)},
    ):
        refused("CONTRACT_REFUSED", contract, **one, by=director, **wrong)
    done = contract(**one, by=director)
    assert (done.state, done.order.kind, done.order.state, done.order.unit) == (
        P.CONTRACTED,
        "GRANT",
        OrderState.TAKEN,
        unit,
    )
    assert list(done.tranches.values_list("number", "share")) == [(1, 40), (2, 40), (3, 20)]
    assert sorted(done.reports.values_list("kind", flat=True)) == ["CLOSING", "MIDTERM"]


def test_the_order_of_a_grant_has_no_buttons_of_its_own(cast, now, pitch, director, expert):
    brought(P.RUNNING, pitch, director, expert, now)
    one = {"order_id": pitch.order_id, "now": now}
    refused("GRANT_ORDER", mark_done, **one, minutes=5, by=cast.worker)
    refused("GRANT_ORDER", cancel_order, **one, reason="不做了", by=cast.worker)
    refused("NOT_ALLOWED", mark_done, **one, minutes=5, by=cast.stranger.user)


def test_reports_are_handed_in_and_pass(cast, now, running, director):
    hand = {"pitch": running, "by": cast.stranger.user, "at": now}
    refused("NOT_ALLOWED", report, **{**hand, "by": director}, kind="MIDTERM")
    refused("REPORT_REFUSED", report, **hand, kind="CLOSING")
    refused("REPORT_REFUSED", report, **hand, kind="MIDTERM", text="")
    refused("REPORT_REFUSED", report, **hand, kind="MIDTERM", services=-1)
    refused("REPORT_REFUSED", report, **hand, kind="MIDTERM", attendances=10**15)
    accept = {"pitch_id": running.pk, "kind": ReportKind.MIDTERM, "now": now}
    refused("REPORT_REFUSED", accept_report, **accept, by=director)
    first = report(**hand, kind="MIDTERM")
    again = report(**{**hand, "at": now + timedelta(days=1)}, kind="MIDTERM", services=13)
    assert (again.services, again.handed_in_at) == (13, first.handed_in_at)
    refused("NOT_ALLOWED", accept_report, **accept, by=cast.stranger.user)
    for _ in range(2):
        assert accept_report(**accept, by=director).accepted_at == now
    refused("REPORT_REFUSED", report, **hand, kind="MIDTERM")


def test_a_late_midterm_report_stops_the_next_part_until_staff_decide(cast, now, running, director):
    first, second, last = running.tranches.all()
    after = now.replace(year=2027, month=3, day=2)
    release = {"by": director, "now": now}
    refused("NOT_ALLOWED", release_tranche, tranche_id=first.pk, by=cast.worker, now=now)
    refused("TRANCHE_REFUSED", release_tranche, tranche_id=second.pk, **release)
    release_tranche(tranche_id=first.pk, **release)
    excuse = {"pitch_id": running.pk, "kind": ReportKind.MIDTERM}
    refused("REPORT_REFUSED", excuse_report, **excuse, reason="没有迟", by=director, now=now)
    assert running.reports.get(kind="MIDTERM").late_at(after)
    release["now"] = after
    refused("REPORT_LATE", release_tranche, tranche_id=second.pk, **release)
    report(running, "MIDTERM", cast.stranger.user, after)
    refused("REPORT_LATE", release_tranche, tranche_id=second.pk, **release)
    refused("REASON_NEEDED", excuse_report, **excuse, reason=" ", by=director, now=after)
    refused("NOT_ALLOWED", excuse_report, **excuse, reason="大雪封路", by=cast.worker, now=after)
    for _ in range(2):
        excused = excuse_report(**excuse, reason="大雪封路", by=director, now=after)
    assert (excused.excuse, excused.late_at(after)) == ("大雪封路", True)
    release_tranche(tranche_id=second.pk, **release)
    refused("TRANCHE_REFUSED", release_tranche, tranche_id=last.pk, **release)


def test_to_the_closing(cast, now, running, director):
    close = {"pitch_id": running.pk, "by": director, "now": now}
    refused("REPORT_REFUSED", close_pitch, **close)
    for kind in ("MIDTERM", "CLOSING"):
        report(running, kind, cast.stranger.user, now)
        accept_report(pitch_id=running.pk, kind=ReportKind(kind), by=director, now=now)
    refused("TRANCHE_REFUSED", close_pitch, **close)
    for tranche in running.tranches.all():
        for _ in range(2):
            release_tranche(tranche_id=tranche.pk, by=director, now=now)
    refused("NOT_ALLOWED", close_pitch, **{**close, "by": cast.stranger.user})
    for _ in range(2):
        closed = close_pitch(**close)
    order = ServiceOrder.objects.get(pk=closed.order_id)
    assert (closed.state, order.state, order.confirmed_by_kind) == (P.CLOSED, OrderState.CONFIRMED, "REPORT")
    assert order.done_minutes is None


def test_the_database_keeps_the_contract_whole(now, running, director):
    def shared(**shares):
        """Writes new shares, as one transaction would, up to its end."""
        with transaction.atomic(), connection.cursor() as cursor:
            for number, share in shares.items():
                Tranche.objects.filter(number=number[1:]).update(share=share)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    with pytest.raises(IntegrityError, match="sum to a hundred"):
        shared(n1=41)
    shared(n1=41, n2=39)  # two at once may be moved against each other
    for number, words in ((2, "earlier tranche"), (3, "earlier tranche")):
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            Tranche.objects.filter(number=number).update(released_at=now)
    Tranche.objects.filter(number=1).update(released_at=now)
    Tranche.objects.filter(number=2).update(released_at=now)
    with pytest.raises(IntegrityError, match="waits for the closing report"), transaction.atomic():
        Tranche.objects.filter(number=3).update(released_at=now)
    with pytest.raises(IntegrityError, match="no pitch goes from"), transaction.atomic():
        type(running).objects.update(state=P.PITCHED)


def test_scores_and_history_are_kept(now, pitch, director, expert):
    brought(P.SCORED, pitch, director, expert, now)
    for rows in (ExpertScore.objects.all(), PitchEvent.objects.all()):
        with as_owner(), pytest.raises(Exception, match=r"Cannot .*delete"), transaction.atomic():
            rows._raw_delete(rows.db)
    person = people.resident("居民")
    twice = [PitchVote(pitch=pitch, person=person, needed=True, at=now) for _ in range(2)]
    with pytest.raises(IntegrityError, match="vote_once"), transaction.atomic():
        PitchVote.objects.bulk_create(twice)


def test_who_sees_a_pitch(cast, now, pitch, director, expert):
    seen = type(pitch).objects
    for who in (director, cast.stranger.user, expert, cast.officer):
        assert list(seen.visible_to(who)) == [pitch]
    for who in (cast.guilan.user, cast.other_worker, cast.worker):
        assert not seen.visible_to(who)


# --- The audit --------------------------------------------------------------------------------


def planted(sql):
    """The names of the checks that find what this statement broke."""
    assert found() == {}
    with unguarded() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what is deferred is asked now, not after the fault
        cursor.execute(sql)
    return set(found())


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("UPDATE grants_tranche SET share = 41 WHERE number = 1", "创投：签约项目的分期合计 100%"),
        (
            "UPDATE grants_tranche SET released_at = now() WHERE number = 3",
            "创投：最后一期在结项报告通过以后放行",
        ),
        ("UPDATE grants_pitch SET state = 'CLOSED'", "创投：项目和它的服务单同时结束"),
    ],
)
def test_the_audit_finds_what_is_planted(running, sql, name):
    assert planted(sql) == {name}
