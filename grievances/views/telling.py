"""说事: what everybody reads, and telling something in three screens."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypedDict

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from centers.models import Division
from centers.rules import DivisionKind
from common.errors import DomainError
from common.forms import PlainForm
from common.guesses import Guesses
from common.pages import ask, number, public_page
from grievances.actions.steps import read_code
from grievances.actions.tickets import Word, hashes_of, open_ticket
from grievances.forms.telling import CodeForm, WhatForm, WhereForm, WhoForm, told_in
from grievances.models.matching import like
from grievances.models.tickets import Ticket
from grievances.rules.tickets import Kind, Source
from grievances.views.page import SHOWN, held, hold
from people.doors import people_for
from people.models import Person, User, acts_for

PER_PAGE = 20
SCREENS = ("what", "where", "who")
# Of codes typed in at one browser's address; of words sent from one without an account.
CODES = Guesses("ticket-code", most=200, seconds=3600)
WORDS = Guesses("words-without-account", most=60, seconds=3600)


class HomePage(TypedDict):
    """What templates/grievances/home.html shows: what came `before` one ticket, if not the newest; and
    before which `older` ones came."""

    tickets: list[Ticket]
    before: int | None
    older: int | None


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """说事: tell something, ask how it stands, and the problem wall, ?before= a ticket.

    The wall only grows: its pages are not counted, nor is one reached by passing over the others.
    """
    wall = Ticket.objects.on_wall().select_related("division__parent", "category").order_by("-pk")
    if (before := number(request.GET.get("before"))) is not None:
        wall = wall.filter(pk__lt=before)
    found = list(wall.defer("title", "text", "place")[: PER_PAGE + 1])
    page: HomePage = {
        "tickets": found[:PER_PAGE],
        "before": before,
        "older": found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None,
    }
    return render(request, "grievances/home.html", page)


class TellPage(TypedDict):
    """What templates/grievances/tell.html shows: one screen, and what was typed on the others, hidden."""

    form: PlainForm
    screen: str
    number: int
    before: str
    after: str
    kept: list[tuple[str, str]]
    near: list[Ticket]


class Screens:
    """The three screens, with what was typed so far: it goes along from one to the next, and back."""

    def __init__(self, user: User | None, typed: QueryDict) -> None:
        self.typed, self.places = typed, Division.objects.filter(kind=DivisionKind.COMMUNITY).order_by("path")
        self.persons = {one.pk: one for one in acts_for(user)} if user else {}
        self.people = people_for(self.persons.values(), user.pk) if user else []
        self.user = user
        self.what, self.where = WhatForm(typed), WhereForm(typed, places=self.places)
        self.who = WhoForm(typed, people=self.people, kind=self.kind)

    @property
    def kind(self) -> str:
        return self.what.cleaned_data["category"].kind if self.what.is_valid() else Kind.ORDINARY

    def fresh(self, screen: str) -> PlainForm:
        """A screen with what was typed on it before, which says nothing of what is lacking yet."""
        typed = self.typed.dict()
        if screen == "where":
            return WhereForm(places=self.places, initial={"division": _home(self.user), **typed})
        if screen == "who":
            return WhoForm(people=self.people, kind=self.kind, initial=typed)
        return WhatForm(initial=typed)

    def wrong_before(self, wanted: str) -> str | None:
        """The first screen before this one that is not answered well."""
        before = {"what": [], "where": ["what"], "who": ["what", "where"]}.get(
            wanted, ["what", "where", "who"]
        )
        return next((name for name in before if not getattr(self, name).is_valid()), None)

    def near(self) -> list[Ticket]:
        """Open tickets like it, before it is sent: she may follow one instead."""
        told = self.what.cleaned_data
        pairs = hashes_of(told["title"] + told["text"])
        return like(
            pairs=pairs, category_id=told["category"].pk, division=self.where.cleaned_data["division"]
        )

    def page(self, form: PlainForm, screen: str) -> TellPage:
        names = {name for one in (self.what, self.where, self.who) for name in one.fields}
        kept = [
            (name, str(self.typed[name])) for name in sorted(names - set(form.fields)) if name in self.typed
        ]
        at = SCREENS.index(screen)
        return {
            "form": form,
            "screen": screen,
            "number": at + 1,
            "before": SCREENS[at - 1] if at else "",
            "after": SCREENS[at + 1] if at < 2 else "send",
            "kept": kept,
            "near": self.near() if screen == "who" else [],
        }


@never_cache
def tell(request: HttpRequest) -> HttpResponse:
    """Three screens: what, where, how to reach you; each button names the screen that it leads to."""
    user = request.user if isinstance(request.user, User) else None
    screens, wanted = Screens(user, request.POST), request.POST.get("to", "what")
    screen = screens.wrong_before(wanted) or (wanted if wanted in SCREENS else "who")

    def show(*, status: int) -> HttpResponse:
        form = getattr(screens, screen) if status != HTTPStatus.OK else screens.fresh(screen)
        return render(request, "grievances/tell.html", screens.page(form, screen), status=status)

    if wanted != "send" or screen != "who":
        return show(status=422 if screens.wrong_before(wanted) else 200)
    return ask(
        request,
        screens.who,
        lambda: _send(request, user, screens),
        back=reverse("grievances:home"),
        show=show,
    )


def _home(user: User | None) -> int | None:
    person = (
        Person.objects.filter(user=user, merged_into=None).select_related("home").first() if user else None
    )
    if person is None or person.home is None:
        return None
    return person.home.parent_id if person.home.kind == DivisionKind.GRID else person.home_id


def _send(request: HttpRequest, user: User | None, screens: Screens) -> HttpResponse:
    if user is None and not WORDS.counted(get_adapter().get_client_ip(request)):
        raise DomainError("TOO_MANY", _("这个网络一小时里说得太多了，请过一会儿再来，或打电话、到服务台说。"))
    told = told_in(screens.what, screens.where, screens.who)
    person = screens.persons.get(screens.who.cleaned_data.get("person") or 0)
    opened = open_ticket(
        word=Word(**told, person=person),
        source=Source.WEB,
        by=user,
        now=timezone.now(),
        source_key=f"web:{screens.what.cleaned_data['key']}",
    )
    if opened.ticket.person_id is not None:
        return redirect("grievances:ticket", opened.ticket.pk)
    answer = redirect("grievances:told")
    if opened.code:
        hold(answer, SHOWN, opened.code)
    elif opened.ticket.kind == Kind.EVENT:  # the code of an earlier ticket would stand there as its own
        answer.delete_cookie(SHOWN)
    return answer


@never_cache
def told(request: HttpRequest) -> HttpResponse:
    """收到了: the code, as long as this browser holds it; of what keeps nobody's name only that it came."""
    code = held(request, SHOWN)
    ticket = Ticket.objects.filter(code_hash=read_code(code)).first() if code else None
    return render(request, "grievances/told.html", {"ticket": ticket, "code": code if ticket else ""})


@never_cache
def by_code(request: HttpRequest) -> HttpResponse:
    """凭码查询: how it stands, for who left no name; wrong codes are counted before they are looked at."""
    form = CodeForm(request.POST or None)

    def act() -> HttpResponse:
        here = get_adapter().get_client_ip(request)
        if not CODES.counted(here):
            raise DomainError("TOO_MANY", _("试得太多了，请一小时后再来。"), about="code")
        code = form.cleaned_data["code"]
        ticket = Ticket.objects.filter(code_hash=read_code(code) or "-").first()
        if ticket is None:
            raise DomainError("NO_SUCH_CODE", _("没有这个查询码，请对照当时的纸条再看看。"), about="code")
        CODES.was_right(here)
        answer = redirect("grievances:ticket", ticket.pk)
        hold(answer, SHOWN, code)
        return answer

    return ask(
        request,
        form,
        act,
        title=_("凭查询码看办到哪一步"),
        button=_("查询"),
        back=reverse("grievances:home"),
        back_label=_("说事"),
    )
