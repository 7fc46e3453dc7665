"""服务台: one box finds the resident, her card says what may be done for her."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import Division
from common.pages import ask, typed_words
from common.reach import within
from people.actions.persons import add_person
from people.doors import allow, finds_people, signed_in, the_person, work_page
from people.models import Person, User
from people.parts import parts
from portal.forms import ResidentForm
from portal.views.columns import columns

MOST_FOUND = 20


def serves(user: User) -> bool:
    """Whether the user stands at a desk: who puts residents on record also serves them."""
    return bool(user.reach("people.change"))


@work_page
@finds_people
def desk(request: HttpRequest) -> HttpResponse:
    """Name, pinyin initials, phone tail or ID number; a single match opens at once."""
    user = signed_in(request)
    allow(serves(user))
    typed = typed_words(request.GET.get("q"))
    found = list(
        Person.objects.visible_to(user).matching(typed).select_related("home__parent")[: MOST_FOUND + 1]
    )
    if len(found) == 1:
        return redirect("desk_person", found[0].pk)
    context = {
        "typed": typed,
        "found": found[:MOST_FOUND],
        "more": len(found) > MOST_FOUND,
        "today": timezone.localdate(),
    }
    return render(request, "portal/desk.html", context)


@work_page
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """A resident's card: what each app may do for her."""
    user, now = signed_in(request), timezone.now()
    allow(serves(user))
    found = the_person(user, person_id)
    offered = [part.desk(user, found, now, request.GET.dict()) for part in parts()]
    context = {
        "person": found,
        "age": found.age_on(timezone.localdate(now)),
        "helpers": found.guardians.filter(until=None).select_related("guardian"),
        "may_code": user.is_staff and bool(user.reach("people.desk_code")),
        "links": [link for one in offered for link in one.links],
        **columns(section for one in offered for section in one.sections),
    }
    return render(request, "portal/desk_person.html", context)


@work_page
def new_person(request: HttpRequest) -> HttpResponse:
    """建档: somebody who is not on file, found or not found a moment ago."""
    user = signed_in(request)
    allow(serves(user))
    homes = within(Division.objects.order_by("path"), "", user.reach("people.change"))
    form = ResidentForm(request.POST or None, homes=homes, initial=_guess(typed_words(request.GET.get("q"))))

    def act() -> HttpResponse:
        made = add_person(by=user, now=timezone.now(), **form.cleaned_data)
        return redirect("desk_person", made.pk)

    return ask(
        request,
        form,
        act=act,
        back=reverse("portal:desk"),
        back_label=_("服务台"),
        title=_("登记新居民"),
        intro=_("先找一找，已有档案的不用再登记。"),
        button=_("登记"),
    )


def _guess(typed: str) -> dict[str, str]:
    """What was typed into the box is most likely the name, or the phone."""
    typed = typed.strip()[:40]
    if not typed or (typed.isascii() and not typed.isdigit()):
        return {}
    return {"phone": typed} if typed.isdigit() else {"full_name": typed}
