"""会议: what everybody reads of meetings; what residents follow, what members correct."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TypedDict

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.days import day_of
from common.errors import NotAllowed
from common.forms import PlainForm, set_choices
from common.pages import ask, own_post, public_page
from grievances.actions import agenda
from grievances.actions.minutes import correct_minutes, member_in
from grievances.forms.meetings import CorrectForm
from grievances.models.meetings import AgendaItem, Correction, Meeting
from grievances.rules.meetings import MeetingState
from people.doors import own_page, people_for, signed_in
from people.models import User, acts_for

PER_PAGE = 20
TONES = {"DONE": "ok", "PARTLY": "wait", "NOT_DONE": "hot"}
STATES = {"SCHEDULED": "wait", "IN_SESSION": "hot", "MINUTES": "off", "PUBLISHED": "ok", "CANCELLED": "off"}


class Entry(TypedDict):
    """One item as everybody reads it; `verdict` and `tone`: what those present said. `due`: on the day of
    the meeting they can say what became of it. `late`: when it was written, if the meeting was over then."""

    item: AgendaItem
    due: bool
    verdict: str
    tone: str
    late: datetime | None


class MeetingsPage(TypedDict):
    """What templates/grievances/meetings.html shows."""

    page_obj: Page[Meeting]
    rows: list[tuple[Meeting, str]]


class MeetingPage(TypedDict):
    """What templates/grievances/meeting.html shows: promises of before first; of members only numbers,
    and by name who holds an office."""

    meeting: Meeting
    tone: str
    told: bool
    open: bool
    promises: list[Entry]
    items: list[Entry]
    present: int
    officers: list[str]


@public_page
def meetings(request: HttpRequest) -> HttpResponse:
    """The next ones, and what became of the last."""
    listed = Paginator(Meeting.objects.select_related("body"), PER_PAGE).get_page(request.GET.get("page"))
    page: MeetingsPage = {"page_obj": listed, "rows": [(one, STATES[one.state]) for one in listed]}
    return render(request, "grievances/meetings.html", page)


@public_page
def meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The agenda beforehand, the minutes once they are published."""
    found = get_object_or_404(Meeting.objects.select_related("body"), pk=meeting_id)
    told = found.state == MeetingState.PUBLISHED
    entries = entries_of(found, told=told)
    page: MeetingPage = {
        "meeting": found,
        "tone": STATES[found.state],
        "told": told,
        "open": found.state in {MeetingState.SCHEDULED, MeetingState.IN_SESSION},
        "promises": [one for one in entries if one["item"].commitment_id],
        "items": [one for one in entries if not one["item"].commitment_id],
        "present": found.present.count() if told else 0,
        "officers": officers_at(found) if told else [],
    }
    return render(request, "grievances/meeting.html", page)


def officers_at(meeting: Meeting) -> list[str]:
    """Who was there by an office, with it; residents are a number."""
    there = meeting.present.exclude(member__office="").select_related("member__person")
    return [f"{one.member.office} {one.member.person.full_name}" for one in there]


def entries_of(meeting: Meeting, *, told: bool) -> list[Entry]:
    """The items in their order; what came of them only where it is told."""
    rows = meeting.items.in_order().select_related(
        "commitment", "judgement", "vote", "promise__who", "ticket__merged_into", "category"
    )
    written = meeting.records.filter(late=True, item__isnull=False).order_by("pk")
    late = dict(written.values_list("item", "at")) if told else {}
    found = list[Entry]()
    for item in rows:
        verdict = getattr(item, "judgement", None) if told else None
        found.append(
            {
                "item": item,
                "due": item.is_due(day_of(meeting.starts_at)),
                "verdict": verdict.get_verdict_display() if verdict else "",
                "tone": TONES[verdict.verdict] if verdict else "off",
                "late": late.get(item.pk),
            }
        )
    return found


class FollowForm(PlainForm):
    """For whom, and whether she wants to speak."""

    person_id = forms.TypedChoiceField(label=_("谁"), coerce=int, widget=forms.RadioSelect)
    speaks = forms.BooleanField(label=_("想到会上说几句"), required=False)


@own_page
def follow(request: HttpRequest, item_id: int) -> HttpResponse:
    """关注议题: for herself, or whom she acts for."""
    user = signed_in(request)
    item = get_object_or_404(AgendaItem.objects.select_related("meeting"), pk=item_id)
    people = people_for(acts_for(user), user.pk)
    before = item.followers.filter(person__in=[pk for pk, _name in people])
    initial = {"speaks": before.filter(speaks=True).exists()}
    form = FollowForm(request.POST if request.method == "POST" else None, initial=initial)
    set_choices(form, "person_id", people, first=True)
    here = reverse("grievances:follow_item", args=[item.pk])

    def act() -> HttpResponse:
        agenda.follow_item(item_id=item.pk, by=user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("记下了，会后有了结果会告诉您。"))
        return redirect(here)  # the page of the meeting is the same for everybody, and says nothing to one

    told = _("议得怎样，会后告诉您。想到会上说几句，勾一下，会前我们联系您。")
    return ask(
        request,
        form,
        act,
        back=reverse("grievances:meeting", args=[item.meeting_id]),
        title=item.title,
        intro=_("已经关注了，会后告诉您。") if before.exists() else told,
        button=_("关注这件事"),
        back_label=_("会议"),
    )


class MinutesPage(TypedDict):
    """What templates/grievances/minutes.html shows a member: the draft, and what she said is wrong."""

    meeting: Meeting
    rows: list[tuple[Entry, CorrectForm | None]]
    hers: list[Correction]
    open: bool


def _draft(user: User, meeting_id: int) -> Meeting:
    """The minutes that are being written, for a member."""
    found = Meeting.objects.filter(pk=meeting_id, state=MeetingState.MINUTES).select_related("body").first()
    if found is None:
        raise Http404
    if member_in(found, user) is None:
        raise NotAllowed(message=_("这份纪要成员正在看，公布以后大家都能看。"))
    return found


@own_page
def minutes(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """看纪要: members read it before everybody does; once it is published it stands where all read it."""
    if Meeting.objects.filter(pk=meeting_id, state=MeetingState.PUBLISHED).exists():
        return redirect("grievances:meeting", meeting_id)
    return _minutes(request, meeting_id)


def _minutes(
    request: HttpRequest, meeting_id: int, form: CorrectForm | None = None, *, status: int = 200
) -> HttpResponse:
    user = signed_in(request)
    found = _draft(user, meeting_id)
    window = found.correct_until is not None and day_of(timezone.now()) <= found.correct_until

    def asked(item: AgendaItem) -> CorrectForm | None:
        if form is not None and form.row.pk == item.pk:
            return form
        return CorrectForm(row=item) if window else None

    member = member_in(found, user)
    page: MinutesPage = {
        "meeting": found,
        "rows": [(one, asked(one["item"])) for one in entries_of(found, told=True)],
        "hers": list(Correction.objects.filter(item__meeting=found, member=member).select_related("item")),
        "open": window,
    }
    return render(request, "grievances/minutes.html", page, status=status)


@own_post
def correct(request: HttpRequest, item_id: int) -> HttpResponse:
    """提更正."""
    user = signed_in(request)
    item = get_object_or_404(AgendaItem.objects.select_related("meeting"), pk=item_id)
    meeting = _draft(user, item.meeting_id)
    form = CorrectForm(request.POST, row=item)

    def act() -> str:
        correct_minutes(item_id=item.pk, by=user, now=timezone.now(), **form.cleaned_data)
        return _("收到了，改不改都会写在这里。")

    show = partial(_minutes, request, meeting.pk, form)
    return ask(request, form, act, back=reverse("grievances:minutes", args=[meeting.pk]), show=show)
