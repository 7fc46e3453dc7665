"""At the desk and on the phone: what somebody tells, who has no phone or does not want to use one."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import Division
from centers.rules import DivisionKind
from common.pages import ask, number, typed_words
from common.reach import within
from common.veils import unveiled, veiled
from grievances.actions.steps import read_code
from grievances.actions.tickets import Opened, Word, open_ticket
from grievances.actions.wall import copy_notes
from grievances.forms.telling import DeskForm, WallForm, told_in
from grievances.models.tickets import Ticket
from grievances.parts import telling_for
from grievances.rules.tickets import Source
from grievances.views.page import PRINTED, held, hold, intake_page
from people.doors import finds_people, signed_in, the_person
from people.models import Person, User

MOST_FOUND = 20


@intake_page
@partial(finds_people, written=veiled)
def find(request: HttpRequest) -> HttpResponse:
    """Whose word: name, initials, phone tail or ID number; a single match opens at once; or nobody on file."""
    typed = typed_words(unveiled(request.GET.get("q", "")))
    near = Person.objects.visible_to(signed_in(request)).matching(typed).select_related("home__parent")
    found = list(near[: MOST_FOUND + 1])
    if typed and len(found) == 1:
        return redirect(telling_for(found[0]))
    listed = [(one, telling_for(one)) for one in found[:MOST_FOUND]]
    context = {"typed": typed, "found": listed, "more": len(found) > MOST_FOUND}
    return render(request, "grievances/staff/tell_find.html", context)


@intake_page
def tell_for(request: HttpRequest, whom: str) -> HttpResponse:
    """For a resident on file, whom the address names under seal (`parts.telling_for`)."""
    return _tell(request, the_person(signed_in(request), number(unveiled(whom)) or 0))


@intake_page
def tell(request: HttpRequest) -> HttpResponse:
    """For somebody who is not on file, a caller, or a note of the problem wall."""
    return _tell(request, None)


@intake_page
def wall(request: HttpRequest) -> HttpResponse:
    """抄墙: the notes of the problem wall, one a line."""
    user = signed_in(request)
    form = WallForm(request.POST or None, places=_places(user))

    def act() -> str:
        given = form.cleaned_data
        made = copy_notes(
            notes=given["notes"],
            category_id=given["category"].pk,
            division_id=given["division"].pk,
            by=user,
            now=timezone.now(),
            source_key=f"wall:{given['key']}",
        )
        told = {"count": len(made), "first": made[0].reference, "last": made[-1].reference}
        return _("抄好了 %(count)s 张：%(first)s 到 %(last)s。") % told

    return ask(
        request,
        form,
        act,
        title=_("抄问题墙"),
        intro=_("把墙上的纸条一张一行抄进来，每张是一件诉求，谁写的不记。"),
        button=_("抄好了"),
        back=reverse("grievances:staff_tickets"),
        back_label=_("说事"),
    )


def _places(user: User) -> QuerySet[Division]:
    """Where she takes in what is told."""
    low = Division.objects.filter(kind__in=[DivisionKind.COMMUNITY, DivisionKind.GRID]).order_by("path")
    return within(low, "", user.reach("grievances.intake"))


def _tell(request: HttpRequest, person: Person | None) -> HttpResponse:
    user = signed_in(request)
    places = _places(user)
    home = person.home_id if person else None
    form = DeskForm(request.POST or None, places=places, known=person is not None, initial={"division": home})

    def act() -> HttpResponse:
        return _told(request, _open(user, person, form))

    name = person.full_name if person else _("来人或来电")
    return ask(
        request,
        form,
        act,
        title=_("替%(name)s反映") % {"name": name},
        intro=_("让对方看一遍，或念一遍，再登记。"),
        button=_("登记"),
        back=reverse("grievances:staff_tell_find"),
        back_label=_("找居民"),
    )


def _open(user: User, person: Person | None, form: DeskForm) -> Opened:
    return open_ticket(
        word=Word(**told_in(form), person=person),
        source=Source(form.cleaned_data["source"]),
        by=user,
        now=timezone.now(),
        source_key=f"desk:{form.cleaned_data['key']}",
    )


def _told(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The receipt with its code, where there is one; else the ticket."""
    if opened.code:
        answer = redirect("grievances:staff_receipt", opened.ticket.pk)
        hold(answer, PRINTED, opened.code)
        return answer
    messages.success(request, _("登记了，编号 %(reference)s。") % {"reference": opened.ticket.reference})
    return redirect("grievances:staff_ticket", opened.ticket.pk)


@intake_page
def receipt(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """The code in large print, for who told it; once another one was made here, it is gone."""
    code = held(request, PRINTED)
    ticket = Ticket.objects.filter(pk=ticket_id, code_hash=read_code(code)).first() if code else None
    if ticket is None:
        return redirect("grievances:staff_ticket", ticket_id)
    return render(request, "grievances/staff/receipt.html", {"ticket": ticket, "code": code})
