"""What the pages of points share: who may open them, for whom, and the page that asks one thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.errors import DomainError
from common.pages import number, own_post
from people.models import Person, User, acts_for
from volunteers.forms.points import OnceForm, PlainForm

View = Callable[..., HttpResponse]
ONCE_SECONDS = 24 * 3600


def signed_in(request: HttpRequest) -> User:
    """The user behind a page that asks for sign-in."""
    assert isinstance(request.user, User)  # noqa: S101 - the decorator saw to it
    return request.user


def own_page(view: View) -> View:
    """A page about oneself and whom one acts for; nothing of it is kept by any cache."""
    return login_required(never_cache(view))


def staff_page(*verbs: str) -> Callable[[View], View]:
    """Opens a page to staff who may do one of `verbs` somewhere; others sign in, or get a 403."""

    def door(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            if not isinstance(user, User):
                return redirect_to_login(request.get_full_path())
            if not user.is_staff or not any(user.reach(verb) for verb in verbs):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return never_cache(opened)

    return door


def staff_post(*verbs: str) -> Callable[[View], View]:
    """As staff_page, for a view that only acts."""

    def door(view: View) -> View:
        return own_post(staff_page(*verbs)(view))

    return door


def own_people(user: User) -> list[Person]:
    """Whom the user acts for, herself first."""
    return sorted(acts_for(user).select_related("home"), key=lambda p: (p.user_id != user.pk, p.pk))


def chosen(people: Sequence[Person], asked: str | None) -> Person | None:
    """The person that a page was asked for, else the first."""
    wanted = number(asked)
    return next((p for p in people if p.pk == wanted), people[0] if people and wanted is None else None)


def the_person(user: User, person_id: int) -> Person:
    """A resident in the user's sight, or 404."""
    seen = Person.objects.visible_to(user).filter(merged_into=None).select_related("home__parent")
    found: Person = get_object_or_404(seen, pk=person_id)
    return found


def ask(
    request: HttpRequest, form: PlainForm, *, act: Callable[[], str | HttpResponse], back: str, **words: Any
) -> HttpResponse:
    """A page with one form. POST runs `act`, says what it returns (or shows it) and goes `back`.

    A refusal shows the page again with the sentence and with what was typed. A form with a key acts
    once, however often it is sent. `words`: title, intro, button, back_label.
    """
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        slot = f"once:{form.cleaned_data['key']}" if isinstance(form, OnceForm) else ""
        if slot and not cache.add(slot, 1, ONCE_SECONDS):
            messages.info(request, _("这张表刚才已经记上了，没有再记一次。"))
            return redirect(back)
        try:
            answer = act()
        except DomainError as refusal:
            if slot:
                cache.delete(slot)
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            if isinstance(answer, HttpResponse):
                return answer
            messages.success(request, answer)
            return redirect(back)
    context = {"form": form, "back": back, **words}
    return render(request, "volunteers/points/form.html", context, status=status)
