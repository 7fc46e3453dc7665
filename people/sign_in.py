"""What a session of staff needs before it counts: a second factor on this device today, and no long pause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa import app_settings as mfa
from allauth.mfa.internal.flows.trust import create_config_fingerprint, decode_trust_cookie, trust_browser
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from common.addresses import page_itself, with_query
from journal.actions import note
from journal.rules import Happened
from people.authority import has_post, let_in_lately
from people.models import User
from people.rules import Role

# A desk is left open for whoever walks by: it ends after half an hour without a page, and with the
# day. A grid worker's own phone lasts a day from signing in.
IDLE = timedelta(minutes=30)
ON_A_PHONE = timedelta(days=1)
SEEN_EVERY = timedelta(minutes=1)  # no row is written for each page
KEPT = "staff_since"
FACTOR = "factor_given_on"
BY_CODE = "signed_in_by_code"


class StaffSessions:
    """Middleware: ends sessions of staff, and lets their posts count once the second factor was given."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: _counted(request, get_user(request)))  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """The back office and the settings of the second factor itself know no door of ours."""
        at = request.resolver_match
        if at is None or at.url_name == "mfa_authenticate":
            return None
        behind = at.namespaces[:1] == ["admin"] or (at.url_name or "").startswith("mfa_")
        return ask_factor(request) if behind and lacks_factor(request.user) else None


def lacks_factor(user: Any) -> bool:
    """Whether these are staff whose posts do not count yet."""
    return isinstance(user, User) and user.lacks_factor


def ask_factor(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the second factor, and back."""
    return redirect(with_query(reverse("people:factor"), next=page_itself(request)))


def factor_given(request: HttpRequest, user: User, answer: HttpResponse) -> HttpResponse:
    """Remembers on this device, for a day, that she gave her second factor."""
    request.session[FACTOR] = timezone.localdate().isoformat()
    note(kind=Happened.FACTOR, by=user, now=timezone.now())
    trust_browser(request, user, answer)
    return answer


def forget_device(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Signs out on a machine that is anybody's from now on: no factor that was given there counts any more."""
    logout(request)
    answer.delete_cookie(
        mfa.TRUST_COOKIE_NAME,
        path=mfa.TRUST_COOKIE_PATH,
        domain=mfa.TRUST_COOKIE_DOMAIN,
        samesite=mfa.TRUST_COOKIE_SAMESITE,
    )
    return answer


def forget_other_devices(user: User, now: datetime) -> None:
    """A factor that was given on any device before counts no more; this session, which gave it today, goes on."""
    User.objects.filter(pk=user.pk).update(trusted_since=now)


def _is_trusted(request: HttpRequest, user: User) -> bool:
    """Whether the factor was given on this device within a day, and no device was forgotten since."""
    since = user.trusted_since.timestamp() if user.trusted_since else 0
    hers = create_config_fingerprint(user)
    return any(one.fingerprint == hers and one.at > since for one in decode_trust_cookie(request))


def gave_factor(request: HttpRequest, user: User) -> bool:
    """Whether she gave it in this session."""
    return any(one.get("method") == "mfa" for one in get_authentication_records(request, user))


def _counted(request: HttpRequest, found: Any) -> Any:
    if not isinstance(found, User):
        return AnonymousUser()
    now = timezone.now()
    found.by_code = let_in_lately(found, now, by_code=request.session.get(BY_CODE) == found.pk)
    if not has_post(found):
        return found
    if _is_over(request, found, now):
        request.user = found  # logging out asks who it is
        logout(request)
        messages.info(request, _("为了安全，太久没有操作，已经替您退出，请重新登录。"))
        return AnonymousUser()
    found.lacks_factor = settings.STAFF_SECOND_FACTOR and not _has_factor(request, found, now)
    return found


def _is_over(request: HttpRequest, user: User, now: datetime) -> bool:
    since, seen, phone = request.session.get(KEPT) or (now.timestamp(), 0.0, _on_a_phone(user))
    began, last = datetime.fromtimestamp(since, now.tzinfo), datetime.fromtimestamp(seen or since, now.tzinfo)
    if phone and now - began > ON_A_PHONE:
        return True
    if not phone and (now - last > IDLE or timezone.localdate(began) != timezone.localdate(now)):
        return True
    if now - last >= SEEN_EVERY or not seen:
        request.session[KEPT] = (since, now.timestamp(), phone)
    return False


def _on_a_phone(user: User) -> bool:
    return bool(user.posts) and all(role == Role.GRID_WORKER for role, _path in user.posts)


def _has_factor(request: HttpRequest, user: User, now: datetime) -> bool:
    today = timezone.localdate(now).isoformat()
    if request.session.get(FACTOR) == today:
        return True
    known = _is_trusted(request, user)
    if known:  # asked once a session and day
        request.session[FACTOR] = today
    return known
