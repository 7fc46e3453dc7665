"""Verbs of a visit: written down once, put right by another row, never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from common.days import day_of
from common.errors import DomainError
from common.sealed import blind_index
from common.steps import refuse_unmet
from grievances.actions.tickets import Word, open_ticket
from grievances.models.categories import Category
from grievances.rules.tickets import LONGEST_TITLE, Kind, Source
from orders.actions.orders import request_order
from orders.rules.orders import OrderKind
from people.actions import words
from people.authority import may_act, refuse_own
from people.models import Person, User
from visits.actions.callbacks import draw
from visits.actions.care import count_visit, lock_cases, recount_visits
from visits.actions.steps import RECORD, lock_household, not_hers
from visits.models.register import Household
from visits.models.visits import Finding, HomeVisit, Visited
from visits.rules.visits import (
    LONGEST_TEXT,
    MET,
    WHAT_MATTERS,
    FindingKind,
    Result,
    Way,
    content_of,
    is_dated,
    may_be_corrected,
)


@dataclass(frozen=True)
class Found:
    """What is to become of what came up: a ticket of a category, a wish, an errand; for whom."""

    kind: FindingKind
    person_id: int
    category_id: int | None = None


@dataclass(frozen=True)
class Draft:
    """What a page sends of one visit: where, how, what came of it for whom, a word about it, and when it
    was; without a moment it is the one at which it arrives."""

    household_id: int
    way: Way
    results: Mapping[int, Result]
    text: str = ""
    visited_at: datetime | None = None
    finding: Found | None = None

    @property
    def content(self) -> str:
        """A keyed hash of all of it, to tell a mark that comes twice from one with another content."""
        when = self.visited_at.isoformat() if self.visited_at else ""
        found = self.finding and [self.finding.kind, self.finding.person_id, self.finding.category_id]
        told = content_of(self.household_id, self.way, when, self.results, self.text, found)
        return blind_index(told)


@transaction.atomic
def record_visit(*, op_id: UUID, draft: Draft, by: User, now: datetime) -> HomeVisit:
    """记走访: writes down one visit, or one call, at a household; `op_id` is the mark of the page that sent it.
    What came up becomes a ticket, a wish or an errand with the same words.

    The same mark with the same content gives back the first. Refuses NOT_ALLOWED, KEY_REUSED (the mark
    with another content), BAD_DATE (tomorrow, or longer ago than a month), NOBODY_VISITED, NOT_LIVING_THERE,
    TEXT_NEEDED (something is the matter, and no word what), SAME_PERSON (herself, or hers); of what came up
    NOT_MET (nobody spoke with her), NO_SUCH_CATEGORY, and what asking for a service refuses.
    """
    with _one_mark_once():
        return _record(op_id, draft, by, now)


@transaction.atomic
def correct_visit(*, op_id: UUID, visit_id: int, draft: Draft, by: User, now: datetime) -> HomeVisit:
    """更正走访: the same visit as it ought to stand; what was written before stays, and no longer counts.

    Refuses what `record_visit` refuses, NO_SUCH_VISIT (not of this household), TOO_LATE (written down more
    than a month ago), and CORRECTED (by another mark, before).
    """
    before = HomeVisit.objects.filter(pk=visit_id, household=draft.household_id).first()
    if before is None:
        lock_household(draft.household_id, by, RECORD)  # whoever may not see it learns nothing of it
        raise DomainError("NO_SUCH_VISIT", _("没有找到这一次走访，请刷新看看。"))
    with _one_mark_once():
        return _record(op_id, draft, by, now, before)


@contextmanager
def _one_mark_once() -> Iterator[None]:
    """Refuses KEY_REUSED where another household got the same mark at the same moment; the transaction is over."""
    try:
        yield
    except IntegrityError as error:
        rule = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if rule != "visits_homevisit_op_id_key":
            raise
        raise _reused() from error


def _record(
    op_id: UUID, draft: Draft, by: User, now: datetime, corrects: HomeVisit | None = None
) -> HomeVisit:
    household = lock_household(draft.household_id, by, RECORD)
    first = HomeVisit.objects.filter(op_id=op_id).first()
    if first is not None:
        return _the_same(first, draft, by, corrects)
    if corrects is not None and not may_be_corrected(corrects.first.received_at, now):
        raise DomainError("TOO_LATE", _("一个月以前的走访不能再更正，请把现在的情况记一次新的。"))
    before = list(corrects.people.values_list("person_id", flat=True)) if corrects else []
    _check(draft, household, by, now, corrects)
    refuse_own(by, *Person.objects.filter(pk__in=before))  # what was written of hers is not hers to take away
    cases = lock_cases({*draft.results, *before})  # before the log of the grid, as everybody does
    if corrects is not None and HomeVisit.objects.filter(corrects=corrects).exists():
        raise DomainError("CORRECTED", _("这一次已经更正过，请刷新看看。"))
    visit = HomeVisit(
        op_id=op_id,
        content_hash=draft.content,
        household=household,
        way=draft.way,
        visited_at=draft.visited_at or now,
        received_at=now,
        by=by,
        words=words.keep(draft.text.strip()[:LONGEST_TEXT]),
        corrects=corrects,
    )
    visit.save(force_insert=True)
    Visited.objects.bulk_create(
        Visited(visit=visit, person_id=pk, result=Result(result))
        for pk, result in sorted(draft.results.items())
    )
    if draft.finding is not None:
        _pass_on(visit, draft.finding, draft.text.strip(), by, now)
    draw(visit)
    if corrects is None:
        met = {pk for pk, result in draft.results.items() if result in MET}
        count_visit(cases, met, day_of(visit.visited_at), day_of(now))
    else:
        recount_visits(cases, day_of(now))
    return visit


def _check_finding(draft: Draft) -> None:
    """Nobody asks for anything in the name of somebody whom nobody spoke with."""
    if draft.finding is None:
        return
    if draft.finding.person_id not in draft.results:
        raise DomainError("NOT_LIVING_THERE", _("有一位不住在这一户，请刷新再记。"))
    if draft.results[draft.finding.person_id] not in MET:
        raise DomainError("NOT_MET", _("没有见到的人，不能替她反映或下单，请先点见到了谁。"), about="finding")


def _pass_on(visit: HomeVisit, found: Found, text: str, by: User, now: datetime) -> Finding:
    """Makes of what was written down what it is to become; its own verbs refuse what is wrong with that."""
    mark = f"finding:{visit.op_id}"
    person = Person.objects.select_related("home").get(pk=found.person_id)
    if not may_act(by=by, verb=RECORD, person=person, row=visit.household.building.grid):
        raise not_hers()
    finding = Finding(visit=visit, person=person, kind=FindingKind(found.kind))
    if found.kind == FindingKind.TICKET:
        about = Category.objects.in_use().exclude(kind=Kind.EVENT).filter(pk=found.category_id or 0).first()
        if about is None:
            raise DomainError("NO_SUCH_CATEGORY", _("请选一个类别。"), about="category_id")
        place = visit.household.building.grid
        title, where = text[:LONGEST_TITLE], str(visit.household)
        word = Word(about, place, title=title, text=text, place=where, person=person)
        finding.ticket = open_ticket(word=word, source=Source.VISIT, by=by, now=now, source_key=mark).ticket
    else:
        finding.order = request_order(
            kind=OrderKind(found.kind),
            for_person_id=person.pk,
            title=text,
            text=text,
            key=mark,
            by=by,
            now=now,
        )
    finding.save(force_insert=True)
    return finding


def _the_same(first: HomeVisit, draft: Draft, by: User, corrects: HomeVisit | None) -> HomeVisit:
    if (first.content_hash, first.by_id, first.corrects) != (draft.content, by.pk, corrects):
        raise _reused()
    return first


def _reused() -> DomainError:
    return DomainError("KEY_REUSED", _("这一条送出过，内容却不一样，请刷新再记一次。"))


def _check(
    draft: Draft, household: Household, by: User, now: datetime, corrects: HomeVisit | None = None
) -> None:
    at = draft.visited_at or now
    unchanged = corrects is not None and corrects.visited_at == at
    if not (unchanged or is_dated(at, now)):
        told = _("走访的时间要在今天以前、一个月以内，请改一改。")
        raise DomainError("BAD_DATE", told, about="visited_at")
    if not draft.results:
        raise DomainError("NOBODY_VISITED", _("请至少为一位点上结果。"))
    if Result.MATTER in draft.results.values() or draft.finding is not None:
        refuse_unmet(WHAT_MATTERS, draft.text)
    _check_finding(draft)
    day = day_of(at)
    lived = Q(residences__until=None) | Q(residences__until__gte=day)
    there = Q(lived, residences__household=household)
    if corrects is not None:
        there |= Q(visited__visit=corrects)
    people = {one.pk: one for one in Person.objects.filter(there).only("pk", "merged_into")}
    if not set(draft.results) <= set(people):
        raise DomainError("NOT_LIVING_THERE", _("有一位不住在这一户，请刷新再记。"))
    refuse_own(by, *(people[pk] for pk in draft.results))
