"""Done, confirmed, disputed, settled; call-backs; shop cards."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from common.errors import DomainError
from notices.models import Notice
from orders.actions.cards import issue_card, stop_card, use_card
from orders.actions.completion import confirm, dispute, draw_callbacks, mark_done, record_callback, settle
from orders.actions.dispatch import offer_order, release_order
from orders.actions.orders import cancel_order
from orders.models.dispatch import CallBack, OrderEvent, ServiceCard
from orders.models.orders import ServiceOrder
from orders.rules.orders import CallBackAnswer, ConfirmedBy, OrderMove, OrderState
from people.models import Guardianship
from people.rules import Role
from tests.factories import orders, people, volunteers
from tests.factories.orders import asked, brought_to, taker_of
from tests.owner import as_owner
from tests.refusals import refused
from volunteers.models.service import ServiceRecord

S, M = OrderState, OrderMove


@pytest.fixture
def home(cast):
    return cast.city["community"]


@pytest.fixture
def helper(home):
    return volunteers.volunteer(home=home)


@pytest.fixture
def colleague(cast):
    """A second social worker of the street."""
    return people.staff("吴芳", Role.SOCIAL_WORKER, cast.city["street"])


@pytest.fixture
def taken(cast, now, helper):
    return brought_to(S.TAKEN, asked(cast.guilan, now), helper, cast.worker, now)


@pytest.fixture
def done(cast, now, taken, helper):
    return brought_to(S.DONE, asked(cast.guilan, now, title="买菜"), helper, cast.worker, now)


def kinds_of(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


# --- Done -------------------------------------------------------------------------------------


def test_who_has_it_says_that_it_is_done(cast, now, taken, helper):
    told = {"order_id": taken.pk, "minutes": 50, "by": helper.person.user, "now": now, "evidence": ["PHOTO"]}
    for _ in range(2):
        done = mark_done(**told, note="药已送到")
    assert (done.state, done.done_minutes, done.done_note, done.done_evidence) == (
        S.DONE,
        50,
        "药已送到",
        ["PHOTO"],
    )
    assert kinds_of(cast.guilan)[-1] == "ORDER_DONE"
    assert OrderEvent.objects.filter(event="FINISH").count() == 1
    refused("MOVE_REFUSED", mark_done, **{**told, "minutes": 51})


def test_what_is_not_said_to_be_done(cast, now, taken, helper):
    told = {"order_id": taken.pk, "minutes": 50, "by": helper.person.user, "now": now}
    for minutes in (0, 1441):
        refused("MINUTES", mark_done, **{**told, "minutes": minutes})
    for kind in ("RECIPIENT", "CALLBACK", "QR", "ORDER"):
        refused("EVIDENCE", mark_done, **told, evidence=[kind])
    for who in (cast.guilan.user, cast.stranger.user, cast.other_worker):
        refused("NOT_ALLOWED", mark_done, **{**told, "by": who})


# --- Confirmed --------------------------------------------------------------------------------


def test_the_recipient_confirms_and_the_record_is_written(cast, now, done, helper):
    for _ in range(2):
        confirmed = confirm(order_id=done.pk, by=cast.guilan.user, now=now)
    assert (confirmed.state, confirmed.confirmed_by_kind) == (S.CONFIRMED, ConfirmedBy.RECIPIENT)
    record = ServiceRecord.objects.get()
    assert (record.volunteer, record.minutes, record.source_key, record.beneficiary, record.recorded_by) == (
        helper,
        45,
        f"order:{done.pk}",
        cast.guilan,
        cast.guilan.user,
    )
    assert (record.state, record.division, record.title) == ("RECORDED", cast.city["community"], "买菜")
    assert sorted(record.evidence.values_list("kind", flat=True)) == ["ORDER", "RECIPIENT"]
    assert kinds_of(helper.person)[-1] == "ORDER_CONFIRMED"


def test_who_acts_for_the_recipient_confirms(cast, now, helper):
    order = brought_to(S.DONE, asked(cast.elder, now, by=cast.worker), helper, cast.worker, now)
    refused("NOT_ALLOWED", confirm, order_id=order.pk, by=cast.guilan.user, now=now)
    Guardianship.objects.create(guardian=cast.guilan, ward=cast.elder, kind="AGENT")
    done = confirm(order_id=order.pk, by=cast.guilan.user, now=now)
    assert done.confirmed_by_kind == ConfirmedBy.HELPER


def test_the_taker_never_confirms(cast, now, home):
    """Not even the agent of the elder whom she served."""
    own = volunteers.volunteer(cast.guilan)
    order = brought_to(S.DONE, asked(cast.elder, now, by=cast.worker), own, cast.worker, now)
    Guardianship.objects.create(guardian=cast.guilan, ward=cast.elder, kind="AGENT")  # named meanwhile
    refused("NOT_ALLOWED", confirm, order_id=order.pk, by=cast.guilan.user, now=now)
    refused("NOT_ALLOWED", dispute, order_id=order.pk, by=cast.guilan.user, now=now, reason="没有来")


def test_a_call_back_confirms_by_somebody_independent(cast, now, taken, colleague):
    mark_done(order_id=taken.pk, minutes=30, by=cast.worker, now=now)
    call = {"order_id": taken.pk, "now": now, "kind": ConfirmedBy.CALLBACK}
    refused("NOT_INDEPENDENT", confirm, **call, by=cast.worker)
    refused("NOT_ALLOWED", confirm, **call, by=cast.guilan.user)
    refused("NOT_ALLOWED", confirm, **call, by=cast.other_worker)
    refused("NOT_ALLOWED", confirm, order_id=taken.pk, now=now, by=colleague)
    assert confirm(**call, by=colleague).confirmed_by_kind == ConfirmedBy.CALLBACK
    record = ServiceRecord.objects.get()
    assert record.recorded_by == colleague
    assert sorted(record.evidence.values_list("kind", flat=True)) == ["CALLBACK", "ORDER"]


@pytest.mark.parametrize("make", [orders.team, orders.unit, orders.shop])
def test_no_record_for_a_team_a_unit_or_a_shop(cast, now, home, make):
    order = brought_to(S.CONFIRMED, asked(cast.guilan, now), make(home), cast.worker, now)
    assert order.state == S.CONFIRMED
    assert not ServiceRecord.objects.exists()


@pytest.mark.parametrize("state", [S.REQUESTED, S.ACCEPTED_FOR_DISPATCH, S.OFFERED, S.TAKEN, S.DISPUTED])
def test_only_what_is_done_is_confirmed(cast, now, helper, state):
    order = brought_to(state, asked(cast.guilan, now), helper, cast.worker, now)
    refused("MOVE_REFUSED", confirm, order_id=order.pk, by=cast.guilan.user, now=now)


# --- Disputed ---------------------------------------------------------------------------------


def test_not_done_well(cast, now, done):
    say = {"order_id": done.pk, "by": cast.guilan.user, "now": now}
    refused("REASON_NEEDED", dispute, **say, reason="")
    refused("NOT_ALLOWED", dispute, **{**say, "by": cast.stranger.user}, reason="没有来")
    for _ in range(2):
        disputed = dispute(**say, reason="菜买错了")
    assert disputed.state == S.DISPUTED
    assert OrderEvent.objects.get(event="DISPUTE").reason == "菜买错了"


@pytest.mark.parametrize(
    ("outcome", "state", "has_taker", "asker", "taker"),
    [
        ("REDO", S.TAKEN, True, "ORDER_DONE", "ORDER_REDO"),
        ("REDISPATCH", S.ACCEPTED_FOR_DISPATCH, False, "ORDER_DONE", "ORDER_CANCELLED"),
        ("UPHOLD", S.CONFIRMED, True, "ORDER_DONE", "ORDER_CONFIRMED"),
        ("CANCEL", S.CANCELLED, True, "ORDER_CANCELLED", "ORDER_CANCELLED"),
    ],
)
def test_a_dispute_is_settled(cast, now, done, helper, outcome, state, has_taker, asker, taker):
    dispute(order_id=done.pk, by=cast.guilan.user, now=now, reason="菜买错了")
    say = {"order_id": done.pk, "outcome": OrderMove(outcome), "now": now}
    refused("REASON_NEEDED", settle, **say, by=cast.worker, reason="")
    refused("NOT_ALLOWED", settle, **say, by=cast.guilan.user, reason="已经谈好")
    refused("NOT_ALLOWED", settle, **say, by=helper.person.user, reason="已经谈好")
    settled = settle(**say, by=cast.worker, reason="已经谈好")
    assert (settled.state, bool(settled.taker)) == (state, has_taker)
    assert (settled.done_at is not None) == (outcome == "UPHOLD")
    assert (kinds_of(cast.guilan)[-1], kinds_of(helper.person)[-1]) == (asker, taker)
    assert ServiceRecord.objects.exists() == (outcome == "UPHOLD")


def test_how_a_dispute_is_not_settled(cast, now, taken, colleague):
    mark_done(order_id=taken.pk, minutes=30, by=cast.worker, now=now)
    say = {"order_id": taken.pk, "now": now, "reason": "已经谈好"}
    refused("MOVE_REFUSED", settle, **say, outcome=OrderMove.REDO, by=cast.worker)
    dispute(order_id=taken.pk, by=cast.guilan.user, now=now, reason="没有来")
    refused("OUTCOME", settle, **say, outcome=OrderMove.TAKE, by=cast.worker)
    refused("NOT_INDEPENDENT", settle, **say, outcome=OrderMove.UPHOLD, by=cast.worker)
    settle(**say, outcome=OrderMove.UPHOLD, by=colleague)


def test_after_a_redo_everything_goes_its_way_again(cast, now, done, helper):
    dispute(order_id=done.pk, by=cast.guilan.user, now=now, reason="菜买错了")
    settle(order_id=done.pk, outcome=OrderMove.REDO, reason="再买一次", by=cast.worker, now=now)
    mark_done(order_id=done.pk, minutes=70, by=helper.person.user, now=now)
    confirm(order_id=done.pk, by=cast.guilan.user, now=now)
    assert ServiceRecord.objects.get().minutes == 70


# --- Call-backs -------------------------------------------------------------------------------


def test_call_backs_are_drawn_once(cast, now, done, taken):
    assert draw_callbacks(now=now, share=1.0) == 1
    assert draw_callbacks(now=now, share=1.0) == 0
    assert CallBack.objects.get().order == done
    late = now + timedelta(days=30)
    assert draw_callbacks(now=late, share=0.0) == 1  # silent for seven days
    assert sorted(CallBack.objects.values_list("why", flat=True)) == ["DRAWN", "SILENT"]


def test_the_draw_does_not_depend_on_when_it_is_made(cast, now, helper):
    made = [brought_to(S.CONFIRMED, asked(cast.guilan, now), helper, cast.worker, now) for _ in range(12)]
    draw_callbacks(now=now, share=0.5)
    first = set(CallBack.objects.values_list("order", flat=True))
    assert 0 < len(first) < len(made)
    assert draw_callbacks(now=now + timedelta(days=1), share=0.5) == 0


def test_nobody_confirms_for_seven_days(cast, now, done):
    assert draw_callbacks(now=now + timedelta(days=7, seconds=-1), share=0) == 0
    assert draw_callbacks(now=now + timedelta(days=7), share=0) == 1
    assert CallBack.objects.get().why == "SILENT"


@pytest.mark.parametrize(
    ("answer", "state"), [("GOOD", S.CONFIRMED), ("BAD", S.DISPUTED), ("UNREACHED", S.DONE)]
)
def test_a_call_about_something_done(cast, now, done, answer, state):
    calls = [orders.callback(done, now, why) for why in ("DRAWN", "SILENT")]
    say = {"callback_id": calls[0].pk, "now": now, "answer": CallBackAnswer(answer), "note": "没有来过"}
    refused("NOT_ALLOWED", record_callback, **say, by=cast.other_worker)
    refused("NOT_ALLOWED", record_callback, **say, by=cast.guilan.user)
    for _ in range(2):
        made = record_callback(**say, by=cast.worker)
    done.refresh_from_db()
    assert (made.answer, done.state) == (answer, state)
    assert set(CallBack.objects.values_list("answer", flat=True)) == {answer}  # one call answers both
    assert CallBack.objects.all().to_make().count() == (2 if answer == "UNREACHED" else 0)


def test_a_call_about_something_confirmed_is_only_noted(cast, now, done):
    confirm(order_id=done.pk, by=cast.guilan.user, now=now)
    call = orders.callback(done, now)
    say = {"callback_id": call.pk, "by": cast.worker, "now": now}
    refused("REASON_NEEDED", record_callback, **say, answer=CallBackAnswer.BAD)
    record_callback(**say, answer=CallBackAnswer.BAD, note="没有人来过")
    refused("CALLBACK_OVER", record_callback, **say, answer=CallBackAnswer.GOOD)
    done.refresh_from_db()
    assert done.state == S.CONFIRMED


def test_who_said_that_it_was_done_does_not_call(cast, now, taken):
    mark_done(order_id=taken.pk, minutes=30, by=cast.worker, now=now)
    call = orders.callback(taken, now)
    refused(
        "NOT_INDEPENDENT",
        record_callback,
        callback_id=call.pk,
        answer=CallBackAnswer.GOOD,
        by=cast.worker,
        now=now,
    )


# --- Shop cards -------------------------------------------------------------------------------


@pytest.fixture
def shop(cast, home):
    return orders.shop(home, cast.stranger.user)


@pytest.fixture
def card(cast, now):
    return issue_card(
        person_id=cast.elder.pk,
        trades=["HAIR"],
        uses=2,
        valid_until=now.date() + timedelta(days=30),
        by=cast.worker,
        now=now,
    )


def test_a_card_is_used_in_a_shop(cast, now, card, shop):
    use = {"number": f" {card.number} ", "shop_id": shop.pk, "by": cast.stranger.user, "now": now}
    order, again = (use_card(**use, key="k") for _ in range(2))
    assert order == again
    assert (order.kind, order.state, order.shop, order.for_person) == ("SHOP_CARD", S.TAKEN, shop, cast.elder)
    card.refresh_from_db()
    assert card.uses_left == 1
    use_card(**use)
    refused("CARD_REFUSED", use_card, **use)
    assert use_card(**use, key="k") == order
    mark_done(order_id=order.pk, minutes=20, by=cast.stranger.user, now=now)
    assert confirm(order_id=order.pk, by=cast.worker, now=now, kind=ConfirmedBy.CALLBACK).state == S.CONFIRMED


@pytest.mark.parametrize("end", ["released", "released by the desk", "called off", "disputed"])
def test_a_use_that_comes_to_nothing_is_back_on_the_card(cast, now, card, shop, colleague, end):
    """It hung on the desk's board without a shop, and the use was lost."""
    order = use_card(number=card.number, shop_id=shop.pk, by=cast.stranger.user, now=now)
    one = {"order_id": order.pk, "now": now}
    if end == "disputed":
        mark_done(**one, minutes=20, by=cast.stranger.user)
        dispute(**one, reason="没有剪好", by=cast.worker)
        refused("MOVE_REFUSED", settle, **one, outcome=M.REDISPATCH, reason="换一家", by=colleague)
    done = {
        "released": lambda: release_order(**one, by=cast.stranger.user),
        "released by the desk": lambda: release_order(**one, by=cast.worker, reason="店里停水"),
        "called off": lambda: cancel_order(**one, by=cast.worker, reason="不用了"),
        "disputed": lambda: settle(**one, outcome=M.CANCEL, reason="谈好了", by=colleague),
    }[end]()
    card.refresh_from_db()
    assert (done.state, done.shop, card.uses_left) == (S.CANCELLED, shop, 2)
    with pytest.raises(DomainError):
        release_order(**one, by=cast.stranger.user)
    cancel_order(**one, by=cast.worker, reason="不用了")  # twice changes nothing
    card.refresh_from_db()
    assert card.uses_left == 2


def test_the_database_lets_no_use_of_a_card_wait(cast, now, card, shop):
    use_card(number=card.number, shop_id=shop.pk, by=cast.stranger.user, now=now)
    with pytest.raises(IntegrityError, match="order_of_card_waits_nowhere"), transaction.atomic():
        ServiceOrder.objects.update(state=S.ACCEPTED_FOR_DISPATCH, shop=None, taken_at=None)


def test_a_card_that_does_not_serve(cast, now, card, shop, home):
    use = {"number": card.number, "shop_id": shop.pk, "by": cast.stranger.user, "now": now}
    refused("CARD_REFUSED", use_card, **{**use, "number": "0"})
    refused("CARD_REFUSED", use_card, **{**use, "now": now + timedelta(days=31)})
    refused("NOT_ALLOWED", use_card, **{**use, "by": cast.guilan.user})
    refused("NOT_ALLOWED", use_card, **{**use, "shop_id": 0})
    food = orders.shop(home, cast.stranger.user, "FOOD")
    refused("CARD_REFUSED", use_card, **{**use, "shop_id": food.pk})
    refused("NOT_ALLOWED", stop_card, card_id=card.pk, by=cast.other_worker, now=now)
    for _ in range(2):
        stop_card(card_id=card.pk, by=cast.worker, now=now)
    refused("CARD_REFUSED", use_card, **use)
    refused("NOT_ALLOWED", stop_card, card_id=0, by=cast.worker, now=now)


def test_nobody_uses_her_own_card_in_her_own_shop(cast, now, home):
    own = orders.shop(home, cast.guilan.user)
    issued = {"person_id": cast.guilan.pk, "trades": ["HAIR"], "uses": 1, "now": now}
    card = issue_card(**issued, valid_until=now.date(), by=cast.worker)
    use = {"number": card.number, "shop_id": own.pk, "now": now}
    refused("OWN_ORDER", use_card, **use, by=cast.guilan.user)


def test_how_a_card_is_not_issued(cast, now):
    one = {"person_id": cast.elder.pk, "trades": ["HAIR"], "uses": 2, "now": now, "by": cast.worker}
    one["valid_until"] = now.date()
    refused("NOT_ALLOWED", issue_card, **{**one, "by": cast.other_worker})
    refused("NOT_ALLOWED", issue_card, **{**one, "person_id": 0})
    for wrong in (
        {"trades": []},
        {"uses": 0},
        {"uses": 100},
        {"valid_until": now.date() - timedelta(days=1)},
    ):
        refused("CARD_REFUSED", issue_card, **{**one, **wrong})


def test_the_database_counts_uses_and_keeps_cards(cast, now, card):
    with pytest.raises(IntegrityError, match="uses_left"), transaction.atomic():
        ServiceCard.objects.update(uses_left=-1)
    with pytest.raises(IntegrityError, match="card_names_a_trade"), transaction.atomic():
        ServiceCard.objects.update(trades=[])
    rows = ServiceCard.objects.all()
    with as_owner(), pytest.raises(Exception, match=r"Cannot .*delete"), transaction.atomic():
        rows._raw_delete(rows.db)
    assert set(ServiceCard.objects.visible_to(cast.worker)) == {card}
    assert not ServiceCard.objects.visible_to(cast.other_worker)
    assert not ServiceOrder.objects.exists()


def test_letters_reach_who_answers_for_the_taker(cast, now, home, helper):
    team = orders.team(home, helper)
    shop = orders.shop(home, cast.stranger.user)
    unit = orders.unit(home)
    for row, person in ((team, helper.person), (shop, cast.stranger), (unit, None)):
        order = asked(cast.guilan, now)
        offer_order(order_id=order.pk, taker=taker_of(row), by=cast.worker, now=now)
        told = Notice.objects.filter(kind="ORDER_OFFERED", about_id=order.pk)
        assert [letter.recipient for letter in told] == ([person] if person else [])
