"""Points: earning, gifts, giving, holds, the ledger itself."""

from datetime import date, datetime, timedelta

from people.rules import Role
from points.actions.certificates import certificate, revoke_certificate
from points.actions.earning import approve_service, fund_budget
from points.actions.gifts import cancel_redemption, correct_intake, hand_out, redeem, renew_code, take_in
from points.actions.giving import approve_transfer, ask_transfer, award_points, donate, refuse_transfer
from points.actions.holds import commit_hold, expire_holds, expire_lots, hold, release_hold
from points.actions.ledger import post
from points.actions.vouchers import approve_voucher, ask_carry_over, ask_reversal, refuse_voucher
from points.models.ledger import Account, Posting
from points.models.policy import Budget, BudgetPot
from points.rules import AccountKind, LegDraft, PostingKind, TransferKind
from tests.cast import Cast
from tests.factories import people, volunteers
from tests.factories.points import keep
from tests.scenes import Play, story
from volunteers.models.roll import Volunteer


def fund_of(cast: Cast, points: int = 1000) -> Budget:
    return volunteers.budget(cast.city["street"], cast.officer, points)


def rich(cast: Cast, now: datetime, points: int = 100) -> tuple[Budget, Account]:
    """王桂兰 with points of a budget."""
    fund = fund_of(cast)
    volunteers.give(cast.guilan, points, of=fund, by=cast.officer, now=now)
    return fund, volunteers.points_of(cast.guilan)


def served(cast: Cast, now: datetime) -> Volunteer:
    made = volunteers.volunteer(cast.guilan)
    record = volunteers.record(made, cast.worker, now=now, served_on=date(2026, 11, 3))
    approve_service(record_id=record.pk, by=cast.admin, now=now)
    return made


def take_back(play: Play, cast: Cast, posting: Posting, now: datetime) -> None:
    """One asks and another agrees."""
    asked = play(ask_reversal, posting_id=posting.pk, reason="重复登记", by=cast.admin, now=now)
    play(approve_voucher, voucher_id=asked.pk, by=cast.officer, now=now)


@story(approve_service, approve_voucher)
def a_service_earns_and_is_taken_back(play: Play, cast: Cast, now: datetime) -> None:
    """Points were spent meanwhile, so what is taken back becomes a debt; and what is earned pays it."""
    fund = fund_of(cast)
    volunteers.policy(cast.city["street"], cast.officer)
    helper = volunteers.volunteer(cast.guilan)
    gift = volunteers.gift(cast.center, fund, cast.officer, points=10, now=now)
    for number in range(2):
        record = volunteers.record(helper, cast.worker, now=now, served_on=date(2026, 11, 3 + number))
        play(approve_service, record_id=record.pk, by=cast.admin, now=now)
        posting = Posting.objects.get(record=record)
        redeem(gift_id=gift.pk, person_id=cast.guilan.pk, key=str(number), by=cast.worker, now=now)
        if not number:
            take_back(play, cast, posting, now)
            break
    for day in (10, 11):
        record = volunteers.record(helper, cast.worker, now=now, minutes=120, served_on=date(2026, 11, day))
        play(approve_service, record_id=record.pk, by=cast.admin, now=now)
    for posting in Posting.objects.filter(kind=PostingKind.EARN).order_by("-pk")[:2]:
        take_back(play, cast, posting, now)


@story(approve_service)
def cover_is_scarce(play: Play, cast: Cast, now: datetime) -> None:
    """No pot has enough: all of them are locked and filled anew, under the accounts."""
    fund = fund_of(cast, 160)
    volunteers.policy(cast.city["street"], cast.officer)
    helper = volunteers.volunteer(cast.guilan)
    record = volunteers.record(helper, cast.worker, minutes=600, now=now)
    play(approve_service, record_id=record.pk, by=cast.admin, now=now)
    assert BudgetPot.objects.filter(budget=fund).exists()


@story(fund_budget, approve_voucher)
def a_budget_is_funded_and_a_paper_book_carried_over(play: Play, cast: Cast, now: datetime) -> None:
    """The account of the budget is older than hers, and younger."""
    fund = fund_of(cast)
    given = {"budget_id": fund.pk, "points": 500, "source": "示例文件", "by": cast.officer, "now": now}
    play(fund_budget, key="f1", **given)
    for number, person in enumerate((cast.guilan, cast.elder, cast.guilan)):
        told = {"points": 10, "minutes": 60, "paper": "旧账本第 3 页", "by": cast.worker, "now": now}
        asked = play(ask_carry_over, person_id=person.pk, key=str(number), **told)
        play(approve_voucher, voucher_id=asked.pk, by=cast.officer, now=now)


@story(post, approve_voucher, refuse_voucher)
def what_a_budget_gave_comes_back(play: Play, cast: Cast, now: datetime) -> None:
    account = volunteers.points_of(cast.guilan)  # older than the budget's
    fund = fund_of(cast)
    source = Account.objects.opened(AccountKind.BUDGET, budget=fund)
    legs = [LegDraft(source.pk, -40), LegDraft(account.pk, 40)]
    paper = {"book": "旧账本第 3 页"}
    told = {"key": "opening:1", "legs": legs, "kind": PostingKind.OPENING, "by": cast.officer, "now": now}
    made = play(post, **told, evidence=paper)
    younger = volunteers.points_of(cast.elder)
    legs = [LegDraft(source.pk, -40), LegDraft(younger.pk, 40)]
    play(post, **{**told, "key": "opening:2", "legs": legs}, evidence=paper)
    first = play(ask_reversal, posting_id=made.pk, reason="重复登记", by=cast.worker, now=now)
    play(refuse_voucher, voucher_id=first.pk, reason="没有重复", by=cast.officer, now=now)
    again = play(ask_reversal, posting_id=made.pk, reason="重复登记", by=cast.worker, now=now)
    play(approve_voucher, voucher_id=again.pk, by=cast.officer, now=now)


@story(take_in, correct_intake, redeem, renew_code, hand_out, cancel_redemption)
def a_gift_is_bought_and_handed_out(play: Play, cast: Cast, now: datetime) -> None:
    fund, _account = rich(cast, now)
    gift = volunteers.gift(cast.center, fund, cast.officer, points=20, now=now)
    bought = {"gift_id": gift.pk, "budget_id": fund.pk, "note": "采购单", "by": cast.worker, "now": now}
    first = play(take_in, key="t1", units=2, **bought)
    told = {"intake_id": first.pk, "really": 1, "reason": "多录了一件", "by": cast.officer, "now": now}
    play(correct_intake, **told)
    hers = {"gift_id": gift.pk, "person_id": cast.guilan.pk, "by": cast.guilan.user, "now": now}
    first, second = (play(redeem, key=key, **hers) for key in ("r1", "r2"))
    renewed = play(renew_code, redemption_id=first.pk, by=cast.worker, now=now)
    play(hand_out, redemption_id=first.pk, code=renewed.code, by=cast.worker, now=now)
    play(cancel_redemption, redemption_id=second.pk, by=cast.guilan.user, now=now)


@story(hold, commit_hold, release_hold, expire_holds, expire_lots)
def points_are_set_aside(play: Play, cast: Cast, now: datetime) -> None:
    fund, account = rich(cast, now)
    day = now.date() + timedelta(days=3)
    volunteers.give(cast.guilan, 20, of=fund, by=cast.officer, now=now, expires_on=day)
    told = {"account_id": account.pk, "amount": 5, "gift_id": None, "by": cast.guilan.user, "now": now}
    first = play(hold, key="h1", until=now + timedelta(days=1), **told)
    play(commit_hold, hold_id=first.pk, by=cast.worker, now=now)
    second, third = (keep(cast, account, 5, now, key=key) for key in ("h2", "h3"))
    play(release_hold, hold_id=second.pk, by=cast.worker, now=now)
    gift = volunteers.gift(cast.center, fund, cast.officer, points=20, now=now)
    redeem(gift_id=gift.pk, person_id=cast.guilan.pk, key="r", by=cast.guilan.user, now=now)
    assert play(expire_holds, now=now + timedelta(days=30)) == 2
    assert third.pk
    assert play(expire_lots, now=now + timedelta(days=90))


@story(donate, award_points)
def points_are_given_to_neighbours(play: Play, cast: Cast, now: datetime) -> None:
    """The pool's account is older than hers, and younger."""
    rich(cast, now)
    own = {"person_id": cast.guilan.pk, "points": 30, "by": cast.guilan.user, "now": now}
    play(donate, key="d1", **own)
    need = {"points": 10, "reason": "独居", "by": cast.officer, "now": now}
    for person in (people.person("高远", home=cast.city["community"]), cast.guilan):
        play(award_points, key=f"a{person.pk}", person_id=person.pk, **need)
    play(donate, key="d2", **own)


@story(ask_transfer, approve_transfer, refuse_transfer)
def points_pass_in_a_family(play: Play, cast: Cast, now: datetime) -> None:
    taker = volunteers.points_of(cast.elder)
    Account.objects.opened(AccountKind.DEBT, person=cast.elder)  # older than the giver's account
    _fund, giver = rich(cast, now)
    assert taker.pk < giver.pk
    told = {"kind": TransferKind.FAMILY, "giver_id": cast.guilan.pk, "taker_id": cast.elder.pk}
    told |= {"relation": "父女，户口本", "by": cast.guilan.user, "now": now}
    asked, again = (play(ask_transfer, **told, points=points) for points in (10, 11))
    director = people.staff("孙主任", Role.DIRECTOR, cast.city["street"])
    for by in (cast.worker, director):
        play(approve_transfer, transfer_id=asked.pk, by=by, now=now)
    play(refuse_transfer, transfer_id=again.pk, reason="关系不清", by=cast.worker, now=now)
    moved = Posting.objects.get(kind=PostingKind.TRANSFER)
    _spend(cast, 10, now)
    take_back(play, cast, moved, now)


def _spend(cast: Cast, points: int, now: datetime) -> None:
    """The elder spends what she got, so that taking it back makes a debt."""
    account = volunteers.points_of(cast.elder)
    told = {"gift_id": None, "until": None, "by": cast.worker, "now": now}
    held = hold(key="spent", account_id=account.pk, amount=points, **told)
    commit_hold(hold_id=held.pk, by=cast.worker, now=now)


@story(certificate, revoke_certificate)
def hours_are_certified(play: Play, cast: Cast, now: datetime) -> None:
    director = people.staff("钱主任", Role.DIRECTOR, cast.city["street"])
    made = play(
        certificate,
        volunteer_id=served(cast, now).pk,
        since=date(2026, 1, 1),
        until=now.date(),
        issuer="通信花园社区居委会",
        in_charge="钱主任",
        handler="周敏",
        contact="0371-65000000",
        noticed_from=now.date() - timedelta(days=10),
        by=director,
        now=now,
    )
    play(revoke_certificate, certificate_id=made.pk, reason="登记有误", by=director, now=now)
