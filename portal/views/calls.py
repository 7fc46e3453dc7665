"""电话名单: whom no other channel reaches."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.addresses import with_query
from common.forms import PlainForm
from common.pages import ask, number
from notices import actions as notices
from notices.models import Delivery
from people.actions.ringing import opened_by
from people.doors import allow, signed_in, work_page, work_post
from portal.forms import PrintForm

CALLS_A_PAGE = 50


@work_page
def calls(request: HttpRequest) -> HttpResponse:
    """Whom to phone and what to say; a number opens by a press, and is covered again after a while."""
    user = signed_in(request)
    allow(bool(user.reach("notices.call_list")))
    page = Paginator(Delivery.objects.to_phone().visible_to(user), CALLS_A_PAGE)
    context = {
        "page_obj": page.get_page(request.GET.get("page")),
        "opened": opened_by(user, timezone.now()),
    }
    return render(request, "portal/calls.html", context)


def _back(request: HttpRequest, place: str = "") -> HttpResponse:
    """To the page of the list on which the button stood."""
    address, page = reverse("portal:calls"), number(request.POST.get("page"))
    return redirect((with_query(address, page=page) if page else address) + place)


@work_post
def ring(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """看号码, to ring one of them; it stands on the page that it is asked from."""

    def act() -> HttpResponse:
        notices.ring(delivery_id=delivery_id, by=signed_in(request), now=timezone.now())
        return _back(request, f"#call-{delivery_id}")

    return ask(request, PlainForm(request.POST), act, back=reverse("portal:calls"))


@work_post
def print_calls(request: HttpRequest) -> HttpResponse:
    """看这一页的号码, to take the list along on paper."""
    form = PrintForm(request.POST)

    def act() -> HttpResponse:
        shown = form.cleaned_data["call"][:CALLS_A_PAGE]
        opened = notices.print_calls(delivery_ids=shown, by=signed_in(request), now=timezone.now())
        words = _("这一页的 %(n)s 个号码都打开了，请现在打印；每位居民都能看到这次查阅。")
        messages.success(request, words % {"n": opened})
        return _back(request)

    return ask(request, form, act, back=reverse("portal:calls"))


@work_post
def phoned(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """已打电话."""

    def act() -> str:
        done = notices.mark_phoned(delivery_id=delivery_id, by=signed_in(request), now=timezone.now())
        return _("已记下：%(person)s打过电话了。") % {"person": done.notice.recipient}

    return ask(request, PlainForm(request.POST), act, back=reverse("portal:calls"))
