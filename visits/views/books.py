"""Household books: sent in, looked at, confirmed, undone; how far the worker is."""

from __future__ import annotations

from typing import Any, TypedDict

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import Division
from centers.rules import DivisionKind
from common.forms import PlainForm
from common.pages import ask
from people.doors import allow, signed_in
from people.models import User
from visits.actions.books import lifecycle
from visits.forms.books import BookForm, LeaveOutForm, PlacesForm
from visits.models.books import BookRow, HouseholdBook
from visits.rules.books import BOOKS, TAKEN, BookHat, BookMove, RowFate
from visits.views.page import register_page, register_post

RECENT = 20
PER_PAGE = 50
# What somebody is asked to look at; the others are read as they stand.
TO_LOOK_AT = (RowFate.DOUBTFUL, RowFate.REFUSED, RowFate.LEFT_OUT, RowFate.STAYED)


def _places(user: User) -> list[Division]:
    kinds = [DivisionKind.COMMUNITY, DivisionKind.GRID]
    rows = Division.objects.filter(kind__in=kinds).select_related("parent").order_by("path")
    return [one for one in rows if user.may("visits.register", one.community)]


@register_page
def books(request: HttpRequest) -> HttpResponse:
    """导入台账: send a household book in; the last ones."""
    user = signed_in(request)
    places = _places(user)
    allow(bool(places))
    form = BookForm(request.POST or None, request.FILES or None, places=places)

    def act() -> HttpResponse:
        told = form.cleaned_data
        book = lifecycle.send_book(
            division_id=told["division"],
            data=told["file"].read(),
            file_name=told["file"].name,
            by=user,
            now=timezone.now(),
        )
        return redirect("visits:book", book.pk)

    def show(*, status: int) -> HttpResponse:
        recent = HouseholdBook.objects.visible_to(user).select_related("division__parent", "by")[:RECENT]
        return render(request, "visits/books.html", {"form": form, "recent": recent}, status=status)

    return ask(request, form, act, back=reverse("visits:books"), show=show)


class BookPage(TypedDict):
    """What templates/visits/book.html shows; `rows` with what they `said`."""

    book: HouseholdBook
    done: int
    total: int
    counts: list[tuple[str, str, int]]
    fate: str
    homes: int
    people: int
    places: PlacesForm | None
    page_obj: Page[BookRow]
    offered: tuple[BookMove, ...]
    moves: type[BookMove]
    form: PlainForm | None


def _the_book(request: HttpRequest, book_id: int) -> HouseholdBook:
    """A book in her sight, or 404."""
    seen = HouseholdBook.objects.visible_to(signed_in(request))
    return get_object_or_404(seen.select_related("division__parent", "by", "confirmed_by"), pk=book_id)


@register_page
def book(request: HttpRequest, book_id: int) -> HttpResponse:
    """What confirming a household book would do, or did: first the households somebody must look at."""
    return _page(request, book_id)


def _page(
    request: HttpRequest, book_id: int, form: PlainForm | None = None, *, status: int = 200
) -> HttpResponse:
    found = _the_book(request, book_id)
    rows = found.rows.all()
    sums = {fate: (homes, people) for fate, homes, people in _sums(rows)}
    asked = request.GET.get("fate", "")
    fate = asked if asked in sums else ""
    listed = rows.filter(fate__in=[fate] if fate else TO_LOOK_AT).order_by("pk")
    page_obj = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    for row in page_obj.object_list:
        row.book = found
    done, total = found.progress()
    context: BookPage = {
        "book": found,
        "done": done,
        "total": total,
        "counts": [(value, str(label), sums[value][0]) for value, label in RowFate.choices if value in sums],
        "fate": fate,
        "homes": sum(sums.get(fate, (0, 0))[0] for fate in TAKEN),
        "people": sum(sums.get(fate, (0, 0))[1] for fate in TAKEN),
        "places": _places_form(found),
        "page_obj": page_obj,
        "offered": BOOKS.offered(found.state, {BookHat.STAFF}),
        "moves": BookMove,
        "form": form,
    }
    return render(request, "visits/book.html", context, status=status)


def _sums(rows: QuerySet[BookRow]) -> QuerySet[BookRow, tuple[str, int, int]]:
    """Of each fate how many households and people."""
    return rows.order_by().values_list("fate").annotate(homes=Count("pk"), many=Sum("people"))


def _places_form(found: HouseholdBook, *args: Any) -> PlacesForm | None:
    """For the buildings that the register does not know; None where there is nothing to say about them."""
    if found.division.kind != DivisionKind.COMMUNITY or not found.is_preview:
        return None
    new = found.places
    grids = Division.objects.under(found.division).filter(kind=DivisionKind.GRID).order_by("path")
    return PlacesForm(*args, buildings=new, grids=list(grids)) if new else None


@register_page
def progress(request: HttpRequest, book_id: int) -> HttpResponse:
    """How far the worker is, for the page that is open (static/js/progress.js)."""
    found = _the_book(request, book_id)
    done, total = found.progress()
    return JsonResponse({"at_work": found.is_at_work, "done": done, "total": total})


@register_post
def places(request: HttpRequest, book_id: int) -> HttpResponse:
    """选网格."""
    user, found = signed_in(request), _the_book(request, book_id)
    form = _places_form(found, request.POST) or PlacesForm(request.POST, buildings={}, grids=[])

    def act() -> str:
        lifecycle.place_buildings(book_id=found.pk, by=user, now=timezone.now(), **form.cleaned_data)
        return _("选好了。")

    return ask(request, form, act, back=_address(found.pk))


@register_post
def confirm(request: HttpRequest, book_id: int) -> HttpResponse:
    """确认登记."""

    def act() -> str:
        lifecycle.confirm_book(book_id=book_id, by=signed_in(request), now=timezone.now())
        return _("开始登记了。可以离开这一页，回来接着看。")

    return ask(request, PlainForm(request.POST), act, back=_address(book_id))


@register_post
def undo(request: HttpRequest, book_id: int) -> HttpResponse:
    """撤销台账."""

    def act() -> str:
        lifecycle.undo_book(book_id=book_id, by=signed_in(request), now=timezone.now())
        return _("开始撤销了。后来用过的会留下，列在下面。")

    return ask(request, PlainForm(request.POST), act, back=_address(book_id))


@register_post
def drop(request: HttpRequest, book_id: int) -> HttpResponse:
    """不要了."""

    def act() -> HttpResponse | str:
        lifecycle.drop_book(book_id=book_id, by=signed_in(request), now=timezone.now())
        return _("这本台账没有登记，预览也清掉了。")

    return ask(request, PlainForm(request.POST), act, back=reverse("visits:books"))


@register_post
def leave_out(request: HttpRequest, row_id: int) -> HttpResponse:
    """这一户不要."""
    user, form = signed_in(request), LeaveOutForm(request.POST)
    seen = BookRow.objects.filter(book__in=HouseholdBook.objects.visible_to(user))
    row = get_object_or_404(seen, pk=row_id)

    def act() -> str:
        lifecycle.leave_out(row_id=row.pk, out=form.cleaned_data["out"], by=user, now=timezone.now())
        return _("这一户不登记。") if form.cleaned_data["out"] else _("这一户照样登记。")

    return ask(request, form, act, back=_address(row.book_id))


def _address(book_id: int) -> str:
    return reverse("visits:book", args=[book_id])
