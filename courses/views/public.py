"""Pages that everybody may read: the class list, a class, a center and its week."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cache
from math import inf
from operator import attrgetter
from typing import TypedDict
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from centers.models import Center
from centers.rules import metres, walk_minutes
from common.moments import EVENING, weekday
from common.pages import public_page, typed_words
from common.shapes import Chip, Choice
from courses.forms import EnrolForm
from courses.models.catalogue import ClassGroup, ClassGroupQuerySet
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.parts import cards
from courses.rules import LIVE_SESSIONS, Audience, EnrolBy
from people.models import Person, User, acts_for

PER_PAGE = 24
OTHERS = 3
LONGEST_QUERY = 40
OF_THE_MOMENT = (
    *("name", "course", "state", "state_reason", "enrol_by", "opens_at", "closes_at"),
    *("capacity", "seats_taken", "waiting_limit", "waiting_taken"),
)


class Asked(TypedDict):
    """What the catalogue was asked for: words, one of its chips, the center to be near."""

    q: str
    only: str
    at: str


@public_page
def class_list(request: HttpRequest) -> HttpResponse:
    """The catalogue, by the time of the next session; filters are words."""
    now = timezone.now()
    asked = Asked(q=_asked(request, "q"), only=_asked(request, "only"), at=_asked(request, "at"))
    near = Center.objects.filter(pk=asked["at"]).first() if asked["at"].isdecimal() else None
    classes = _asked_for(ClassGroup.objects.current().for_cards().with_next(now), asked, now)
    found = _nearest_first(list(classes), near) if near else list(classes)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    others = ClassGroup.objects.for_cards().with_next(now).with_seats(now)[: 0 if found else OTHERS]
    context = {
        "page_obj": page,
        "cards": [cards.class_card(group, now, near) for group in page],
        "others": [cards.class_card(group, now) for group in others],
        "total": len(found),
        "chips": _chips(asked),
        "near": near,
        "centers": Center.objects.order_by("pk"),
        **asked,
    }
    return render(request, "courses/class_list.html", context)


def _asked(request: HttpRequest, key: str) -> str:
    return typed_words(request.GET.get(key), LONGEST_QUERY)


def _asked_for(classes: ClassGroupQuerySet, asked: Asked, now: datetime) -> ClassGroupQuerySet:
    for word in asked["q"].replace(_("老师"), " ").split():
        classes = classes.filter(
            Q(name__icontains=word)
            | Q(course__name__icontains=word)
            | Q(course__subject__icontains=word)
            | Q(teacher__person__full_name__icontains=word)
            | Q(room__name__icontains=word)
            | Q(center__name__icontains=word)
        )
    if asked["only"] == "seats":
        return classes.with_seats(now)
    today = timezone.localtime(now)
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    only = {
        "tonight": Q(next_starts_at__range=(today.replace(hour=EVENING, minute=0), midnight)),
        "week": Q(next_starts_at__lt=midnight + timedelta(days=7 - today.isoweekday())),
        "elder": Q(course__audience=Audience.ELDER),
        "child": Q(min_age__lt=14),
        "evening": Q(slots__starts__gte=time(EVENING)),
    }.get(asked["only"])
    return classes.filter(only).distinct() if only is not None else classes


def _nearest_first(classes: list[ClassGroup], near: Center) -> list[ClassGroup]:
    def away(group: ClassGroup) -> float:
        metres = group.center.metres_to(near)
        return inf if metres is None else metres

    return sorted(classes, key=away)


def _chips(asked: Asked) -> list[Chip]:
    words = {
        "": _("全部"),
        "tonight": _("今晚"),
        "week": _("本周"),
        "seats": _("还有名额"),
        "evening": _("晚上的课"),
        "elder": _("适合长辈"),
        "child": _("带孩子"),
    }
    return [
        {"label": label, "on": asked["only"] == only, "url": _list_url({**asked, "only": only})}
        for only, label in words.items()
    ]


def _list_url(asked: Asked) -> str:
    query = urlencode({key: value for key, value in asked.items() if value})
    return reverse("courses:list") + (f"?{query}" if query else "")


@never_cache
def class_page(
    request: HttpRequest, class_id: int, *, form: EnrolForm | None = None, status: int = 200
) -> HttpResponse:
    """A class: what, when, where, who, how many seats, and taking one.

    After a refusal of `form` the same page says why, and what was chosen stays chosen.
    """
    now = timezone.now()
    # What changes by the second; the rest is kept for half a minute and asks for itself.
    group = get_object_or_404(ClassGroup.objects.public().only(*OF_THE_MOMENT), pk=class_id)
    user = request.user if isinstance(request.user, User) else None
    asked = request.POST or request.GET
    by_session = group.enrol_by == EnrolBy.SESSION
    context: dict[str, object] = {
        "group": group,
        "seats": cards.seats(group, now),
        "by_session": by_session,
        "coming": group.sessions.coming(now) if by_session else [],
        "closed": group.closed_because(now) or cards.no_room(group),
        "refusal": form.refusal if form else None,
        "chosen_session": asked.get("session", ""),
        **_what_everybody_reads(class_id, now),
    }
    if user:
        context.update(_who(user, group, asked.get("person", "")))
    return render(request, "courses/class.html", context, status=status)


class Kept(TypedDict):
    """What the page of a class keeps for everybody; none is asked for before it is read."""

    shown: Callable[[], ClassGroup]
    place: Callable[[], str]
    teacher: Callable[[], str]
    slots: Callable[[], str]
    for_whom: Callable[[], str]
    met: Callable[[], int]
    dates: Callable[[], list[cards.Date]]
    past_dates: Callable[[], list[cards.Date]]


def _what_everybody_reads(class_id: int, now: datetime) -> Kept:
    """What the template keeps for half a minute ({% cache %}), as functions: a kept part asks nothing."""

    @cache
    def shown() -> ClassGroup:
        return ClassGroup.objects.for_cards().prefetch_related("skipped_dates").get(pk=class_id)

    @cache
    def sessions() -> list[Session]:
        return list(shown().sessions.order_by("starts_at"))

    def dates(*, past: bool) -> list[cards.Date]:
        return cards.dates(sessions(), list(shown().skipped_dates.all()), now, past=past)

    return {
        "shown": shown,
        "place": lambda: cards.place(shown()),
        "teacher": lambda: cards.teacher(shown()),
        "slots": lambda: cards.slots(shown()),
        "for_whom": lambda: cards.audience(shown()),
        "met": lambda: sum(s.state in LIVE_SESSIONS for s in sessions()),
        "dates": lambda: dates(past=False),
        "past_dates": lambda: dates(past=True),
    }


class Who(TypedDict):
    """Whom one may enrol in a class, who is in already, and whether one press is enough."""

    people: list[Choice]
    mine: list[Enrolment]
    first: bool


def _who(user: User, group: ClassGroup, chosen: str) -> Who:
    """The people one may enrol here, and those who are in already."""
    live = Enrolment.objects.live().filter(class_group=group)
    enrolled = Exists(live.filter(person=OuterRef("pk")))
    seen = acts_for(user).only("full_name", "born_on", "user").annotate(enrolled=enrolled)
    people = sorted(seen, key=lambda person: person.user_id != user.pk)
    inside = list(filter(attrgetter("enrolled"), people))
    mine = list(live.filter(person__in=inside).select_related("person", "session")) if inside else []
    free = people if group.enrol_by == EnrolBy.SESSION else [p for p in people if p not in inside]
    # Once somebody of the family is in, the next one is chosen on purpose, never by a second press.
    first = not mine or bool(chosen)
    today = timezone.localdate()
    return {
        "people": [
            {
                "value": person.pk,
                "label": _label(person, user),
                "note": _age_note(person, today),
                "checked": str(person.pk) == chosen or (not chosen and not mine and index == 0),
            }
            for index, person in enumerate(free)
        ],
        "mine": mine,
        "first": first,
    }


def _label(person: Person, user: User) -> str:
    if person.user_id == user.pk:
        return _("我自己（%(name)s）") % {"name": person.full_name}
    return person.full_name


def _age_note(person: Person, today: date) -> str:
    age = person.age_on(today)
    return "" if age is None else _("%(age)s 岁") % {"age": age}


class CenterRow(TypedDict):
    """A center, and how many minutes it is away on foot, where that is known."""

    center: Center
    minutes: int | None


@public_page
def center_list(request: HttpRequest) -> HttpResponse:
    """All centers; with ?lat=&lng= (the browser's own, rounded by static/js/near.js) nearest first."""
    here = _point(request)
    rows: list[CenterRow] = [
        {"center": center, "minutes": _minutes(center, here)}
        for center in Center.objects.select_related("division")
    ]
    rows.sort(key=lambda row: (row["minutes"] is None, row["minutes"] or 0))
    return render(request, "courses/center_list.html", {"rows": rows, "here": here})


def _point(request: HttpRequest) -> tuple[float, float] | None:
    try:
        lat, lng = float(request.GET["lat"]), float(request.GET["lng"])
    except (KeyError, ValueError):
        return None
    return (lat, lng) if abs(lat) <= 90 and abs(lng) <= 180 else None


def _minutes(center: Center, here: tuple[float, float] | None) -> int | None:
    if here is None or center.lat is None or center.lng is None:
        return None
    return walk_minutes(metres(center.lat, center.lng, *here))


@public_page
def center_page(request: HttpRequest, center_id: int) -> HttpResponse:
    """A center: where, hours, stations, rooms, and its timetable week by week."""
    now = timezone.now()
    center = get_object_or_404(
        Center.objects.select_related("division").prefetch_related("stations", "rooms", "hours"), pk=center_id
    )
    today = timezone.localtime(now).date()
    weeks = _weeks(request.GET.get("week", "0"))
    first = today + timedelta(weeks=weeks)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight + timedelta(days=(first - today).days)
    sessions = (
        Session.objects.live()
        .filter(class_group__center=center, starts_at__range=(start, start + timedelta(days=7)))
        .exclude(class_group__state="DRAFT")
        .select_related("class_group", "room")
        .order_by("starts_at")
    )
    context = {
        "center": center,
        "week": cards.week(sessions, first, today),
        "previous": weeks - 1,
        "following": weeks + 1,
        "weeks": weeks,
        "hours": _hours(center),
    }
    return render(request, "courses/center.html", context)


def _weeks(text: str) -> int:
    """How many weeks from now, within reason; 0 for what is no number."""
    try:
        return max(-4, min(26, int(text[:4])))
    except ValueError:
        return 0


def _hours(center: Center) -> list[str]:
    """Opening hours, equal days together: "周一至周五 8:30–21:00"."""
    by_span: dict[str, list[int]] = {}
    for hours in center.hours.all():
        by_span.setdefault(f"{hours.opens:%H:%M}–{hours.closes:%H:%M}", []).append(hours.weekday)
    return [f"{_days(days)} {span}" for span, days in by_span.items()]


def _days(days: list[int]) -> str:
    if len(days) == 7:
        return _("每天")
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return _("%(first)s至%(last)s") % {"first": weekday(days[0]), "last": weekday(days[-1])}
    return "、".join(weekday(day) for day in days)
