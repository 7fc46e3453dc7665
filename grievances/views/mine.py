"""One's own tickets, and those of whom one acts for; with a code, the one that it opens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypedDict

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.days import day_of
from common.forms import PlainForm
from common.pages import ask, own_post, post_only
from common.shapes import Stage
from grievances.actions import pictures, verdicts
from grievances.forms.pictures import PicturesForm
from grievances.forms.verbs import AppealForm, DisputeForm, PartlyForm, ReplyForm, TicketForm
from grievances.models.commitments import Commitment, offered_to, promise_of
from grievances.models.history import Told, told_of
from grievances.models.pictures import TicketPicture
from grievances.models.tickets import Ticket
from grievances.rules.pictures import takes_pictures
from grievances.rules.tickets import CLOSED, Hat, TicketMove
from grievances.views.page import own_ticket, stages, who
from grievances.views.pictures import count_upload
from people.doors import own_page, people_for, signed_in
from people.models import User, acts_for

MOST = 60
ASKED: dict[TicketMove, type[TicketForm]] = {
    TicketMove.REPLY: ReplyForm,
    TicketMove.CONFIRM_PARTLY: PartlyForm,
    TicketMove.DISPUTE: DisputeForm,
    TicketMove.APPEAL: AppealForm,
}


class ListPage(TypedDict):
    """What templates/grievances/mine.html shows."""

    open: list[Ticket]
    over: list[Ticket]
    followed: list[Ticket]
    shut: bool  # what was told in confidence is not shown behind a code of the desk


class TicketPage(TypedDict):
    """What templates/grievances/ticket.html shows. `forms` by the names of their verbs."""

    ticket: Ticket
    followed: Ticket
    stages: list[Stage]
    promise: Commitment | None
    steps: list[Told]
    pictures: list[TicketPicture]
    may_confirm: bool
    forms: dict[str, TicketForm]
    form: TicketForm | None  # the one that was refused


@own_page
def mine(request: HttpRequest) -> HttpResponse:
    """我反映的事: what is under way first, then what is over, then what she met as well."""
    user = signed_in(request)
    hers = list(Ticket.objects.told_by(user).select_related("category")[:MOST])
    page: ListPage = {
        "open": [one for one in hers if one.state not in CLOSED],
        "over": [one for one in hers if one.state in CLOSED],
        "followed": list(Ticket.objects.followed_by(user).select_related("category")[:MOST]),
        "shut": user.by_code,
    }
    return render(request, "grievances/mine.html", page)


@never_cache
def ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Where it stands on a line of five plain steps, what was said, two buttons: solved, not solved.

    Letters about what hers was merged into lead to hers, and of what she only met as well to the list.
    """
    user = request.user
    if own_ticket(request, ticket_id) is None and isinstance(user, User):
        if hers := Ticket.objects.told_by(user).filter(merged_into=ticket_id).first():
            return redirect("grievances:ticket", hers.pk)
        if Ticket.objects.followed_by(user).filter(Q(pk=ticket_id) | Q(merged_into=ticket_id)).exists():
            return redirect("grievances:mine")
    return _page(request, ticket_id)


def _own(request: HttpRequest, ticket_id: int) -> Ticket:
    found = own_ticket(request, ticket_id)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, ticket_id: int, form: TicketForm | None = None, *, status: int = 200
) -> HttpResponse:
    found, now = _own(request, ticket_id), timezone.now()
    shown = found.followed
    promise = promise_of(shown)
    offered = offered_to(shown, promise, {Hat.RESIDENT}, day_of(now), merged=shown.pk != found.pk)
    forms = {one.verb: one(row=found) for move, one in ASKED.items() if move in offered}
    if takes_pictures(found.state, found.kind, found.title):
        forms["pictures"] = PicturesForm(row=found)
    page: TicketPage = {
        "ticket": found,
        "followed": shown,
        "stages": stages(shown, now),
        "promise": promise,
        "steps": told_of(found),
        "pictures": list(found.pictures.all()),
        "may_confirm": TicketMove.CONFIRM in offered,
        "forms": forms | ({form.verb: form} if form else {}),
        "form": form,
    }
    return render(request, "grievances/ticket.html", page, status=status)


def _say(
    request: HttpRequest, ticket_id: int, form: PlainForm, verb: Callable[..., Any], said: str
) -> HttpResponse:
    """Her own word, with the account or the code."""
    found = _own(request, ticket_id)
    user, code = who(request, found)

    def act() -> str:
        verb(ticket_id=found.pk, by=user, code=code, now=timezone.now(), **form.cleaned_data)
        return said

    show = partial(_page, request, found.pk, form) if isinstance(form, TicketForm) else None
    return ask(request, form, act, back=reverse("grievances:ticket", args=[found.pk]), show=show)


@post_only
def confirm(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """解决了."""
    return _say(
        request, ticket_id, PlainForm(request.POST), verdicts.confirm_ticket, _("谢谢您，这件事办结了。")
    )


@post_only
def confirm_partly(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """解决了一部分, and what is left."""
    form = PartlyForm(request.POST, row=_own(request, ticket_id))
    return _say(request, ticket_id, form, verdicts.confirm_partly, _("记下了，剩下的接着办。"))


@post_only
def dispute(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """没有解决, and what is wrong."""
    form = DisputeForm(request.POST, row=_own(request, ticket_id))
    return _say(
        request, ticket_id, form, verdicts.dispute_ticket, _("记下了，由上一级接着办，会给您一个说法。")
    )


@post_only
def reply(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """补充说明."""
    form = ReplyForm(request.POST, row=_own(request, ticket_id))
    return _say(request, ticket_id, form, verdicts.reply_ticket, _("收到了，我们接着办。"))


@post_only
def appeal(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """要求复核."""
    form = AppealForm(request.POST, row=_own(request, ticket_id))
    return _say(request, ticket_id, form, verdicts.appeal_ticket, _("收到了，由上一级再看一次。"))


@post_only
def add_pictures(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """加图片."""
    found = _own(request, ticket_id)
    count_upload(request)
    form = PicturesForm(request.POST, request.FILES, row=found)
    return _say(request, ticket_id, form, pictures.add_pictures, _("图片加上了。"))


@own_post
def follow(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """我也遇到: for herself."""
    user = signed_in(request)
    people = people_for(acts_for(user), user.pk)

    def act() -> str:
        person_id = people[0][0] if people else 0
        verdicts.follow_ticket(ticket_id=ticket_id, person_id=person_id, by=user, now=timezone.now())
        return _("记下了，有了进展会告诉您。")

    return ask(request, PlainForm(request.POST), act, back=reverse("grievances:mine"))
