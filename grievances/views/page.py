"""What the pages of tickets share: doors, how it stands in plain words."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import Division
from common.moments import moment
from common.shapes import Stage
from grievances.actions.steps import read_code
from grievances.models.tickets import Ticket
from grievances.rules.tickets import CLOSED, TicketState
from people.doors import staff_page, staff_post
from people.models import Membership, User

S = TicketState
POSTS = ("grievances.intake", "grievances.handle", "grievances.supervise", "grievances.street")
ticket_page = staff_page(*POSTS)
ticket_post = staff_post(*POSTS)
intake_page = staff_page("grievances.intake")
meeting_page = staff_page("grievances.meetings")
meeting_post = staff_post("grievances.meetings")
# The code of a ticket that this browser asked for, and the one that the desk made just now, to be
# printed. The browser holds them, until it is closed: in a session they would stand beside an account.
SHOWN, PRINTED = "ticket_code", "ticket_receipt"


def handlers_in(division: Division) -> list[tuple[int, str]]:
    """Who works there, or in a grid of the same community, and may have something in hand."""
    today = timezone.localdate()
    places = Q(division__in=division.with_above) | Q(division__path__startswith=division.community.path)
    posts = Membership.objects.allowing("grievances.handle", today).filter(places)
    named: dict[int, str] = {}
    for post in posts.select_related("user", "division").order_by("-division__path", "user__name"):
        named.setdefault(post.user_id, f"{post.user}（{post.division} {post.get_role_display()}）")
    return list(named.items())


def hold(answer: HttpResponseBase, name: str, code: str) -> HttpResponseBase:
    """Gives the browser a code to hold; signed, so that nobody tries codes by cookies, uncounted."""
    secure = settings.SESSION_COOKIE_SECURE
    answer.set_signed_cookie(name, code, salt=name, httponly=True, samesite="Lax", secure=secure)
    return answer


def held(request: HttpRequest, name: str) -> str:
    """The code that this browser holds, or ""."""
    return str(request.get_signed_cookie(name, default="", salt=name))


def who(request: HttpRequest, ticket: Ticket) -> tuple[User | None, str]:
    """As whom this browser may act on its own ticket: an account, or the holder of the code."""
    user = request.user if isinstance(request.user, User) else None
    if user is not None and ticket.is_told_by(user):
        return user, ""
    return None, held(request, SHOWN)


def own_ticket(request: HttpRequest, ticket_id: int) -> Ticket | None:
    """The ticket, if somebody she acts for told it or this browser holds its code."""
    ticket = (
        Ticket.objects.select_related("division__parent", "category", "merged_into", "person")
        .filter(pk=ticket_id)
        .first()
    )
    if ticket is None:
        return None
    user, code = who(request, ticket)
    holds = bool(ticket.code_hash) and bool(code) and read_code(code) == ticket.code_hash
    return ticket if user is not None or holds else None


def stages(ticket: Ticket, now: datetime) -> list[Stage]:
    """Five plain steps: told, accepted, somebody has it, answered, her word; with when the next is due."""
    state = S(ticket.state)
    reached = {
        S.REGISTERED: 1, S.TO_REFUSE: 1, S.ACCEPTED: 2, S.OBJECTED: 2, S.ASSIGNED: 2, S.IN_PROGRESS: 3,
        S.COMMITTED: 3, S.WAITING_RESIDENT: 3, S.TO_PARK: 3, S.PARKED: 3, S.DISPUTED: 2, S.ANSWERED: 4,
    }  # fmt: skip
    labels = [_("登记"), _("受理"), _("有人办"), _("答复"), _("您说解决没有")]
    if state in {S.REFUSED, S.CLOSED_EXPLAINED, S.CLOSED_NO_REPLY}:
        return [
            {"label": labels[0], "note": moment(ticket.opened_at, now), "state": "done"},
            {"label": ticket.get_state_display(), "note": _until(ticket, now), "state": "now"},
        ]
    at = 5 if state in CLOSED else reached.get(state, 1)
    notes = [
        moment(ticket.opened_at, now),
        "",
        "",
        _at(ticket.answered_at, now),
        _at(ticket.closed_at, now),
    ]
    if at < 5:
        notes[at] = _until(ticket, now)
    return [
        {"label": label, "note": note, "state": "done" if n < at else "now" if n == at else ""}
        for n, (label, note) in enumerate(zip(labels, notes, strict=True))
    ]


def _at(when: datetime | None, now: datetime) -> str:
    return moment(when, now) if when else ""


def _until(ticket: Ticket, now: datetime) -> str:
    if ticket.due_at is None:
        return ""
    words = {
        S.WAITING_RESIDENT: _("等您补充，到%(at)s"),
        S.ANSWERED: _("请您说一句，到%(at)s"),
        S.REFUSED: _("%(at)s以前可以要求复核"),
        S.PARKED: _("%(at)s再看"),
    }.get(S(ticket.state), _("%(at)s以前"))
    return words % {"at": moment(ticket.due_at, now)}
