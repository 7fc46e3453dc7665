"""At the counter and on the phone: order for somebody, post a project, issue a card."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import Division
from common.pages import ask, typed_words
from common.reach import within
from orders.actions.cards import issue_card
from orders.actions.orders import post_project, request_order
from orders.forms.orders import CardForm, DeskOrderForm, ProjectForm
from orders.models.orders import ServiceItem
from orders.views.page import dispatch_page
from people.doors import finds_people, signed_in, the_person
from people.models import Person

MOST_FOUND = 20


@dispatch_page
@finds_people
def find(request: HttpRequest) -> HttpResponse:
    """For whom: name, pinyin initials, phone tail or ID number; a single match opens at once."""
    user = signed_in(request)
    typed = typed_words(request.GET.get("q"))
    near = Person.objects.visible_to(user).matching(typed).select_related("home__parent")
    found = list(near[: MOST_FOUND + 1])
    if len(found) == 1:
        return redirect("orders:staff_order_for", found[0].pk)
    context = {"typed": typed, "found": found[:MOST_FOUND], "more": len(found) > MOST_FOUND}
    return render(request, "orders/staff/order_find.html", context)


@dispatch_page
def order_for(request: HttpRequest, person_id: int) -> HttpResponse:
    """An order for a resident who came or phoned, or whose agent did."""
    user = signed_in(request)
    person = the_person(user, person_id)
    ties = person.guardians.filter(until=None).select_related("guardian")
    people = [(person.pk, _("本人")), *((tie.guardian_id, tie.guardian.full_name) for tie in ties)]
    items = ServiceItem.objects.offered_in(person.home) if person.home else ServiceItem.objects.none()
    form = DeskOrderForm(request.POST or None, people=people, items=items)

    def act() -> HttpResponse:
        made = request_order(for_person_id=person.pk, by=user, now=timezone.now(), **form.told())
        messages.success(request, _("下好单了，编号 %(reference)s。") % {"reference": made.reference})
        return redirect("orders:staff_order", made.pk)

    return ask(
        request,
        form,
        act,
        title=_("给%(person)s下单") % {"person": person.full_name},
        button=_("下单"),
        back=reverse("orders:staff_order_find"),
        back_label=_("找居民"),
    )


@dispatch_page
def project(request: HttpRequest) -> HttpResponse:
    """What the community needs, for units and teams to adopt."""
    user = signed_in(request)
    places = within(Division.objects.order_by("path"), "", user.reach("orders.dispatch"))
    form = ProjectForm(request.POST or None, places=places)

    def act() -> HttpResponse:
        told = {**form.cleaned_data}
        made = post_project(division_id=told.pop("division").pk, by=user, now=timezone.now(), **told)
        messages.success(request, _("发布了，共建单位和队伍在“心愿墙”上能看到。"))
        return redirect("orders:staff_order", made.pk)

    return ask(
        request,
        form,
        act,
        title=_("发布认领项目"),
        button=_("发布"),
        back=reverse("orders:staff_orders"),
        back_label=_("服务单"),
    )


@dispatch_page
def card(request: HttpRequest, person_id: int) -> HttpResponse:
    """A shop card for a resident."""
    user = signed_in(request)
    person = the_person(user, person_id)
    form = CardForm(request.POST or None)

    def act() -> HttpResponse:
        made = issue_card(person_id=person.pk, by=user, now=timezone.now(), **form.cleaned_data)
        messages.success(
            request,
            _("卡发好了，卡号 %(number)s，请抄在卡上交给%(person)s。")
            % {"number": made.number, "person": person.full_name},
        )
        return redirect("orders:staff_order_for", person.pk)

    return ask(
        request,
        form,
        act,
        title=_("给%(person)s发爱心服务卡") % {"person": person.full_name},
        button=_("发卡"),
        back=reverse("orders:staff_order_for", args=[person.pk]),
        back_label=person.full_name,
    )
