"""Whether every point can be honoured: the portal's account to the public."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from common.days import SHANGHAI
from common.pages import public_page
from points.models.coverage import coverage, month_totals
from points.models.policy import Policy
from points.rules import PostingKind

MONTHS = 12
# What fewer people did in a month could be told apart.
FEWEST = 5
TOTALS_SECONDS = 600
SHOWN = (PostingKind.EARN, PostingKind.OPENING, PostingKind.REDEEM, PostingKind.DONATE, PostingKind.EXPIRE)


@public_page
def points(request: HttpRequest) -> HttpResponse:
    """积分账: gifts and budget against what people hold, the rules, the months."""
    now = timezone.now()
    months = _months(now)
    # A column of nothing would push the others off a phone's screen.
    used = [n for n in range(len(SHOWN)) if any(row["cells"][n] != 0 for row in months)]
    context = {
        "coverage": coverage(),
        "policies": Policy.objects.ruling(timezone.localtime(now).date()),
        "kinds": [SHOWN[n].label for n in used],
        "months": [{**row, "cells": [row["cells"][n] for n in used]} for row in months],
        "fewest": FEWEST,
        "now": now,
    }
    return render(request, "points/coverage.html", context)


def _months(now: datetime) -> list[dict[str, Any]]:
    """The last twelve months; adding them up reads every entry, so that is done every ten minutes."""
    today = timezone.localtime(now, SHANGHAI)
    first = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    key = f"points:months:{first:%Y%m}"
    found: list[dict[str, Any]] | None = caches["pages"].get(key)
    if found is None:
        since = first
        for _month in range(MONTHS - 1):
            since = (since - timedelta(days=1)).replace(day=1)
        rows: dict[Any, dict[str, int | None]] = {}
        for total in month_totals(since=since, until=now + timedelta(seconds=1)):
            cells = rows.setdefault(total.month.date(), dict.fromkeys(SHOWN, 0))
            if total.kind in cells:
                cells[total.kind] = abs(total.points) if total.people >= FEWEST else None
        found = [{"month": month, "cells": list(cells.values())} for month, cells in rows.items()]
        caches["pages"].set(key, found, TOTALS_SECONDS)
    return found
