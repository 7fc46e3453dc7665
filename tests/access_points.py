"""Who may open the pages and records of hours and points (tests/test_access.py)."""

from points.actions.gifts import redeem
from points.actions.giving import ask_transfer, donate
from points.actions.vouchers import ask_carry_over
from tests.access import ALL, DESK, SIGNED_IN, STAFF, Row, button, verb
from tests.factories import volunteers
from tests.factories.points import clerk
from volunteers.models.roll import Volunteer

KEEPS = "worker officer admin"

TABLE = {
    # hours and points, for everybody
    "points:coverage": Row(),
    "points:gifts": Row(),
    "points:gift": Row(),
    "points:redeem": verb("guilan worker admin", {"person": "$guilan_id", "key": "another"}, get=ALL),
    "points:honour": Row(),
    "points:check_any": Row(),
    "points:check": Row(),
    # one's own
    "points:passbook": Row(SIGNED_IN),
    "points:statement": Row("guilan stranger"),
    "points:entry": Row("guilan"),
    "points:donate": verb("guilan", {"person": "$guilan_id", "points": "5", "key": "k5"}, get=SIGNED_IN),
    "points:transfers": Row(SIGNED_IN),
    "points:transfer_new": verb(
        "guilan",
        {"giver": "$guilan_id", "taker": "$person_id", "points": "3", "relation": "祖孙，户口本"},
        get=SIGNED_IN,
    ),
    "points:transfer": Row("guilan"),
    "points:redemption": Row("guilan"),
    "points:cancel_redemption": verb("guilan worker admin"),
    "points:certificates": Row(SIGNED_IN),
    "points:certificate": Row("guilan worker officer admin"),
    "points:show_honour": verb("guilan", {"agree": "yes"}),
    # the desk of points
    "points:staff_home": Row(STAFF),
    "points:staff_person": Row("worker officer admin"),
    "points:staff_statement": Row("worker officer admin"),
    "points:staff_redeem": verb(DESK, {"gift": "$gift_id", "key": "another"}, {"person_id": "guilan_id"}),
    "points:staff_carry_over": verb(
        KEEPS,
        {"points": "5", "hours": "0", "minutes": "0", "paper": "旧账本第 9 页", "key": "k9"},
        {"person_id": "guilan_id"},
        get=KEEPS,
    ),
    "points:staff_award": verb(
        "officer admin",
        {"points": "1", "reason": "特困家庭", "key": "k8"},
        {"person_id": "guilan_id"},
        get="officer admin",
    ),
    "points:staff_ask_transfer": Row(DESK, DESK),
    "points:staff_certificate": Row(DESK, DESK, {"since": "x"}),
    "points:staff_redemption": Row(DESK),
    "points:staff_hand_out": verb(DESK, {"code": "$pickup_code"}),
    "points:staff_renew": verb(DESK),
    "points:staff_records": Row("worker other_worker admin"),
    # What lies out of reach is refused on the list of results.
    "points:staff_approve": button("worker other_worker admin", only="$record_id"),
    "points:staff_refuse": verb(DESK, {"reason": "没有这次活动"}, get=DESK),
    "points:staff_transfers": Row("worker other_worker officer admin"),
    "points:staff_approve_transfer": verb(DESK),
    "points:staff_refuse_transfer": verb(DESK, {"reason": "没有户口本"}, get=DESK),
    "points:staff_budgets": Row(STAFF),
    "points:staff_fund": verb(
        "officer admin", {"points": "10", "source": "街道文件", "key": "k7"}, get="officer admin"
    ),
    "points:staff_stock": Row(STAFF),
    "points:staff_intake": verb(DESK, {"units": "1", "budget": "$budget_id", "key": "k6"}, get=DESK),
    "points:staff_reverse": verb(KEEPS, {"reason": "记错了人"}, get=KEEPS),
    "points:staff_vouchers": Row("worker other_worker officer admin"),
    "points:staff_approve_voucher": verb("officer admin"),
    "points:staff_refuse_voucher": verb("officer admin", {"reason": "没有账本"}, get=KEEPS),
    "points:staff_revoke": verb(DESK, {"reason": "日期写错了"}, get=DESK),
    # the API
    "api-account-list": Row(SIGNED_IN),
    "api-account-entries": Row("guilan"),
    "api-account-donate": verb("guilan", {"points": "2"}),
    "api-gift-list": Row(),
    "api-gift-detail": Row(),
    "api-gift-redeem": verb("guilan", {"person_id": "$guilan_id", "key": "another"}),
    "api-redemption-list": Row(SIGNED_IN),
    "api-redemption-detail": Row("guilan"),
    "api-redemption-cancel": verb("guilan"),
    "api-transfer-list": Row(SIGNED_IN),
    "api-coverage-list": Row(),
    "api-certificate-detail": Row(),
}

ADMIN = {
    "points.policy": "worker officer admin",
    "points.budget": "worker officer admin",
    "points.funding": "worker officer admin",
    "points.gift": "worker officer admin",
    "points.stockintake": "worker officer admin",
    "points.redemption": DESK,
    "points.transfer": "worker officer admin",
    "points.certificate": "worker officer admin",
    "points.voucher": "worker officer admin",
    "points.posting": "worker officer admin",
    "points.account": "worker officer admin",
    "points.dayhash": STAFF,
}

# Gifts are handed out at the desk.
NOT_OF_THE_GRID = {"points.redemption", "grants.grantcall", "grants.pitch"}


def world(cast, now):
    """王桂兰's book with a gift that waits, a transfer, a certificate; and what stands behind them."""
    fund = volunteers.budget(cast.city["street"], cast.officer, 1000)
    book = volunteers.give(cast.guilan, 100, of=fund, by=cast.officer, now=now)
    gift = volunteers.gift(cast.center, fund, cast.officer, points=40, now=now)
    asked = {"person_id": cast.guilan.pk, "by": cast.guilan.user, "now": now}
    redemption = redeem(gift_id=gift.pk, key="k", **asked)
    transfer = ask_transfer(
        kind="FAMILY", giver_id=cast.guilan.pk, taker_id=cast.zixuan.pk, points=5, relation="祖孙，户口本",
        by=cast.guilan.user, now=now,
    )  # fmt: skip
    donate(key="d", points=2, **asked)
    served, _child = (
        Volunteer.objects.filter(person=person).first() or volunteers.volunteer(person)
        for person in (cast.guilan, cast.zixuan)
    )
    record = volunteers.record(served, cast.officer, now=now)
    paper = volunteers.certificate(served, cast.worker, now)
    policy = volunteers.policy(cast.city["street"], cast.officer)
    rows = [policy, fund, fund.fundings.get(), gift, gift.intakes.get(), redemption, transfer, paper, book]
    told = {"points": 5, "minutes": 0, "paper": "旧账本第 4 页", "key": "v", "by": clerk(), "now": now}
    asked_over = ask_carry_over(person_id=cast.guilan.pk, **told)
    rows += [volunteers.points_of(cast.guilan), asked_over]
    return {
        "rows": rows,
        "guilan_id": cast.guilan.pk,
        "api-account": volunteers.points_of(cast.guilan).pk,
        "api-gift": gift.pk,
        "api-redemption": redemption.pk,
        "gift_id": gift.pk,
        "redemption_id": redemption.pk,
        "transfer_id": transfer.pk,
        "volunteer_id": served.pk,
        "record_id": record.pk,
        "number": paper.number,
        "certificate_id": paper.pk,
        "budget_id": fund.pk,
        "posting_id": book.pk,
        "voucher_id": asked_over.pk,
        "pickup_code": redemption.code,
    }
