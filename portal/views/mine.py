"""我的: what is coming, what is to be answered, what each app keeps for her."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from common.moments import day_word
from common.pages import judge_anew
from common.shapes import TimelineItem
from notices.models import Notice
from people.doors import own_page, signed_in
from people.models import Person, User
from people.parts import gathered
from portal.views.columns import columns
from portal.views.feed import feed_url

MOST_AHEAD = 12
AHEAD = timedelta(days=14)


@own_page
def mine(request: HttpRequest) -> HttpResponse:
    """What is coming on a line, offers to answer, enrolments and the like, letters."""
    user, now = signed_in(request), timezone.now()
    judge_anew(request)
    if not Person.objects.filter(user=user).exists():
        return redirect("people:profile")
    context = {
        **columns(gathered(lambda part: part.mine(user, now))),
        "asks": gathered(lambda part: part.asks(user, now)),
        "items": _line(user, now),
        "ways": gathered(lambda part: part.ways(user)),
        "unread": Notice.objects.inbox_of(user).filter(read_at=None).count(),
        "feed": feed_url(user),
    }
    return render(request, "portal/mine.html", context)


def _line(user: User, now: datetime) -> list[TimelineItem]:
    """The two weeks ahead on one line, the next first, for components/_timeline.html."""
    coming = gathered(lambda part: part.coming(user, now, now + AHEAD))
    coming.sort(key=lambda one: one.starts_at)
    today = timezone.localtime(now).date()
    return [
        {
            "when": _when(one.starts_at, today),
            "today": timezone.localdate(one.starts_at) == today,
            "name": one.name,
            "place": one.place,
            "note": one.who,
            "tag": one.tag,
            "tag_kind": one.tag_kind,
            "url": one.url,
        }
        for one in coming[:MOST_AHEAD]
    ]


def _when(starts_at: datetime, today: date) -> str:
    starts = timezone.localtime(starts_at)
    return f"{day_word(starts.date(), today, starts.hour)} {starts:%H:%M}"
