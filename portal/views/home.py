"""The first page: what is to be answered, what comes next for her, then what each app shows to all."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.moments import day_word
from common.pages import public_page
from notices.models import Notice
from people.models import User
from people.parts import Coming, Section, gathered, parts
from portal.views.columns import Columns, columns

# Session and messages: who brings neither has nothing of her own to be shown.
PERSONAL_COOKIES = {settings.SESSION_COOKIE_NAME, "messages"}


def home(request: HttpRequest) -> HttpResponse:
    """What each app shows to everybody; for who is signed in, what comes next for her before it."""
    return _public_home(request) if PERSONAL_COOKIES.isdisjoint(request.COOKIES) else _own_home(request)


@public_page
def _public_home(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home.html", _for_everybody(timezone.now()))


@never_cache
def _own_home(request: HttpRequest) -> HttpResponse:
    context: dict[str, object] = {**_for_everybody(timezone.now())}
    if isinstance(request.user, User):
        context.update(_for_her(request.user, timezone.now()))
    return render(request, "portal/home.html", context)


def _for_everybody(now: datetime) -> Columns:
    return columns(gathered(lambda part: part.front(now)))


class Panel(TypedDict):
    """What comes next for her in one app, and where its button leads."""

    one: Coming
    heading: str
    url: str
    button: str


class Hers(TypedDict):
    """What stands on the first page of who is signed in, before what everybody sees."""

    name: str
    unread: int
    asks: list[Section]
    ahead: list[Panel]


def _for_her(user: User, now: datetime) -> Hers:
    """The next of each app that has something ahead for her."""
    first = (next(iter(part.coming(user, now, None)), None) for part in parts())
    ahead = sorted((one for one in first if one is not None), key=lambda one: one.starts_at)
    return {
        "name": user.name,
        "unread": Notice.objects.inbox_of(user).filter(read_at=None).count(),
        "asks": gathered(lambda part: part.asks(user, now)),
        "ahead": [_panel(one, now) for one in ahead],
    }


def _panel(one: Coming, now: datetime) -> Panel:
    starts = timezone.localtime(one.starts_at)
    day = day_word(starts.date(), timezone.localtime(now).date(), starts.hour)
    return {
        "one": one,
        "heading": one.heading % {"when": day},
        "url": one.url if one.button else reverse("mine"),
        "button": one.button or _("看我的安排"),
    }
