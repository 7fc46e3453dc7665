"""The letters of oneself and of whom one acts for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from notices import actions as notices
from notices.models import Notice
from people.doors import own_page, signed_in
from people.parts import About, Link, parts

MOST = 30


@own_page
def inbox(request: HttpRequest) -> HttpResponse:
    """The letters, newest first, each with where it leads; opening the page marks them read."""
    user = signed_in(request)
    letters = [{"letter": one, "link": _link(one)} for one in Notice.objects.inbox_of(user)[:MOST]]
    page = render(request, "portal/inbox.html", {"letters": letters})
    notices.mark_read(user=user, now=timezone.now())
    return page


def _link(letter: Notice) -> Link | None:
    about = About(letter.kind, letter.about_type, letter.about_id, letter.body_data)
    return next((link for part in parts() if (link := part.address(about))), None)
