"""Points that pass on: donated to neighbours, or asked to go to a relative."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.pages import ask
from people.doors import own_page, signed_in
from people.models import Person, acts_for
from points.actions import giving
from points.forms import DonateForm, DonateNowForm, FamilyForm
from points.models.passbook import standing
from points.models.transfers import Transfer
from points.rules import TransferKind, TransferState
from points.views.whose import chosen, own_people


@own_page
def donate(request: HttpRequest) -> HttpResponse:
    """捐出积分: how much, check, done."""
    people = own_people(signed_in(request))
    if not people:
        return redirect("people:profile")
    if request.method == "POST":
        return _donated(request, people)
    typed = request.GET if "points" in request.GET else None
    person = chosen(people, request.GET.get("person")) or people[0]
    form = DonateForm(typed, people=people, initial={"person": person.pk})
    if form.is_bound and form.is_valid():
        return _check(request, form, people)
    return _ask(request, form, person)


def _ask(request: HttpRequest, form: DonateForm, person: Person, *, status: int = 0) -> HttpResponse:
    free = standing(person_id=person.pk, day=timezone.localdate()).free
    context = {"form": form, "person": person, "free": free}
    status = status or (422 if form.is_bound else 200)
    return render(request, "points/donate.html", context, status=status)


def _check(request: HttpRequest, form: DonateForm, people: list[Person]) -> HttpResponse:
    person = next(p for p in people if p.pk == form.cleaned_data["person"])
    points = form.cleaned_data["points"]
    change = f"{reverse('points:donate')}?person={person.pk}"
    context = {
        "key": uuid4().hex,
        "person": person,
        "points": points,
        "change": change,
        "rows": [
            {"label": _("谁捐"), "value": person.full_name, "url": change},
            {"label": _("捐多少"), "value": _("%(n)s 分") % {"n": points}, "url": change},
            {
                "label": _("捐给"),
                "value": _("%(place)s的捐赠池") % {"place": person.home} if person.home else "—",
            },
        ],
    }
    return render(request, "points/donate_check.html", context)


def _donated(request: HttpRequest, people: list[Person]) -> HttpResponse:
    form = DonateNowForm(request.POST, people=people)
    person = chosen(people, request.POST.get("person")) or people[0]

    def act() -> HttpResponse:
        told = form.cleaned_data
        done = giving.donate(
            key=told["key"],
            person_id=told["person"],
            points=told["points"],
            by=signed_in(request),
            now=timezone.now(),
        )
        return redirect("points:entry", done.pk)

    return ask(request, form, act, back=reverse("points:passbook"), show=partial(_ask, request, form, person))


@own_page
def transfer_new(request: HttpRequest) -> HttpResponse:
    """转给家人: among the people one acts for; with anybody else it is arranged at the desk."""
    user = signed_in(request)
    people = own_people(user)
    if len(people) < 2:
        return render(request, "points/transfer_desk.html")
    form = FamilyForm(request.POST or None, people=people)

    def act() -> HttpResponse:
        data = form.cleaned_data
        asked = giving.ask_transfer(
            kind=TransferKind.FAMILY,
            giver_id=data["giver"],
            taker_id=data["taker"],
            points=data["points"],
            relation=data["relation"],
            by=user,
            now=timezone.now(),
        )
        return redirect("points:transfer", asked.pk)

    return ask(
        request,
        form,
        act=act,
        back=reverse("points:passbook"),
        back_label=_("积分存折"),
        title=_("转给家人"),
        intro=_("只能转给您登记过的家人，由服务台和街道两道审批；转给其他亲属，请双方到服务台办理。"),
        button=_("提交申请"),
    )


@own_page
def transfer(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Where a transfer stands; both sides read it."""
    mine = acts_for(signed_in(request)).values("pk")
    seen = Transfer.objects.filter(giver__in=mine) | Transfer.objects.filter(taker__in=mine)
    found = get_object_or_404(seen.select_related("giver", "taker").distinct(), pk=transfer_id)
    context = {"transfer": found, "steps": steps(found)}
    return render(request, "points/transfer.html", context)


def steps(found: Transfer) -> list[dict[str, str]]:
    """The four steps of a transfer, for templates/components/_steps.html."""
    order = [TransferState.ASKED, TransferState.SECONDED, TransferState.DONE]
    if found.state == TransferState.REFUSED:
        return [
            {"label": _("提出申请"), "state": "done"},
            {"label": _("不予办理"), "state": "now", "note": found.reason},
        ]
    at = order.index(TransferState(found.state))
    labels = [_("服务台初审"), _("中心主任或街道复审"), _("积分转过去")]
    marks = ["done" if n < at or at == 2 else "now" if n == at else "" for n in range(3)]
    rows = [{"label": label, "state": mark} for label, mark in zip(labels, marks, strict=True)]
    return [{"label": _("提出申请"), "state": "done"}, *rows]


@own_page
def transfers(request: HttpRequest) -> HttpResponse:
    """The transfers that concern me, newest first; one page is all a family needs."""
    mine = acts_for(signed_in(request)).values("pk")
    rows = Transfer.objects.filter(giver__in=mine) | Transfer.objects.filter(taker__in=mine)
    found = rows.select_related("giver", "taker").order_by("-pk").distinct()[:50]
    return render(request, "points/transfers.html", {"transfers": found})
