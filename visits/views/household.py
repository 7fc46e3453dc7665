"""One household: who lives there, what became of the last visits, and an address for each verb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, TypedDict

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.forms import PlainForm
from common.pages import ask, typed_words
from people.actions.lookup import ring_family
from people.actions.ringing import numbers_open
from people.doors import people_typed, signed_in
from people.models import User
from visits.actions import register, residents
from visits.actions import visits as verbs
from visits.actions.care import open_case
from visits.forms.care import CareForm
from visits.forms.register import MoveInForm, MoveOutForm, NoteForm, RelationForm
from visits.forms.visits import FineForm, VisitForm
from visits.models.care import CareCase
from visits.models.register import Household, Residence
from visits.models.visits import HomeVisit
from visits.rules.visits import MET, may_be_corrected
from visits.views.page import (
    care_post,
    record_page,
    record_post,
    register_page,
    register_post,
    the_household,
    visits_page,
    visits_post,
)

LAST = 5
SOON = timedelta(days=7)
MOST_FOUND = 8


class HouseholdPage(TypedDict):
    """What templates/visits/household.html shows."""

    household: Household
    lives: list[Residence]
    opened: set[int]
    at_desk: bool
    lived: QuerySet[Residence]
    visits: Sequence[HomeVisit]
    corrigible: set[int]
    fine: FineForm
    visit: VisitForm
    note: NoteForm
    cases: QuerySet[CareCase]
    care: CareForm
    today: date
    may_care: bool
    may_record: bool
    may_register: bool
    form: PlainForm | None


@visits_page
def household(request: HttpRequest, household_id: int) -> HttpResponse:
    """户: whom to ask for at this door, and what came of it last time."""
    return _page(request, household_id)


def _page(
    request: HttpRequest, household_id: int, form: PlainForm | None = None, *, status: int = 200
) -> HttpResponse:
    user, found = signed_in(request), the_household(request, household_id)
    grid, today = found.building.grid, timezone.localdate()
    rows = found.residences.select_related("person")
    lives, visits = list(rows.now()), list(found.visits.standing().told()[:LAST])
    page: HouseholdPage = {
        "household": found,
        "lives": lives,
        "opened": _opened(user, lives),
        "at_desk": user.may("people.change", grid),
        "lived": rows.exclude(until=None).order_by("-until", "-pk"),
        "visits": visits,
        "corrigible": {one.pk for one in visits if may_be_corrected(one.first.received_at, timezone.now())},
        "fine": FineForm(row=found, lives=lives),
        "visit": form if isinstance(form, VisitForm) else VisitForm(row=found, lives=lives, today=today),
        "note": form if isinstance(form, NoteForm) else NoteForm(row=found),
        "cases": CareCase.objects.open()
        .filter(person__in=[one.person_id for one in lives])
        .select_related("person"),
        "care": form if isinstance(form, CareForm) else CareForm(row=found, lives=lives),
        "today": today,
        "may_care": user.may("visits.care", grid),
        "may_record": user.may("visits.record", grid),
        "may_register": user.may("visits.register", grid),
        "form": form,
    }
    return render(request, "visits/household.html", page, status=status)


def _opened(user: User, lives: list[Residence]) -> set[int]:
    """Of whom the very number by which she is rung is open; another of hers says nothing of it."""
    numbers = numbers_open(user, timezone.now())
    return {one.person_id for one in lives if (one.person_id, one.person.ringing.field) in numbers}


def _here(found: Household) -> str:
    return reverse("visits:household", args=[found.pk])


def _next_door(found: Household) -> str:
    """Where she is on her walk: the doors of this building."""
    return reverse("visits:building", args=[found.building_id])


def _lives(found: Household) -> list[Residence]:
    return list(found.residences.now().select_related("person"))


def _who_lives(found: Household) -> list[Residence]:
    """The same without what their records say."""
    return list(found.residences.now())


@record_post
def fine(request: HttpRequest, household_id: int) -> HttpResponse:
    """一切正常: everybody who lives here, in one tap."""
    found = the_household(request, household_id)
    return _record(request, found, FineForm(request.POST, row=found, lives=_who_lives(found)))


@record_post
def visit(request: HttpRequest, household_id: int) -> HttpResponse:
    """记走访: what came of it for each."""
    found = the_household(request, household_id)
    return _record(
        request, found, VisitForm(request.POST, row=found, lives=_lives(found), today=timezone.localdate())
    )


def _record(request: HttpRequest, found: Household, form: FineForm) -> HttpResponse:
    user = signed_in(request)

    def act() -> str | HttpResponse:
        draft = form.draft()
        verbs.record_visit(op_id=form.op(), draft=draft, by=user, now=timezone.now())
        done, left = _("记下了：%(door)s。") % {"door": found}, _still_due(form.lives, draft)
        if not left:
            return done
        # On the way out: who of this household is still to be seen these days.
        still = _("这一户这几天还要看看：%(names)s。") % {"names": _("、").join(left)}
        messages.success(request, f"{done}{still}")
        return redirect(_here(found))

    show = partial(_page, request, found.pk, form) if isinstance(form, VisitForm) else None
    return ask(request, form, act, back=_next_door(found), show=show)


def _still_due(lives: list[Residence], draft: verbs.Draft) -> list[str]:
    """Who lives here, is to be visited within a week, and was not met just now."""
    unmet = [one.person_id for one in lives if draft.results.get(one.person_id) not in MET]
    if not unmet:
        return []
    hers = CareCase.objects.due_by(timezone.localdate() + SOON).filter(person__in=unmet)
    return sorted({case.person.full_name for case in hers.select_related("person")})


@record_page
def correct(request: HttpRequest, visit_id: int) -> HttpResponse:
    """更正走访: as it ought to stand; what was written before is kept."""
    user = signed_in(request)
    seen = HomeVisit.objects.visible_to(user).standing().told()
    before = get_object_or_404(seen, pk=visit_id)
    found = the_household(request, before.household_id)
    lives = [Residence(household=found, person=one.person) for one in before.people.all()]
    form = VisitForm(request.POST or None, row=found, lives=lives, today=timezone.localdate(), before=before)

    def act() -> str:
        draft = form.draft()
        verbs.correct_visit(op_id=form.op(), visit_id=before.pk, draft=draft, by=user, now=timezone.now())
        return _("更正好了，原来记的还留着。")

    return ask(
        request,
        form,
        act,
        back=_here(found),
        title=_("更正走访"),
        intro=str(found),
        button=_("更正"),
        back_label=found.door,
    )


@care_post
def care(request: HttpRequest, household_id: int) -> HttpResponse:
    """纳入关心: somebody of this household."""
    found = the_household(request, household_id)
    form = CareForm(request.POST, row=found, lives=_lives(found))
    return _do(request, found, form, open_case)


@register_post
def note(request: HttpRequest, household_id: int) -> HttpResponse:
    """改户备注."""
    found = the_household(request, household_id)
    form = NoteForm(request.POST, row=found)
    return _do(request, found, form, lambda **given: register.note_household(household_id=found.pk, **given))


def _do(request: HttpRequest, found: Household, form: PlainForm, verb: Callable[..., Any]) -> HttpResponse:
    """One verb of the register about this household; after a refusal the page with what was typed."""
    user = signed_in(request)

    def act() -> str:
        verb(by=user, now=timezone.now(), **form.cleaned_data)
        return _("改好了。")

    return ask(request, form, act, back=_here(found), show=partial(_page, request, found.pk, form))


@register_page
def move_in(request: HttpRequest, household_id: int) -> HttpResponse:
    """登记入住: somebody on file, found as at the desk."""
    user, found = signed_in(request), the_household(request, household_id)
    form = MoveInForm(request.POST or None)
    typed = typed_words(request.POST.get("who"))
    if typed:
        form.offer(list(people_typed(user, typed)[:MOST_FOUND]))

    def act() -> str:
        given = form.cleaned_data
        residents.move_in(
            household_id=found.pk,
            person_id=_chosen(form),
            relation=given["relation"],
            since=given["since"],
            by=user,
            now=timezone.now(),
        )
        return _("登记好了。")

    return ask(
        request,
        form,
        act,
        back=_here(found),
        title=_("登记入住"),
        intro=str(found),
        button=_("登记入住"),
        back_label=found.door,
    )


def _chosen(form: MoveInForm) -> int:
    """Whom the form means. Refuses NO_SUCH_PERSON, WHICH_PERSON."""
    chosen: int | None = form.cleaned_data["person_id"]
    if not form.found:
        told = _("没有找到，换电话尾号或身份证号再找一次；没有档案的，先到服务台登记新居民。")
        raise DomainError("NO_SUCH_PERSON", told, about="who")
    if chosen is None and len(form.found) > 1:
        raise DomainError("WHICH_PERSON", _("找到几位，请选是哪一位。"), about="person_id")
    return chosen or form.found[0].pk


def _residence(request: HttpRequest, residence_id: int) -> tuple[Household, Residence]:
    """A row of a household in her sight, or 404."""
    rows = Residence.objects.select_related("person")
    seen = Household.objects.visible_to(signed_in(request)).values("pk")
    found = get_object_or_404(rows, pk=residence_id, household__in=seen)
    return the_household(request, found.household_id), found


@visits_post
def ring(request: HttpRequest, residence_id: int) -> HttpResponse:
    """看号码: the number by which somebody who lives here is rung, open for a moment and logged."""
    user = signed_in(request)
    household, found = _residence(request, residence_id)
    number = found.person.ringing

    def act() -> HttpResponse:
        about = {"person_id": found.person_id, "whose": found.person_id}
        ring_family(**about, field=number.field, by=user, now=timezone.now())
        return redirect(_here(household))

    return ask(request, PlainForm(request.POST), act, back=_here(household))


@register_page
def move_out(request: HttpRequest, residence_id: int) -> HttpResponse:
    """登记搬走."""
    household, found = _residence(request, residence_id)
    form = MoveOutForm(request.POST or None, row=found)
    return _of_residence(request, household, found, form, residents.move_out, _("登记搬走"))


@register_page
def relation(request: HttpRequest, residence_id: int) -> HttpResponse:
    """改关系."""
    household, found = _residence(request, residence_id)
    form = RelationForm(request.POST or None, row=found)
    return _of_residence(request, household, found, form, residents.change_relation, _("改与户主的关系"))


def _of_residence(
    request: HttpRequest,
    household: Household,
    found: Residence,
    form: PlainForm,
    verb: Callable[..., Any],
    title: str,
) -> HttpResponse:
    user = signed_in(request)

    def act() -> str:
        verb(residence_id=found.pk, by=user, now=timezone.now(), **form.cleaned_data)
        return _("改好了。")

    return ask(
        request,
        form,
        act,
        back=_here(household),
        title=title,
        intro=f"{found.person.full_name} · {household}",
        button=title,
        back_label=household.door,
    )
