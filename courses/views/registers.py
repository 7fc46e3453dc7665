"""Registers read in by hand: upload, look at every doubtful line, confirm, undo."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.forms import PlainForm
from common.pages import ask
from courses.actions.registers.lifecycle import confirm_register, undo_register, upload_register
from courses.forms import RegisterForm
from courses.models.catalogue import Term
from courses.models.register import RegisterImport, RegisterKind, RowVerdict
from courses.rules import REGISTERS, Party, RegisterMove
from people.doors import allow, signed_in, work_page, work_post
from people.models import User

RECENT = 20


def _terms(user: User) -> list[Term]:
    terms = Term.objects.select_related("division").order_by("-starts_on")
    return [term for term in terms[:50] if user.may("courses.import", term.division)]


@work_page
def registers(request: HttpRequest) -> HttpResponse:
    """导入名册: upload a timetable or a roster; the last ones."""
    user = signed_in(request)
    allow(bool(user.reach("courses.import")))
    form = RegisterForm(request.POST or None, request.FILES or None, terms=_terms(user))

    def act() -> HttpResponse:
        told = form.cleaned_data
        register = upload_register(
            kind=RegisterKind(told["kind"]),
            data=told["file"].read(),
            file_name=told["file"].name,
            term=told["term"],
            by=user,
            now=timezone.now(),
        )
        return redirect("courses:staff_register", register.pk)

    def show(*, status: int) -> HttpResponse:
        recent = RegisterImport.objects.visible_to(user).select_related("division", "term", "by")[:RECENT]
        return render(
            request, "courses/staff/registers.html", {"form": form, "recent": recent}, status=status
        )

    return ask(request, form, act, back=reverse("courses:staff_registers"), show=show)


@work_page
def register(request: HttpRequest, register_id: int) -> HttpResponse:
    """What importing would do, or did: first the lines somebody must look at."""
    user = signed_in(request)
    found = get_object_or_404(
        RegisterImport.objects.visible_to(user).select_related("division", "term", "by"), pk=register_id
    )
    rows = list(found.rows.all())
    counts = Counter(row.verdict for row in rows)
    offered = REGISTERS.offered(found.state, {Party.STAFF})
    context = {
        "register": found,
        "counts": [(label, counts[value]) for value, label in RowVerdict.choices if counts[value]],
        "doubtful": [row for row in rows if row.doubts],
        "total": counts[RowVerdict.GOOD] + counts[RowVerdict.DOUBTFUL] + counts[RowVerdict.KNOWN],
        "may_confirm": RegisterMove.CONFIRM in offered,
        "may_undo": RegisterMove.UNDO in offered,
    }
    return render(request, "courses/staff/register.html", context)


@work_post
def register_confirm(request: HttpRequest, register_id: int) -> HttpResponse:
    """确认导入."""

    def act() -> str:
        confirm_register(register_id=register_id, by=signed_in(request), now=timezone.now())
        return _("已导入。有不对的，可以整个撤销。")

    return ask(request, PlainForm(request.POST), act, back=_page(register_id))


@work_post
def register_undo(request: HttpRequest, register_id: int) -> HttpResponse:
    """撤销导入."""

    def act() -> str:
        undo_register(register_id=register_id, by=signed_in(request), now=timezone.now())
        return _("已撤销。已经有考勤或变动的没有动，列在下面。")

    return ask(request, PlainForm(request.POST), act, back=_page(register_id))


def _page(register_id: int) -> str:
    return reverse("courses:staff_register", args=[register_id])
