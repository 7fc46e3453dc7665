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
from common.pages import number
from notices import actions as notices
from notices.models import Delivery
from people.actions.ringing import opened_by
from people.doors import allow, signed_in, work_page, work_post

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
    """看号码, to ring one of them."""
    notices.ring(delivery_id=delivery_id, by=signed_in(request), now=timezone.now())
    return _back(request, f"#call-{delivery_id}")


@work_post
def print_calls(request: HttpRequest) -> HttpResponse:
    """看这一页的号码, to take the list along on paper."""
    shown = [pk for pk in map(number, request.POST.getlist("call")[:CALLS_A_PAGE]) if pk]
    opened = notices.print_calls(delivery_ids=shown, by=signed_in(request), now=timezone.now())
    messages.success(
        request, _("这一页的 %(n)s 个号码都打开了，请现在打印；每位居民都能看到这次查阅。") % {"n": opened}
    )
    return _back(request)


@work_post
def phoned(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """已打电话."""
    done = notices.mark_phoned(delivery_id=delivery_id, by=signed_in(request), now=timezone.now())
    person = done.notice.recipient
    messages.success(request, _("已记下：%(person)s打过电话了。") % {"person": person})
    return redirect("portal:calls")
