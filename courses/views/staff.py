"""The day at the desk: today's classes, this term's, and whom to phone."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import CalendarDay
from courses.models import ClassGroup, Session
from courses.rules import SHANGHAI, ClassState
from courses.views.sight import allow, staff_page, staff_post
from notices import actions as notices
from notices.models import Delivery
from people.doors import signed_in
from people.models import User

CLASSES_A_PAGE = 40
CALLS_A_PAGE = 50


@staff_page
def home(request: HttpRequest) -> HttpResponse:
    """工作台: what happens today, the classes in reach, what is left to do."""
    user = signed_in(request)
    today = timezone.localdate()
    typed = request.GET.get("q", "").strip()[:40]
    page = Paginator(_classes(user, typed), CLASSES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "today": today,
        "sessions": _sessions_of(user, datetime.combine(today, time(), SHANGHAI)),
        "page_obj": page,
        "typed": typed,
        "calls": Delivery.objects.to_phone().visible_to(user).count(),
        "has_points": user.is_staff and bool(user.reach("volunteers.view")),
        "has_orders": user.is_staff and bool(user.reach("volunteers.dispatch")),
        "has_grants": user.is_staff and bool(user.reach("volunteers.grants")),
        "has_calls": bool(user.reach("notices.call_list")),
        "missing_year": CalendarDay.objects.missing_year(today) if user.reach("courses.change") else None,
        "has_desk": bool(user.reach("courses.enrol")),
        "has_volunteers": user.is_staff and bool(user.reach("volunteers.view")),
        "may_import": bool(user.reach("courses.import")),
        "may_draft": bool(user.reach("courses.change")) and user.is_staff,
    }
    return render(request, "courses/staff/home.html", context)


def _sessions_of(user: User, midnight: datetime) -> list[Session]:
    return list(
        Session.objects.live()
        .visible_to(user)
        .filter(starts_at__gte=midnight, starts_at__lt=midnight + timedelta(days=1))
        .select_related("class_group__center", "room", "teacher__person")
        .order_by("starts_at", "pk")
    )


def _classes(user: User, typed: str) -> Any:
    going = ClassGroup.objects.visible_to(user).exclude(state__in=[ClassState.CANCELLED, ClassState.FINISHED])
    if typed:
        going = going.filter(Q(name__contains=typed) | Q(course__name__contains=typed))
    return going.for_cards().order_by("center__name", "name", "pk").distinct()


@staff_page
def calls(request: HttpRequest) -> HttpResponse:
    """电话名单: whom no other channel reaches, what to say, the number to dial."""
    user = signed_in(request)
    allow(bool(user.reach("notices.call_list")))
    page = Paginator(Delivery.objects.to_phone().visible_to(user), CALLS_A_PAGE)
    context = {"page_obj": page.get_page(request.GET.get("page"))}
    return render(request, "courses/staff/calls.html", context)


@staff_post
def phoned(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """已打电话."""
    done = notices.mark_phoned(delivery_id=delivery_id, by=signed_in(request), now=timezone.now())
    person = done.notice.recipient
    messages.success(request, _("已记下：%(person)s打过电话了。") % {"person": person})
    return redirect("courses:staff_calls")
