"""电话名单: whom no other channel reaches."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from notices import actions as notices
from notices.models import Delivery
from people.doors import allow, signed_in, work_page, work_post

CALLS_A_PAGE = 50


@work_page
def calls(request: HttpRequest) -> HttpResponse:
    """Whom to phone, what to say, the number to dial."""
    user = signed_in(request)
    allow(bool(user.reach("notices.call_list")))
    page = Paginator(Delivery.objects.to_phone().visible_to(user), CALLS_A_PAGE)
    context = {"page_obj": page.get_page(request.GET.get("page"))}
    return render(request, "portal/calls.html", context)


@work_post
def phoned(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """已打电话."""
    done = notices.mark_phoned(delivery_id=delivery_id, by=signed_in(request), now=timezone.now())
    person = done.notice.recipient
    messages.success(request, _("已记下：%(person)s打过电话了。") % {"person": person})
    return redirect("portal:calls")
