"""Verbs of points that pass on: donate, grant, transfer in a family, inherit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from common.days import day_of
from common.errors import DomainError, NotAllowed
from common.steps import refuse_lacking
from people.authority import is_own, may_act, refuse_own
from people.models import Person, User, acts_for
from points.actions.ledger import Overspend, lock_accounts, post
from points.models.ledger import Account, Lot, Posting
from points.models.transfers import Transfer
from points.rules import (
    TRANSFERS,
    AccountKind,
    LegDraft,
    PostingKind,
    TransferKind,
    TransferMove,
    TransferParty,
    TransferState,
)

LONGEST_REASON = 200


class TransferRefused(DomainError):
    code = "TRANSFER_REFUSED"


def _positive(points: int) -> None:
    if not 0 < points <= 1_000_000:
        raise DomainError("BAD_AMOUNT", _("请填要转出的积分，至少 1 分。"))


def _person(person_id: int) -> Person:
    person = Person.objects.select_related("home").filter(pk=person_id, merged_into=None).first()
    if person is None:
        raise NotAllowed(message=_("没有找到这位居民。"))
    return person


@transaction.atomic
def donate(*, key: str, person_id: int, points: int, by: User, now: datetime) -> Posting:
    """捐出积分: gives points to the pool of one's community, for neighbours who need service.

    Only by herself or whom she named. The same key donates once. Refuses NOT_ALLOWED, BAD_AMOUNT,
    NO_HOME, OVERSPEND, KEY_REUSED.
    """
    _positive(points)
    person = _person(person_id)
    if not acts_for(by).filter(pk=person.pk).exists():
        raise NotAllowed(message=_("捐不捐积分，只能由本人决定。"))
    if person.home is None:
        raise DomainError("NO_HOME", _("请先填上所在社区，再捐积分。"))
    account = Account.objects.opened(AccountKind.PERSON, person=person)
    pool = Account.objects.opened(AccountKind.DONATION, division=person.home)
    return post(
        key=f"donate:{person.pk}:{key}",
        legs=[LegDraft(account.pk, -points), LegDraft(pool.pk, points)],
        kind=PostingKind.DONATE,
        by=by,
        now=now,
        memo=_("捐给需要帮助的邻居"),
        principal_id=person.pk,
    )


@transaction.atomic
def award_points(*, key: str, person_id: int, points: int, reason: str, by: User, now: datetime) -> Posting:
    """受赠积分: points out of the community's pool for a neighbour who needs service.

    Staff who keep the ledger, never to themselves or whom they act for. Refuses NOT_ALLOWED,
    SAME_PERSON, BAD_AMOUNT, REASON_NEEDED, OVERSPEND (an empty pool), KEY_REUSED.
    """
    _positive(points)
    person = _person(person_id)
    if person.home is None or not may_act(by=by, verb="points.ledger", person=person):
        raise NotAllowed(message=_("这位居民不在您负责的范围内。"))
    refuse_own(by, person)
    if len(reason.strip()) < 2:
        raise DomainError("REASON_NEEDED", _("请写明为什么给这位居民。"))
    account = Account.objects.opened(AccountKind.PERSON, person=person)
    pool = Account.objects.opened(AccountKind.DONATION, division=person.home)
    return post(
        key=f"grant:{person.pk}:{key}",
        legs=[LegDraft(pool.pk, -points), LegDraft(account.pk, points)],
        kind=PostingKind.AWARD,
        by=by,
        now=now,
        memo=_("邻居捐赠"),
        said=reason.strip()[:200],
    )


@transaction.atomic
def ask_transfer(
    *,
    kind: TransferKind,
    giver_id: int,
    taker_id: int,
    points: int,
    relation: str,
    by: User,
    now: datetime,
) -> Transfer:
    """申请转赠: asks to pass points to a relative (FAMILY), or to an heir (INHERIT).

    A family transfer is asked by the giver or whom she named, or at the desk; an inheritance at
    the desk only. Nothing moves yet. Asking the same again while it is open gives the first.
    Refuses NOT_ALLOWED, SAME_PERSON (staff, for one of their own), BAD_AMOUNT, TRANSFER_REFUSED
    (to oneself, no relation named), OVERSPEND.
    """
    _positive(points)
    giver, taker = _person(giver_id), _person(taker_id)
    staff = giver.home is not None and may_act(by=by, verb="points.gifts", person=giver)
    own = kind == TransferKind.FAMILY and acts_for(by).filter(pk=giver.pk).exists()
    if not (staff or own):
        raise NotAllowed(message=_("只有本人或服务台可以申请转赠。"))
    if not own:
        refuse_own(by, giver, taker)
    if giver == taker:
        raise TransferRefused(message=_("转出人和转入人不能是同一个人。"))
    if len(relation.strip()) < 2:
        raise TransferRefused(message=_("请写明两人的关系，以及凭什么证明（户口本、公证书）。"))
    account = Account.objects.opened(AccountKind.PERSON, person=giver)
    # Held until commit, so that two forms sent at once ask once.
    if lock_accounts([account.pk])[account.pk].free < points:
        raise Overspend(message=_("可用积分不够，请改小要转的数。"))
    same = Transfer.objects.waiting().filter(kind=kind, giver=giver, taker=taker, points=points)
    return same.first() or Transfer.objects.create(
        kind=kind,
        giver=giver,
        taker=taker,
        points=points,
        relation=relation.strip()[:100],
        asked_by=by,
        asked_at=now,
    )


def _locked(transfer_id: int) -> Transfer:
    found = (
        Transfer.objects.select_for_update(no_key=True, of=("self",))
        .select_related("giver__home", "taker")
        .filter(pk=transfer_id)
        .first()
    )
    if found is None:
        raise NotAllowed(message=_("没有找到这份转赠申请。"))
    return found


def hats(by: User, transfer: Transfer) -> set[TransferParty]:
    """In what capacities somebody may decide on a transfer; needs giver__home."""
    home = transfer.giver.home
    verbs = {TransferParty.APPROVER: "volunteers.approve", TransferParty.KEEPER: "points.ledger"}
    return {hat for hat, verb in verbs.items() if home is not None and may_act(by=by, verb=verb, row=home)}


def _step(
    transfer: Transfer,
    move: TransferMove,
    party: TransferParty,
    refused: DomainError,
    *,
    reason: str = "",
    **fields: Any,
) -> None:
    """Moves a locked transfer, and writes it with `fields`.

    Raises `refused` where the table has no such way, or REASON_NEEDED.
    """
    found = TRANSFERS.next(transfer.state, move, {party})
    if found is None:
        raise refused
    refuse_lacking(found[0], reason=reason)
    transfer.state, transfer.reason = found[0].to, reason.strip()[:LONGEST_REASON]
    for name, value in fields.items():
        setattr(transfer, name, value)
    transfer.save(update_fields=["state", "reason", *fields])


@transaction.atomic
def approve_transfer(*, transfer_id: int, by: User, now: datetime) -> Transfer:
    """审批转赠: first one of the desk, then another who keeps the ledger; with the second it moves.

    Points keep the day on which they expire. Twice by the same person changes nothing. Refuses
    NOT_ALLOWED, SAME_PERSON (who asked, or is of either side's own, does not approve),
    TRANSFER_REFUSED (refused before), OVERSPEND.
    """
    found = _locked(transfer_id)
    first = found.state == TransferState.ASKED
    party = TransferParty.APPROVER if first or by.pk == found.first_by_id else TransferParty.KEEPER
    if party not in hats(by, found):
        raise NotAllowed(message=_("这份转赠要由服务台初审、中心主任或街道复审。"))
    if found.state == TransferState.DONE or (
        by.pk == found.first_by_id and found.state != TransferState.REFUSED
    ):
        return found
    move = TransferMove.SECOND if first else TransferMove.COMPLETE
    refused = TransferRefused(message=_("这份转赠已经不予办理，要转请重新申请。"))
    if TRANSFERS.step(found.state, move) is None:
        raise refused
    if by.pk == found.asked_by_id or is_own(by, found.giver, found.taker):
        raise DomainError("SAME_PERSON", _("申请人、转赠双方和家人不能审批，请另一位工作人员来办。"))
    told = {"first_by": by} if first else {"second_by": by, "posting": _move(found, by, now)}
    _step(found, move, party, refused, **told)
    return found


def _move(transfer: Transfer, by: User, now: datetime) -> Posting:
    giver = Account.objects.opened(AccountKind.PERSON, person=transfer.giver)
    taker = Account.objects.opened(AccountKind.PERSON, person=transfer.taker)
    lock_accounts([giver.pk, taker.pk])
    return post(
        key=f"transfer:{transfer.pk}",
        legs=[LegDraft(giver.pk, -transfer.points), *parts_of(giver, taker, transfer.points, day_of(now))],
        kind=PostingKind.TRANSFER if transfer.kind == TransferKind.FAMILY else PostingKind.INHERIT,
        by=by,
        now=now,
        # No names: this line can never be taken back, not even when a record is closed.
        memo=_("转赠申请 %(number)s") % {"number": transfer.pk},
        evidence={"transfer": transfer.pk, "first_by": transfer.first_by_id},
        principal_id=transfer.giver_id,
    )


def parts_of(giver: Account, taker: Account, points: int, day: date) -> list[LegDraft]:
    """What the giver's lots will give, in the order in which the database takes them."""
    good = Lot.objects.filter(Q(expires_on=None) | Q(expires_on__gte=day), account=giver, left__gt=0)
    parts = []
    for lot in good.order_by(F("expires_on").asc(nulls_last=True), "pk"):
        part = min(points, lot.left)
        parts.append(LegDraft(taker.pk, part, lot.expires_on))
        points -= part
        if not points:
            return parts
    raise Overspend(message=_("转出人的可用积分不够了，请改小要转的数，重新申请。"))


@transaction.atomic
def refuse_transfer(*, transfer_id: int, reason: str, by: User, now: datetime) -> Transfer:
    """不予转赠: with a reason both sides can read. Twice changes nothing.

    Refuses NOT_ALLOWED, REASON_NEEDED, TRANSFER_REFUSED once it is done.
    """
    found = _locked(transfer_id)
    if TransferParty.APPROVER not in hats(by, found):
        raise NotAllowed(message=_("这份转赠申请不在您负责的范围内。"))
    if found.state == TransferState.REFUSED:
        return found
    moved = TransferRefused(message=_("积分已经转过去了，要收回请冲正那一笔账。"))
    _step(found, TransferMove.REFUSE, TransferParty.APPROVER, moved, reason=reason)
    return found
