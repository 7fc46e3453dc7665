"""Call-backs: of which visits somebody else asks, and what the household said."""

from __future__ import annotations

from typing import TypedDict

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.pages import ask
from people.doors import signed_in
from visits.actions.callbacks import answer_callback
from visits.forms.callbacks import CallbackForm
from visits.models.callbacks import VisitCallback
from visits.views.page import care_page, care_post

PER_PAGE = 20


class CallbacksPage(TypedDict):
    """What templates/visits/callbacks.html shows: each visit with its form; `form` is one that was refused."""

    page_obj: Page[VisitCallback]
    asked: list[tuple[VisitCallback, CallbackForm]]
    form: CallbackForm | None


@care_page
def callbacks(request: HttpRequest) -> HttpResponse:
    """走访回访: the visits that were drawn, the oldest first; none of her own."""
    return _page(request)


def _page(request: HttpRequest, form: CallbackForm | None = None, *, status: int = 200) -> HttpResponse:
    waiting = VisitCallback.objects.visible_to(signed_in(request)).waiting(timezone.now())
    rows = waiting.select_related("visit__household__building__grid").prefetch_related(
        "visit__people__person"
    )
    page_obj = Paginator(rows.order_by("visit__visited_at", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    sent = {form.row.pk: form} if form else {}
    page: CallbacksPage = {
        "page_obj": page_obj,
        "asked": [(row, sent.get(row.pk) or CallbackForm(row=row)) for row in page_obj],
        "form": form,
    }
    return render(request, "visits/callbacks.html", page, status=status)


@care_post
def answer(request: HttpRequest, callback_id: int) -> HttpResponse:
    """记走访回访."""
    user = signed_in(request)
    row = get_object_or_404(VisitCallback.objects.visible_to(user), pk=callback_id)
    form = CallbackForm(request.POST, row=row)

    def act() -> str:
        answer_callback(callback_id=row.pk, by=user, now=timezone.now(), **form.cleaned_data)
        return _("记下了。")

    return ask(
        request,
        form,
        act,
        back=reverse("visits:callbacks"),
        show=lambda *, status: _page(request, form, status=status),
    )
