"""The passbook: what is there, every line of how it came about, the statement on paper."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date

from common.days import midnight
from common.pages import number
from people.doors import own_page, signed_in
from people.models import Person, acts_for
from people.parts import gathered
from points.models.ledger import Leg, Posting
from points.models.passbook import passbook_page, standing, statement
from points.models.redemptions import Redemption
from points.rules import PostingKind, Unit
from points.views import words
from points.views.whose import chosen, own_people

LINES = 30
MOST_LINES = 500
WAITING = 10


def unit_of(request: HttpRequest) -> Unit:
    """Which of the two passbooks is open: ?unit=hours, else the points."""
    return Unit.HOURS if request.GET.get("unit", "").upper() == Unit.HOURS else Unit.POINTS


def passbook_of(person: Person, unit: Unit, before: int | None) -> dict[str, Any]:
    """One page of a person's passbook; six queries, however long the passbook is."""
    stands = standing(person_id=person.pk, day=timezone.localdate())
    legs, older = passbook_page(account_id=stands.account_of(unit), before=before, size=LINES)
    waiting = Redemption.objects.open().filter(person=person).select_related("gift__center", "hold")
    return {
        "person": person,
        "unit": unit,
        "stands": stands,
        "hours": words.span(stands.minutes),
        "lines": words.lines(legs, unit),
        "older": older,
        "before": before,
        "waiting": waiting.order_by("pk")[:WAITING],
        "keeping": gathered(lambda part: part.keeping(person)),
    }


@own_page
def passbook(request: HttpRequest) -> HttpResponse:
    """存折: hours and points apart, newest line first."""
    people = own_people(signed_in(request))
    if not people:
        return redirect("people:profile")
    person = chosen(people, request.GET.get("person"))
    if person is None:
        raise Http404
    context = passbook_of(person, unit_of(request), number(request.GET.get("before")))
    return render(request, "points/passbook.html", {"people": people, **context})


def sheet_of(request: HttpRequest, person: Person) -> dict[str, Any]:
    """A statement between two days, both included; the last three months if none are named."""
    unit, today = unit_of(request), timezone.localdate()
    since = _day(request.GET.get("from")) or today - timedelta(days=91)
    until = _day(request.GET.get("to")) or today
    stands = standing(person_id=person.pk, day=today)
    found = statement(
        account_id=stands.account_of(unit),
        since=midnight(since),
        until=midnight(until + timedelta(days=1)),
        most=MOST_LINES,
    )
    return {
        "person": person,
        "unit": unit,
        "since": since,
        "until": until,
        "opening": words.amount(found.opening, unit),
        "closing": words.amount(found.closing, unit),
        "lines": words.lines(found.lines, unit),
        "cut": found.cut,
        "most": MOST_LINES,
        "printed_at": timezone.now(),
    }


def _day(text: str | None) -> date | None:
    try:
        found = parse_date(text or "")
    except ValueError:
        return None
    return found if found and 2000 <= found.year <= 2200 else None


@own_page
def paper(request: HttpRequest) -> HttpResponse:
    """对账单: the lines of a span on A4."""
    people = own_people(signed_in(request))
    person = chosen(people, request.GET.get("person"))
    if person is None:
        raise Http404
    context = {**sheet_of(request, person), "back": "my"}
    return render(request, "points/statement.html", context)


@own_page
def entry(request: HttpRequest, posting_id: int) -> HttpResponse:
    """One entry: what was posted, and what stood there afterwards."""
    mine = acts_for(signed_in(request)).values("pk")
    legs = list(
        Leg.objects.filter(posting=posting_id, account__person__in=mine, account__kind="PERSON")
        .select_related("account__person")
        .order_by("account__unit", "pk")
    )
    if not legs:
        raise Http404
    seen = Posting.objects.select_related("record", "by", "reverses", "voucher", "reversal__voucher")
    posting = get_object_or_404(seen, pk=posting_id)
    undone = getattr(posting, "reversal", None)
    context = {
        "posting": posting,
        "what": words.what(posting),
        "notes": words.notes(posting, Unit.POINTS),
        "undone": undone,
        "why": words.why(undone) if undone is not None else "",
        "donated": posting.kind == PostingKind.DONATE,
        "rows": [
            {
                "person": leg.account.person,
                "come": leg.amount > 0,
                "unit": leg.account.get_unit_display(),
                "amount": words.amount(leg.amount, leg.account.unit),
                "balance": words.amount(leg.balance or 0, leg.account.unit),
                "good_until": leg.expires_on,
            }
            for leg in legs
        ],
    }
    return render(request, "points/entry.html", context)
