"""关心对象: whose turn it is, and one of them with its verbs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, TypedDict

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import Division
from common.forms import PlainForm
from common.pages import ask
from common.reach import within
from people.doors import signed_in
from people.models import User
from visits.actions import care as verbs
from visits.actions import tightening
from visits.forms.care import CaseForm, LevelForm, PauseForm, TightenForm
from visits.models.care import CareCase, CarePause
from visits.models.register import Residence
from visits.models.tightening import CareTightening
from visits.views.page import care_post, policy_page, policy_post, record_post, visits_page

PER_PAGE = 30


class CarePage(TypedDict):
    """What templates/visits/care.html shows: the first day first; whoever lives nowhere known is named so."""

    page_obj: Page[CareCase]
    today: date
    tight: QuerySet[CareTightening]
    may_tighten: bool


@visits_page
def care(request: HttpRequest) -> HttpResponse:
    """Whose turn it is in the grids of her posts."""
    user, today = signed_in(request), timezone.localdate()
    rows = CareCase.objects.visible_to(user).open().with_home()
    listed = rows.select_related("person__home__parent").order_by("next_due_on", "pk")
    page: CarePage = {
        "page_obj": Paginator(listed, PER_PAGE).get_page(request.GET.get("page")),
        "today": today,
        "tight": CareTightening.objects.visible_to(user).on(today).select_related("division"),
        "may_tighten": bool(user.reach("visits.policy")),
    }
    return render(request, "visits/care.html", page)


@policy_page
def tighten(request: HttpRequest) -> HttpResponse:
    """加密走访: for heat, a flood, a festival."""
    user = signed_in(request)
    places = within(Division.objects.order_by("path"), "", user.reach("visits.policy"))
    form = TightenForm(request.POST or None, places=list(places))

    def act() -> str:
        tightening.tighten_care(by=user, now=timezone.now(), **form.cleaned_data)
        return _("从今天起加密走访。")

    return ask(
        request,
        form,
        act,
        back=reverse("visits:care"),
        title=_("加密走访"),
        intro=_("高温、汛期、节日这些天，让这一带定期走访的人看得勤一些。希望暂时不要来的，仍然不去。"),
        button=_("从今天起"),
        back_label=_("轮到谁了"),
    )


@policy_post
def end_tightening(request: HttpRequest, tightening_id: int) -> HttpResponse:
    """结束加密."""
    user = signed_in(request)

    def act() -> str:
        tightening.end_tightening(tightening_id=tightening_id, by=user, now=timezone.now())
        return _("加密走访结束了。")

    return ask(request, PlainForm(request.POST), act, back=reverse("visits:care"))


class CasePage(TypedDict):
    """What templates/visits/case.html shows."""

    case: CareCase
    lived: Residence | None
    pauses: QuerySet[CarePause]
    running: CarePause | None
    level: LevelForm
    pause: PauseForm
    may_care: bool
    may_record: bool
    today: date
    form: PlainForm | None
    group: str


def _the_case(user: User, case_id: int) -> CareCase:
    seen = CareCase.objects.visible_to(user).select_related("person__home")
    return get_object_or_404(seen, pk=case_id)


@visits_page
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One of them: how often, by when, what she asked for."""
    return _page(request, case_id)


def _page(
    request: HttpRequest,
    case_id: int,
    form: PlainForm | None = None,
    *,
    group: str = "",
    status: int = 200,
) -> HttpResponse:
    user = signed_in(request)
    found, today = _the_case(user, case_id), timezone.localdate()
    place = found.person.home
    pauses = found.pauses.select_related("words", "by")
    page: CasePage = {
        "case": found,
        "lived": Residence.objects.now()
        .filter(person=found.person)
        .select_related("household__building")
        .first(),
        "pauses": pauses,
        "running": pauses.on(today).first(),
        "level": form if isinstance(form, LevelForm) else LevelForm(row=found),
        "pause": form if isinstance(form, PauseForm) else PauseForm(row=found),
        "may_care": place is not None and user.may("visits.care", place),
        "may_record": place is not None and user.may("visits.record", place),
        "today": today,
        "form": form,
        "group": group,
    }
    return render(request, "visits/case.html", page, status=status)


def _do(
    request: HttpRequest,
    case_id: int,
    asked: Callable[[CareCase], PlainForm],
    verb: Callable[..., Any],
    said: str,
) -> HttpResponse:
    """One verb of one case."""
    user = signed_in(request)
    found = _the_case(user, case_id)
    form = asked(found)

    def act() -> str:
        verb(case_id=found.pk, by=user, now=timezone.now(), **form.cleaned_data)
        return said

    show = partial(_page, request, found.pk, form) if isinstance(form, CaseForm) else None
    return ask(request, form, act, back=reverse("visits:case", args=[found.pk]), show=show)


@care_post
def level(request: HttpRequest, case_id: int) -> HttpResponse:
    """改走访周期."""
    return _do(
        request, case_id, lambda row: LevelForm(request.POST, row=row), verbs.change_level, _("改好了。")
    )


@care_post
def close(request: HttpRequest, case_id: int) -> HttpResponse:
    """不再关心."""
    return _do(
        request, case_id, lambda _row: PlainForm(request.POST), verbs.close_case, _("不再定期走访了。")
    )


@care_post
def group(request: HttpRequest, case_id: int) -> HttpResponse:
    """看类别: one look, logged."""
    user = signed_in(request)
    found = _the_case(user, case_id)

    def act() -> HttpResponse:  # on the page itself: a message would lie in a cookie
        label = verbs.read_group(case_id=found.pk, by=user, now=timezone.now())
        return _page(request, found.pk, group=label)

    return ask(request, PlainForm(request.POST), act, back=reverse("visits:case", args=[found.pk]))


@record_post
def pause(request: HttpRequest, case_id: int) -> HttpResponse:
    """暂缓走访."""
    return _do(
        request, case_id, lambda row: PauseForm(request.POST, row=row), verbs.pause_case, _("记下了。")
    )


@record_post
def resume(request: HttpRequest, case_id: int) -> HttpResponse:
    """恢复走访."""
    return _do(request, case_id, lambda _row: PlainForm(request.POST), verbs.resume_case, _("恢复了。"))
