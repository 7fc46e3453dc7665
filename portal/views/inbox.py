"""The letters of oneself and of whom one acts for."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from notices import actions as notices
from notices.models import Notice
from people.doors import own_page, signed_in
from people.parts import About, Link, parts

A_PAGE = 30


@own_page
def inbox(request: HttpRequest) -> HttpResponse:
    """The letters, newest first, each with where it leads; those that are shown are read from then on."""
    user = signed_in(request)
    page = Paginator(Notice.objects.inbox_of(user), A_PAGE).get_page(request.GET.get("page"))
    letters = list(page)
    answer = render(
        request, "portal/inbox.html", {"letters": [(one, _link(one)) for one in letters], "page_obj": page}
    )
    if request.method == "GET":
        shown = [one.pk for one in letters]
        notices.mark_read(user=user, shown=shown, now=timezone.now())
    return answer


def _link(letter: Notice) -> Link | None:
    about = About(letter.kind, letter.about_type, letter.about_id, letter.body_data)
    return next((link for part in parts() if (link := part.address(about))), None)
