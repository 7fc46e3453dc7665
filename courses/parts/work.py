"""What courses shows to staff: today's classes, this term's, what there is to do, a person's seats."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import CalendarDay
from common.days import midnight
from common.pages import number, typed_words
from common.pinyin import spell
from common.reach import within
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.rules import ClassState
from people.models import Person, User
from people.parts import Asked, AtDesk, Link, Section
from people.rules import Purpose, needs_guardian

CLASSES_A_PAGE = 40
MOST_CLASSES = 30
MOST_TYPED = 40


def teaches(user: User) -> bool:
    """Whoever teaches a class has its roster, with or without a post."""
    return ClassGroup.objects.filter(teacher__person__user=user).exists()


def today(user: User, now: datetime, asked: Asked) -> list[Section]:
    """The classes of today; all that are going on, found by name."""
    typed = typed_words(asked.get("q"), MOST_TYPED)
    page = Paginator(_going(user, typed), CLASSES_A_PAGE).get_page(asked.get("page"))
    classes = {"page_obj": page, "typed": typed, "may_draft": _may_draft(user)}
    return [
        *_calendar(user, timezone.localdate(now)),
        Section(_("今天的课"), template="courses/staff/_today.html", shown={"sessions": _today(user, now)}),
        Section(template="courses/staff/_classes.html", shown=classes),
    ]


def _calendar(user: User, day: Any) -> list[Section]:
    """The year whose holidays are missing, for who plans classes."""
    year = CalendarDay.objects.missing_year(day) if user.reach("courses.change") else None
    shown = {"missing_year": year}
    return [Section(template="courses/staff/_missing_year.html", shown=shown, at="top")] if year else []


def _today(user: User, now: datetime) -> list[Session]:
    begins = midnight(timezone.localdate(now))
    return list(
        Session.objects.live()
        .visible_to(user)
        .filter(starts_at__gte=begins, starts_at__lt=begins + timedelta(days=1))
        .select_related("class_group__center", "room", "teacher__person")
        .order_by("starts_at", "pk")
    )


def _going(user: User, typed: str) -> Any:
    going = ClassGroup.objects.visible_to(user).exclude(state__in=[ClassState.CANCELLED, ClassState.FINISHED])
    if typed:
        going = going.filter(Q(name__contains=typed) | Q(course__name__contains=typed))
    return going.for_cards().order_by("center__name", "name", "pk").distinct()


def _may_draft(user: User) -> bool:
    return user.is_staff and bool(user.reach("courses.change"))


def waiting(user: User, _now: datetime) -> list[Link]:
    """A new class, the registers kept by hand."""
    links = []
    if _may_draft(user):
        links.append(Link(_("建一个班"), reverse("admin:courses_classgroup_add"), icon="calendar-plus"))
    if user.reach("courses.import"):
        note = _("课程表、花名册的 Excel")
        links.append(Link(_("导入名册"), reverse("courses:staff_registers"), note, "journal-text"))
    return links


def desk(user: User, person: Person, now: datetime, asked: Asked) -> AtDesk:
    """What she is in, and what she could join."""
    if not user.reach("courses.enrol"):
        return AtDesk()
    typed = asked.get("c", "").strip()[:MOST_TYPED]
    seats = {"enrolments": _seats(user, person)}
    choice = {
        "person": person,
        "typed": typed,
        "classes": _joinable(user, typed),
        "clash": number(asked.get("clash")),
    }
    return AtDesk(
        sections=[
            *_consent(person, now),
            Section(_("已报的班"), template="courses/staff/_seats.html", shown=seats),
            Section(template="courses/staff/_join.html", shown=choice, at="end"),
        ]
    )


def _consent(person: Person, now: datetime) -> list[Section]:
    child = needs_guardian(person.born_on, timezone.localdate(now))
    if not child or person.has_consent(Purpose.COURSES):
        return []
    return [Section(template="courses/staff/_lacks_consent.html", shown={"person": person}, at="top")]


def _seats(user: User, person: Person) -> Any:
    return (
        Enrolment.objects.visible_to(user)
        .live()
        .filter(person=person)
        .select_related("class_group__center", "class_group__room", "session")
        .prefetch_related("class_group__slots")
        .order_by("created_at")
    )


def _joinable(user: User, typed: str) -> list[ClassGroup]:
    """Classes that she could join, found by name or by its pinyin initials; those with seats first."""
    going = ClassGroup.objects.visible_to(user).current().for_cards().order_by("name", "pk").distinct()
    near = within(going, "center__division", user.reach("courses.enrol"))
    wanted = typed.lower().replace(" ", "")
    fit = [group for group in near if wanted in group.name or spell(group.name)[1].startswith(wanted)]
    fit.sort(key=lambda group: not group.seats_left)
    return fit[:MOST_CLASSES]
