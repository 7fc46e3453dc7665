"""Verbs of a gift: take in, redeem, hand out, cancel."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from centers.models import Division
from common.errors import DomainError, NotAllowed
from notices.actions import queue
from people.authority import may_act, refuse_own
from people.models import Person, User, acts_for
from points.actions.ages import check_age
from points.actions.holds import commit_hold, hold, release_hold
from points.actions.ledger import NoCover, NoStock, check_same_row, in_words
from points.models.gifts import Gift, StockIntake
from points.models.ledger import Account
from points.models.policy import Budget, Funding, Policy
from points.models.redemptions import Redemption
from points.rules import CODE_TRIES, PICK_UP_DAYS, AccountKind, Letter


class WrongCode(DomainError):
    code = "WRONG_CODE"


@transaction.atomic
def take_in(
    *, key: str, gift_id: int, units: int, budget_id: int, note: str, by: User, now: datetime
) -> StockIntake:
    """礼品入库: so many pieces came in, paid by a budget; a negative number writes off.

    A budget buys for its own place only, and no more than it was funded with; a closed one buys
    nothing. What is written off was paid, and gives no points back. The same key takes in once.
    Refuses NOT_ALLOWED, BAD_AMOUNT, BUDGET_CLOSED, NO_COVER, NO_STOCK (writing off what is promised
    already), KEY_REUSED.
    """
    gift = Gift.objects.select_related("center__division").filter(pk=gift_id).first()
    budgets = Budget.objects.select_related("division").select_for_update(no_key=True, of=("self",))
    budget = budgets.filter(pk=budget_id).first()
    if gift is None or budget is None or not _may_buy(by, gift.center.division, budget):
        raise NotAllowed(message=_("这件礼品或这个预算不在您负责的范围内。"))
    if not units or abs(units) > 100_000:
        raise DomainError("BAD_AMOUNT", _("请填入库件数；报损填负数。"))
    told = {"gift_id": gift.pk, "budget_id": budget.pk, "units": units}
    # The budget is locked: whoever comes with the same key finds the first one here.
    if first := StockIntake.objects.filter(key=key).first():
        return check_same_row(first, told)
    if units > 0 and budget.closed_on is not None:
        raise DomainError("BUDGET_CLOSED", _("这个预算已经停用，请选另一个预算。"), about="budget")
    if units > 0:
        _check_cover(budget, units * gift.points)
    with in_words():
        return StockIntake.objects.create(**told, key=key, note=note.strip()[:100], by=by, at=now)


def _check_cover(budget: Budget, points: int) -> None:
    """Refuses NO_COVER where a locked budget would buy for more than it was funded with."""
    funded = Funding.objects.filter(budget=budget).aggregate(points=Sum("points"))["points"] or 0
    if points > funded - StockIntake.objects.filter(budget=budget).paid().points():
        raise NoCover(message=_("这个预算剩下的积分不够买这些礼品，请先注入预算。"))


@transaction.atomic
def correct_intake(*, intake_id: int, really: int, reason: str, by: User, now: datetime) -> StockIntake:
    """更正入库: so many pieces of an intake really came in, or were really written off; never more.

    A row of its own; the points of what did not come in go back to the budget that paid for it. So
    whoever keeps the ledger where the budget is does it, and not who wrote the intake. Twice
    changes nothing. Refuses NOT_ALLOWED, SAME_PERSON, BAD_AMOUNT, REASON_NEEDED, NO_STOCK
    (promised already), NO_COVER.
    """
    rows = StockIntake.objects.select_related("gift", "budget__division")
    first = rows.filter(pk=intake_id, corrects=None).first()
    if first is None or not may_act(by=by, verb="points.ledger", row=first.budget.division):
        raise NotAllowed(message=_("没有找到这笔入库，或者它的预算不在您负责的范围内。"))
    if by.pk == first.by_id:
        raise DomainError("SAME_PERSON", _("自己录的入库，要由另一位管账的工作人员来更正。"))
    if not 0 <= really <= abs(first.units):
        raise DomainError(
            "BAD_AMOUNT", _("更正后的件数不能比原来录的多；少录了请再入库一次。"), about="really"
        )
    if len(reason.strip()) < 2:
        raise DomainError("REASON_NEEDED", _("请写明哪里录错了。"), about="reason")
    budget = Budget.objects.select_for_update(no_key=True).get(pk=first.budget_id)
    units = (really if first.units > 0 else -really) - first.counts
    if not units:
        return first
    if first.units > 0 and units > 0:
        _check_cover(budget, units * first.gift.points)
    same = {"gift": first.gift, "budget": budget, "corrects": first}
    with in_words():
        return StockIntake.objects.create(**same, units=units, note=reason.strip()[:100], by=by, at=now)


def _may_buy(by: User, place: Division, budget: Budget) -> bool:
    """What she sees by another post does not count: a budget buys where it pays, and she where she keeps gifts."""
    return may_act(by=by, verb="points.gifts", row=place) and budget.division.contains(place)


def _check_redeemer(by: User, person: Person, place: Division) -> None:
    if acts_for(by).filter(pk=person.pk).exists():
        return
    if not may_act(by=by, verb="points.gifts", person=person, row=place):
        raise NotAllowed(message=_("您不能替这位居民兑换，请到服务台办理。"))


@transaction.atomic
def redeem(*, gift_id: int, person_id: int, key: str, by: User, now: datetime) -> Redemption:
    """兑换礼品: sets a gift and its points aside for a week; its `code` opens it.

    By herself, by whom she named, or at the desk. The same key gives the first redemption. Refuses
    NOT_ALLOWED, NO_STOCK, OVERSPEND, IN_DEBT, NOT_OLD_ENOUGH (where the policy sets an age),
    KEY_REUSED.
    """
    gift = Gift.objects.select_related("center__division").filter(pk=gift_id, on_offer=True).first()
    person = Person.objects.select_related("home").filter(pk=person_id, merged_into=None).first()
    if gift is None:
        raise NoStock(message=_("这件礼品现在不能兑换，请换一样。"))
    if person is None:
        raise NotAllowed(message=_("没有找到这位居民。"))
    place = gift.center.division
    _check_redeemer(by, person, place)
    policy = Policy.objects.in_force(person.home or place, timezone.localtime(now).date())
    check_age(person, policy, now)
    held = hold(
        key=f"gift:{person.pk}:{key}",
        account_id=Account.objects.opened(AccountKind.PERSON, person=person).pk,
        amount=gift.points,
        gift_id=gift.pk,
        until=now + timedelta(days=PICK_UP_DAYS),
        by=by,
        now=now,
        policy=policy,
        principal_id=person.pk,
    )
    made = Redemption.objects.filter(hold=held).first()
    if made is not None:
        return made
    # Her records may have been merged while this waited for her account.
    if not Person.objects.filter(pk=person.pk, merged_into=None).exists():
        raise NotAllowed(message=_("没有找到这位居民。"))
    made = Redemption(person=person, gift=gift, hold=held)
    made.code_hash = made.hash_of(made.code)
    made.save(force_insert=True)
    _tell(Letter.GIFT_RESERVED, made, now)
    return made


def _tell(kind: Letter, redemption: Redemption, now: datetime) -> None:
    queue(
        kind=kind,
        key=f"{kind.lower()}:{redemption.pk}",
        recipient=redemption.person,
        about=("redemption", redemption.pk),
        due_at=now,
        now=now,
        person=redemption.person.full_name,
        gift=redemption.gift.name,
        center=redemption.gift.center.name,
        points=redemption.hold.amount,
        until=timezone.localtime(redemption.hold.until).strftime("%Y-%m-%d"),
    )


def _locked(redemption_id: int) -> Redemption:
    """Whoever calls asks whether she may."""
    found = (
        Redemption.objects.select_related("hold", "person", "gift__center__division")
        .select_for_update(no_key=True, of=("self",))
        .filter(pk=redemption_id)
        .first()
    )
    if found is None:
        raise NotAllowed(message=_("没有找到这张兑换单，或者它不在您负责的范围内。"))
    return found


def hand_out(*, redemption_id: int, code: str, by: User, now: datetime) -> Redemption:
    """领取礼品: hands the gift out against its code, which works once; the points are spent.

    Five wrong codes block it until a new one is printed. Twice changes nothing. Refuses
    NOT_ALLOWED, SAME_PERSON (nobody hands out to her own), WRONG_CODE, CODE_BLOCKED, HOLD_ENDED (cancelled, or not picked up in time).
    """
    digits = "".join(char for char in code if char.isdigit())
    with transaction.atomic():
        found = _locked(redemption_id)
        if not may_act(by=by, verb="points.gifts", row=found.gift.center.division):
            raise NotAllowed(message=_("礼品由服务台工作人员发放。"))
        refuse_own(by, found.person)
        if found.wrong_codes >= CODE_TRIES:
            raise DomainError("CODE_BLOCKED", _("领取码输错太多次，请核对身份后重新打印一张。"))
        if constant_time_compare(found.code_hash, found.hash_of(digits)):
            commit_hold(hold_id=found.hold_id, by=by, now=now, memo=found.gift.name)
            return found
        # Counted in a transaction that commits: a refusal would take the count back with it.
        found.wrong_codes += 1
        found.save(update_fields=["wrong_codes"])
    raise WrongCode(message=_("领取码不对，请再核对一遍；它只能领这一张兑换单。"))


@transaction.atomic
def renew_code(*, redemption_id: int, by: User, now: datetime) -> Redemption:
    """重发领取码: staff who have seen who she is print a new code; the old one is dead.

    Refuses NOT_ALLOWED.
    """
    found = _locked(redemption_id)
    if not may_act(by=by, verb="points.gifts", row=found.gift.center.division):
        raise NotAllowed(message=_("领取码由服务台工作人员重发。"))
    found.code_version, found.wrong_codes = found.code_version + 1, 0
    found.code_hash = found.hash_of(found.code)
    found.save(update_fields=["code_version", "wrong_codes", "code_hash"])
    return found


@transaction.atomic
def cancel_redemption(*, redemption_id: int, by: User, now: datetime) -> Redemption:
    """取消兑换: the points come back whole, the gift goes back on the shelf.

    By herself, by whom she named, or at the desk. Twice changes nothing. Refuses NOT_ALLOWED,
    HOLD_ENDED once it was handed out.
    """
    found = _locked(redemption_id)
    # The desk that keeps the gift may let it go, whoever it is kept for: points and gift go back.
    if not may_act(by=by, verb="points.gifts", row=found.gift.center.division):
        _check_redeemer(by, found.person, found.gift.center.division)
    release_hold(hold_id=found.hold_id, by=by, now=now)
    return found
