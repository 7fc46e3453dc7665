"""Orders: offered, taken, adopted; the gates; who sees them."""

from datetime import timedelta

import pytest

from notices.actions import deliver_due
from notices.models import Delivery, Notice
from orders.actions.dispatch import decline_order, expire_offers, offer_order, take_order, withdraw_offer
from orders.actions.orders import accept_order, cancel_order, sign_agreement
from orders.models.dispatch import OrderEvent, OrderOffer
from orders.models.matching import candidates
from orders.models.orders import ServiceOrder
from orders.rules.orders import OfferAnswer, OrderKind, OrderState
from people.models import Guardianship, Membership
from people.rules import GuardianKind, Role
from tests.factories import orders, people, volunteers
from tests.factories.orders import asked, brought_to, taker_of
from tests.refusals import refused
from volunteers.models.roll import Volunteer
from volunteers.rules.roll import VolunteerState
from volunteers.rules.takers import Taker, TakerKind

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


# --- Offers -----------------------------------------------------------------------------------


def test_an_offer_is_answered_with_yes(cast, now, order, helper):
    offered = offer_order(order_id=order.pk, taker=taker_of(helper), by=cast.worker, now=now)
    offer_order(order_id=order.pk, taker=taker_of(helper), by=cast.worker, now=now)
    assert (offered.state, offered.answered_at, offered.taker) == (S.OFFERED, now, None)
    assert OrderOffer.objects.get().until == now + timedelta(hours=24)
    assert kinds_of(helper.person) == ["ORDER_OFFERED"]
    letter = Notice.objects.get(kind="ORDER_OFFERED")
    assert "王桂兰" not in letter.title + letter.body
    taken = take_order(order_id=order.pk, by=helper.person.user, now=now)
    take_order(order_id=order.pk, by=helper.person.user, now=now)
    assert (taken.state, taken.volunteer, taken.taken_at) == (S.TAKEN, helper, now)
    assert OrderOffer.objects.get().answer == OfferAnswer.TAKEN
    assert kinds_of(cast.guilan) == ["ORDER_RECEIVED", "ORDER_TAKEN"]


def test_a_no_costs_nothing_and_is_counted_nowhere(cast, now, order, helper):
    brought_to(S.OFFERED, order, helper, cast.worker, now)
    before = dict(helper.__dict__)
    decline_order(order_id=order.pk, by=helper.person.user, now=now)
    decline_order(order_id=order.pk, by=helper.person.user, now=now)
    helper.refresh_from_db()
    drop = {"_state", "person"}
    assert {k: v for k, v in vars(helper).items() if k not in drop and not k.startswith("_")} == {
        k: v for k, v in before.items() if k not in drop and not k.startswith("_")
    }
    order.refresh_from_db()
    assert (order.state, OrderOffer.objects.get().answer) == (S.ACCEPTED_FOR_DISPATCH, OfferAnswer.DECLINED)
    assert OrderEvent.objects.get(event="DECLINE").reason == ""


def test_staff_note_an_answer_given_by_phone(cast, now, order, helper):
    brought_to(S.OFFERED, order, helper, cast.worker, now)
    taken = take_order(order_id=order.pk, by=cast.worker, now=now)
    assert taken.volunteer == helper
    assert steps(order)[-1][3] == "STAFF"


def test_nobody_else_answers(cast, now, order, helper):
    brought_to(S.OFFERED, order, helper, cast.worker, now)
    for who in (cast.guilan.user, cast.stranger.user, cast.other_worker):
        refused("NOT_ALLOWED", take_order, order_id=order.pk, by=who, now=now)
        refused("NOT_ALLOWED", decline_order, order_id=order.pk, by=who, now=now)


def test_an_offer_runs_out_after_a_day(cast, now, order, helper):
    brought_to(S.OFFERED, order, helper, cast.worker, now)
    day = now + timedelta(hours=24)
    assert expire_offers(now=day - timedelta(seconds=1)) == 0
    refused("OFFER_GONE", take_order, order_id=order.pk, by=helper.person.user, now=day)
    assert (expire_offers(now=day), expire_offers(now=day)) == (1, 0)
    order.refresh_from_db()
    assert (order.state, OrderOffer.objects.get().answer) == (S.ACCEPTED_FOR_DISPATCH, OfferAnswer.EXPIRED)
    assert steps(order)[-1] == ("EXPIRE", "OFFERED", "ACCEPTED_FOR_DISPATCH", "SYSTEM")
    refused("NOT_ALLOWED", take_order, order_id=order.pk, by=helper.person.user, now=day)


def test_staff_take_an_offer_back_and_ask_somebody_else(cast, now, order, helper, home):
    brought_to(S.OFFERED, order, helper, cast.worker, now)
    other = volunteers.volunteer(home=home)
    again = {"order_id": order.pk, "by": cast.worker, "now": now}
    refused("MOVE_REFUSED", offer_order, **again, taker=taker_of(other))
    refused("NOT_ALLOWED", withdraw_offer, order_id=order.pk, by=helper.person.user, now=now)
    withdraw_offer(**again)
    withdraw_offer(**again)
    offer_order(**again, taker=taker_of(other))
    assert sorted(OrderOffer.objects.values_list("answer", flat=True)) == ["PENDING", "WITHDRAWN"]
    refused("NOT_ALLOWED", take_order, order_id=order.pk, by=helper.person.user, now=now)


def test_the_gates_of_a_volunteer(cast, now, home, helper):
    day = now.date() + timedelta(days=5)
    menu = orders.item(home, "擦高处玻璃", skill="高空作业", dangerous=True)
    order = asked(cast.guilan, now, kind=K.SERVICE, item_id=menu.pk, wanted_on=day)
    offer = {"order_id": order.pk, "by": cast.worker, "now": now, "taker": taker_of(helper)}
    refused("NOT_INSURED", offer_order, **offer)
    helper.insured_until = day - timedelta(days=1)
    helper.save()
    refused("NOT_INSURED", offer_order, **offer)
    helper.insured_until = day
    helper.save()
    refused("NO_SKILL", offer_order, **offer)
    helper.skills.add(menu.skill)
    helper.state = VolunteerState.PAUSED
    helper.save()
    refused("NOT_ACTIVE", offer_order, **offer)
    helper.state = VolunteerState.ACTIVE
    helper.save()
    offer_order(**offer)
    helper.insured_until = None  # asked again when she says yes
    helper.save()
    refused("NOT_INSURED", take_order, order_id=order.pk, by=helper.person.user, now=now)


def test_the_gates_of_a_team_a_unit_and_a_shop(cast, now, home):
    menu = orders.item(home, "擦高处玻璃", dangerous=True)
    order = asked(cast.guilan, now, kind=K.SERVICE, item_id=menu.pk)
    offer = {"order_id": order.pk, "by": cast.worker, "now": now}
    refused("NOT_INSURED", offer_order, **offer, taker=taker_of(orders.team(home)))
    for kind in TakerKind:
        refused("NO_SUCH_TAKER" if kind != "volunteer" else "NOT_ALLOWED", offer_order, **offer,
                taker=Taker(kind, 0))  # fmt: skip
    away = orders.unit(cast.city["other_community"])
    refused("NOT_ALLOWED", offer_order, **offer, taker=taker_of(away))
    street = orders.unit(cast.city["street"])
    assert offer_order(**offer, taker=taker_of(street)).state == S.OFFERED


def test_nobody_takes_her_own_order(cast, now):
    own = volunteers.volunteer(cast.guilan)
    order = asked(cast.guilan, now)
    offer = {"order_id": order.pk, "by": cast.worker, "now": now, "taker": taker_of(own)}
    refused("OWN_ORDER", offer_order, **offer)
    child = asked(cast.zixuan, now, by=cast.guilan.user)
    refused("OWN_ORDER", offer_order, **{**offer, "order_id": child.pk})


def test_a_volunteer_of_another_street_is_not_asked(cast, now, order):
    away = volunteers.volunteer(home=cast.city["other_community"])
    refused("NOT_ALLOWED", offer_order, order_id=order.pk, taker=taker_of(away), by=cast.worker, now=now)


@pytest.mark.usefixtures("clock")
def test_whom_a_dispatcher_only_sees_is_neither_asked_nor_named(cast, now, order):
    """A post in another street that only looks, and whom she acts for there, are not of her reach."""
    away = volunteers.volunteer(home=cast.city["other_community"])
    hers = volunteers.volunteer(home=cast.city["other_community"])
    street = cast.city["other_street"]
    Membership.objects.create(user=cast.worker, division=street, role=Role.AUDITOR, since=now.date())
    herself = people.person("周敏", cast.worker)
    Guardianship.objects.create(guardian=herself, ward=hers.person, kind=GuardianKind.AGENT)
    offer = {"order_id": order.pk, "by": cast.worker, "now": now}
    assert set(Volunteer.objects.visible_to(cast.worker)) == {away, hers}
    for one in (away, hers):
        refused("NOT_ALLOWED", offer_order, **offer, taker=taker_of(one))
    assert candidates(order, cast.worker, now.date()) == []


# --- The public lists -------------------------------------------------------------------------


@pytest.fixture
def wish(cast, now, helper):
    made = asked(cast.guilan, now, kind=K.WISH, title="老花镜")
    return brought_to(S.ACCEPTED_FOR_DISPATCH, made, helper, cast.worker, now)


def test_a_wish_is_adopted_from_the_wall(cast, now, wish, helper):
    adopt = {"order_id": wish.pk, "by": helper.person.user, "now": now, "taker": taker_of(helper)}
    refused("NOT_ALLOWED", take_order, **{**adopt, "by": cast.stranger.user})
    own = volunteers.volunteer(cast.guilan)
    refused("OWN_ORDER", take_order, **{**adopt, "by": cast.guilan.user, "taker": taker_of(own)})
    taken = take_order(**adopt)
    assert (taken.state, taken.volunteer) == (S.TAKEN, helper)
    other = volunteers.volunteer(home=cast.city["community"])
    refused(
        "NOT_ALLOWED",
        take_order,
        order_id=wish.pk,
        by=other.person.user,
        now=now,
        taker=taker_of(other),
    )


def test_units_teams_and_shops_adopt_through_whoever_answers_for_them(cast, now, home, helper):
    made = [
        orders.unit(home, cast.stranger.user),
        orders.team(home, helper),
        orders.shop(home, cast.stranger.user),
    ]
    speakers = [cast.stranger.user, helper.person.user, cast.stranger.user]
    for row, speaker in zip(made, speakers, strict=True):
        wish = asked(cast.guilan, now, kind=K.WISH, title="老花镜")
        brought_to(S.ACCEPTED_FOR_DISPATCH, wish, helper, cast.worker, now)
        adopt = {"order_id": wish.pk, "now": now, "taker": taker_of(row)}
        refused("NOT_ALLOWED", take_order, **adopt, by=cast.guilan.user)
        assert take_order(**adopt, by=speaker).taker == taker_of(row)


def test_only_wishes_and_projects_stand_on_a_list(cast, now, order, helper, home):
    accept_order(order_id=order.pk, by=cast.worker, now=now)
    adopt = {"order_id": order.pk, "by": helper.person.user, "now": now, "taker": taker_of(helper)}
    refused("NOT_ON_LIST", take_order, **adopt)
    project = orders.project(home, cast.worker, now)
    refused("NOT_ON_LIST", take_order, **{**adopt, "order_id": project.pk})


def test_a_project_is_adopted_and_its_agreement_noted(cast, now, home):
    unit = orders.unit(home, cast.stranger.user)
    project = orders.project(home, cast.worker, now)
    paper = {"order_id": project.pk, "agreement_no": "2026-17", "now": now}
    end = now.date() + timedelta(days=200)
    refused("AGREEMENT_REFUSED", sign_agreement, **paper, agreement_until=end, by=cast.worker)
    take_order(order_id=project.pk, by=cast.stranger.user, now=now, taker=taker_of(unit))
    refused("NOT_ALLOWED", sign_agreement, **paper, agreement_until=end, by=cast.stranger.user)
    refused("AGREEMENT_REFUSED", sign_agreement, **{**paper, "agreement_no": ""}, agreement_until=end,
            by=cast.worker)  # fmt: skip
    past = now.date() - timedelta(days=1)
    refused("AGREEMENT_REFUSED", sign_agreement, **paper, agreement_until=past, by=cast.worker)
    done = sign_agreement(**paper, agreement_until=end, by=cast.worker)
    assert (done.agreement_no, done.agreement_until, done.unit) == ("2026-17", end, unit)


# --- Sight ------------------------------------------------------------------------------------


def test_who_sees_an_order(cast, now, order, helper):
    unit_order = asked(cast.stranger, now)
    seen = lambda user: set(ServiceOrder.objects.visible_to(user))  # noqa: E731
    brought_to(S.OFFERED, order, helper, cast.worker, now)
    assert order in seen(helper.person.user)
    decline_order(order_id=order.pk, by=helper.person.user, now=now)
    assert order not in seen(helper.person.user)
    assert seen(cast.guilan.user) == seen(cast.worker) == seen(cast.officer) == {order}
    assert seen(cast.other_worker) == {unit_order}
    assert seen(cast.grid_worker) == set()
    assert seen(cast.admin) == {order, unit_order}
    assert not ServiceOrder.objects.visible_to(type("Nobody", (), {})())


def test_candidates_come_with_reasons(cast, now, home):
    menu = orders.item(cast.city["street"], "理发", skill="理发")
    order = asked(cast.elder, now, by=cast.worker, kind=K.SERVICE, item_id=menu.pk)
    near = volunteers.volunteer(home=cast.city["grid"])
    busy = volunteers.volunteer(home=home)
    far = volunteers.volunteer(home=cast.city["street"])
    for one in (near, busy, far):
        one.skills.add(menu.skill)
    volunteers.volunteer(home=home)  # cannot cut hair
    volunteers.volunteer(home=cast.city["other_community"]).skills.add(menu.skill)
    left = volunteers.volunteer(home=home, state=VolunteerState.LEFT)
    left.skills.add(menu.skill)
    own = volunteers.volunteer(cast.elder)
    own.skills.add(menu.skill)
    brought_to(S.TAKEN, asked(cast.guilan, now), busy, cast.worker, now)
    found = candidates(order, cast.worker, now.date())
    assert [one.volunteer for one in found] == [near, busy, far]
    assert found[0].reasons == ["会理发", "同在通信花园第一网格", "手上没有单"]
    assert found[1].reasons == ["会理发", "同在通信花园社区", "手上有 1 单"]
    offer_order(order_id=order.pk, taker=taker_of(near), by=cast.worker, now=now)
    decline_order(order_id=order.pk, by=near.person.user, now=now)
    assert near not in [one.volunteer for one in candidates(order, cast.worker, now.date())]


@pytest.mark.parametrize("end", ["taken", "withdrawn", "declined", "expired", "cancelled"])
def test_nobody_is_rung_about_an_offer_that_is_over(cast, now, end):
    helper = volunteers.volunteer(people.person("高远", home=cast.city["community"]))
    order = brought_to(S.OFFERED, asked(cast.guilan, now), helper, cast.worker, now)
    deliver_due(now=now)
    open_calls = Delivery.objects.to_phone().filter(notice__kind="ORDER_OFFERED")
    assert open_calls.count() == 1
    one = {"order_id": order.pk, "by": cast.worker, "now": now}
    match end:
        case "taken":
            take_order(**one)
        case "withdrawn":
            withdraw_offer(**one)
        case "declined":
            decline_order(**one)
        case "expired":
            expire_offers(now=now + timedelta(days=2))
        case "cancelled":
            cancel_order(**one, reason="不需要了")
    assert not open_calls.exists()
