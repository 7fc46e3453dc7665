"""The queue of records to approve."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.forms import ReasonForm
from common.pages import ask, number
from common.reach import within
from people.doors import signed_in, staff_page, staff_post
from people.models import User
from points.actions.earning import approve_service
from points.forms import ApproveForm
from points.views import words
from volunteers.actions.service import refuse_service
from volunteers.models.service import ServiceRecord
from volunteers.rules.service import RecordState, enough_evidence

A_PAGE = 30
RESULTS = "approved"


def _queue(user: User) -> QuerySet[ServiceRecord]:
    waiting = ServiceRecord.objects.filter(state=RecordState.RECORDED)
    return within(waiting, "division", user.reach("volunteers.approve"))


@staff_page("volunteers.approve")
def queue(request: HttpRequest) -> HttpResponse:
    """待审核的服务: the oldest first, each with its evidence; whose own record it is, is told so."""
    user, after = signed_in(request), number(request.GET.get("after")) or 0
    found = (
        _queue(user)
        .filter(pk__gt=after)
        .select_related("volunteer__person", "recorded_by", "beneficiary", "division")
        .prefetch_related("evidence__words")
        .order_by("pk")[: A_PAGE + 1]
    )
    rows = [_row(record, user) for record in found]
    context = {
        "rows": rows[:A_PAGE],
        "more": rows[A_PAGE - 1]["record"].pk if len(rows) > A_PAGE else None,
        "after": after,
        "results": request.session.pop(RESULTS, []),
    }
    return render(request, "points/staff/records.html", context)


class Row(TypedDict):
    """A record that waits: whether it is one's own, has evidence enough, may be approved."""

    record: ServiceRecord
    span: str
    own: bool
    enough: bool
    may: bool


class Result(TypedDict):
    """What became of one record that was to be approved."""

    ok: bool
    name: str
    text: str


def _row(record: ServiceRecord, user: User) -> Row:
    kinds = [one.kind for one in record.evidence.all()]
    own = user.pk in {record.recorded_by_id, record.volunteer.person.user_id}
    enough = enough_evidence(kinds)
    return {
        "record": record,
        "span": words.span(record.minutes),
        "own": own,
        "enough": enough,
        "may": enough and not own,
    }


@staff_post("volunteers.approve")
def approve(request: HttpRequest) -> HttpResponse:
    """认定: the record of the button, or all that are ticked; each is its own transaction."""
    user, form = signed_in(request), ApproveForm(request.POST)

    def act() -> HttpResponse:
        now = timezone.now()
        request.session[RESULTS] = [_approve(key, user, now) for key in form.chosen()[:A_PAGE]]
        return redirect("points:staff_records")

    return ask(request, form, act, back=reverse("points:staff_records"))


def _approve(record_id: int, user: User, now: datetime) -> Result:
    try:
        done = approve_service(record_id=record_id, by=user, now=now)
    except DomainError as refusal:
        known = _queue(user).select_related("volunteer__person").filter(pk=record_id).first()
        name = f"{known.volunteer} · {known.title}" if known else f"#{record_id}"
        return {"ok": False, "name": name, "text": str(refusal)}
    name = f"{done.volunteer} · {done.title}"
    return {"ok": True, "name": name, "text": _("已认定 %(span)s") % {"span": words.span(done.minutes)}}


@staff_page("volunteers.approve")
def refuse(request: HttpRequest, record_id: int) -> HttpResponse:
    """不予认定, with a reason that the volunteer reads."""
    user = signed_in(request)
    near = within(ServiceRecord.objects.all(), "division", user.reach("volunteers.approve"))
    record = get_object_or_404(near.select_related("volunteer__person"), pk=record_id)
    form = ReasonForm(request.POST or None)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        refuse_service(record_id=record.pk, reason=reason, by=user, now=timezone.now())
        return _("已记下不予认定。")

    return ask(
        request,
        form,
        act=act,
        back=reverse("points:staff_records"),
        back_label=_("待审核的服务"),
        title=_("不予认定"),
        intro=f"{record.volunteer} · {record.title} · {record.served_on} · {words.span(record.minutes)}",
        button=_("不予认定"),
    )
