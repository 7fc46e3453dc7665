"""Tickets at the desk: what waits for whom."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from common.days import day_of
from common.moments import moment
from common.pages import long_page, typed_words
from grievances.models.tickets import Ticket, TicketQuerySet
from grievances.rules.tickets import TicketState, number_of
from grievances.views.figures import READ_BY
from grievances.views.page import ticket_page
from people.doors import signed_in
from people.models import User

S = TicketState
PER_PAGE = 50


class Entry(TypedDict):
    """One ticket on a list; `late`: its time is over."""

    ticket: Ticket
    when: str
    late: bool


class Queue(TypedDict):
    """What waits for the same thing; `name` is in the address."""

    name: str
    label: str
    count: int
    on: bool


class BoardPage(TypedDict):
    """What templates/grievances/staff/tickets.html shows."""

    queues: list[Queue]
    page_obj: Page[Ticket]
    rows: list[Entry]
    typed: str
    may_tell: bool
    sees_figures: bool


def _queues(user: User, day: date) -> dict[str, tuple[str, TicketQuerySet]]:
    """Her day: what is in her hands, what waits at the intake, what she decides, all that is open."""
    live = Ticket.objects.live()
    found = {"hands": (_("我手上的"), live.in_hands_of(user).exclude(state=S.ANSWERED))}
    if user.reach("grievances.intake"):
        found["intake"] = (_("待受理、待派"), live.at_intake(user, day))
        found["call"] = (
            _("待回访"),
            live.near(user, "grievances.intake").filter(
                state=S.ANSWERED, clocks__kind="CALL_BACK", clocks__stopped_at=None
            ),
        )
    if user.reach("grievances.supervise") or user.reach("grievances.street"):
        found["decide"] = (_("待定"), live.to_decide(user))
    found["open"] = (_("在办的"), live.at_desk(user))
    return found


@ticket_page
def board(request: HttpRequest) -> HttpResponse:
    """说事: a queue each, the most urgent first; ?q= finds one by its number."""
    user, now = signed_in(request), timezone.now()
    typed = typed_words(request.GET.get("q"), 20)
    if typed and (found := Ticket.objects.at_desk(user).filter(pk=number_of(typed) or 0).first()):
        return redirect("grievances:staff_ticket", found.pk)
    queues = _queues(user, day_of(now))
    counts = {name: rows.count() for name, (_label, rows) in queues.items()}
    first = next((name for name, count in counts.items() if count), "open")
    chosen = request.GET.get("at", first)
    chosen = chosen if chosen in queues else "open"
    rows = (
        queues[chosen][1]
        .select_related("category", "division", "handler")
        .defer("text", "place", "public_text", "contact_name", "contact_phone", "pairs")
        .order_by("due_at", "pk")
    )
    listed = long_page(rows, PER_PAGE, request.GET.get("page"), count=counts[chosen])
    page: BoardPage = {
        "queues": [
            {"name": name, "label": label, "count": counts[name], "on": name == chosen}
            for name, (label, _rows) in queues.items()
        ],
        "page_obj": listed,
        "rows": [
            {
                "ticket": one,
                "when": moment(one.due_at, now) if one.due_at else "",
                "late": one.due_at is not None and one.due_at < now,
            }
            for one in listed
        ],
        "typed": typed,
        "may_tell": bool(user.reach("grievances.intake")),
        "sees_figures": any(user.reach(verb) for verb in READ_BY),
    }
    return render(request, "grievances/staff/tickets.html", page)
