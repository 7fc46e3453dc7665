"""One ticket at the desk, and an address for each verb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypedDict

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.days import day_of
from common.errors import NotAllowed
from common.forms import PlainForm
from common.moments import moment
from common.pages import ask
from grievances.actions import agenda, commitments, handling, merging, pictures, referrals, tickets, verdicts
from grievances.actions.steps import hats
from grievances.forms import verbs
from grievances.forms.pictures import PicturesForm
from grievances.models.commitments import Commitment, offered_to, promise_of
from grievances.models.history import Clock, Transition
from grievances.models.meetings import Meeting
from grievances.models.pictures import TicketPicture
from grievances.models.referrals import Referral
from grievances.models.tickets import Ticket
from grievances.rules.meetings import MeetingState
from grievances.rules.pictures import ADDED_BY, takes_pictures
from grievances.rules.tickets import Hat, TicketMove
from grievances.views.page import handlers_in, ticket_page, ticket_post
from grievances.views.teller import Teller, teller_of
from people.doors import signed_in
from people.models import User


class TicketPage(TypedDict):
    """What templates/grievances/staff/ticket.html shows. `forms` by the names of their verbs."""

    ticket: Ticket
    teller: Teller | None
    steps: QuerySet[Transition]
    merged: QuerySet[Ticket]
    referrals: QuerySet[Referral]
    promises: QuerySet[Commitment]
    pictures: list[TicketPicture]
    clocks: list[tuple[Clock, str]]
    offered: Sequence[TicketMove]
    forms: dict[str, verbs.TicketForm]
    may_judge: bool
    form: verbs.TicketForm | None  # the one that was refused


def _near(user: User, ticket_id: int) -> Ticket:
    rows = Ticket.objects.at_desk(user).select_related(
        "category", "division", "handler", "person", "merged_into"
    )
    return get_object_or_404(rows, pk=ticket_id)


@ticket_page
def ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """One ticket: what was told, how it went, what may be done now."""
    return _page(request, ticket_id)


def _worn(ticket: Ticket, user: User) -> set[Hat]:
    """Her hats of the desk; what she does as a resident she does on her own page."""
    try:
        return hats(ticket, user) - {Hat.RESIDENT}
    except NotAllowed:
        return set()


def _page(
    request: HttpRequest, ticket_id: int, form: verbs.TicketForm | None = None, *, status: int = 200
) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    found = _near(user, ticket_id)
    worn = _worn(found, user)
    promise = promise_of(found)
    offered = offered_to(found, promise, worn, day_of(now))
    forms = verbs.forms_of(found, offered)
    if TicketMove.ASSIGN in offered:
        forms["assign"] = verbs.AssignForm(row=found, handlers=handlers_in(found.division))
    if TicketMove.PUT_ON_AGENDA in offered and (ahead := _meetings(found)):
        forms["put_on_agenda"] = verbs.PutOnAgendaForm(row=found, meetings=ahead)
    if worn & ADDED_BY and takes_pictures(found.state, found.kind, found.title):
        forms["pictures"] = PicturesForm(row=found)
    page: TicketPage = {
        "ticket": found,
        "teller": teller_of(request, user, found, now),
        "steps": found.transitions.select_related("by", "words"),
        "merged": found.merged.order_by("pk"),
        "referrals": found.referrals.all(),
        "promises": found.commitments.select_related("who"),
        "pictures": list(found.pictures.select_related("by")),
        "clocks": [(one, moment(one.due_at, now)) for one in found.clocks.running().order_by("due_at")],
        "offered": offered,
        "forms": forms | ({form.verb: form} if form else {}),
        "may_judge": found.handler_id != user.pk,
        "form": form,
    }
    return render(request, "grievances/staff/ticket.html", page, status=status)


def _meetings(ticket: Ticket) -> list[Meeting]:
    """On the agenda of which it may be put: where its place is spoken of, and it is not on it yet."""
    places = ticket.division.with_above
    ahead = Meeting.objects.filter(state=MeetingState.SCHEDULED, body__division__in=places)
    return list(ahead.exclude(items__ticket=ticket).select_related("body").order_by("starts_at"))


# --- Verbs ------------------------------------------------------------------------------------


def _do(
    request: HttpRequest,
    ticket_id: int,
    asked: Callable[[Ticket], PlainForm],
    verb: Callable[..., Any],
    said: str,
    **given: Any,
) -> HttpResponse:
    """One verb of one ticket: its form, its sentence; after a refusal the page with what was typed."""
    user = signed_in(request)
    found = _near(user, ticket_id)
    form = asked(found)

    def act() -> str:
        verb(ticket_id=found.pk, by=user, now=timezone.now(), **form.cleaned_data, **given)
        return said

    show = partial(_page, request, found.pk, form) if isinstance(form, verbs.TicketForm) else None
    return ask(request, form, act, back=reverse("grievances:staff_ticket", args=[found.pk]), show=show)


def _typed(request: HttpRequest, form: type[verbs.TicketForm]) -> Callable[[Ticket], PlainForm]:
    return lambda found: form(request.POST, row=found)


def _button(request: HttpRequest) -> Callable[[Ticket], PlainForm]:
    return lambda _found: PlainForm(request.POST)


@ticket_post
def add_pictures(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """加图片, for who came to the desk, or of what was done."""

    def form(found: Ticket) -> PlainForm:
        return PicturesForm(request.POST, request.FILES, row=found)

    return _do(request, ticket_id, form, pictures.add_pictures, _("图片加上了。"))


@ticket_post
def accept(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """受理, with the right category and what the wall shows."""
    return _do(
        request,
        ticket_id,
        _typed(request, verbs.AcceptForm),
        tickets.accept_ticket,
        _("受理了，居民会收到通知。"),
    )


@ticket_post
def assign(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """派给承办人."""

    def form(found: Ticket) -> PlainForm:
        return verbs.AssignForm(request.POST, row=found, handlers=handlers_in(found.division))

    return _do(request, ticket_id, form, tickets.assign_ticket, _("派好了。"))


@ticket_post
def start(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """开始办理: the resident was spoken to, or the place was seen."""
    return _do(request, ticket_id, _button(request), handling.start_ticket, _("开始办了，居民会收到通知。"))


@ticket_post
def object_(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """提出异议."""
    form = _typed(request, verbs.ObjectForm)
    return _do(request, ticket_id, form, handling.object_ticket, _("交给主任定了；时间照算。"))


@ticket_post
def decide(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """定异议."""
    return _do(
        request, ticket_id, _typed(request, verbs.DecideForm), handling.decide_objection, _("定好了。")
    )


@ticket_post
def ask_resident(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """请居民补充."""
    return _do(
        request, ticket_id, _typed(request, verbs.AskForm), handling.ask_resident, _("已经请居民补充。")
    )


@ticket_post
def reply(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """What she said by telephone."""
    return _do(request, ticket_id, _typed(request, verbs.ReplyForm), verdicts.reply_ticket, _("记下了。"))


@ticket_post
def answer(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """答复."""
    form = _typed(request, verbs.AnswerForm)
    return _do(request, ticket_id, form, handling.answer_ticket, _("答复了，由居民说解决没有。"))


@ticket_post
def refer(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """转介: somebody else looks at it as well."""
    form = _typed(request, verbs.ReferForm)
    return _do(
        request, ticket_id, form, referrals.refer_ticket, _("请他们一起看了，这件事还在原来的人手上。")
    )


@ticket_post
def put_on_agenda(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """列入议程: it is spoken of at the next meeting."""

    def form(found: Ticket) -> PlainForm:
        return verbs.PutOnAgendaForm(request.POST, row=found, meetings=_meetings(found))

    return _do(
        request, ticket_id, form, agenda.put_on_agenda, _("列入议程了，居民会收到通知；办的时间照算。")
    )


@ticket_post
def advise(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """转介回音."""
    form = _typed(request, verbs.AdviseForm)
    return _do(request, ticket_id, form, referrals.answer_referral, _("记下了。"))


@ticket_post
def commit(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """承诺: to everybody, with a day."""
    form = _typed(request, verbs.CommitForm)
    return _do(request, ticket_id, form, commitments.make_commitment, _("答应了，居民会收到通知。"))


@ticket_post
def postpone(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """改期."""
    form = _typed(request, verbs.PostponeForm)
    return _do(request, ticket_id, form, commitments.postpone_commitment, _("改好了，居民会收到通知。"))


@ticket_post
def confirm(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """She was rung: solved."""
    return _do(request, ticket_id, _button(request), verdicts.confirm_ticket, _("记下了：居民说解决了。"))


@ticket_post
def confirm_partly(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """She was rung: a part of what was promised."""
    form = _typed(request, verbs.PartlyForm)
    return _do(request, ticket_id, form, verdicts.confirm_partly, _("记下了，剩下的接着办。"))


@ticket_post
def dispute(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """She was rung: not solved."""
    form = _typed(request, verbs.DisputeForm)
    return _do(request, ticket_id, form, verdicts.dispute_ticket, _("记下了，由上一级接着办。"))


@ticket_post
def propose_refusal(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """拟不受理."""
    form = _typed(request, verbs.ProposeRefusalForm)
    return _do(request, ticket_id, form, tickets.propose_refusal, _("交给主任复核了。"))


@ticket_post
def refuse(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """同意不受理."""
    return _do(request, ticket_id, _button(request), tickets.refuse_ticket, _("同意了，居民会收到说明。"))


@ticket_post
def return_(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """退回受理."""
    return _do(
        request, ticket_id, _typed(request, verbs.ReturnForm), tickets.return_ticket, _("退回了，要受理。")
    )


@ticket_post
def appeal(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """She came, or rang: it should be done after all."""
    return _do(
        request,
        ticket_id,
        _typed(request, verbs.AppealForm),
        verdicts.appeal_ticket,
        _("记下了，由上一级再看。"),
    )


@ticket_post
def propose_parking(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """拟暂缓."""
    form = _typed(request, verbs.ProposeParkingForm)
    return _do(request, ticket_id, form, handling.propose_parking, _("交给街道定了。"))


@ticket_post
def decide_parking(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """定暂缓."""
    form = _typed(request, verbs.DecideParkingForm)
    return _do(request, ticket_id, form, handling.decide_parking, _("定好了。"))


@ticket_post
def resume(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """恢复办理."""
    return _do(request, ticket_id, _button(request), handling.resume_ticket, _("接着办了。"))


@ticket_post
def merge(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """并单."""
    return _do(
        request, ticket_id, _typed(request, verbs.MergeForm), merging.merge_ticket, _("并好了，一起办。")
    )


@ticket_post
def unmerge(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """撤销并单."""
    return _do(request, ticket_id, _button(request), merging.unmerge_ticket, _("分开了，重新派。"))
