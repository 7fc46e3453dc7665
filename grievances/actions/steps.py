"""What all verbs of a ticket share: lock it, ask who acts, take the step, set the clocks, write it down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from common.locks import lock_rows
from common.sealed import blind_index
from common.steps import refuse_lacking
from grievances.actions.clocks import set_clocks
from grievances.models.history import Transition
from grievances.models.tickets import Ticket
from grievances.rules.tickets import (
    CLOSED,
    HIGHEST,
    LONGEST_WORDS,
    TICKETS,
    Hat,
    Privacy,
    TicketMove,
    TicketState,
)
from people.actions import words
from people.authority import may_act, refuse_own
from people.models import User

POSTS = {
    Hat.INTAKE: "grievances.intake",
    Hat.SUPERVISOR: "grievances.supervise",
    Hat.STREET: "grievances.street",
}


class MoveRefused(DomainError):
    code = "MOVE_REFUSED"


def move_refused(ticket: Ticket, move: TicketMove) -> MoveRefused:
    told = {"state": ticket.get_state_display(), "move": move.label}
    return MoveRefused(message=_("这件诉求现在是“%(state)s”，不能%(move)s，请刷新看看。") % told)


def not_yours() -> NotAllowed:
    return NotAllowed(message=_("没有找到这件诉求，或者它不归您办。"))


def read_code(code: str) -> str:
    """The hash of a code as somebody typed it: dashes, spaces, small letters and look-alikes forgiven."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return blind_index(plain.replace("O", "0").replace("I", "1").replace("L", "1")) if plain else ""


def lock_ticket(ticket_id: int) -> Ticket:
    """The ticket, locked, with what the verbs ask about; refuses NOT_ALLOWED where there is none."""
    rows = Ticket.objects.select_for_update(no_key=True, of=("self",)).select_related("division", "category")
    ticket: Ticket | None = rows.filter(pk=ticket_id).first()
    if ticket is None:
        raise not_yours()
    return ticket


def lock_with_merged(ticket_id: int) -> tuple[Ticket, Ticket]:
    """The ticket, and the one that it was merged into (else itself): both locked."""
    known = Ticket.objects.filter(pk=ticket_id).values_list("merged_into_id", flat=True).first()
    lock_rows([Ticket.objects.filter(pk__in=[ticket_id, known or ticket_id])])
    own = lock_ticket(ticket_id)
    if own.merged_into_id not in {None, known}:  # merged while we waited: once more, in the right order
        raise DomainError("BUSY", _("这件诉求刚刚变动，请再试一次。"))
    return own, lock_ticket(own.merged_into_id) if own.merged_into_id else own


def had_in_hand(ticket: Ticket, by: User) -> bool:
    """Whether somebody has a ticket in hand, or had it: passing it on for a moment makes nobody another."""
    return ticket.handler_id == by.pk or ticket.transitions.filter(by=by, hat=Hat.HANDLER).exists()


def hats(ticket: Ticket, by: User | None, code: str = "") -> set[Hat]:
    """In what capacities somebody may act on a ticket; refuses NOT_ALLOWED where in none.

    Who has no account shows the code. Nobody decides by a post about what she, or hers, told
    (SAME_PERSON). What went against the community twice the street decides, not the
    director; nor does she where she had it in hand herself.
    """
    worn = set()
    if (by is not None and ticket.is_told_by(by)) or (code and read_code(code) == ticket.code_hash != ""):
        worn.add(Hat.RESIDENT)
    if by is not None:
        worn |= {hat for hat, verb in POSTS.items() if may_act(by=by, verb=verb, row=ticket.division)}
        if ticket.handler_id == by.pk and may_act(by=by, verb="grievances.handle", row=ticket.division):
            worn.add(Hat.HANDLER)
    disputed = ticket.state == TicketState.DISPUTED and Hat.STREET not in worn
    if disputed and (ticket.level == HIGHEST or (by is not None and had_in_hand(ticket, by))):
        worn.discard(Hat.SUPERVISOR)
    if not worn:
        raise not_yours()
    return worn


def go(
    ticket: Ticket,
    move: TicketMove,
    worn: Iterable[Hat],
    *,
    by: User | None,
    now: datetime,
    reason: str = "",
    **fields: Any,
) -> Hat:
    """Moves a locked ticket along the table, appends the history, sets its clocks, saves it with `fields`.

    Refuses MOVE_REFUSED where the state forbids it, NOT_ALLOWED where only somebody else may, what the
    table asks for and nobody handed in, and SAME_PERSON where staff move what they or theirs told.
    """
    found = TICKETS.next(ticket.state, move, set(worn))
    if found is None:
        if TICKETS.step(ticket.state, move) is not None:
            raise not_yours()
        raise move_refused(ticket, move)
    step, hat = found
    refuse_lacking(step, reason=reason, **fields)
    if by is not None and hat not in {Hat.RESIDENT, Hat.SYSTEM}:
        refuse_own(by, ticket.person)
    frm, ticket.state = ticket.state, step.to
    for name, value in fields.items():
        setattr(ticket, name, value)
    ticket.closed_at = now if step.to in CLOSED else None
    write_down(ticket, move, frm, hat=hat, by=by, now=now, reason=reason)
    set_clocks(ticket, now)  # by the history: an appeal begins the time for handling anew
    ticket.save()
    return hat


def write_down(
    ticket: Ticket, move: TicketMove, frm: str, *, hat: Hat, by: User | None, now: datetime, reason: str = ""
) -> None:
    """Appends one step to the history; whoever told it in confidence is not named there."""
    silent = hat == Hat.RESIDENT and ticket.privacy != Privacy.NAMED
    Transition.objects.create(
        ticket=ticket,
        event=move,
        frm=frm,
        to=ticket.state,
        hat=hat,
        by=None if silent else by,
        words=words.keep(reason.strip()[:LONGEST_WORDS]),
        at=now,
    )
