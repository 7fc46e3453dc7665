"""Who may do what by the addresses of orders, grants and markets: rows for tests/test_access.py.

A row of a verb posts what succeeds for who may: `verb(who, {what is posted}, {the rows it is about})`.
Every verb finds its own thing in `world`: whose it is stands behind it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from grants.actions.contracts import accept_report, release_tranche
from grants.actions.pitches import appoint_expert, make_pitch
from grants.models import PitchReport
from grants.rules import PitchState, ReportKind
from orders.actions.dispatch import take_order
from orders.models.orders import ServiceOrder
from orders.rules.orders import OrderKind, OrderState
from people.models import Person
from tests.access import ALL, DESK, SIGNED_IN, Row, verb
from tests.cast import Cast
from tests.factories import grants, orders, people, volunteers
from volunteers.models.roll import Volunteer

DISPATCH = "worker other_worker grid_worker admin"
GRANTS = "officer admin"
S, P = OrderState, PitchState

ORDERS: dict[str, Row] = {
    # what everybody reads, and ordering
    "orders:services": Row(),
    "orders:errand": verb(
        "guilan", {"person": "$guilan_id", "title": "交水费", "key": "k", "step": "send"}, get=SIGNED_IN
    ),
    "orders:order_item": verb("guilan", {"person": "$guilan_id", "key": "k", "step": "send"}, get=SIGNED_IN),
    "orders:wishes": Row(),
    "orders:wish": verb(
        "guilan", {"person": "$guilan_id", "title": "放大镜", "key": "k", "step": "send"}, get=SIGNED_IN
    ),
    "orders:adopt": verb("guilan", {"taker": "$helper"}, {"wish_id": "wish_of_neighbour"}, get=SIGNED_IN),
    # one's own
    "orders:my_orders": Row(SIGNED_IN),
    "orders:my_order": Row("guilan"),
    "orders:confirm": verb("guilan", {}, {"order_id": "done_for_guilan"}),
    "orders:dispute": verb("guilan", {"reason": "没有来"}, {"order_id": "done_for_guilan"}),
    "orders:cancel": verb("guilan"),
    # the helper's; what she tells by telephone the desk may write down for her
    "orders:taker_orders": Row(SIGNED_IN),
    "orders:take": verb("guilan worker admin", {}, {"order_id": "offered_to_guilan"}),
    "orders:decline": verb("guilan worker admin", {}, {"order_id": "offered_to_guilan"}),
    "orders:release": verb("guilan", {}, {"order_id": "taken_by_guilan"}),
    "orders:done": verb("guilan", {"minutes": "40"}, {"order_id": "taken_by_guilan"}),
    "orders:ring_client": verb("guilan", {}, {"order_id": "taken_by_guilan"}),
    "orders:use_card": verb(
        "stranger", {"number": "$card_number", "shop": "$shop_of_stranger", "key": "k"}, get=SIGNED_IN
    ),
    # the dispatcher's desk
    "orders:staff_orders": Row(DISPATCH),
    "orders:staff_order_find": Row(DISPATCH),
    "orders:staff_order_for": verb(
        DESK, {"what": "ERRAND", "person": "$person_id", "title": "交水费", "key": "k"}, get=DESK
    ),
    "orders:staff_project": verb(
        DESK, {"title": "扶手", "public_text": "装扶手", "division": "$home_id", "key": "k"}, get=DISPATCH
    ),
    "orders:staff_card": verb(DESK, {"trades": "HAIR", "uses": "4", "valid_until": "2027-05-01"}, get=DESK),
    "orders:staff_callbacks": Row(DISPATCH),
    "orders:staff_called": verb(DESK, {"answer": "UNREACHED"}),
    "orders:ring_back": verb(DESK),
    "orders:staff_order": Row(DESK),
    "orders:staff_accept": verb(DESK),
    "orders:staff_refuse": verb(DESK, {"reason": "不办这个"}),
    "orders:staff_offer": verb(DESK, {"taker": "$helper"}, {"order_id": "asked_by_neighbour"}),
    "orders:staff_withdraw": verb(DESK, {}, {"order_id": "offered_to_guilan"}),
    "orders:staff_take": verb(DESK, {}, {"order_id": "offered_to_guilan"}),
    "orders:staff_decline": verb(DESK, {}, {"order_id": "offered_to_guilan"}),
    "orders:staff_release": verb(DESK, {"reason": "她住院了"}, {"order_id": "taken_by_guilan"}),
    "orders:staff_done": verb(DESK, {"minutes": "40"}, {"order_id": "taken_by_guilan"}),
    "orders:staff_confirm": verb(DESK, {}, {"order_id": "done_for_guilan"}),
    "orders:staff_dispute": verb(DESK, {"reason": "没有来"}, {"order_id": "done_for_guilan"}),
    "orders:staff_settle": verb(DESK, {"outcome": "REDO", "reason": "再去一次"}, {"order_id": "disputed"}),
    "orders:staff_cancel": verb(DESK, {"reason": "不办了"}),
    "orders:staff_agreement": verb(
        DESK, {"agreement_no": "2026-9", "agreement_until": "2027-06-30"}, {"order_id": "project"}
    ),
    # market days
    "orders:markets": Row(),
    "orders:market": Row(),
    "orders:stall": verb("guilan", {"person": "$person_id", "starts_at": "$slot"}, get=SIGNED_IN),
    "orders:cancel_booking": verb("guilan worker admin"),
    "orders:staff_announce": verb(
        DESK,
        {"title": "元旦市集", "place": "小广场", "division": "$home_id"}
        | {"day": "2026-12-31", "opens": "09:00", "closes": "11:00"},
        get=DISPATCH,
    ),
    "orders:staff_market": verb(
        DESK, {"keeper": "$keeper", "offers": "磨刀", "places": "2", "slot_minutes": "20"}, get=DESK
    ),
    "orders:staff_cancel_stall": verb(DESK),
    "orders:staff_cancel_market": verb(DESK),
    # grants: those who run them are directors and street officers; the stranger speaks for the unit
    # that pitches, and 王桂兰 is asked to score
    "grants:calls": Row(),
    "grants:call": Row(),
    "grants:make_pitch": verb(
        "stranger", {"voice": "$voice", "title": "读报", "text": "每周一次"}, get=SIGNED_IN
    ),
    "grants:pitch": Row(),
    "grants:vote": verb("guilan", {"person": "$person_id", "needed": "yes"}),
    "grants:score": verb("guilan", {"need": "90", "plan": "80", "means": "70"}, {"pitch_id": "shortlisted"}),
    "grants:withdraw": verb("stranger"),
    "grants:report": verb("stranger", {"services": "12", "attendances": "140", "text": "上门 12 次"}),
    "grants:staff_calls": verb(
        GRANTS,
        {"title": "春季创投", "division": "$street_id", "text": "给孩子的服务"}
        | {"opens_on": "2026-12-01", "closes_on": "2026-12-31"},
        get=GRANTS,
    ),
    "grants:staff_close_call": verb(GRANTS),
    "grants:staff_pitch": Row(GRANTS),
    "grants:staff_advance": verb(GRANTS, {"move": "SURVEY"}),
    "grants:staff_reject": verb(GRANTS, {"reason": "和已有项目重复"}, {"pitch_id": "surveyed"}),
    "grants:staff_expert": verb(GRANTS, {"phone": "$judge_phone"}),
    "grants:staff_contract": verb(GRANTS, "$contract", {"pitch_id": "scored"}, get=GRANTS),
    "grants:staff_close": verb(GRANTS, {}, {"pitch_id": "finished"}),
    "grants:staff_accept": verb(GRANTS, {}, {"report_id": "handed_in"}),
    "grants:staff_excuse": verb(GRANTS, {"reason": "大雪封路"}, {"report_id": "late"}),
    "grants:staff_release": verb(GRANTS),
    # the API
    "api-service-list": Row(),
    "api-service-detail": Row(),
    "api-order-list": verb(
        "guilan worker admin", {"kind": "ERRAND", "person_id": "$guilan_id", "title": "交水费"}, get=SIGNED_IN
    ),
    "api-order-detail": Row("guilan"),
    "api-order-confirm": verb("guilan", {}, {"pk": "done_for_guilan"}),
    "api-order-dispute": verb("guilan", {"reason": "没有来"}, {"pk": "done_for_guilan"}),
    "api-order-cancel": verb("guilan"),
    "api-task-list": Row(SIGNED_IN),
    "api-task-detail": Row("guilan"),
    "api-task-take": verb("guilan"),
    "api-task-decline": verb("guilan"),
    "api-task-release": verb("guilan", {}, {"pk": "taken_by_guilan"}),
    "api-task-done": verb("guilan", {"minutes": "40"}, {"pk": "taken_by_guilan"}),
    "api-wish-list": Row(),
    "api-wish-detail": Row(),
    "api-wish-adopt": verb(
        "guilan", {"kind": "volunteer", "id": "$volunteer_id"}, {"pk": "wish_of_neighbour"}
    ),
    "api-call-list": Row(),
    "api-call-detail": Row(),
    "api-call-pitches": Row(),
    "api-pitch-list": verb(
        "stranger",
        {"call_id": "$call_id", "unit_id": "$unit_id", "title": "读报", "text": "每周一次"},
        get=ALL,
    ),
    "api-pitch-detail": Row(),
    "api-pitch-vote": verb("guilan", {"person_id": "$person_id", "needed": "true"}),
    "api-market-list": Row(),
    "api-market-detail": Row(),
    "api-market-stalls": Row(),
    "api-stall-list": Row(),
    "api-stall-detail": Row(),
    "api-booking-list": verb(
        "guilan worker admin",
        {"stall_id": "$stall_id", "person_id": "$person_id", "starts_at": "$slot"},
        get=SIGNED_IN,
    ),
    "api-booking-detail": Row("guilan"),
    "api-booking-cancel": verb("guilan"),
}


def world(cast: Cast, now: datetime, helper: Volunteer) -> dict[str, Any]:
    """What the verbs are about. `helper` is 王桂兰 as a volunteer; a neighbour asks for help as well."""
    home = cast.city["community"]
    neighbour = people.resident("刘桂英", home)
    people.reached_at(neighbour)
    other = volunteers.volunteer(home=home)

    def order(state: str, person: Person, taker: Volunteer, **fields: Any) -> ServiceOrder:
        return orders.brought_to(state, orders.asked(person, now, **fields), taker, cast.worker, now)

    project = orders.project(home, cast.worker, now)
    unit = orders.unit(home, cast.officer)
    take_order(order_id=project.pk, taker=orders.taker_of(unit), by=cast.officer, now=now)
    keeper = orders.shop(cast.city["other_community"], cast.stranger.user)
    return {
        "home_id": home.pk,
        "street_id": cast.city["street"].pk,
        "guilan_id": cast.guilan.pk,
        "helper": f"volunteer-{helper.pk}",
        "wish_of_neighbour": order(S.ACCEPTED_FOR_DISPATCH, neighbour, other, kind=OrderKind.WISH).pk,
        "asked_by_neighbour": orders.asked(neighbour, now, title="量血压").pk,
        "offered_to_guilan": order(S.OFFERED, neighbour, helper, title="陪诊").pk,
        "taken_by_guilan": order(S.TAKEN, neighbour, helper, title="取药").pk,
        "done_for_guilan": order(S.DONE, cast.guilan, other, title="修灯").pk,
        "disputed": order(S.DISPUTED, cast.guilan, other, title="擦窗").pk,
        "project": project.pk,
        "card_number": orders.card(cast.elder, cast.worker, now).number,
        "shop_of_stranger": keeper.pk,
        "keeper": f"shop-{orders.shop(home).pk}",
        "slot": (now + timedelta(days=3)).astimezone(UTC).isoformat(),
        **_grants(cast, now),
    }


def _grants(cast: Cast, now: datetime) -> dict[str, Any]:
    first = orders.pitch(cast, now)
    judge, speaker = cast.guilan.user, cast.stranger.user
    appoint_expert(call_id=first.call_id, expert_id=judge.pk, by=cast.officer, now=now)

    def pitch(state: str) -> Any:
        told = {"title": f"项目{state}{next(names)}", "text": "每周一次", "unit_id": first.unit_id}
        made = make_pitch(call_id=first.call_id, by=speaker, now=now, **told)
        return grants.brought(state, made, cast.officer, judge, now)

    names = iter(range(100))
    running, handed, finished = (pitch(P.RUNNING) for _each in range(3))
    for kind in ReportKind:
        grants.report(finished, kind, speaker, now)
        accept_report(pitch_id=finished.pk, kind=kind, by=cast.officer, now=now)
    grants.report(handed, ReportKind.MIDTERM, speaker, now)
    for tranche in finished.tranches.order_by("number"):
        release_tranche(tranche_id=tranche.pk, by=cast.officer, now=now)
    late = pitch(P.RUNNING).reports.get(kind=ReportKind.MIDTERM)
    PitchReport.objects.filter(pk=late.pk).update(due_on=now.date() - timedelta(days=1))
    paper = {"contract_no": "CT-9", "midterm_on": "2027-03-01", "closing_on": "2027-06-15"}
    for number, share, due in ((1, 40, "2026-12-15"), (2, 40, "2027-03-15"), (3, 20, "2027-06-30")):
        paper |= {f"share_{number}": str(share), f"due_{number}": due}
    return {
        "pitch": first,
        "pitch_id": first.pk,
        "call_id": first.call_id,
        "unit_id": first.unit_id,
        "voice": f"unit-{first.unit_id}",
        "judge_phone": people.user("评审专家").phone,
        "surveyed": pitch(P.SURVEYED).pk,
        "shortlisted": pitch(P.SHORTLISTED).pk,
        "scored": pitch(P.SCORED).pk,
        "finished": finished.pk,
        "report_id": running.reports.get(kind=ReportKind.MIDTERM).pk,
        "tranche_id": running.tranches.order_by("number")[0].pk,
        "handed_in": handed.reports.get(kind=ReportKind.MIDTERM).pk,
        "late": late.pk,
        "contract": paper,
    }
