"""The calendar that a phone subscribes to, at a private address."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.ical import calendar_file
from common.pages import own_post
from people.doors import signed_in
from people.models import User
from people.parts import gathered

BACK, AHEAD = timedelta(days=1), timedelta(days=120)
# The salt is older than this room: another one would make every address that phones know dead.
_feed = signing.Signer(salt="courses.feed")


def feed_url(user: User) -> str:
    """The private address of a user's calendar; whoever knows it can read it, so it can be renewed."""
    token = _feed.sign(f"{user.pk}.{user.feed_version}").replace(":", "~")
    return settings.PUBLIC_URL.rstrip("/") + reverse("portal:feed", args=[token])


@own_post
def renew_feed(request: HttpRequest) -> HttpResponse:
    """Makes the old calendar address dead."""
    User.objects.filter(pk=signed_in(request).pk).update(feed_version=F("feed_version") + 1)
    messages.success(request, _("日历地址换好了，旧地址已经失效，请在手机日历里订阅新的。"))
    return redirect("mine")


@never_cache
def feed(_request: HttpRequest, token: str) -> HttpResponse:
    """What every app has ahead for everybody the user acts for."""
    try:
        pk, _dot, version = _feed.unsign(token.replace("~", ":")).partition(".")
    except signing.BadSignature:
        raise Http404 from None
    user = User.objects.filter(pk=pk, feed_version=version, is_active=True).first()
    if user is None:
        raise Http404
    since = timezone.now() - BACK
    return calendar_file(gathered(lambda part: part.feed(user, since, since + AHEAD)), "linli.ics")
