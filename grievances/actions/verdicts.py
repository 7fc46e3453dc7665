"""Verbs of who told it: reply, say that it is solved or not, follow; written down by staff where she has no phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from grievances.actions.commitments import is_overdue, judge
from grievances.actions.letters import above, tell_staff, tell_tellers
from grievances.actions.steps import (
    go,
    had_in_hand,
    hats,
    lock_ticket,
    lock_with_merged,
    move_refused,
    not_yours,
    write_down,
)
from grievances.models.tickets import Follower, Ticket
from grievances.rules.commitments import CommitmentMove
from grievances.rules.letters import Letter
from grievances.rules.tickets import ASKED, CLOSED, HIGHEST, Hat, TicketMove, TicketState
from people.authority import let_in, refuse_own
from people.models import Person, User, acts_for

COME_BACK = timedelta(days=30)
PROMISING = (TicketMove.COMMIT, TicketMove.POSTPONE)
# Her word on a ticket is her word on what was promised about it.
_OF_PROMISE = {
    TicketMove.CONFIRM: CommitmentMove.SAY_DONE,
    TicketMove.CONFIRM_PARTLY: CommitmentMove.SAY_PARTLY,
    TicketMove.DISPUTE: CommitmentMove.SAY_NOT_DONE,
}


@transaction.atomic
def reply_ticket(*, ticket_id: int, reason: str, by: User | None, now: datetime, code: str = "") -> Ticket:
    """补充说明: what was asked of her; the clock that stood still goes on.

    With an account or the code; by telephone, the desk writes it down. Refuses NOT_ALLOWED,
    MOVE_REFUSED, REASON_NEEDED, OWN_WORK (who has it in hand writes down no reply).
    """
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by, code)
    if by is not None and Hat.RESIDENT not in worn:
        refuse_own_work(ticket, by)
    go(ticket, TicketMove.REPLY, worn, by=by, now=now, reason=reason)
    if ticket.handler is not None:
        tell_staff(ticket, Letter.TICKET_FOR_YOU, [ticket.handler], now)
    return ticket


@transaction.atomic
def confirm_ticket(*, ticket_id: int, by: User | None, now: datetime, code: str = "") -> Ticket:
    """解决了: who told it says so; or told it by telephone to somebody who did not handle it.

    Whose ticket was merged into another speaks for herself alone: her word stands on her own, and the
    other waits for who told that. Twice changes nothing. Refuses NOT_ALLOWED, MOVE_REFUSED, OWN_WORK
    (who worked on it never closes it as confirmed), NOBODY_TO_ASK, SAME_PERSON.
    """
    own, ticket = lock_with_merged(ticket_id)
    worn = _verdict_hats(own, ticket, by, code, now)
    if ticket.state == TicketState.CLOSED_CONFIRMED:
        return own
    if own.pk != ticket.pk:
        return _for_herself(own, ticket, worn, by, now)
    _say(own, ticket, TicketMove.CONFIRM, worn, by=by, now=now)
    tell_tellers(ticket, Letter.TICKET_CLOSED, now)
    return own


@transaction.atomic
def confirm_partly(*, ticket_id: int, reason: str, by: User | None, now: datetime, code: str = "") -> Ticket:
    """解决了一部分: of what was promised; who has it goes on with what is left.

    Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED, NOTHING_PROMISED, OWN_WORK, SAME_PERSON.
    """
    own, ticket = lock_with_merged(ticket_id)
    worn = _verdict_hats(own, ticket, by, code, now)
    if not ticket.commitments.live().exists():
        raise DomainError("NOTHING_PROMISED", _("这件事没有作过承诺，请说解决了，或者没有解决。"))
    _say(own, ticket, TicketMove.CONFIRM_PARTLY, worn, by=by, now=now, reason=reason)
    if ticket.handler is not None:
        tell_staff(ticket, Letter.TICKET_FOR_YOU, [ticket.handler], now)
    return own


@transaction.atomic
def dispute_ticket(*, ticket_id: int, reason: str, by: User | None, now: datetime, code: str = "") -> Ticket:
    """没有解决: it opens again one level higher, with the director; the second time with the street.

    Also within thirty days of closing, whichever way it was closed, and once the day of a promise has
    passed. What was promised was not kept then. Twice changes nothing. Refuses NOT_ALLOWED,
    MOVE_REFUSED, REASON_NEEDED, NOT_YET, TOO_LATE, OWN_WORK, SAME_PERSON.
    """
    own, ticket = lock_with_merged(ticket_id)
    worn = _verdict_hats(own, ticket, by, code, now)
    if ticket.state == TicketState.DISPUTED:
        # The other was not content before her: her words are kept as well, once.
        if own.pk != ticket.pk and not _said(own, TicketMove.DISPUTE, reason):
            write_down(own, TicketMove.DISPUTE, own.state, hat=_hat(worn), by=by, now=now, reason=reason)
        return own
    if ticket.state in CLOSED and ticket.closed_at is not None and now > ticket.closed_at + COME_BACK:
        raise DomainError("TOO_LATE", _("办结超过三十天了，请重新说一次，我们当新的事来办。"))
    if ticket.state == TicketState.COMMITTED and not is_overdue(ticket, now):
        raise DomainError("NOT_YET", _("答应的日子还没有到，到了那天还没办好，请再来说。"))
    level = min(ticket.level + 1, HIGHEST)
    _say(own, ticket, TicketMove.DISPUTE, worn, by=by, now=now, reason=reason, level=level)
    tell_staff(ticket, Letter.TICKET_TO_DECIDE, above(ticket, now), now)
    tell_tellers(ticket, Letter.TICKET_REOPENED, now)
    return own


@transaction.atomic
def appeal_ticket(*, ticket_id: int, reason: str, by: User | None, now: datetime, code: str = "") -> Ticket:
    """要求复核: who told it says within fifteen days why it should be done; it is taken on, a level higher.

    With an account or with the code; told at the desk, staff write it down. Whoever told what was
    merged into it may as well. Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED, OWN_WORK,
    NOBODY_TO_ASK, SAME_PERSON.
    """
    own, ticket = lock_with_merged(ticket_id)
    worn = _verdict_hats(own, ticket, by, code, now)
    level = min(ticket.level + 1, HIGHEST)
    _say(own, ticket, TicketMove.APPEAL, worn, by=by, now=now, reason=reason, level=level)
    tell_staff(ticket, Letter.TICKET_TO_DECIDE, above(ticket, now), now)
    return own


def _verdict_hats(own: Ticket, ticket: Ticket, by: User | None, code: str, now: datetime) -> set[Hat]:
    """Who told it, or the desk that asked her; what she said of a work is not written down by who did it."""
    worn = hats(own, by, code) & ASKED
    if not worn:
        raise not_yours()
    if Hat.RESIDENT in worn or by is None:
        if by is not None:
            _refuse_hand_that_let_in(ticket, by, now)
        return worn
    refuse_own(by, own.person)
    refuse_own_work(ticket, by)
    if not own.can_be_asked:
        raise DomainError("NOBODY_TO_ASK", _("没有留下姓名、电话，没有人可以问，不能替居民说。"))
    return worn


def _refuse_hand_that_let_in(ticket: Ticket, by: User, now: datetime) -> None:
    """Refuses OWN_WORK where who worked on it printed the code, or set the password, that this account was
    opened with lately: it may be her who presses."""
    hands = Q(pk=ticket.handler_id) | Q(
        pk__in=ticket.transitions.filter(hat__in=(Hat.HANDLER, Hat.SUPERVISOR)).values("by")
    )
    if any(let_in(one, by, now) for one in User.objects.filter(hands)):
        raise DomainError(
            "OWN_WORK",
            _("这个账号近来用过经办这件事的人给的验证码或密码，请到服务台，由另一位工作人员当面记下您的话。"),
        )


def _said(own: Ticket, move: TicketMove, reason: str) -> bool:
    """Whether this is what she said last."""
    last = own.transitions.select_related("words").order_by("-pk").first()
    return last is not None and (last.event, last.reason) == (move, reason.strip())


def _hat(worn: set[Hat]) -> Hat:
    return Hat.RESIDENT if Hat.RESIDENT in worn else Hat.INTAKE


def refuse_own_work(ticket: Ticket, by: User) -> None:
    """Refuses OWN_WORK to whoever has it in hand, had it, or promised something about it; who wrote down
    what another promised at a meeting promised nothing."""
    promised = ticket.transitions.filter(by=by, event__in=PROMISING).exclude(hat=Hat.MEETING)
    made = ticket.commitments.filter(maker=by)
    if had_in_hand(ticket, by) or promised.exists() or made.exists():
        raise DomainError("OWN_WORK", _("是您经办的，居民怎么说要由另一位工作人员来问、来记。"))


def _for_herself(own: Ticket, ticket: Ticket, worn: set[Hat], by: User | None, now: datetime) -> Ticket:
    """The word "solved" on a ticket that was merged: hers alone, once after each answer."""
    if ticket.state != TicketState.ANSWERED:
        raise move_refused(ticket, TicketMove.CONFIRM)
    said = own.transitions.filter(event=TicketMove.CONFIRM, at__gte=ticket.answered_at)
    if not said.exists():
        write_down(own, TicketMove.CONFIRM, own.state, hat=_hat(worn), by=by, now=now)
    return own


def _say(
    own: Ticket,
    ticket: Ticket,
    move: TicketMove,
    worn: set[Hat],
    *,
    by: User | None,
    now: datetime,
    reason: str = "",
    **fields: Any,
) -> None:
    hat = _hat(worn)
    if move in _OF_PROMISE:
        judge(ticket, _OF_PROMISE[move], hat, now)
    if own.pk == ticket.pk:
        go(ticket, move, worn, by=by, now=now, reason=reason, **fields)
        return
    go(ticket, move, {hat}, by=None, now=now, reason=reason and _("一起反映的居民说还要办。"), **fields)
    write_down(own, move, own.state, hat=hat, by=by, now=now, reason=reason)


@transaction.atomic
def follow_ticket(*, ticket_id: int, person_id: int, by: User, now: datetime) -> Follower:
    """我也遇到: she met the same; she is told what becomes of it, and learns nothing of who told it first.

    For herself and for whom she acts. Twice changes nothing. Refuses NOT_ALLOWED, TICKET_OVER.
    """
    ticket = Ticket.objects.select_related("category").filter(pk=ticket_id).first()
    person = Person.objects.filter(pk=person_id, merged_into=None).first()
    if ticket is None or person is None or not acts_for(by).filter(pk=person_id).exists():
        raise NotAllowed(message=_("没有找到这件诉求，请回到“说事”重新看。"))
    if not Ticket.objects.live().on_wall().filter(pk=ticket.pk).exists():
        raise DomainError("TICKET_OVER", _("这件事已经办结，您要是也遇到，请再说一次。"))
    return Follower.objects.get_or_create(ticket=ticket, person=person, defaults={"since": now})[0]
