"""Meetings at the desk of who keeps them: calling, the page of the day, the minutes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, TypedDict
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.days import day_of
from common.errors import DomainError
from common.forms import PlainForm, RowForm
from common.pages import ask, number
from grievances.actions import meetings as verbs
from grievances.actions import minutes as drafts
from grievances.actions.session import Said
from grievances.actions.session import record as write
from grievances.forms import meetings as forms
from grievances.forms.meetings import RECORDS, HandledForm, RecordForm
from grievances.models.bodies import Body
from grievances.models.meetings import AgendaItem, Correction, ItemFollower, Meeting
from grievances.rules.meetings import (
    MEETINGS,
    WRITABLE,
    MeetingHat,
    MeetingMove,
    Outcome,
    RecordKind,
)
from grievances.rules.tickets import TICKETS, Hat, TicketMove
from grievances.views.meetings import Entry, entries_of, officers_at
from grievances.views.page import handlers_in, meeting_page, meeting_post
from people.doors import signed_in
from people.models import User

R = RecordKind
# What may be written down of an item nobody has decided, in the order of the buttons.
OF_ITEM = (R.PROMISE, R.ANSWER, R.HAND, R.VOTE, R.NOTE)
OF_PROMISE = (R.JUDGE, R.DEFER)
MOVES = {R.PROMISE: TicketMove.COMMIT, R.ANSWER: TicketMove.ANSWER, R.HAND: TicketMove.ASSIGN}


class MeetingsPage(TypedDict):
    """What templates/grievances/staff/meetings.html shows; `overdue`: bodies that have not met for long."""

    rows: list[Meeting]
    overdue: list[Body]
    form: PlainForm | None


class Spoken(TypedDict):
    """One item on the page of the day: what is known of it, and what may be written down."""

    entry: Entry
    forms: list[RecordForm]
    speakers: list[ItemFollower]


class DayPage(TypedDict):
    """What templates/grievances/staff/meeting.html shows; `forms` by verb; `form`: the one that was refused."""

    meeting: Meeting
    rows: list[Spoken]
    members: int
    present: int
    few: bool
    officers: list[str]
    forms: dict[str, PlainForm]
    rewords: list[tuple[Entry, PlainForm]]
    corrections: list[tuple[Correction, PlainForm | None]]
    form: PlainForm | None


@meeting_page
def meetings(request: HttpRequest) -> HttpResponse:
    """会议: those ahead first; calling the next one."""
    user = signed_in(request)
    bodies = list(Body.objects.visible_to(user).filter(active=True))
    form = forms.CallForm(request.POST if request.method == "POST" else None, user=user)

    def act() -> str:
        verbs.call_meeting(by=user, now=timezone.now(), **form.cleaned_data)
        return _("定好了，成员会收到通知。")

    def show(*, status: int) -> HttpResponse:
        rows = Meeting.objects.visible_to(user).select_related("body")[:50]
        page: MeetingsPage = {
            "rows": list(rows),
            "overdue": [one for one in bodies if one.is_overdue(timezone.now())],
            "form": form if bodies else None,
        }
        return render(request, "grievances/staff/meetings.html", page, status=status)

    return ask(request, form, act, back=reverse("grievances:staff_meetings"), show=show)


def _near(user: User, meeting_id: int) -> Meeting:
    rows = Meeting.objects.visible_to(user).select_related("body__division")
    return get_object_or_404(rows, pk=meeting_id)


@meeting_page
def meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """One meeting: its agenda beforehand, the page of the day, the minutes that are being written."""
    return _page(request, meeting_id)


def _page(
    request: HttpRequest, meeting_id: int, form: PlainForm | None = None, *, status: int = 200
) -> HttpResponse:
    found = _near(signed_in(request), meeting_id)
    entries = entries_of(found, told=True)
    rewritable = entries if found.state in WRITABLE else []
    there = found.present.count()
    page: DayPage = {
        "meeting": found,
        "rows": [_spoken(found, one, form) for one in entries],
        "members": _members(found).count(),
        "present": there,
        "few": there < found.body.quorum,
        "officers": officers_at(found),
        "forms": _forms(found, form),
        "rewords": [(one, _kept(forms.RewordForm(row=one["item"]), form)) for one in rewritable],
        "corrections": _corrections(found, form),
        "form": form,
    }
    return render(request, "grievances/staff/meeting.html", page, status=status)


def _members(meeting: Meeting) -> Any:
    rows: Any = meeting.body.members.valid_on(day_of(meeting.starts_at))
    return rows.select_related("person")


def _kept(fresh: RowForm[Any], refused: PlainForm | None) -> RowForm[Any]:
    """The form that was refused in place of the fresh one of the same row."""
    if isinstance(refused, RowForm) and type(refused) is type(fresh) and refused.row == fresh.row:
        return refused
    return fresh


def _forms(meeting: Meeting, refused: PlainForm | None) -> dict[str, PlainForm]:
    found = dict[str, PlainForm]()
    offered = MEETINGS.offered(meeting.state, {MeetingHat.SECRETARY})
    if MeetingMove.OPEN in offered:
        before = (forms.RescheduleForm, forms.CancelForm)
        found = {one.verb: _kept(one(row=meeting), refused) for one in before}
        found["open"] = PlainForm()
    if MeetingMove.CLOSE in offered:
        found["close"] = _kept(forms.CloseForm(row=meeting), refused)
    if MeetingMove.PUBLISH in offered:
        found["publish"] = _kept(forms.PublishForm(row=meeting), refused)
    if meeting.state in WRITABLE:
        for kind in (R.PRESENT, R.RAISE):
            same = isinstance(refused, RECORDS[kind])
            found[kind.lower()] = refused if same and refused else _fresh(meeting, kind, None)
    return found


def _fresh(meeting: Meeting, kind: RecordKind, item: AgendaItem | None, data: Any = None) -> RecordForm:
    """A form with a mark of its own; a second one on the page has ids of its own as well."""
    form, given = RECORDS[kind], dict[str, Any]()
    initial: dict[str, Any] = {"op_id": uuid4()}
    if item is not None:
        initial["item_id"] = item.pk
    if issubclass(form, HandledForm):
        given["handlers"] = handlers_in(meeting.body.division)
    if kind == R.PROMISE and item is not None:
        initial["words"] = _("办好：%(title)s") % {"title": item.title}
    auto_id = f"{kind.lower()}-{item.pk if item else 0}-%s"
    made = form(data, initial=initial, auto_id=auto_id, **given)
    if kind == R.PRESENT:
        _offer_members(meeting, made)
    return made


def _offer_members(meeting: Meeting, form: RecordForm) -> None:
    field: Any = form.fields["members"]
    field.choices = [(one.pk, str(one)) for one in _members(meeting)]
    form.initial["members"] = list(meeting.present.values_list("member_id", flat=True))
    form.initial["guests"] = meeting.guests


def _kinds(meeting: Meeting, item: AgendaItem, *, due: bool) -> tuple[RecordKind, ...]:
    """What may be written down of an item that nobody has decided; a promise is put off once."""
    if meeting.state not in WRITABLE or item.outcome:
        return ()
    if item.commitment is None:
        voted = {R.VOTE} if hasattr(item, "vote") else set[RecordKind]()
        return tuple(kind for kind in OF_ITEM if kind not in voted and _leads_on(item, kind))
    if not due:
        return ()
    before = item.commitment.items.filter(outcome=Outcome.DEFERRED).exists()
    return OF_PROMISE[:1] if before else OF_PROMISE


def _leads_on(item: AgendaItem, kind: RecordKind) -> bool:
    """Whether the ticket of an item may go that way from where it stands now."""
    move = MOVES.get(kind)
    if move is None or item.ticket is None:
        return True
    return move in TICKETS.offered(item.ticket.followed.state, {Hat.MEETING})


def _spoken(meeting: Meeting, entry: Entry, refused: PlainForm | None) -> Spoken:
    item = entry["item"]
    found = {kind: _fresh(meeting, kind, item) for kind in _kinds(meeting, item, due=entry["due"])}
    if isinstance(refused, RecordForm) and refused.data.get("item_id") == f"{item.pk}":
        found[refused.kind_of] = refused
    speakers = item.followers.filter(speaks=True).select_related("person")
    return {"entry": entry, "forms": list(found.values()), "speakers": list(speakers)}


def _corrections(meeting: Meeting, refused: PlainForm | None) -> list[tuple[Correction, PlainForm | None]]:
    rows = Correction.objects.filter(item__meeting=meeting).select_related("item", "member__person")
    return [(one, None if one.settled_at else _kept(forms.SettleForm(row=one), refused)) for one in rows]


# --- Verbs ------------------------------------------------------------------------------------


def _do(
    request: HttpRequest,
    meeting: int,
    form: PlainForm,
    verb: Callable[..., Any],
    said: str,
    **about: Any,
) -> HttpResponse:
    """One verb of a meeting, or of a row in it: its form, its sentence; after a refusal the page again."""
    user = signed_in(request)
    found = _near(user, meeting)

    def act() -> str:
        verb(by=user, now=timezone.now(), **about, **form.cleaned_data)
        return said

    show = None if type(form) is PlainForm else partial(_page, request, found.pk, form)
    return ask(request, form, act, back=reverse("grievances:staff_meeting", args=[found.pk]), show=show)


@meeting_post
def reschedule(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """改时间."""
    form = forms.RescheduleForm(request.POST, row=_near(signed_in(request), meeting_id))
    said = _("改好了，成员会收到通知。")
    return _do(request, meeting_id, form, verbs.reschedule_meeting, said, meeting_id=meeting_id)


@meeting_post
def cancel(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """不开了."""
    form = forms.CancelForm(request.POST, row=_near(signed_in(request), meeting_id))
    said = _("不开了，成员会收到通知。")
    return _do(request, meeting_id, form, verbs.cancel_meeting, said, meeting_id=meeting_id)


@meeting_post
def open_(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """开会."""
    form = PlainForm(request.POST)
    return _do(request, meeting_id, form, verbs.open_meeting, _("开会了。"), meeting_id=meeting_id)


@meeting_post
def close(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """散会."""
    form = forms.CloseForm(request.POST, row=_near(signed_in(request), meeting_id))
    said = _("散会了，成员会收到纪要。")
    return _do(request, meeting_id, form, verbs.close_meeting, said, meeting_id=meeting_id)


@meeting_post
def publish(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """公布纪要."""
    form = forms.PublishForm(request.POST, row=_near(signed_in(request), meeting_id))
    said = _("公布了，大家都能看到。")
    return _do(request, meeting_id, form, drafts.publish_minutes, said, meeting_id=meeting_id)


@meeting_post
def record(request: HttpRequest, meeting_id: int, kind: str) -> HttpResponse:
    """会上记: from a form as ever; from the page of the day also as JSON, when its network is back."""
    user = signed_in(request)
    found = _near(user, meeting_id)
    wanted = kind.upper()
    if wanted not in RECORDS:
        raise Http404
    item = found.items.filter(pk=number(request.POST.get("item_id")) or 0).first()
    form = _fresh(found, RecordKind(wanted), item, request.POST)
    if "application/json" in request.headers.get("Accept", ""):
        return _told(form, found, user)

    def act() -> str:
        _write(form, found, user)
        return _("记下了。")

    back = reverse("grievances:staff_meeting", args=[found.pk])
    anchor = f"#item-{item.pk}" if item else ""
    return ask(request, form, act, back=f"{back}{anchor}", show=partial(_page, request, found.pk, form))


def _write(form: RecordForm, meeting: Meeting, user: User) -> None:
    told = form.cleaned_data
    said = Said(told["op_id"], form.kind_of, told["item_id"], form.told)
    write(meeting_id=meeting.pk, said=said, by=user, now=timezone.now())


def _told(form: RecordForm, meeting: Meeting, user: User) -> HttpResponse:
    """Written down, or the one sentence that says why not."""
    if not form.is_valid():
        first = next(iter(form.errors.values()))
        return JsonResponse({"detail": str(first[0])}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        _write(form, meeting, user)
    except DomainError as refusal:
        return JsonResponse({"detail": str(refusal), "code": refusal.code}, status=refusal.status)
    return JsonResponse({"detail": _("记下了。")})


@meeting_post
def reword(request: HttpRequest, item_id: int) -> HttpResponse:
    """改纪要."""
    item = get_object_or_404(AgendaItem, pk=item_id)
    form = forms.RewordForm(request.POST, row=item)
    return _do(request, item.meeting_id, form, drafts.reword_item, _("改好了。"), item_id=item.pk)


@meeting_post
def settle(request: HttpRequest, correction_id: int) -> HttpResponse:
    """定更正."""
    found = get_object_or_404(Correction.objects.select_related("item"), pk=correction_id)
    form = forms.SettleForm(request.POST, row=found)
    said = _("定好了。")
    return _do(request, found.item.meeting_id, form, drafts.settle_correction, said, correction_id=found.pk)
