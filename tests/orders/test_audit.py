"""Every check of orders finds the fault that is planted for it, and nothing before."""

from pathlib import Path

import pytest

from common.audit import checks
from orders.rules.orders import OrderState
from tests.common.faults import found
from tests.factories import orders, volunteers
from tests.factories.orders import asked, brought_to
from tests.owner import unguarded

S = OrderState


@pytest.fixture
def helper(cast):
    return volunteers.volunteer(home=cast.city["community"])


@pytest.fixture
def confirmed(cast, now, helper):
    return brought_to(S.CONFIRMED, asked(cast.guilan, now), helper, cast.worker, now)


def planted(sql, *params, constraint=""):
    """The names of the checks that find what this statement broke, its constraint taken away."""
    assert found() == {}
    with unguarded() as cursor:
        if constraint:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE orders_serviceorder DROP CONSTRAINT {constraint}")
        cursor.execute(sql, params)
    return set(found())


@pytest.mark.sweep
@pytest.mark.parametrize("state", list(S))
def test_living_orders_are_clean(cast, now, helper, state):
    brought_to(state, asked(cast.guilan, now), helper, cast.worker, now)
    assert found() == {}


def test_a_confirmed_order_that_nobody_had(confirmed):
    wrong = planted("UPDATE orders_serviceorder SET volunteer_id = NULL", constraint="order_taker_by_state")
    assert wrong == {
        "服务单：有人接的状态恰好有一个接单人，别的状态没有",
        "守护：约束与本版本所装的一致",
    }


def test_an_offered_order_without_an_offer(cast, now, helper):
    brought_to(S.OFFERED, asked(cast.guilan, now), helper, cast.worker, now)
    wrong = planted("UPDATE orders_orderoffer SET answer = 'DECLINED', answered_at = now()")
    assert wrong == {"服务单：待接单的恰好有一张等回音的派单，别的没有"}


def test_a_confirmed_service_without_its_record(confirmed):
    wrong = planted("UPDATE volunteers_servicerecord SET minutes = 9")
    assert wrong == {"服务单：志愿者做完并确认的都有服务记录，时长相同"}


def test_a_record_of_what_nobody_confirmed(cast, now, helper):
    order = brought_to(S.DONE, asked(cast.guilan, now), helper, cast.worker, now)
    assert found() == {}
    volunteers.record(helper, cast.worker, now=now, key=f"order:{order.pk}")
    assert set(found()) == {"服务单：没有确认的没有服务记录"}


def test_a_late_answer_that_nobody_was_told_of(cast, now):
    asked(cast.guilan, now)
    wrong = planted(
        "UPDATE orders_serviceorder SET requested_at = now() - interval '9 hours',"
        " answer_due_at = now() - interval '61 minutes'"
    )
    assert wrong == {"服务单：超时一小时没有答复的已经上报"}


def test_a_state_that_no_step_leads_to(cast, now, helper):
    brought_to(S.REQUESTED, asked(cast.guilan, now), helper, cast.worker, now)
    wrong = planted("UPDATE orders_serviceorder SET state = 'REFUSED'")
    assert wrong == {"服务单：状态和历史的最后一步一致"}


def test_an_offer_that_nobody_took_back(cast, now, helper):
    brought_to(S.OFFERED, asked(cast.guilan, now), helper, cast.worker, now)
    wrong = planted("UPDATE orders_orderoffer SET until = now() - interval '61 minutes'")
    assert wrong == {"派单：过期一小时的已经收回"}


def test_silence_that_nobody_calls_about(cast, now, helper):
    brought_to(S.DONE, asked(cast.guilan, now), helper, cast.worker, now)
    wrong = planted("UPDATE orders_serviceorder SET done_at = now() - interval '9 days'")
    assert wrong == {"服务单：七天没有确认的已列入回访（宽限一天）"}


def test_every_check_of_orders_is_planted_here():
    source = Path(__file__).read_text("utf-8")
    names = [check.name for check in checks() if check.name.startswith(("服务单", "派单"))]
    paid = "服务单：用积分的，积分是本人的，跟着单子留出、扣掉或退回"  # test_paid_orders.py
    names.remove(paid)
    assert len(names) == 8
    assert [name for name in names if name not in source] == []


def test_orders_of_units_need_no_record(cast, now):
    brought_to(S.CONFIRMED, asked(cast.guilan, now), orders.unit(cast.city["community"]), cast.worker, now)
    assert found() == {}
