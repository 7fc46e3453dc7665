"""服务台: one box finds the resident and whom one rings; her card says what may be done for her."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import Division
from common.addresses import asked_next, with_query
from common.pages import ask, typed_words
from common.phones import read_phone
from common.reach import within
from common.searches import is_number_of_somebody, row_numbers, rows_named, said
from common.veils import unveiled, veiled
from people.actions import lookup
from people.actions.lookup import MOST_FOUND, Relative, family_of, find, looked_at
from people.actions.persons import add_person
from people.actions.ringing import numbers_open
from people.doors import allow, finds_people, signed_in, the_person, work_page, work_post
from people.models import Person, User
from people.parts import parts
from portal.forms import ElsewhereForm, RelativeForm, ResidentForm
from portal.views.columns import columns


def serves(user: User) -> bool:
    """Whether the user stands at a desk: who puts residents on record also serves them."""
    return bool(user.reach("people.change"))


def looks(user: User) -> bool:
    """Whether the user may ask who somebody is: who serves a desk, who knows a grid, who has a street."""
    return bool(user.reach("people.view"))


# What is typed names somebody, who stands in the next line of a log: both stand sealed in the address.
@work_page
@partial(finds_people, written=veiled, unfound=str)
def desk(request: HttpRequest) -> HttpResponse:
    """Who somebody is, and whom one rings; at a desk a single match opens her card at once."""
    user = signed_in(request)
    allow(looks(user))
    typed, now = _asked(request), timezone.now()
    # A number is looked up where it is typed; one that has come as far as this is nobody's here.
    found = [] if is_number_of_somebody(typed) else find(text=typed, by=user, now=now)
    elsewhere = set(looked_at(user, now))
    if len(found) == 1 and serves(user) and found[0].pk not in elsewhere:
        return redirect("desk_person", found[0].pk)
    return _desk(request, found, elsewhere=elsewhere)


def _asked(request: HttpRequest) -> str:
    return typed_words(unveiled(request.GET.get("q", "")))


def _desk(
    request: HttpRequest,
    found: list[Person] | None = None,
    *,
    status: int = 200,
    form: ElsewhereForm | None = None,
    elsewhere: Collection[int] = (),
) -> HttpResponse:
    user, now, found = signed_in(request), timezone.now(), found or []
    typed, opened = form.typed if form else _asked(request), numbers_open(user, now)
    context = {
        "typed": said(typed),
        "kept": veiled(typed),
        "found": [(one, _family(one, opened)) for one in found[:MOST_FOUND]],
        "more": len(found) > MOST_FOUND,
        "elsewhere": elsewhere,
        "form": form or ElsewhereForm(initial={"text": veiled(typed)}),
        "asks_elsewhere": bool(typed) and not row_numbers(typed),
        "nobody_anywhere": "nobody" in request.GET,
        "serves": serves(user),
    }
    return render(request, "portal/desk.html", context, status=status)


def _family(person: Person, opened: Collection[tuple[int, str]]) -> list[tuple[Relative, bool]]:
    """Whom to ring about her, and whether this number is open before this user."""
    return [(one, (one.whose, one.number.field) in opened) for one in family_of(person)]


@work_post
def find_elsewhere(request: HttpRequest) -> HttpResponse:
    """在别的地方找, with a reason; whom it finds stands in the address by the numbers of rows, sealed."""
    user, form = signed_in(request), ElsewhereForm(request.POST)

    def act() -> HttpResponse:
        told = form.cleaned_data
        found = find(text=told["text"], by=user, now=timezone.now(), reason=told["reason"])
        rows = rows_named(one.pk for one in found[:MOST_FOUND])
        words = {"q": veiled(rows or told["text"])} | ({} if rows else {"nobody": "1"})
        return redirect(with_query(reverse("portal:desk"), **words))

    return ask(request, form, act, back=reverse("portal:desk"), show=partial(_desk, request, form=form))


@work_post
def ring_family(request: HttpRequest, person_id: int) -> HttpResponse:
    """看号码, of one whom to ring about her; it stands on the page that it is asked from."""
    back = asked_next(request) or reverse("portal:desk")
    form = RelativeForm(request.POST)

    def act() -> HttpResponse:
        lookup.ring_family(
            person_id=person_id, by=signed_in(request), now=timezone.now(), **form.cleaned_data
        )
        return redirect(f"{back}#person-{person_id}")

    return ask(request, form, act, back=back)


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
        "family": _family(found, numbers_open(user, now)),
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
    form = ResidentForm(request.POST or None, homes=homes, initial=_guess(_asked(request)))

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
    if read_phone(typed):
        return {"phone": typed}
    return {"full_name": typed[:40]} if typed.isalpha() and not typed.isascii() else {}
