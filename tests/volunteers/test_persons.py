"""What becomes of a person who volunteered: her copy of everything, and the closing of her record."""

from datetime import date, timedelta

import pytest

from orders.actions.market import cancel_booking
from orders.models.dispatch import ServiceCard
from orders.models.orders import ServiceOrder
from orders.rules.orders import OrderState
from people.actions.family import end_guardianship, name_agent
from people.actions.records import erase_person, export_my_data
from people.models import Person
from points.actions.earning import approve_service
from points.actions.gifts import hand_out, redeem
from points.actions.giving import ask_transfer
from points.actions.holds import hold
from points.models.ledger import Account, Leg
from points.rules import AccountKind
from tests.common.faults import found
from tests.factories import orders, people, volunteers
from tests.factories.points import of, settle
from tests.refusals import refused
from volunteers.models.roll import Skill, Team, TeamMember
from volunteers.models.shifts import Activity
from volunteers.rules.roll import VolunteerState
from volunteers.rules.shifts import SignupState


@pytest.fixture
def served(cast, fund, now):
    """王桂兰 has served, been served, earned, spent a little and been written down for all of it."""
    volunteers.policy(cast.city["street"], cast.officer)
    volunteers.give(cast.guilan, 100, of=fund, by=cast.officer, now=now)
    hers = volunteers.volunteer(cast.guilan, national_number="41010500001", honour_consent=True)
    hers.skills.add(Skill.objects.create(name="理发"))
    team = orders.team(cast.city["community"], hers)
    TeamMember.objects.create(team=team, volunteer=hers, since=date(2026, 3, 1))
    record = volunteers.record(hers, cast.grid_worker, now=now, key="class:1")
    approve_service(record_id=record.pk, by=cast.worker, now=now)
    past = volunteers.shift(cast.city["community"], now - timedelta(days=7))
    volunteers.signup(past, hers, now - timedelta(days=9), SignupState.CAME)
    volunteers.certificate(hers, cast.worker, now)
    own = orders.asked(cast.guilan, now, title="取药", text="血压药，每天两次", place="2 号楼 301")
    helper = volunteers.volunteer(home=cast.city["community"])
    orders.brought_to(OrderState.CONFIRMED, own, helper, cast.worker, now)
    neighbour = people.resident("李秀英", cast.city["community"])
    taken = orders.asked(neighbour, now, title="读报", text="眼睛看不清")
    orders.brought_to(OrderState.CONFIRMED, taken, hers, cast.worker, now)
    gift = volunteers.gift(cast.center, fund, cast.officer, points=40, now=now)
    made = redeem(gift_id=gift.pk, person_id=cast.guilan.pk, key="k", by=cast.guilan.user, now=now)
    hand_out(redemption_id=made.pk, code=made.code, by=cast.worker, now=now)
    orders.card(cast.guilan, cast.worker, now)
    _stall, booking = orders.market(cast, now)
    cancel_booking(booking_id=booking.pk, by=cast.guilan.user, now=now)
    settle()
    return hers


def erase(cast, now, by=None):
    by = by or cast.guilan.user
    hers = {"person_id": cast.guilan.pk, "along": [cast.zixuan.pk]}
    return erase_person(**hers, by=by, now=now, password=people.PASSWORD)


def test_her_copy_holds_all_that_volunteering_knows_of_her(cast, served, now):
    data = export_my_data(by=cast.guilan.user, now=now, password=people.PASSWORD)
    hers = next(one for one in data["people"] if one["姓名"] == "王桂兰")
    assert (hers["志愿者"]["全国志愿者编号"], hers["志愿者"]["特长"]) == ("41010500001", ["理发"])
    assert hers["队伍"][0]["起"] == date(2026, 3, 1)
    assert hers["志愿报名"][0]["状态"] == "已签到"
    assert sorted(one["分钟"] for one in hers["服务记录"]) == [45, 60]
    assert {one["种类"] for one in hers["服务记录"][-1]["凭据"]} == {"扫码签到", "组织者名单"}
    points = next(one for one in hers["积分和时长账"] if one["单位"] == "积分")
    assert (points["余额"], [line["数额"] for line in points["明细"]]) == (70, [100, 10, -40])
    assert hers["兑换和预留"][0]["结果"] == "已兑换"
    assert (hers["给我办的服务单"][0]["说明"], hers["给我办的服务单"][0]["地点"]) == (
        "血压药，每天两次",
        "2 号楼 301",
    )
    assert hers["我接的服务单"][0]["要办什么"] == "读报"
    assert all(hers[name] for name in ("派给我的服务单", "志愿服务证明", "市集预约"))
    assert hers["爱心服务卡"][0]["可用的行业"]
    # Of those whom she served, or who served her, no more than she knew.
    assert "眼睛看不清" not in str(data)


def test_who_asked_for_another_takes_no_words_of_his_along(cast, now):
    name_agent(ward_id=cast.elder.pk, agent_id=cast.guilan.pk, relation="邻居", by=cast.worker, now=now)
    orders.asked(cast.elder, now, by=cast.guilan.user, requester_id=cast.guilan.pk, text="腰不好")
    tie = cast.elder.guardians.get()
    end_guardianship(guardianship_id=tie.pk, by=cast.worker, now=now)
    data = export_my_data(by=cast.guilan.user, now=now, password=people.PASSWORD)
    hers = next(one for one in data["people"] if one["姓名"] == "王桂兰")
    assert hers["我替别人下的服务单"][0]["状态"] == "待答复"
    assert "腰不好" not in str(data)


def test_erasing_keeps_numbers_and_takes_the_words(cast, served, now):
    minutes = Account.objects.get(person=cast.guilan, unit="HOURS").posted
    lines = Leg.objects.count()
    person = erase(cast, now)
    settle()
    served.refresh_from_db()
    assert (served.state, served.honour_consent) == (VolunteerState.LEFT, False)
    assert (served.national_number, list(served.skills.all())) == ("", [])
    assert Team.objects.get().leader is None
    assert TeamMember.objects.get().until == now.date()
    own = ServiceOrder.objects.get(for_person=cast.guilan)
    assert (own.text, own.place, own.done_note, own.title) == ("", "", "", "帮办代办")
    assert ServiceOrder.objects.get(title="读报").text == "眼睛看不清"
    assert ServiceCard.objects.get().stopped_at == now
    assert str(served) == "已注销"
    assert Account.objects.get(person=person, unit="HOURS").posted == minutes
    assert of(volunteers.points_of(person)) == (0, 0)
    assert Leg.objects.count() == lines + 2
    assert Account.objects.get(kind=AccountKind.EXPIRED).legs.get().amount == 70
    assert not found()
    assert erase(cast, now, by=cast.admin).full_name == "已注销"
    assert Leg.objects.count() == lines + 2


def _taken(cast, now):
    order = orders.asked(cast.elder, now, by=cast.worker)
    orders.brought_to(OrderState.TAKEN, order, volunteers.volunteer(cast.guilan), cast.worker, now)


def _asked(cast, now):
    orders.asked(cast.guilan, now)


def _gift(cast, now):
    budget = volunteers.budget(cast.city["street"], cast.officer)
    volunteers.give(cast.guilan, 50, of=budget, by=cast.officer, now=now)
    gift = volunteers.gift(cast.center, budget, cast.officer, points=40, now=now)
    redeem(gift_id=gift.pk, person_id=cast.guilan.pk, key="k", by=cast.guilan.user, now=now)


def _held(cast, now):
    budget = volunteers.budget(cast.city["street"], cast.officer)
    volunteers.give(cast.guilan, 50, of=budget, by=cast.officer, now=now)
    account = volunteers.points_of(cast.guilan)
    until = now + timedelta(days=1)
    hold(key="h", account_id=account.pk, amount=5, gift_id=None, until=until, by=cast.worker, now=now)


def _transfer(cast, now):
    budget = volunteers.budget(cast.city["street"], cast.officer)
    volunteers.give(cast.elder, 50, of=budget, by=cast.officer, now=now)
    told = {"kind": "FAMILY", "giver_id": cast.elder.pk, "taker_id": cast.guilan.pk, "points": 5}
    ask_transfer(**told, relation="邻居", by=cast.worker, now=now)


def _shift(cast, now):
    ahead = volunteers.shift(cast.city["community"], now + timedelta(days=3))
    volunteers.signup(ahead, volunteers.volunteer(cast.guilan), now)


def _line(cast, now):
    ahead = volunteers.shift(cast.city["community"], now + timedelta(days=3))
    volunteers.signup(ahead, volunteers.volunteer(cast.guilan), now, SignupState.WAITING)


def _stall(cast, now):
    orders.market(cast, now)


@pytest.mark.parametrize(
    ("begin", "words"),
    [
        (_taken, "接下的服务单"),
        (_asked, "先取消它"),
        (_gift, "还没领"),
        (_held, "没有结清"),
        (_transfer, "转赠还在审批"),
        (_shift, "志愿班次"),
        (_line, "志愿班次"),
        (_stall, "市集"),
    ],
)
def test_what_is_under_way_is_finished_first(cast, now, begin, words):
    begin(cast, now)
    assert words in str(refused("UNFINISHED", erase, cast=cast, now=now))
    assert Person.objects.get(pk=cast.guilan.pk).full_name == "王桂兰"


def test_what_is_over_does_not_keep_her(cast, now):
    hers = volunteers.volunteer(cast.guilan)
    volunteers.signup(volunteers.shift(cast.city["community"], now - timedelta(days=3)), hers, now)
    Activity.objects.update(organiser=hers)
    orders.brought_to(OrderState.CANCELLED, orders.asked(cast.guilan, now), hers, cast.guilan.user, now)
    orders.market(cast, now - timedelta(days=9))
    assert erase(cast, now).full_name == "已注销"
    assert Activity.objects.get().organiser is None


def test_the_page_says_what_becomes_of_points(guilan, cast, now):
    assert "注销后作废" not in guilan.get("/my/data/").content.decode()  # she has none
    fund = volunteers.budget(cast.city["community"], cast.admin)
    volunteers.give(cast.guilan, 100, of=fund, by=cast.admin, now=now)
    assert "注销后作废" in guilan.get("/my/data/").content.decode()


def test_a_resident_who_only_booked_is_not_unused(cast, now):
    lone = people.person("市集客", home=cast.city["community"])
    assert Person.objects.filter(pk=lone.pk).unused().exists()
    _stall, booking = orders.market(cast, now)
    booking.__class__.objects.filter(pk=booking.pk).update(person=lone)
    assert not Person.objects.filter(pk=lone.pk).unused().exists()
