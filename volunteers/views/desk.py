"""What the staff pages of volunteering share: who may open them, and the page that asks one thing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from common.errors import DomainError
from common.pages import own_post
from people.models import User
from volunteers.forms.shifts import StaffForm
from volunteers.models import Shift

View = Callable[..., HttpResponse]


def signed_in(request: HttpRequest) -> User:
    """The user behind a page that asks for sign-in."""
    assert isinstance(request.user, User)  # noqa: S101 - the decorator saw to it
    return request.user


def staff_page(view: View) -> View:
    """Opens a page to staff who may see volunteers somewhere; others sign in, or get a 403."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
        if not request.user.is_staff or not request.user.reach("volunteers.view"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return never_cache(opened)


def staff_post(view: View) -> View:
    """As staff_page, for a view that only acts."""
    return own_post(staff_page(view))


def the_shift(user: User, shift_id: int) -> Shift:
    """A shift in the user's sight, or 404: staff of the reach, or its organiser."""
    seen = Shift.objects.visible_to(user).select_related(
        "activity__division", "activity__center", "activity__team", "activity__organiser__person"
    )
    return get_object_or_404(seen, pk=shift_id)


def ask(
    request: HttpRequest, form: StaffForm, *, act: Callable[[], str], back: str, **words: Any
) -> HttpResponse:
    """A page with one form. POST runs `act`, says what it returns and goes `back`.

    A refusal shows the page again with the sentence and with what was typed. `words`: title,
    intro, button, back_label.
    """
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            done = act()
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(request, done)
            return redirect(back)
    context = {"form": form, "back": back, **words}
    return render(request, "volunteers/staff/form.html", context, status=status)
