"""The part of the register and of visits when a person's record is copied, closed or merged."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.copies import copies, copy_of
from common.days import day_of
from people.actions.words import forget, said_in
from people.models import Person, User
from people.parts import Folded
from visits.actions.books.forgetting import forget_in_books, rows_of
from visits.actions.care import lock_cases, recount_visits, share_pauses
from visits.models.books import HouseholdBook
from visits.models.callbacks import VisitCallback
from visits.models.care import CareCase, CarePause
from visits.models.changes import lock_logs
from visits.models.register import Household, Residence
from visits.models.visits import HomeVisit, Visited
from visits.rules.care import Group
from visits.rules.register import Relation


def lock(person_ids: Collection[int]) -> Iterable[QuerySet[Any]]:
    """Books that tell of her; the homes that she lives or lived in, under which the rest lies; what was said on
    visits to her."""
    return (
        HouseholdBook.objects.filter(pk__in=rows_of(person_ids).values("book")),
        Household.objects.filter(pk__in=Residence.objects.filter(person__in=person_ids).values("household")),
        CareCase.objects.filter(person__in=person_ids),
        said_in(_visits(person_ids)),
        said_in(_pauses(person_ids)),
        said_in(_callbacks(person_ids)),
    )


def copy(person: Person) -> dict[str, Any]:
    """Where she lived, who came to see her when, and what was written down."""
    visited = Visited.objects.filter(person=person).select_related("visit__words", "visit__by")
    visited = visited.prefetch_related("visit__people")
    found = {
        _("我住在哪里"): copies(
            Residence.objects.filter(person=person).select_related("household__building"),
            ("household", _("户")),
            "relation",
            "since",
            "until",
        ),
        _("定期来看我"): [
            {**copy_of(one, "level", "opened_on", "closed_on"), _("哪一类"): one.group_label}
            for one in CareCase.objects.filter(person=person)
        ],
        _("我希望暂缓走访"): [
            {**copy_of(one, "kind", "since", "until"), _("为什么"): one.text}
            for one in _pauses([person.pk]).select_related("words")
        ],
        _("问过我有没有人来"): [
            {_("什么时候"): one.at.isoformat() if one.at else "", _("怎么说"): one.get_answer_display()}
            for one in _callbacks([person.pk]).exclude(answer="")
        ],
        _("到我家的走访"): [
            {
                _("什么时候"): one.visit.visited_at.isoformat(),
                _("怎样联系的"): one.visit.get_way_display(),
                _("结果"): one.get_result_display(),
                _("谁去的"): str(one.visit.by),
                # Of a visit to several what one of them told is not the others' to read.
                _("原话"): one.visit.text if len(one.visit.people.all()) == 1 else "",
            }
            for one in visited.order_by("pk")
        ],
    }
    return {name: rows for name, rows in found.items() if rows}


def erase(person: Person, _by: User, now: datetime) -> None:
    """She lives nowhere any more, and what was said of her goes; that somebody came, and when, stays."""
    lock_logs(_grids([person.pk]))
    forget(_visits([person.pk]))
    forget(_pauses([person.pk]))
    forget(_callbacks([person.pk]))
    Household.objects.filter(residences__person=person).update(note="")
    # What a book says of her is not written down again.
    forget_in_books(person)
    today = day_of(now)
    for lived in Residence.objects.now().filter(person=person):
        lived.until = max(today, lived.since)
        lived.save(update_fields=["until"])
    CareCase.objects.open().filter(person=person).update(closed_on=today)
    # What she was one of is nobody's matter now.
    CareCase.objects.filter(person=person).update(group_name=Group.OTHER)


def _visits(person_ids: Collection[int]) -> QuerySet[HomeVisit]:
    return HomeVisit.objects.filter(people__person__in=person_ids)


def _callbacks(person_ids: Collection[int]) -> QuerySet[VisitCallback]:
    return VisitCallback.objects.filter(visit__people__person__in=person_ids)


def _grids(person_ids: Collection[int]) -> set[int]:
    """Of all homes that these persons have or had."""
    homes = Residence.objects.filter(person__in=person_ids)
    return set(homes.values_list("household__building__grid", flat=True))


def _pauses(person_ids: Collection[int]) -> QuerySet[CarePause]:
    return CarePause.objects.filter(case__person__in=person_ids)


def fold(kept: Person, merged: Person, _by: User, now: datetime) -> Folded:
    """Of one human being that was written down twice one home stands: what overlaps stays with the merged record."""
    lock_logs(_grids([kept.pk, merged.pk]))
    stays = list[int]()
    for lived in Residence.objects.filter(person=merged):
        meets = Q(until=None) | Q(until__gt=lived.since)
        if lived.until is not None:
            meets &= Q(since__lt=lived.until)
        if Residence.objects.filter(meets, person=kept).exists():
            stays.append(lived.pk)
    same = Visited.objects.filter(
        person=merged, visit__in=Visited.objects.filter(person=kept).values("visit")
    )
    hers = {one.group_name for one in CareCase.objects.open().filter(person=kept)}
    cases = [one.pk for one in CareCase.objects.open().filter(person=merged) if one.group_name in hers]
    # Of one group she is visited once; what found either of them found her.
    CareCase.objects.filter(pk__in=cases).update(closed_on=day_of(now))
    open_ones = lock_cases([kept.pk])
    recount_visits(open_ones, day_of(now), also=[merged.pk])
    share_pauses([kept.pk, merged.pk], open_ones, day_of(now))
    # A record that is merged heads no household: somebody else may.
    heads = Residence.objects.filter(pk__in=stays, until=None, relation=Relation.HEAD)
    headed = list(heads.values_list("pk", flat=True))
    heads.update(relation=Relation.OTHER)
    return Folded(
        told={"closed": cases, "people": [kept.pk, merged.pk], "headed": headed},
        stays={
            "visits.carecase": cases,
            "visits.residence": stays,
            "visits.visited": list(same.values_list("pk", flat=True)),
        },
    )


def unfold(told: Any, _by: User, now: datetime) -> None:
    """Each is visited for herself again, and heads her household, unless somebody else does by now."""
    for lived in Residence.objects.filter(pk__in=told.get("headed", []), until=None):
        others = Residence.objects.filter(household=lived.household_id, until=None, relation=Relation.HEAD)
        if not others.exists():
            lived.relation = Relation.HEAD
            lived.save(update_fields=["relation"])
    CareCase.objects.filter(pk__in=told["closed"]).update(closed_on=None)
    recount_visits(lock_cases(told["people"]), day_of(now))
