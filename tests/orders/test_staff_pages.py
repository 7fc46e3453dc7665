"""The dispatcher's board, one order, the calls, the counter; the back office."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.urls import reverse

from orders.actions.orders import cancel_order
from orders.models.dispatch import CallBack, OrderOffer, ServiceCard
from orders.models.orders import ServiceItem, ServiceOrder
from orders.rules.orders import OrderKind, OrderState
from people.models import Guardianship, RevealLog
from people.rules import Role
from tests.backoffice import add, change, listed, said, verb
from tests.factories import orders, people, volunteers
from tests.factories.orders import asked, brought_to
from tests.html import Page, complains, opened
from tests.queries import assert_constant

pytestmark = pytest.mark.usefixtures("clock")
S, K = OrderState, OrderKind


def at(name, *args):
    return reverse(f"orders:staff_{name}", args=args)


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.worker)
    return client


@pytest.fixture
def home(cast):
    return cast.city["community"]


@pytest.fixture
def helper(home):
    return volunteers.volunteer(home=home)


# --- The board --------------------------------------------------------------------------------


def test_the_board_has_a_column_for_each_thing_to_do(desk, cast, now, helper, clock):
    late = asked(cast.guilan, now)
    for state in (S.ACCEPTED_FOR_DISPATCH, S.OFFERED, S.TAKEN, S.DONE, S.DISPUTED, S.CONFIRMED):
        brought_to(state, asked(cast.guilan, now), helper, cast.worker, now)
    asked(cast.stranger, now)
    page = opened(desk, at("orders"))
    names = ["待答复", "没有做好", "待派单", "待接单", "已接单", "待确认"]
    assert page.headings("h2") == [f"{name} 1" for name in names]
    assert "今天 18:00前答复" in page.text
    assert "等回音到明天 14:00" in page.text
    clock.now = late.answer_due_at + timedelta(hours=2, minutes=5)
    desk.force_login(cast.worker)
    desk.logout()  # as a desk that stood idle is
    desk.force_login(cast.worker)
    assert "超时 2 小时 5 分" in opened(desk, at("orders")).text
    clock.now = now + timedelta(days=3)
    desk.force_login(cast.worker)
    desk.logout()
    desk.force_login(cast.worker)
    assert "11月25日 星期三 14:00做完" in opened(desk, at("orders")).text


def test_a_number_said_on_the_phone_opens_the_order(desk, cast, now):
    order = asked(cast.guilan, now)
    assert desk.get(at("orders"), {"q": order.reference}).url == at("order", order.pk)
    away = asked(cast.stranger, now)
    assert "没有编号是" in opened(desk, at("orders"), q=away.reference).text
    assert opened(desk, at("orders"), q="没有").status == 200


def test_the_board_costs_the_same_however_full(desk, cast, now, helper):
    def more(n):
        for number in range(min(n, 25)):
            state = (S.REQUESTED, S.OFFERED, S.TAKEN, S.DONE)[number % 4]
            brought_to(state, asked(cast.guilan, now), helper, cast.worker, now)

    assert_constant(desk, at("orders"), more)


# --- One order --------------------------------------------------------------------------------


def do(client, order, move, **fields):
    return client.post(at(move, order.pk), fields)


def state_of(order):
    return ServiceOrder.objects.get(pk=order.pk).state


def test_from_the_request_to_the_end_by_buttons(desk, cast, now, helper):
    order = asked(cast.guilan, now, text="糖尿病", place="3 号楼")
    page = opened(desk, at("order", order.pk))
    assert "糖尿病" in page.text
    assert "3 号楼" in page.text
    assert do(desk, order, "accept").url == at("order", order.pk)
    page = opened(desk, at("order", order.pk))
    assert f"同在{cast.city['community']}" in page.text
    do(desk, order, "offer", taker=f"volunteer-{helper.pk}")
    assert state_of(order) == S.OFFERED
    do(desk, order, "take")
    do(desk, order, "done", minutes="30", note="送到了")
    assert state_of(order) == S.DONE
    page = opened(desk, at("order", order.pk))
    assert "请另一位工作人员打电话问" in page.text
    assert at("confirm", order.pk) not in page.links
    assert do(desk, order, "confirm").url == at("order", order.pk)
    assert "不能自己回访" in opened(desk, at("order", order.pk)).text
    colleague = people.staff("吴芳", Role.SOCIAL_WORKER, cast.city["street"])
    desk.force_login(colleague)
    do(desk, order, "confirm")
    assert state_of(order) == S.CONFIRMED
    assert [word for word in opened(desk, at("order", order.pk)).text.split() if word in set(MOVES)] == [
        "下单",
        "受理",
        "派单",
        "接单",
        "做完",
        "确认",
    ]


MOVES = ["下单", "受理", "派单", "接单", "做完", "确认"]


@pytest.mark.parametrize(
    ("state", "move", "fields", "to"),
    [
        (S.REQUESTED, "refuse", {"reason": "不办这个"}, S.REFUSED),
        (S.REQUESTED, "cancel", {"reason": "重复了"}, S.CANCELLED),
        (S.OFFERED, "decline", {}, S.ACCEPTED_FOR_DISPATCH),
        (S.OFFERED, "withdraw", {}, S.ACCEPTED_FOR_DISPATCH),
        (S.TAKEN, "release", {"reason": "她住院了"}, S.ACCEPTED_FOR_DISPATCH),
        (S.DONE, "confirm", {}, S.CONFIRMED),
        (S.DONE, "dispute", {"reason": "没有来"}, S.DISPUTED),
        (S.DISPUTED, "settle", {"outcome": "REDO", "reason": "再去一次"}, S.TAKEN),
        (S.DISPUTED, "settle", {"outcome": "UPHOLD", "reason": "问清楚了"}, S.CONFIRMED),
    ],
)
def test_every_button_of_the_desk(desk, cast, now, helper, state, move, fields, to):
    order = brought_to(state, asked(cast.guilan, now), helper, cast.worker, now)
    page = opened(desk, at("order", order.pk))
    assert at(move, order.pk) in page.links
    do(desk, order, move, **fields)
    assert state_of(order) == to


@pytest.mark.parametrize(
    ("state", "move", "fields", "words"),
    [
        (S.REQUESTED, "refuse", {"reason": "不"}, "请写明为什么不能办"),
        (S.REQUESTED, "offer", {"taker": ""}, "请选派给谁"),
        (S.REQUESTED, "offer", {"taker": "team-0"}, "请选派给谁"),
        (S.REQUESTED, "cancel", {}, "请写明为什么取消"),
        (S.TAKEN, "done", {"minutes": "许久"}, "请写用了多少分钟"),
        (S.TAKEN, "done", {"minutes": "99999"}, "请写用了多少分钟"),
        (S.TAKEN, "release", {"reason": " "}, "请写明为什么退回"),
        (S.TAKEN, "agreement", {"agreement_until": "明年"}, "2027-06-30 这样的日期"),
        (S.DISPUTED, "settle", {"reason": "谈好了"}, "请选怎么处理"),
    ],
)
def test_a_refusal_stands_on_the_page(desk, cast, now, helper, state, move, fields, words):
    order = brought_to(state, asked(cast.guilan, now), helper, cast.worker, now)
    answer = do(desk, order, move, **fields)
    page = complains(answer, words, 409 if fields.get("minutes") == "99999" else 422)
    assert any(link.startswith(f"#{move}-{order.pk}-") for link in page.links)  # it leads to its field
    assert {value for value in fields.values() if value.strip() and move != "offer"} <= {
        attrs.get("value") for _tag, attrs in page.tags
    }
    assert state_of(order) == state


def test_a_wish_is_written_for_the_wall(desk, cast, now):
    wish = asked(cast.guilan, now, kind=K.WISH, title="老花镜")
    wrong = Page(do(desk, wish, "accept", public_text="王桂兰要老花镜"))
    assert (wrong.status, "有姓名或号码" in wrong.text, "王桂兰要老花镜" in wrong.text) == (409, True, True)
    assert Page(do(desk, wish, "accept")).status == 422
    do(desk, wish, "accept", public_text="一位长辈要老花镜")
    assert state_of(wish) == S.ACCEPTED_FOR_DISPATCH


def test_teams_units_and_shops_stand_in_one_box(desk, cast, now, home):
    unit = orders.unit(cast.city["street"], name="农业银行")
    orders.unit(cast.city["other_street"], name="外街单位")
    order = asked(cast.guilan, now)
    page = opened(desk, at("order", order.pk))
    assert "共建单位：农业银行" in page.text
    assert "外街单位" not in page.text
    do(desk, order, "offer", taker=f"unit-{unit.pk}")
    assert OrderOffer.objects.get().unit == unit


def test_a_project_gets_its_agreement(desk, cast, now, home):
    told = {"title": "楼道粉刷", "public_text": "粉刷墙面", "division": home.pk, "key": "k"}
    desk.post(at("project"), told)
    project = ServiceOrder.objects.get()
    unit = orders.unit(home)
    do(desk, project, "offer", taker=f"unit-{unit.pk}")
    do(desk, project, "take")
    assert "登记协议" in opened(desk, at("order", project.pk)).text
    do(desk, project, "agreement", agreement_no="2026-9", agreement_until="2027-06-30")
    assert "2026-9" in opened(desk, at("order", project.pk)).text


def test_another_streets_order_is_out_of_reach(desk, cast, now):
    order = asked(cast.stranger, now)
    assert desk.get(at("order", order.pk)).status_code == 404
    assert do(desk, order, "accept").status_code == 404


def test_one_order_costs_the_same_however_many_helpers(desk, cast, now, home):
    order = asked(cast.guilan, now)

    def more(n):
        for _ in range(n):
            volunteers.volunteer(home=home)
            orders.unit(home)

    more(12)
    assert_constant(desk, at("order", order.pk), more)


# --- Calls ------------------------------------------------------------------------------------


def test_the_calls_to_make(desk, cast, now, helper):
    cast.guilan.phone = "13812345678"
    cast.guilan.save()
    done = brought_to(S.DONE, asked(cast.guilan, now), helper, cast.worker, now)
    call = orders.callback(done, now)
    page = opened(desk, at("callbacks"))
    assert "13812345678" not in page.text
    assert "抽中回访" in page.text
    assert desk.post(reverse("orders:ring_back", args=[call.pk])).url.endswith(f"#call-{call.pk}")
    assert "tel:13812345678" in opened(desk, at("callbacks")).links
    assert RevealLog.objects.get().reason == f"服务回访：{done.reference}"
    wrong = Page(desk.post(at("called", call.pk), {"answer": "BAD", "note": "坏"}))
    assert wrong.status == 409
    assert wrong.fields("note")[0]["value"] == "坏"
    assert Page(desk.post(at("called", call.pk), {})).status == 422
    desk.post(at("called", call.pk), {"answer": "UNREACHED"})
    assert "上次没有联系上" in opened(desk, at("callbacks")).text
    desk.post(at("called", call.pk), {"answer": "GOOD"})
    assert state_of(done) == S.CONFIRMED
    assert desk.post(reverse("orders:ring_back", args=[call.pk])).status_code == 403
    assert "没有要回访的" in opened(desk, at("callbacks")).text


def test_a_bad_answer_about_something_confirmed_stays_in_sight(desk, cast, now, helper):
    done = brought_to(S.CONFIRMED, asked(cast.guilan, now), helper, cast.worker, now)
    desk.post(at("called", orders.callback(done, now).pk), {"answer": "BAD", "note": "没有人来"})
    page = opened(desk, at("callbacks"))
    assert "回访却说没有做好" in page.text
    assert "没有人来" in page.text


def test_the_calls_cost_the_same_however_many(desk, cast, now, helper):
    def more(n):
        for _ in range(n):
            done = brought_to(S.DONE, asked(cast.guilan, now), helper, cast.worker, now)
            orders.callback(done, now)

    assert_constant(desk, at("callbacks"), more)
    assert CallBack.objects.count() == 9


# --- The counter ------------------------------------------------------------------------------


def test_an_order_by_phone_for_an_elder(desk, cast, now):
    Guardianship.objects.create(guardian=cast.guilan, ward=cast.elder, kind="AGENT")
    menu = orders.item(cast.city["street"], "上门理发")
    assert desk.get(at("order_find"), {"q": "解福"}).url == at("order_for", cast.elder.pk)
    url = at("order_for", cast.elder.pk)
    page = opened(desk, url)
    assert [field["value"] for field in page.fields("person")] == [str(cast.elder.pk), str(cast.guilan.pk)]
    told = {"what": menu.pk, "person": cast.guilan.pk, "key": "k", "wanted_on": "2026-11-30"}
    done = desk.post(url, told)
    made = ServiceOrder.objects.get()
    assert (done.url, made.requester, made.for_person) == (at("order", made.pk), cast.guilan, cast.elder)
    assert desk.post(url, told).url == done.url
    errand = desk.post(url, {**told, "what": "ERRAND", "key": "k2", "title": ""})
    assert "请用几个字写明" in Page(errand).text
    desk.post(url, {**told, "what": "ERRAND", "key": "k2", "title": "交水费"})
    assert ServiceOrder.objects.filter(kind=K.ERRAND).count() == 1


def test_nobody_found_and_several_found(desk, cast):
    assert "没有找到" in opened(desk, at("order_find"), q="无此人").text
    people.person("王桂香", home=cast.city["community"])
    assert "是哪一位" in opened(desk, at("order_find"), q="王桂").text


def test_a_card_is_issued_and_its_number_said(desk, cast):
    url = at("card", cast.elder.pk)
    told = {"trades": ["HAIR", "FOOD"], "uses": "6", "valid_until": "2027-11-30"}
    assert Page(desk.post(url, {**told, "trades": []})).status == 422
    past = Page(desk.post(url, {**told, "valid_until": "2020-01-01"}))
    assert "有效期在今天以后" in past.text
    answer = desk.post(url, told)
    card = ServiceCard.objects.get()
    assert card.number in said(answer)
    assert (card.trades, card.uses_left) == (["HAIR", "FOOD"], 6)


# --- The back office --------------------------------------------------------------------------


def test_the_menu_is_kept_in_the_back_office(desk, cast, client):
    place = cast.city["street"].pk
    row = {"name": "磨刀", "division": place, "minutes": 20, "points": 5, "active": "on"}
    desk.post(add(ServiceItem), row)
    item = ServiceItem.objects.get()
    assert desk.post(add(ServiceItem), {**row, "division": cast.city["other_street"].pk}).status_code == 200
    desk.post(change(item), {**row, "active": ""})
    caches["pages"].clear()
    assert "磨刀" not in opened(client, reverse("orders:services")).headings("h3")


def test_orders_in_the_back_office_are_looked_at_and_lead_to_the_desk(desk, cast, now, client):
    order = asked(cast.guilan, now, text="糖尿病")
    page = opened(desk, change(order))
    assert "糖尿病" not in page.text
    assert at("order", order.pk) in page.links
    assert desk.get(add(ServiceOrder)).status_code == 403
    client.force_login(cast.officer)  # sees orders and dispatches none
    assert at("order", order.pk) not in opened(client, change(order)).links


def test_a_card_is_stopped_in_the_back_office(desk, cast, now):
    card = orders.card(cast.elder, cast.worker, now)
    assert "理发" in opened(desk, change(card)).text
    desk.post(verb(card, "stop"))
    card.refresh_from_db()
    assert card.stopped_at == now


@pytest.mark.parametrize("kind", ["orders", "items", "cards"])
def test_lists_of_the_back_office_cost_the_same_however_long(desk, cast, now, kind):
    def more(n):
        for _ in range(n):
            if kind == "orders":
                asked(cast.guilan, now)
            elif kind == "items":
                orders.item(cast.city["street"])
            else:
                orders.card(cast.elder, cast.worker, now)

    model = {"orders": ServiceOrder, "items": ServiceItem, "cards": ServiceCard}[kind]
    assert_constant(desk, listed(model), more)


def test_the_grid_worker_has_the_orders_of_his_grid(client, cast, now):
    mine = asked(cast.elder, now, by=cast.worker)
    asked(cast.guilan, now)
    client.force_login(cast.grid_worker)
    assert opened(client, at("orders")).headings("h2")[0] == "待答复 1"
    assert do(client, mine, "accept").status_code == 302
    assert cancel_order(order_id=mine.pk, by=cast.grid_worker, now=now, reason="重复").state == S.CANCELLED
