"""Pages of orders as residents, helpers and shops see them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from orders.actions.cards import issue_card
from orders.models.orders import ServiceOrder
from orders.rules.orders import OrderKind, OrderState
from people.models import Guardianship, RevealLog
from tests.factories import orders, people, volunteers
from tests.factories.orders import asked, brought_to
from tests.html import Page, complains, opened
from tests.queries import assert_constant

pytestmark = pytest.mark.usefixtures("clock")
S, K = OrderState, OrderKind


def at(name, *args):
    return reverse(f"orders:{name}", args=args)


@pytest.fixture
def home(cast):
    return cast.city["community"]


@pytest.fixture
def menu(cast):
    return orders.item(cast.city["street"], "上门理发", about="剪短、洗头")


@pytest.fixture
def helper(home):
    return volunteers.volunteer(home=home)


@pytest.fixture
def helping(client, helper):
    client.force_login(helper.person.user)
    return client


# --- The menu and ordering --------------------------------------------------------------------


def test_the_menu_says_what_for_whom_and_how_long(client, cast, menu):
    orders.item(cast.city["other_street"], "修水管", dangerous=True)
    orders.item(cast.city["street"], "停了的", active=False)
    page = opened(client, at("services"))
    assert page.headings("h3") == ["上门理发", "修水管"]
    assert "花园路街道的居民 · 大约 60 分钟" in page.text
    assert "派有保险的人" in page.text
    narrowed = opened(client, at("services"), at=cast.city["street"].pk)
    assert narrowed.headings("h3") == ["上门理发"]
    assert opened(client, at("services"), at="x" * 50).headings("h3") == ["上门理发", "修水管"]


def test_an_empty_menu_says_what_to_do(client, db):
    assert "菜单还是空的" in opened(client, at("services")).text


def test_the_menu_costs_the_same_however_long(client, cast):
    orders.item(cast.city["street"])
    assert_constant(client, at("services"), lambda n: [orders.item(cast.city["street"]) for _ in range(n)])


def typed(person, **fields):
    return {"person": person.pk, "key": "k1", "wanted_on": "2026-11-27", "text": "剪短些", **fields}


def test_three_screens_to_an_order(guilan, cast, menu):
    url = at("order_item", menu.pk)
    form = opened(guilan, url)
    assert [field["value"] for field in form.fields("person")] == [str(cast.guilan.pk), str(cast.zixuan.pk)]
    check = Page(guilan.post(url, {**typed(cast.guilan), "step": "check"}))
    assert check.heading() == "看一遍：上门理发"
    assert "我自己（王桂兰）" in check.text
    assert not ServiceOrder.objects.exists()
    kept = {name: check.fields(name)[0]["value"] for name in ("person", "key", "wanted_on", "text")}
    edited = Page(guilan.post(url, {**kept, "step": "edit"}))
    assert edited.fields("wanted_on")[0]["value"] == "2026-11-27"
    assert "剪短些" in edited.text
    sent = guilan.post(url, {**kept, "step": "send"})
    made = ServiceOrder.objects.get()
    assert sent.url == at("my_order", made.pk)
    assert guilan.post(url, {**kept, "step": "send"}).url == sent.url  # the button twice
    placed = opened(guilan, sent.url)
    assert placed.heading() == "收到了：上门理发"
    assert made.reference in placed.text
    assert "今天 18:00前答复您" in placed.text
    assert "取消这一单" in placed.text


def test_what_was_typed_stays_after_a_mistake(guilan, cast, menu):
    url = at("order_item", menu.pk)
    for wrong, words, status in (("昨天", "请写成", 422), ("2026-11-01", "已经过去", 409)):
        step = {"step": "send", "wanted_on": wrong}
        page = complains(guilan.post(url, {**typed(cast.guilan), **step}), words, status)
        assert "#id_wanted_on" in page.links
        assert page.fields("wanted_on")[0]["value"] == wrong
        assert "剪短些" in page.text
    assert not ServiceOrder.objects.exists()


def test_an_errand_and_a_wish_are_asked_in_the_same_way(guilan, cast):
    one = {"person": cast.zixuan.pk, "key": "k", "title": "去医院取药", "step": "send"}
    guilan.post(at("errand"), one)
    guilan.post(at("wish"), {**one, "key": "k2", "title": "老花镜"})
    made = ServiceOrder.objects.order_by("pk").values_list("kind", "title", "for_person__full_name")
    assert list(made) == [("ERRAND", "去医院取药", "王子轩"), ("WISH", "老花镜", "王子轩")]


def test_one_orders_only_for_whom_one_acts(guilan, cast, menu):
    page = Page(guilan.post(at("order_item", menu.pk), {**typed(cast.stranger), "step": "send"}))
    assert page.status == 422
    assert not ServiceOrder.objects.exists()


def test_who_lives_nowhere_is_told_what_to_do(client, db, menu):
    client.force_login(people.resident("李秀英").user)
    assert "先填上所在社区" in opened(client, at("order_item", menu.pk)).text


def test_who_is_not_signed_in_comes_back_to_the_item(client, menu):
    url = at("order_item", menu.pk)
    assert client.get(url).url.endswith(f"next={url}")


# --- The wall ---------------------------------------------------------------------------------


@pytest.fixture
def wish(cast, now, helper):
    made = asked(cast.guilan, now, kind=K.WISH, title="老花镜", text="左眼看不清", place="3 号楼 201")
    return brought_to(S.ACCEPTED_FOR_DISPATCH, made, helper, cast.worker, now)


def test_the_wall_names_nobody(client, cast, now, wish, home):
    orders.project(home, cast.worker, now)
    page = opened(client, at("wishes"))
    assert page.headings("h3") == ["一位长辈想要一副老花镜", "楼道粉刷"]
    for secret in ("王桂兰", "左眼", "3 号楼", "老花镜 "):
        assert secret not in page.text.replace("一副老花镜 ", "")


def test_an_empty_wall(client, db):
    assert "心愿都有人认领了" in opened(client, at("wishes")).text


def test_the_wall_costs_the_same_however_long(client, cast, now, helper):
    def more(n):
        for _ in range(n):
            made = asked(cast.guilan, now, kind=K.WISH)
            brought_to(S.ACCEPTED_FOR_DISPATCH, made, helper, cast.worker, now)

    more(1)
    assert_constant(client, at("wishes"), more)


def test_a_wish_is_adopted(helping, helper, cast, wish):
    page = opened(helping, at("adopt", wish.pk))
    assert [field["value"] for field in page.fields("taker")] == [f"volunteer-{helper.pk}"]
    assert "王桂兰" not in page.text
    answer = helping.post(at("adopt", wish.pk), {"taker": f"volunteer-{helper.pk}"})
    assert answer.url == at("taker_orders")
    todo = opened(helping, at("taker_orders"))
    assert "王桂兰" in todo.text
    assert "3 号楼 201" in todo.text
    number = people.reached_at(cast.guilan)
    ring = reverse("orders:ring_client", args=[wish.pk])
    assert ring in opened(helping, at("taker_orders")).links
    assert helping.post(ring).url == f"{at('taker_orders')}#order-{wish.pk}"
    assert f"tel:{number}" in opened(helping, at("taker_orders")).links
    assert RevealLog.objects.get(person=cast.guilan).reason == f"联系上门服务：{wish.reference}"
    assert helping.get(at("adopt", wish.pk)).status_code == 404


def test_who_cannot_adopt_is_told_how(guilan, cast, now, wish, home):
    assert "先登记成志愿者" in opened(guilan, at("adopt", wish.pk)).text
    project = orders.project(home, cast.worker, now)
    assert "项目由共建单位和队伍认领" in opened(guilan, at("adopt", project.pk)).text
    assert guilan.post(at("adopt", wish.pk), {"taker": "x"}).status_code == 422
    wish.refresh_from_db()
    assert wish.state == S.ACCEPTED_FOR_DISPATCH


def test_a_unit_adopts_a_project(client, cast, now, home):
    unit = orders.unit(home, cast.stranger.user)
    project = orders.project(home, cast.worker, now)
    client.force_login(cast.stranger.user)
    page = opened(client, at("adopt", project.pk))
    assert [field["value"] for field in page.fields("taker")] == [f"unit-{unit.pk}"]
    client.post(at("adopt", project.pk), {"taker": f"unit-{unit.pk}"})
    project.refresh_from_db()
    assert project.unit == unit


# --- One's own --------------------------------------------------------------------------------


WORDS = {
    S.REQUESTED: "收到了：取药",
    S.REFUSED: "取药：不能办",
    S.ACCEPTED_FOR_DISPATCH: "取药：待派单",
    S.OFFERED: "取药：待接单",
    S.TAKEN: "接了：取药",
    S.DONE: "取药做完了，请您确认",
    S.CONFIRMED: "取药办完了",
    S.DISPUTED: "取药：没有做好",
    S.CANCELLED: "取药：已取消",
}


@pytest.mark.parametrize("state", list(S))
def test_each_state_says_where_it_stands_and_offers_what_may_be_done(guilan, cast, now, helper, state):
    order = brought_to(state, asked(cast.guilan, now), helper, cast.worker, now)
    page = opened(guilan, at("my_order", order.pk))
    assert page.heading().endswith(WORDS[state])
    verbs = {verb for verb in ("cancel", "confirm", "dispute") if at(verb, order.pk) in page.links}
    cancel = {"cancel"} if state in {S.REQUESTED, S.ACCEPTED_FOR_DISPATCH, S.OFFERED, S.TAKEN} else set()
    assert verbs == cancel | ({"confirm", "dispute"} if state == S.DONE else set())
    listed = opened(guilan, at("my_orders"))
    assert order.get_state_display() in listed.text


def test_a_reason_is_shown(guilan, cast, now, helper):
    order = brought_to(S.REFUSED, asked(cast.guilan, now), helper, cast.worker, now)
    assert "原因：没有这项服务" in opened(guilan, at("my_order", order.pk)).text


def test_done_well_and_not_done_well(guilan, cast, now, helper):
    first, second = (brought_to(S.DONE, asked(cast.guilan, now), helper, cast.worker, now) for _ in range(2))
    assert guilan.post(at("confirm", first.pk)).url == at("my_order", first.pk)
    again = complains(guilan.post(at("dispute", second.pk), {"reason": "坏"}), "请写一句哪里没有做好", 422)
    assert "坏" in again.text
    guilan.post(at("dispute", second.pk), {"reason": "没有来"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (S.CONFIRMED, S.DISPUTED)


def test_a_button_that_comes_too_late_says_so_on_the_order(guilan, cast, now, helper):
    order = brought_to(S.REFUSED, asked(cast.guilan, now), helper, cast.worker, now)
    answer = guilan.post(at("cancel", order.pk))
    assert answer.url == at("my_order", order.pk)
    assert "不能取消" in opened(guilan, answer.url).text
    order.refresh_from_db()
    assert order.state == S.REFUSED


def test_a_verb_is_posted_and_never_got(guilan, cast, now):
    order = asked(cast.guilan, now)
    assert guilan.get(at("cancel", order.pk)).status_code == 405


def test_an_empty_list_of_orders(guilan):
    assert "还没有下过单" in opened(guilan, at("my_orders")).text


def test_own_lists_cost_the_same_however_long(guilan, cast, now, helper):
    def more(n):
        for number in range(n):
            state = (S.REQUESTED, S.TAKEN)[number % 2]
            brought_to(state, asked(cast.guilan, now), helper, cast.worker, now)

    assert_constant(guilan, at("my_orders"), more)


def test_who_no_longer_acts_sees_nothing(guilan, cast, now):
    tie = Guardianship.objects.create(guardian=cast.guilan, ward=cast.elder, kind="AGENT")
    order = asked(cast.elder, now, by=cast.guilan.user)
    assert guilan.get(at("my_order", order.pk)).status_code == 200
    tie.until = now
    tie.save()
    assert guilan.get(at("my_order", order.pk)).status_code == 404


# --- The helper -------------------------------------------------------------------------------


def test_an_offer_shows_no_name_and_is_taken_or_left(helping, cast, now, helper):
    first, second = (
        brought_to(S.OFFERED, asked(cast.guilan, now, text="怕黑", place="3 号楼"), helper, cast.worker, now)
        for _ in range(2)
    )
    page = opened(helping, at("taker_orders"))
    for secret in ("王桂兰", "怕黑", "3 号楼"):
        assert secret not in page.text
    assert "明天 14:00前回个话" in page.text
    helping.post(at("take", first.pk))
    helping.post(at("decline", second.pk))
    states = [ServiceOrder.objects.get(pk=one.pk).state for one in (first, second)]
    assert states == [S.TAKEN, S.ACCEPTED_FOR_DISPATCH]
    assert "王桂兰" in opened(helping, at("taker_orders")).text


def test_the_helper_says_done_or_gives_back(helping, cast, now, helper):
    first, second = (brought_to(S.TAKEN, asked(cast.guilan, now), helper, cast.worker, now) for _ in range(2))
    wrong = {"minutes": "很久", "note": "药已送到"}
    page = complains(helping.post(at("done", first.pk), wrong), "请写用了多少分钟", 422)
    assert {"很久", "药已送到"} <= {attrs.get("value") for _tag, attrs in page.tags}
    too_long = helping.post(at("done", first.pk), {"minutes": "9999"})
    assert f"#done-{first.pk}-minutes" in complains(too_long, "一次不超过 24 小时", 409).links
    forged = {"minutes": "40", "evidence": ["PHOTO", "RECIPIENT"]}
    assert helping.post(at("done", first.pk), forged).status_code == 422
    helping.post(at("done", first.pk), {"minutes": " ４０ ", "evidence": ["PHOTO"]})
    helping.post(at("release", second.pk))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.done_minutes, first.done_evidence) == (S.DONE, 40, ["PHOTO"])
    assert second.state == S.ACCEPTED_FOR_DISPATCH
    assert "等对方确认" in opened(helping, at("taker_orders")).text


def test_an_offer_that_ran_out_is_not_shown(helping, cast, now, helper, clock):
    brought_to(S.OFFERED, asked(cast.guilan, now), helper, cast.worker, now)
    clock.now = now + timedelta(hours=25)
    page = opened(helping, at("taker_orders"))
    assert "想请您接的" not in page.text
    assert "现在没有要做的" in page.text


def test_the_helpers_page_costs_the_same_however_long(helping, cast, now, helper):
    def more(n):
        for number in range(min(n, 20)):
            state = (S.OFFERED, S.TAKEN, S.DONE)[number % 3]
            brought_to(state, asked(cast.guilan, now), helper, cast.worker, now)

    assert_constant(helping, at("taker_orders"), more)


def test_a_shop_uses_a_card(client, cast, now, home):
    shop = orders.shop(home, cast.stranger.user)
    card = issue_card(
        person_id=cast.elder.pk, trades=["HAIR"], uses=1, valid_until=now.date(), by=cast.worker, now=now
    )
    client.force_login(cast.stranger.user)
    told = {"number": "123", "shop": shop.pk, "key": "k", "text": "理发"}
    wrong = Page(client.post(at("use_card"), told))
    assert wrong.status == 409
    assert "这张卡不能用" in wrong.text
    assert wrong.fields("number")[0]["value"] == "123"
    for _ in range(2):
        done = client.post(at("use_card"), {**told, "number": card.number})
        assert done.url == at("taker_orders")
    assert ServiceOrder.objects.get().shop == shop
    assert "顾客用爱心服务卡" in opened(client, at("taker_orders")).text


def test_a_shop_that_guesses_card_numbers_is_slowed(client, cast, now, home):
    shop = orders.shop(home, cast.stranger.user)
    card = orders.card(cast.elder, cast.worker, now)
    client.force_login(cast.stranger.user)
    told = {"shop": shop.pk, "text": "理发"}
    for number in range(10):
        answer = client.post(at("use_card"), {**told, "number": f"{number:08}", "key": f"k{number}"})
        assert "这张卡不能用" in Page(answer).text
    answer = client.post(at("use_card"), {**told, "number": card.number, "key": "k"})
    assert "卡号错得太多了，请过 10 分钟再试" in Page(answer).text
    assert not ServiceOrder.objects.exists()


def test_who_has_no_shop_is_told_how(guilan):
    assert "这里是爱心商户用的" in opened(guilan, at("use_card")).text


def test_somebody_elses_order_is_out_of_reach(client, cast, now, helper):
    order = brought_to(S.OFFERED, asked(cast.guilan, now), helper, cast.worker, now)
    client.force_login(cast.stranger.user)
    assert client.get(at("my_order", order.pk)).status_code == 404
    assert client.post(at("cancel", order.pk)).status_code == 404
    assert client.post(at("take", order.pk)).status_code == 403
    assert client.post(at("done", order.pk), {"minutes": "5"}).status_code == 404
