"""The part of points when a person's record is copied, closed or merged into another.

What the ledger wrote stays where it was written. Points move, or lapse, by a posting of their own;
hours never move: where both records have some, nothing is merged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, TypedDict

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from common.copies import copies, copy_of
from common.days import day_of
from people.actions.records import MergeRefused
from people.actions.words import forget, said_in
from people.models import Person, User
from people.parts import Folded
from points.actions.giving import parts_of
from points.actions.ledger import MERGED, post, take_back
from points.models.certificates import Certificate
from points.models.ledger import Account, Hold, Leg, Lot, Posting
from points.models.redemptions import Redemption
from points.models.transfers import Transfer
from points.models.vouchers import Voucher
from points.rules import AccountKind, LegDraft, PostingKind, Unit
from volunteers.actions.persons import both_served, served, turn_round
from volunteers.models.roll import Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.rules.service import UNTITLED

# What stays of why a certificate was revoked, once its volunteer's record is closed.
REVOKED = _t("已撤销")
_CERTIFICATE = ("number", "since", "until", "minutes", "issuer", "issued_at", "revoked_at")


def lock(person_ids: Collection[int]) -> Iterable[QuerySet[Any]]:
    """Her certificates, what waits to be passed on or picked up, her accounts."""
    return (
        *(_certificates(person) for person in Person.objects.filter(pk__in=person_ids)),
        Transfer.objects.filter(Q(giver__in=person_ids) | Q(taker__in=person_ids)),
        Voucher.objects.filter(Q(person__in=person_ids) | Q(reverses__in=_touching(person_ids))),
        Redemption.objects.filter(person__in=person_ids),
        Account.objects.filter(person__in=person_ids),
        said_in(_postings(person_ids)),
    )


def _postings(person_ids: Collection[int]) -> QuerySet[Posting]:
    return Posting.objects.filter(pk__in=_touching(person_ids))


def _touching(person_ids: Collection[int]) -> QuerySet[Any]:
    """The numbers of the postings that moved something of theirs."""
    return Leg.objects.filter(account__person__in=person_ids).values("posting")


def _certificates(person: Person) -> QuerySet[Certificate]:
    """Her own, and those of who served her: they tell what was done."""
    records = ServiceRecord.objects.about(person).order_by()
    return Certificate.objects.filter(volunteer__in=records.values("volunteer")) | Certificate.objects.filter(
        volunteer__person=person
    )


def copy(person: Person) -> dict[str, Any]:
    """All that this app knows of her, by name; sealed words are opened, for they are hers."""
    transfers = Transfer.objects.of(person).select_related("giver", "taker")
    vouchers = Voucher.objects.about(person).order_by("id")
    holds = Hold.objects.filter(account__person=person).select_related("gift", "end").order_by("id")
    found = {
        _("志愿服务证明"): copies(Certificate.objects.filter(volunteer__person=person), *_CERTIFICATE),
        _("积分和时长账"): [_passbook(account) for account in Account.objects.filter(person=person)],
        _("兑换和预留"): [_hold(hold) for hold in holds],
        _("记账单"): copies(vouchers, "kind", "points", "minutes", "grounds", "state", "asked_at"),
        _("转赠"): copies(transfers, "kind", "giver", "taker", "points", "relation", "state", "asked_at"),
    }
    return {name: rows for name, rows in found.items() if rows}


def _passbook(account: Account) -> dict[str, Any]:
    lines = Leg.objects.filter(account=account).select_related("posting__record").order_by("id")
    return {
        **copy_of(account, "kind", "unit", "posted", "held"),
        _("明细"): [
            {
                **copy_of(line.posting, "at", "kind", ("title", _("摘要"))),
                **copy_of(line, "amount", "balance", "expires_on"),
            }
            for line in lines
        ],
    }


def _hold(hold: Hold) -> dict[str, Any]:
    end = getattr(hold, "end", None)
    return {**copy_of(hold, "gift", "amount", "at", "until"), **(copy_of(end, "outcome") if end else {})}


def unfinished(person: Person, _now: datetime) -> str:
    """What she has to finish first, as a sentence; "" for nothing."""
    if waiting := Redemption.objects.open().filter(person=person).select_related("gift").first():
        words = {"gift": waiting.gift.name}
        return _("换的“%(gift)s”还没领，请先领走，或取消兑换，再注销。") % words
    if Account.objects.filter(person=person, held__gt=0).exists():
        return _("还有预留的积分没有结清，请先到服务台办完，再注销。")
    if Voucher.objects.waiting().about(person).exists():
        return _("有一份旧账或冲正还在审批，请先等它办完，或请服务台不予入账，再注销。")
    if Transfer.objects.waiting().of(person).exists():
        return _("有一份积分转赠还在审批，请先等它办完，或请服务台不予办理，再注销。")
    return ""


def erase(person: Person, by: User, now: datetime) -> None:
    """Points that nobody can spend any more leave the ledger, so that they are not owed for ever.

    What was typed about her goes: which book, why something was taken back, who is whose daughter. The
    figures stay: they are everybody's.
    """
    hers = Q(person=person) | Q(reverses__in=_touching([person.pk]))
    Voucher.objects.filter(hers).update(grounds="", why_not="")
    forget(_postings([person.pk]))
    told = Transfer.objects.of(person)
    told.exclude(relation="").update(relation="")
    told.exclude(reason="").update(reason="")
    _untitle(person)
    account = Account.objects.filter(person=person, kind=AccountKind.PERSON, unit=Unit.POINTS).first()
    if account is None or not account.posted:
        return
    expired = Account.objects.opened(AccountKind.EXPIRED)
    post(
        key=f"erase:{person.pk}:{now.isoformat()}",
        legs=[LegDraft(account.pk, -account.posted), LegDraft(expired.pk, account.posted)],
        kind=PostingKind.EXPIRE,
        by=by,
        now=now,
        memo=_("注销，剩余积分作废"),
        principal_id=person.pk,
    )


def _untitle(person: Person) -> None:
    """Certificates keep their minutes; what was typed about her on them goes."""
    records = ServiceRecord.objects.about(person).titled_by_hand()
    typed = set(records.values_list("title", flat=True))
    for one in _certificates(person):
        one.services = [
            {**row, "title": str(UNTITLED)} if row["title"] in typed else row for row in one.services
        ]
        if one.volunteer.person_id == person.pk:
            one.note = ""
            one.revoke_reason = str(REVOKED) if one.revoked_at else ""
        one.save(update_fields=["services", "note", "revoke_reason"])


class Told(TypedDict):
    """What undoing a merge wants to know: the posting that moved the points."""

    posting: int


def fold(kept: Person, gone: Person, by: User, now: datetime) -> Folded:
    """Brings together what both records have; what one alone has is moved by the merge itself."""
    _certified(kept, gone)
    both = _accounts(kept, gone)
    posting = _move_points(both, kept, gone, by, now)
    stays = {"points.account": [old.pk for old, _new in both]}
    return Folded(stays, Told(posting=posting.pk)) if posting else Folded(stays)


def _certified(kept: Person, gone: Person) -> None:
    """A certificate says whose it is: it stays with its volunteer, so she is the one to keep."""
    serving = {one.person_id: one for one in Volunteer.objects.filter(person__in=[kept, gone])}
    certified = Certificate.objects.filter(volunteer__in=serving.values())
    if len(serving) == 2 and certified.filter(volunteer=serving[gone.pk]).exists():
        new = serving[kept.pk]
        too = served(new) or certified.filter(volunteer=new).exists()
        raise both_served() if too else turn_round()


def _accounts(kept: Person, gone: Person) -> list[tuple[Account, Account]]:
    new = {(one.unit, one.kind): one for one in Account.objects.filter(person=kept)}
    old = Account.objects.filter(person=gone).order_by("pk")
    return [(one, new[one.unit, one.kind]) for one in old if (one.unit, one.kind) in new]


def _move_points(
    both: list[tuple[Account, Account]], kept: Person, gone: Person, by: User, now: datetime
) -> Posting | None:
    legs: list[LegDraft] = []
    for old, new in both:
        if old.held:
            raise MergeRefused(
                message=_("并入的那份档案还留着积分：有礼品没领，或点的服务没做完。请先办完或取消，再合并。")
            )
        if old.unit == Unit.HOURS and old.posted:
            raise both_served() if new.posted else turn_round()
        if old.kind == AccountKind.DEBT and old.posted:
            legs += [LegDraft(old.pk, -old.posted), LegDraft(new.pk, old.posted)]
        if old.kind == AccountKind.PERSON and old.unit == Unit.POINTS:
            legs += _points(old, new, now)
    if not legs:
        return None
    return post(
        key=f"{MERGED}{kept.pk}:{gone.pk}:{now.isoformat()}",
        legs=legs,
        kind=PostingKind.TRANSFER,
        by=by,
        now=now,
        memo=_("两份档案合并"),
        evidence={"kept": kept.pk, "merged": gone.pk},
    )


def _points(old: Account, new: Account, now: datetime) -> list[LegDraft]:
    """All points that are still good; what has run out is left for the pass that expires it."""
    day = day_of(now)
    good = Lot.objects.filter(Q(expires_on=None) | Q(expires_on__gte=day), account=old)
    points = good.aggregate(points=Sum("left"))["points"] or 0
    return [LegDraft(old.pk, -points), *parts_of(old, new, points, day)] if points else []


def unfold(told: Told | None, by: User, now: datetime) -> None:
    """Points spent meanwhile become a debt of who spent them."""
    if told:
        take_back(Posting.objects.get(pk=told["posting"]), by, now, _("撤销合并"))
