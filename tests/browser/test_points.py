"""Hours and points in a real browser: a gift, approved hours, a certificate; and how the pages look."""

import pytest
from playwright.sync_api import expect

from points.actions.earning import approve_service
from points.actions.gifts import cancel_redemption, redeem
from points.actions.giving import ask_transfer, donate
from points.models.certificates import Certificate
from points.models.redemptions import Redemption
from tests.browser.looks import LOOKS, inspect_as
from tests.browser.ways import WAYS, confirm
from tests.factories import people, volunteers
from volunteers.models.roll import Skill


@pytest.fixture
def ledger(cast, clock, now, transactional_db):
    """王桂兰 with points, hours, a gift that waits, and everything that stands behind them."""
    street = cast.city["street"]
    volunteers.policy(
        street, cast.officer, source="花园路街道志愿服务积分办法（试行）", expires_after_days=365
    )
    fund = volunteers.budget(street, cast.officer, 5000)
    cast.served = volunteers.volunteer(cast.guilan, honour_consent=True)
    cast.served.skills.add(Skill.objects.create(name="理发"))
    volunteers.volunteer(cast.zixuan)
    cast.records = [volunteers.record(cast.served, cast.officer, minutes=m, now=now) for m in (120, 90, 45)]
    for record in cast.records[:2]:
        approve_service(record_id=record.pk, by=cast.worker, now=now)
    volunteers.record(cast.served, cast.worker, key="manual:1", now=now)
    neighbours = [people.resident(f"邻居{n}号", cast.city["community"]) for n in range(6)]
    for person in neighbours:
        volunteers.give(person, 60, of=fund, by=cast.officer, now=now)
    volunteers.volunteer(neighbours[0], honour_consent=True)
    donate(key="d", person_id=cast.guilan.pk, points=5, by=cast.guilan.user, now=now)
    cast.gift = volunteers.gift(cast.center, fund, cast.officer, points=20, units=9, now=now)
    volunteers.gift(cast.center, fund, cast.officer, points=80, units=2, now=now)
    volunteers.gift(cast.center, fund, cast.officer, points=100, units=0, now=now)
    own = {"person_id": cast.guilan.pk, "by": cast.guilan.user, "now": now}
    cast.waiting = redeem(gift_id=cast.gift.pk, key="w", **own)
    cast.gone = redeem(gift_id=cast.gift.pk, key="g", person_id=neighbours[1].pk,
                               by=neighbours[1].user, now=now)  # fmt: skip
    cast.asked = ask_transfer(
        kind="FAMILY", giver_id=cast.guilan.pk, taker_id=cast.zixuan.pk, points=5, relation="祖孙，户口本",
        by=cast.guilan.user, now=now,
    )  # fmt: skip
    cast.paper = volunteers.certificate(cast.served, cast.worker, now)
    cast.void = volunteers.certificate(
        cast.served, cast.worker, now, revoked_at=now, revoked_by=cast.worker, revoke_reason="重复开具"
    )
    cast.fund = fund
    return cast


@pytest.mark.parametrize("way", [WAYS[0], WAYS[1], WAYS[2], WAYS[3]])
def test_a_gift_from_the_shelf_to_the_hand(visit, ledger, way):
    hers = visit(**way)
    hers.sign_in(ledger.guilan.user)
    page = hers.open("/gifts/")
    page.get_by_role("link", name=ledger.gift.name).click()
    hers.press("换这件礼品，用 20 分")
    expect(page.locator("main")).to_contain_text("可用积分不够")
    cancel_redemption(redemption_id=ledger.waiting.pk, by=ledger.guilan.user, now=ledger.waiting.hold.at)
    hers.press("换这件礼品，用 20 分")
    expect(hers.title).to_have_text(f"{ledger.gift.name}给王桂兰留好了")
    code = page.locator(".pick-up").inner_text()
    made = Redemption.objects.latest("pk")

    desk = visit(**{**way, "elder": False})
    desk.sign_in(ledger.worker)
    page = desk.open("/staff/points/")
    page.get_by_role("link", name=f"王桂兰 · {ledger.gift.name}").first.click()
    desk.write("领取码", "000 000")
    desk.press("核对并发放")
    expect(page.locator(".summary")).to_contain_text("领取码不对")
    desk.write("领取码", code)
    desk.press("核对并发放")
    expect(page.locator(".alert")).to_contain_text(f"{ledger.gift.name}已交给王桂兰")
    hers.open(f"/my/redemptions/{made.pk}/")
    expect(hers.title).to_have_text(f"王桂兰领走了{ledger.gift.name}")


@pytest.mark.parametrize("way", [WAYS[0], WAYS[2], WAYS[3]])
def test_a_redemption_is_taken_back(visit, ledger, way):
    hers = visit(**way)
    hers.sign_in(ledger.guilan.user)
    page = hers.open(f"/my/redemptions/{ledger.waiting.pk}/")
    hers.press("取消兑换")
    confirm(hers, "不换了", scripts=way.get("scripts", True))
    page.get_by_text("20 分已经全部退回存折。").wait_for()


@pytest.mark.parametrize("way", [WAYS[0], WAYS[3]])
def test_hours_are_approved_one_by_one_and_ticked(visit, ledger, way):
    desk = visit(**way)
    desk.sign_in(ledger.worker)
    page = desk.open("/staff/records/")
    expect(page.locator("main")).to_contain_text("由另一位同事审核")
    page.locator(f"#record_{ledger.records[2].pk}").check()
    desk.press("认定勾选的")
    page.get_by_text("已认定 45 分钟").wait_for()
    hers = visit(**way)
    hers.sign_in(ledger.guilan.user)
    expect(hers.open("/my/points/").locator("main")).to_contain_text("4 小时 15 分钟")


@pytest.mark.parametrize("way", [WAYS[0], WAYS[1], WAYS[3]])
def test_a_certificate_and_its_check(visit, ledger, way):
    desk = visit(**{**way, "elder": False})
    desk.sign_in(ledger.worker)
    page = desk.open(f"/staff/points/{ledger.guilan.pk}/certificate/")
    for label, words in (
        ("开具单位", "花园路街道党群服务中心"),
        ("负责人", "李主任"),
        ("联系电话", "0371-65000000"),
        ("公示从哪天开始", "2026-11-24"),
    ):
        desk.write(label, words)
    desk.press("开具")
    expect(page.locator(".summary")).to_contain_text("公示满 7 天")
    desk.write("公示从哪天开始", "2026-11-01")
    desk.press("开具")
    expect(desk.page.locator("h1")).to_have_text("志愿服务证明")
    made = Certificate.objects.latest("pk")
    anybody = visit(**way)
    anybody.open("/c/")
    anybody.page.get_by_role("searchbox").fill(made.number)
    anybody.page.get_by_role("searchbox").press("Enter")
    anybody.page.get_by_role("heading", name="有效").wait_for()
    expect(anybody.page.locator("main")).to_contain_text("王**")


def everything(ledger):
    """Every page of hours and points, by who opens it."""
    guilan, donation = ledger.guilan, ledger.guilan.accounts.get(unit="POINTS").legs.latest("pk")
    public = ["/points/", "/gifts/", f"/gifts/{ledger.gift.pk}/", "/honour/", "/c/"]
    public += [f"/c/{ledger.paper.number}/", f"/c/{ledger.void.number}/", "/c/20260101AAAAAAAA/"]
    own = [
        "/my/points/", "/my/points/?unit=hours", "/my/points/statement/", f"/gifts/{ledger.gift.pk}/",
        f"/my/points/entries/{donation.posting_id}/", "/my/points/donate/",
        f"/my/points/donate/?person={guilan.pk}&points=5", f"/my/points/donate/?person={guilan.pk}&points=x",
        "/my/points/transfers/", "/my/points/transfers/new/", f"/my/points/transfers/{ledger.asked.pk}/",
        f"/my/redemptions/{ledger.waiting.pk}/", "/my/certificates/", f"/my/certificates/{ledger.paper.number}/",
    ]  # fmt: skip
    card = f"/staff/points/{guilan.pk}/"
    desk = [
        "/staff/points/", "/staff/points/?q=邻居", card, f"{card}statement/", f"{card}book/", f"{card}grant/",
        f"{card}transfer/", f"{card}transfer/?q=邻居", f"{card}certificate/",
        f"/staff/redemptions/{ledger.gone.pk}/", "/staff/records/",
        f"/staff/records/{ledger.records[2].pk}/refuse/", "/staff/transfers/", "/staff/budgets/",
        f"/staff/budgets/{ledger.fund.pk}/fund/", "/staff/gifts/", f"/staff/gifts/{ledger.gift.pk}/intake/",
        f"/staff/postings/{donation.posting_id}/reverse/", f"/staff/certificates/{ledger.paper.pk}/revoke/",
    ]  # fmt: skip
    return [(None, public), (guilan.user, own), (ledger.admin, desk)]


@pytest.mark.parametrize("elder", LOOKS)
def test_the_pages_can_be_read_and_pressed_by_everybody(visit, ledger, elder):
    wrong = inspect_as(visit, everything(ledger), elder=elder)
    assert not wrong, "\n".join(wrong)
