"""Orders: asked for, answered, offered, taken; every refusal."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from centers.models import CalendarDay
from notices.models import Notice
from orders.actions.completion import dispute, mark_done, settle
from orders.actions.dispatch import decline_order, offer_order, release_order, take_order, withdraw_offer
from orders.actions.orders import accept_order, cancel_order, escalate_orders, post_project, refuse_order
from orders.models.dispatch import OrderEvent, OrderOffer
from orders.models.orders import ServiceOrder
from orders.rules.orders import OrderKind, OrderMove, OrderState
from people.models import Guardianship, Person
from people.rules import Role
from tests.factories import orders, people, volunteers
from tests.factories.courses import at
from tests.factories.orders import asked, brought_to, taker_of
from tests.owner import as_owner
from tests.refusals import refused

S, K = OrderState, OrderKind


@pytest.fixture
def home(cast):
    return cast.city["community"]


@pytest.fixture
def helper(home):
    """A volunteer of the same community."""
    return volunteers.volunteer(home=home)


@pytest.fixture
def order(cast, now):
    return asked(cast.guilan, now)


def steps(order):
    return list(order.events.values_list("event", "frm", "to", "party"))


def kinds_of(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


# --- Asking -----------------------------------------------------------------------------------


def test_a_service_is_ordered_from_the_menu(cast, now, home):
    menu = orders.item(cast.city["street"], "上门理发")
    order = asked(cast.guilan, now, kind=K.SERVICE, item_id=menu.pk, text="行动不便", place="3 号楼 201")
    assert (order.state, order.title, order.division, order.requester) == (
        S.REQUESTED,
        "上门理发",
        home,
        cast.guilan,
    )
    assert order.answer_due_at == at(2026, 11, 25, 18)
    assert order.reference == f"S{order.pk:06d}"
    assert steps(order) == [("REQUEST", "", "REQUESTED", "REQUESTER")]
    letter = Notice.objects.get(recipient=cast.guilan)
    assert letter.kind == "ORDER_RECEIVED"
    assert "11月25日 周三 18:00" in letter.body


def test_what_was_written_is_sealed(cast, now):
    order = asked(cast.guilan, now, text="糖尿病，取药", place="3 号楼 201")
    raw = ServiceOrder.objects.filter(pk=order.pk).extra(select={"t": "text", "p": "place"})
    sealed = raw.values("t", "p").get()
    assert sealed["t"].startswith("v")
    assert "糖尿病" not in sealed["t"] + sealed["p"]
    order.refresh_from_db()
    assert (order.text, order.place) == ("糖尿病，取药", "3 号楼 201")


def test_without_the_calendar_the_answer_is_due_in_a_day(cast, now):
    CalendarDay.objects.all().delete()
    assert asked(cast.guilan, now).answer_due_at == now + timedelta(hours=24)


def test_the_same_button_twice_is_one_order(cast, now):
    first, again = (asked(cast.guilan, now, key="k1") for _ in range(2))
    assert first == again
    assert Notice.objects.count() == 1
    refused("KEY_REUSED", asked, person=cast.guilan, now=now, key="k1", kind=K.WISH)
    assert ServiceOrder.objects.count() == 1


def test_the_same_service_for_the_same_day_is_open_once(cast, now):
    menu = orders.item(cast.city["street"])
    one = {"person": cast.guilan, "now": now, "kind": K.SERVICE, "item_id": menu.pk}
    first = asked(**one)
    refused("ALREADY_ASKED", asked, **one)
    asked(**one, wanted_on=now.date() + timedelta(days=3))
    cancel_order(order_id=first.pk, by=cast.guilan.user, now=now)
    asked(**one)


def test_for_whom_one_may_order(cast, now):
    child = asked(cast.zixuan, now, by=cast.guilan.user)
    assert (child.requester, child.for_person) == (cast.guilan, cast.zixuan)
    elder = asked(cast.elder, now, by=cast.worker)
    assert (elder.requester, elder.division) == (cast.elder, cast.city["grid"])
    assert steps(elder)[0][3] == "STAFF"
    refused("NOT_ALLOWED", asked, person=cast.elder, now=now, by=cast.guilan.user)
    refused("NOT_ALLOWED", asked, person=cast.guilan, now=now, by=cast.other_worker)
    refused("NOT_ALLOWED", asked, person=cast.guilan, now=now, by=cast.officer)
    asked(cast.elder, now, by=cast.grid_worker)
    refused("NOT_ALLOWED", asked, person=cast.guilan, now=now, by=cast.grid_worker)


def test_at_the_desk_the_agent_is_named(cast, now):
    refused("NOT_ALLOWED", asked, person=cast.elder, now=now, by=cast.worker, requester_id=cast.guilan.pk)
    Guardianship.objects.create(guardian=cast.guilan, ward=cast.elder, kind="AGENT")
    order = asked(cast.elder, now, by=cast.worker, requester_id=cast.guilan.pk)
    assert (order.requester, order.for_person) == (cast.guilan, cast.elder)


def test_what_is_not_ordered(cast, now):
    one = {"person": cast.guilan, "now": now}
    elsewhere = orders.item(cast.city["other_street"])
    off = orders.item(cast.city["street"], active=False)
    refused("OUT_OF_AREA", asked, **one, kind=K.SERVICE, item_id=elsewhere.pk)
    refused("NO_SUCH_ITEM", asked, **one, kind=K.SERVICE, item_id=off.pk)
    refused("NO_SUCH_ITEM", asked, **one, kind=K.SERVICE)
    refused("TITLE_NEEDED", asked, **one, title=" ")
    refused("PAST_DAY", asked, **one, wanted_on=now.date() - timedelta(days=1))
    for kind in (K.PROJECT, K.SHOP_CARD, K.GRANT):
        refused("ORDER_REFUSED", asked, **one, kind=kind)
    homeless = people.resident("李秀英")
    refused("NO_HOME", asked, person=homeless, now=now)


def test_a_project_is_posted_by_staff(cast, now, home):
    project = orders.project(home, cast.worker, now)
    assert (project.state, project.requester, project.for_person) == (S.ACCEPTED_FOR_DISPATCH, None, None)
    told = {"title": "楼道粉刷", "public_text": "粉刷墙面", "now": now, "division_id": home.pk}
    refused("NOT_ALLOWED", post_project, **told, by=cast.other_worker)
    refused("NOT_ALLOWED", post_project, **told, by=cast.guilan.user)
    refused("TITLE_NEEDED", post_project, **{**told, "title": ""}, by=cast.worker)
    first, again = (post_project(**told, by=cast.worker, key="p") for _ in range(2))
    assert first == again


# --- The desk's answer ------------------------------------------------------------------------


def test_accepting_stops_the_clock(cast, now, order):
    done = accept_order(order_id=order.pk, by=cast.worker, now=now)
    assert (done.state, done.answered_at) == (S.ACCEPTED_FOR_DISPATCH, now)
    accept_order(order_id=order.pk, by=cast.worker, now=now)
    assert [step[0] for step in steps(order)] == ["REQUEST", "ACCEPT"]


def test_a_wish_goes_on_the_wall_without_names(cast, now):
    wish = asked(cast.guilan, now, kind=K.WISH, title="老花镜")
    accept = {"order_id": wish.pk, "by": cast.worker, "now": now}
    refused("PUBLIC_TEXT_NEEDED", accept_order, **accept)
    refused("NOT_ANONYMOUS", accept_order, **accept, public_text="王桂兰想要老花镜")
    refused("NOT_ANONYMOUS", accept_order, **accept, public_text="想要老花镜 13800000000")
    accept_order(**accept, public_text="一位长辈想要一副老花镜")
    assert [row.public_text for row in ServiceOrder.objects.on_wall([K.WISH])] == ["一位长辈想要一副老花镜"]


def test_a_refusal_says_why(cast, now, order):
    refuse = {"order_id": order.pk, "by": cast.worker, "now": now}
    refused("REASON_NEEDED", refuse_order, **refuse, reason=" ")
    refuse_order(**refuse, reason="医院不让代取这种药")
    refuse_order(**refuse, reason="医院不让代取这种药")
    assert kinds_of(cast.guilan) == ["ORDER_RECEIVED", "ORDER_REFUSED"]
    assert "医院不让代取" in Notice.objects.get(kind="ORDER_REFUSED").body
    refused("MOVE_REFUSED", accept_order, order_id=order.pk, by=cast.worker, now=now)


@pytest.mark.parametrize("who", ["guilan", "other_worker", "officer", "stranger"])
def test_only_the_desk_of_the_place_answers(cast, now, order, helper, who):
    person = getattr(cast, who)
    one = {"order_id": order.pk, "by": getattr(person, "user", person), "now": now}
    refused("NOT_ALLOWED", accept_order, **one)
    refused("NOT_ALLOWED", refuse_order, **one, reason="不办了")
    refused("NOT_ALLOWED", offer_order, **one, taker=taker_of(helper))


def test_an_order_that_is_not_there(cast, now):
    refused("NOT_ALLOWED", accept_order, order_id=0, by=cast.worker, now=now)


# --- Giving back, calling off -----------------------------------------------------------------


def test_a_taken_order_is_given_back(cast, now, order, helper):
    brought_to(S.TAKEN, order, helper, cast.worker, now)
    refused("NOT_ALLOWED", release_order, order_id=order.pk, by=cast.guilan.user, now=now)
    refused("REASON_NEEDED", release_order, order_id=order.pk, by=cast.worker, now=now)
    back = release_order(order_id=order.pk, by=helper.person.user, now=now)
    assert (back.state, back.taker, back.taken_at) == (S.ACCEPTED_FOR_DISPATCH, None, None)
    refused("NOT_ALLOWED", release_order, order_id=order.pk, by=helper.person.user, now=now)
    brought_to(S.TAKEN, order, helper, cast.worker, now)
    release_order(order_id=order.pk, by=cast.worker, now=now, reason="她住院了")
    assert kinds_of(helper.person)[-1] == "ORDER_CANCELLED"


@pytest.mark.parametrize("state", [S.REQUESTED, S.ACCEPTED_FOR_DISPATCH, S.OFFERED, S.TAKEN])
def test_who_asked_calls_it_off(cast, now, order, helper, state):
    brought_to(state, order, helper, cast.worker, now)
    for who in (cast.stranger.user, cast.other_worker):
        refused("NOT_ALLOWED", cancel_order, order_id=order.pk, by=who, now=now)
    for _ in range(2):
        done = cancel_order(order_id=order.pk, by=cast.guilan.user, now=now)
    assert (done.state, OrderOffer.objects.pending().count()) == (S.CANCELLED, 0)
    assert done.events.filter(event="CANCEL").count() == 1
    told = kinds_of(helper.person)
    assert told[-1:] == (["ORDER_CANCELLED"] if state in {S.OFFERED, S.TAKEN} else [])


def test_staff_call_off_with_a_reason_and_the_taker_does_not(cast, now, order, helper):
    brought_to(S.TAKEN, order, helper, cast.worker, now)
    refused("REASON_NEEDED", cancel_order, order_id=order.pk, by=cast.worker, now=now)
    refused(
        "NOT_ALLOWED",
        cancel_order,
        order_id=order.pk,
        by=helper.person.user,
        now=now,
        reason="不做了",
    )
    cancel_order(order_id=order.pk, by=cast.worker, now=now, reason="家属已经办好")
    assert kinds_of(cast.guilan)[-1] == kinds_of(helper.person)[-1] == "ORDER_CANCELLED"


def test_what_is_done_is_not_called_off(cast, now, order, helper):
    brought_to(S.DONE, order, helper, cast.worker, now)
    refused("MOVE_REFUSED", cancel_order, order_id=order.pk, by=cast.guilan.user, now=now)


def test_a_late_answer_is_told_to_the_director_once(cast, now, order):
    director = people.resident("中心主任", cast.city["community"])
    people.Membership.objects.create(
        user=director.user, division=cast.city["street"], role=Role.DIRECTOR, since=now.date()
    )
    # Made by staff, and never signed in: no record of a person yet.
    second = people.staff("副主任", Role.DIRECTOR, cast.city["street"])
    due = order.answer_due_at
    assert escalate_orders(now=due - timedelta(seconds=1)) == 0
    assert (escalate_orders(now=due), escalate_orders(now=due)) == (1, 0)
    assert kinds_of(director) == ["ORDER_LATE"]
    assert kinds_of(people.Person.objects.get(user=second)) == ["ORDER_LATE"]
    order.refresh_from_db()
    assert order.escalated_at == due
    answered = asked(cast.guilan, now)
    accept_order(order_id=answered.pk, by=cast.worker, now=now)
    assert escalate_orders(now=due) == 0


# --- The database's last word -----------------------------------------------------------------


def broken(match, **fields):
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        ServiceOrder.objects.update(**fields)


def test_the_database_knows_the_table(cast, now, order, helper):
    broken("no order goes from REQUESTED to TAKEN", state=S.TAKEN, volunteer=helper)
    broken("order_taker_by_state", volunteer=helper)
    broken("order_done_by_state", done_at=now, done_minutes=5)
    broken("order_confirmed_by_state", confirmed_at=now, confirmed_by_kind="RECIPIENT")
    broken("order_for_somebody", for_person=None)
    broken("not rewritten", kind=K.WISH)
    brought_to(S.OFFERED, order, helper, cast.worker, now)
    broken("their own order", state=S.TAKEN, volunteer=volunteers.volunteer(cast.guilan))
    broken("order_taker_by_state", state=S.TAKEN)
    broken("order_taker_by_state", state=S.TAKEN, volunteer=helper, unit=orders.unit(cast.city["street"]))
    brought_to(S.OFFERED, asked(cast.guilan, now), helper, cast.worker, now)
    with pytest.raises(IntegrityError, match="one_pending_offer"), transaction.atomic():
        OrderOffer.objects.create(order=order, volunteer=helper, offered_by=cast.worker, at=now, until=now)


def test_history_is_kept(cast, now, order):
    for rows in (OrderEvent.objects.all(), ServiceOrder.objects.all()):
        with as_owner(), pytest.raises(Exception, match=r"Cannot .*delete"), transaction.atomic():
            rows._raw_delete(rows.db)
    with as_owner(), pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
        OrderEvent.objects.update(to=OrderState.CANCELLED)


@pytest.mark.sweep
def test_every_move_of_every_state_is_refused_where_it_should_be(cast, now, helper):
    """The verbs keep to the table: from each state, staff may do what it says and nothing else."""
    for state in S:
        person = people.resident("李秀英", cast.city["community"])
        order = brought_to(state, asked(person, now), helper, cast.worker, now)
        for move, verb in VERBS.items():
            with transaction.atomic():
                outcome = attempt(verb, order, helper, cast, now)
                transaction.set_rollback(True)
            allowed = (state.value, move) in STAFF_MOVES
            assert (outcome == "moved") == allowed, (state, move, outcome)


VERBS = {
    "ACCEPT": (accept_order, {}),
    "REFUSE": (refuse_order, {"reason": "不办了"}),
    "WITHDRAW": (withdraw_offer, {}),
    "DECLINE": (decline_order, {}),
    "TAKE": (take_order, {}),
    "RELEASE": (release_order, {"reason": "她住院了"}),
    "FINISH": (mark_done, {"minutes": 30}),
    "DISPUTE": (dispute, {"reason": "没有来"}),
    "CANCEL": (cancel_order, {"reason": "不办了"}),
    **{
        move: (settle, {"reason": "已经谈好", "outcome": OrderMove(move)})
        for move in ("REDO", "REDISPATCH", "UPHOLD")
    },
}
STAFF_MOVES = {
    ("REQUESTED", "ACCEPT"), ("REQUESTED", "REFUSE"), ("REQUESTED", "CANCEL"),
    ("ACCEPTED_FOR_DISPATCH", "CANCEL"),
    ("OFFERED", "WITHDRAW"), ("OFFERED", "DECLINE"), ("OFFERED", "TAKE"), ("OFFERED", "CANCEL"),
    ("TAKEN", "RELEASE"), ("TAKEN", "FINISH"), ("TAKEN", "CANCEL"),
    ("DONE", "DISPUTE"),
    ("DISPUTED", "REDO"), ("DISPUTED", "REDISPATCH"), ("DISPUTED", "UPHOLD"), ("DISPUTED", "CANCEL"),
}  # fmt: skip


def attempt(verb, order, helper, cast, now):
    """ "moved", "same" or the code of the refusal."""
    action, fields = verb
    before = order.state
    try:
        with transaction.atomic():
            action(order_id=order.pk, by=cast.worker, now=now, **fields)
    except Exception as refusal:
        return getattr(refusal, "code", repr(refusal))
    return "same" if ServiceOrder.objects.get(pk=order.pk).state == before else "moved"


def test_erasing_somebody_waits_for_her_open_orders(cast, now, order):
    assert Person.objects.filter(pk=cast.guilan.pk).exists()
    assert list(ServiceOrder.objects.filter(for_person=cast.guilan).live()) == [order]
    cancel_order(order_id=order.pk, by=cast.guilan.user, now=now)
    assert not ServiceOrder.objects.filter(for_person=cast.guilan).live()
