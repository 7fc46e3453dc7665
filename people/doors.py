"""Who may open a page: the doors that the views of every app put before their pages, and what they ask inside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.errors import NotAllowed
from common.pages import View, judge_anew, own_post
from common.searches import is_number_of_somebody, lead_to, look_up
from people.actions.lookup import whose_number
from people.authority import has_post
from people.models import Person, PersonQuerySet, User
from people.parts import parts
from people.sign_in import ask_factor, forget_device

Door = Callable[[View], View]


def signed_in(request: HttpRequest) -> User:
    """The user who asks, behind a page or an address of the API that is for users only."""
    if not isinstance(request.user, User):
        raise NotAllowed(message=_("请先登录。"))
    return request.user


def own_page(view: View) -> View:
    """A page about oneself and whom one acts for; nothing of it is kept by any cache."""
    return login_required(never_cache(view))


def page_for(allowed: Callable[[User], bool]) -> Door:
    """Opens a page to whom `allowed` lets in; others sign in, or are told that it is not theirs (403)."""

    def door(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not isinstance(request.user, User):
                return redirect_to_login(request.get_full_path())
            if request.user.lacks_factor and works_here(request.user):
                return ask_factor(request)
            if not allowed(request.user):
                judge_anew(request)  # a mark of 工作台 that leads here is put right
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return never_cache(opened)

    return door


def leave_machine(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """For a page that makes a machine of the center anybody's: she is signed out, and it is no device of hers."""
    return forget_device(request, answer)


def works_here(user: User) -> bool:
    """Staff with a post today, and whom an app says: who teaches a class."""
    return has_post(user) or (user.is_active and any(part.works(user) for part in parts()))


def landing(user: User, otherwise: str) -> str:
    """The name of the page that somebody lands on who has signed in and wanted nothing else."""
    return "workbench" if works_here(user) else otherwise


work_page = page_for(works_here)


def work_post(view: View) -> View:
    """As work_page, for a view that only acts."""
    return own_post(work_page(view))


def allow(permitted: bool) -> None:  # noqa: FBT001 - reads as a sentence
    """403 where a page makes no sense for this user; the verb behind it would refuse anyway."""
    if not permitted:
        raise PermissionDenied


def staff_page(*verbs: str) -> Door:
    """Opens a page to staff who may do one of `verbs` somewhere. What is done there asks again, where."""
    return page_for(lambda user: user.is_staff and any(user.reach(verb) for verb in verbs))


def staff_post(*verbs: str) -> Door:
    """As staff_page, for a view that only acts."""
    return lambda view: own_post(staff_page(*verbs)(view))


def the_person(user: User, person_id: int) -> Person:
    """A resident in the user's sight, or 404."""
    seen = Person.objects.visible_to(user).filter(merged_into=None).select_related("home__parent")
    return get_object_or_404(seen, pk=person_id)


def finds_people(
    view: View, written: Callable[[str], str] = str, unfound: Callable[[str], str] | None = None
) -> View:
    """A page with a box that finds residents, typed into a form that posts and leads back to the page.

    What may stand in an address stands there as `q`, so that one can go back to it; whom the number of
    somebody finds stands there as "#12" (common.searches). Where even that would tell too much beside the
    next address in a log, it is `written` in another way (common.veils.veiled).
    """

    @wraps(view)
    def found(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or "q" not in request.POST:
            return view(request, *args, **kwargs)
        seen = Person.objects.visible_to(request.user)
        return lead_to(request, "q", lambda typed: whose_number(seen, typed), written, unfound)

    return found


def people_typed(user: User, typed: str) -> PersonQuerySet:
    """Whom something typed into a form finds in her sight, as it finds her at the desk.

    Refuses TOO_MANY_NUMBERS.
    """
    seen = Person.objects.visible_to(user)
    if not is_number_of_somebody(typed):
        return seen.matching(typed)
    return seen.filter(pk__in=look_up(user, typed, lambda number: whose_number(seen, number)))


def people_for(persons: Iterable[Person], own: Any) -> list[tuple[int, str]]:
    """Choices of a form: the people somebody may act for, herself first."""
    rows = sorted(persons, key=lambda person: person.user_id != own)
    return [
        (
            one.pk,
            str(_("我自己（%(name)s）") % {"name": one.full_name}) if one.user_id == own else one.full_name,
        )
        for one in rows
    ]
