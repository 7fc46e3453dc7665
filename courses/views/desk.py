"""What the staff pages share: who may open them, and the page that asks one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
from courses.forms import StaffForm
from courses.models import ClassGroup, Enrolment, Session
from people.models import User

View = Callable[..., HttpResponse]


def works_here(user: User) -> bool:
    """Staff with a post today, and whoever teaches a class."""
    if user.is_superuser or (user.is_staff and user.posts):
        return True
    return ClassGroup.objects.filter(teacher__person__user=user).exists()


def staff_page(view: View) -> View:
    """Opens a page to staff and teachers; others sign in, or are told that it is not theirs (403)."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
        if not works_here(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return never_cache(opened)


def signed_in(request: HttpRequest) -> User:
    """The user behind a page that asks for sign-in."""
    assert isinstance(request.user, User)  # noqa: S101 - staff_page saw to it
    return request.user


def staff_post(view: View) -> View:
    """As staff_page, for a view that only acts."""
    return own_post(staff_page(view))


@dataclass(frozen=True)
class Powers:
    """What a user may do to a class: which buttons to show. The verbs ask again."""

    see: bool  # ages and phones, not just names
    enrol: bool
    change: bool
    message: bool
    attend: bool
    reveal: bool


def powers(user: User, group: ClassGroup) -> Powers:
    """Needs `group` with center__division and teacher__person."""
    division = group.center.division
    own = group.teacher is not None and group.teacher.person.user_id == user.pk
    return Powers(
        see=user.may("people.view", division),
        enrol=user.may("courses.enrol", division),
        change=user.may("courses.change", division),
        message=user.may("courses.message", division),
        attend=own or user.may("courses.attendance", division),
        reveal=user.may("people.reveal", division),
    )


def the_class(user: User, class_id: int) -> ClassGroup:
    """A class in the user's sight, or 404."""
    seen = ClassGroup.objects.visible_to(user).select_related(
        "course", "term", "center__division", "room", "teacher__person"
    )
    return get_object_or_404(seen, pk=class_id)


def the_session(user: User, session_id: int) -> Session:
    """A session in the user's sight, or 404."""
    seen = Session.objects.visible_to(user).select_related(
        "class_group__course", "class_group__center__division", "class_group__teacher__person", "room"
    )
    return get_object_or_404(seen, pk=session_id)


def the_enrolment(user: User, enrolment_id: int) -> Enrolment:
    """An enrolment in a class that the user may fill, or 404."""
    seen = Enrolment.objects.filter(class_group__in=ClassGroup.objects.visible_to(user).values("pk"))
    found: Enrolment = get_object_or_404(
        seen.select_related(
            "person", "session", "class_group__center__division", "class_group__teacher__person"
        ),
        pk=enrolment_id,
    )
    if not user.may("courses.enrol", found.class_group.center.division):
        raise PermissionDenied
    return found


def allow(permitted: bool) -> None:  # noqa: FBT001 - reads as a sentence
    """403 where a page makes no sense for this user; the verb behind it would refuse anyway."""
    if not permitted:
        raise PermissionDenied


def ask(
    request: HttpRequest, form: StaffForm, *, act: Callable[[], str | HttpResponse], back: str, **words: Any
) -> HttpResponse:
    """A page with one form. POST runs `act`, says what it returns (or shows it) and goes `back`.

    A refusal shows the page again with the sentence and with what was typed. `words`: title,
    intro, button, back_label, danger.
    """
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            answer = act()
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            if isinstance(answer, HttpResponse):
                return answer
            messages.success(request, answer)
            return redirect(back)
    context = {"form": form, "back": back, **words}
    return render(request, "courses/staff/form.html", context, status=status)
