"""Who may open the pages and records of hours and points (tests/test_access.py)."""

from tests.access import ALL, DESK, SIGNED_IN, STAFF, Row, button
from tests.factories import volunteers
from volunteers import actions
from volunteers.models import Volunteer

TABLE = {
    # hours and points, for everybody
    "volunteers:coverage": Row(),
    "volunteers:gifts": Row(),
    "volunteers:gift": Row(),
    "volunteers:redeem": Row(ALL, "guilan worker admin", {"person": "$guilan_id"}),
    "volunteers:honour": Row(),
    "volunteers:check_any": Row(),
    "volunteers:check": Row(),
    # one's own
    "volunteers:passbook": Row(SIGNED_IN),
    "volunteers:statement": Row("guilan stranger"),
    "volunteers:entry": Row("guilan"),
    "volunteers:donate": Row(SIGNED_IN, SIGNED_IN, {"points": "x"}),
    "volunteers:transfers": Row(SIGNED_IN),
    "volunteers:transfer_new": Row(SIGNED_IN, SIGNED_IN, {"points": "x"}),
    "volunteers:transfer": Row("guilan"),
    "volunteers:redemption": Row("guilan"),
    "volunteers:cancel_redemption": button("guilan worker admin"),
    "volunteers:certificates": Row(SIGNED_IN),
    "volunteers:certificate": Row("guilan worker officer admin"),
    "volunteers:show_honour": button("guilan", agree="yes"),
    # the desk of points
    "volunteers:staff_points": Row(STAFF),
    "volunteers:staff_points_person": Row("worker officer admin"),
    "volunteers:staff_statement": Row("worker officer admin"),
    "volunteers:staff_redeem": button(DESK, gift="$gift_id"),
    "volunteers:staff_book": Row("officer admin", "officer admin", {"points": "x"}),
    "volunteers:staff_grant": Row("officer admin", "officer admin", {"points": "x"}),
    "volunteers:staff_ask_transfer": Row(DESK, DESK),
    "volunteers:staff_certificate": Row(DESK, DESK, {"since": "x"}),
    "volunteers:staff_redemption": Row(DESK),
    "volunteers:staff_hand_out": button(DESK, code="000000"),
    "volunteers:staff_renew": button(DESK),
    "volunteers:staff_records": Row("worker other_worker admin"),
    # What lies out of reach is refused on the list of results.
    "volunteers:staff_approve": button("worker other_worker admin", only="$record_id"),
    "volunteers:staff_refuse": Row(DESK, DESK, {"reason": ""}),
    "volunteers:staff_transfers": Row("worker other_worker officer admin"),
    "volunteers:staff_approve_transfer": button("worker other_worker officer admin"),
    "volunteers:staff_refuse_transfer": Row(DESK, DESK, {"reason": ""}),
    "volunteers:staff_budgets": Row(STAFF),
    "volunteers:staff_fund": Row("officer admin", "officer admin", {"points": "x"}),
    "volunteers:staff_stock": Row(STAFF),
    "volunteers:staff_intake": Row(DESK, DESK, {"units": "x"}),
    "volunteers:staff_reverse": Row("officer admin", "officer admin", {"reason": ""}),
    "volunteers:staff_revoke": Row(DESK, DESK, {"reason": ""}),
    # the API
    "api-account-list": Row(SIGNED_IN),
    "api-account-entries": Row("guilan"),
    "api-account-donate": button("guilan"),
    "api-gift-list": Row(),
    "api-gift-detail": Row(),
    # What is refused is answered 409, which the table takes for an answer; 403 without sign-in.
    "api-gift-redeem": button(SIGNED_IN, person_id="$guilan_id"),
    "api-redemption-list": Row(SIGNED_IN),
    "api-redemption-detail": Row("guilan"),
    "api-redemption-cancel": button("guilan"),
    "api-certificate-detail": Row(),
}

ADMIN = {
    "volunteers.policy": "worker officer admin",
    "volunteers.budget": "worker officer admin",
    "volunteers.funding": "worker officer admin",
    "volunteers.gift": "worker officer admin",
    "volunteers.stockintake": "worker officer admin",
    "volunteers.redemption": DESK,
    "volunteers.transfer": "worker officer admin",
    "volunteers.certificate": "worker officer admin",
    "volunteers.posting": "worker officer admin",
    "volunteers.account": "worker officer admin",
    "volunteers.dayhash": STAFF,
}

# Gifts are handed out at the desk.
NOT_OF_THE_GRID = {"volunteers.redemption", "volunteers.grantcall", "volunteers.pitch"}


def world(cast, now):
    """王桂兰's book with a gift that waits, a transfer, a certificate; and what stands behind them."""
    fund = volunteers.budget(cast.city["street"], cast.officer, 1000)
    book = volunteers.give(cast.guilan, 100, of=fund, by=cast.officer, now=now)
    gift = volunteers.gift(cast.center, fund, cast.officer, points=40, now=now)
    asked = {"person_id": cast.guilan.pk, "by": cast.guilan.user, "now": now}
    redemption = actions.redeem(gift_id=gift.pk, key="k", **asked)
    transfer = actions.ask_transfer(
        kind="FAMILY", giver_id=cast.guilan.pk, taker_id=cast.zixuan.pk, points=5, relation="祖孙，户口本",
        by=cast.guilan.user, now=now,
    )  # fmt: skip
    served, _child = (
        Volunteer.objects.filter(person=person).first() or volunteers.volunteer(person)
        for person in (cast.guilan, cast.zixuan)
    )
    record = volunteers.record(served, cast.officer, now=now)
    paper = volunteers.certificate(served, cast.worker, now)
    policy = volunteers.policy(cast.city["street"], cast.officer)
    rows = [policy, fund, fund.fundings.get(), gift, gift.intakes.get(), redemption, transfer, paper, book]
    rows += [volunteers.points_of(cast.guilan)]
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
    }
