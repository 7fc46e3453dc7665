"""Verbs of who is visited regularly: begun, ended, paused; the day of the next visit follows its rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from centers.models import CalendarDay, Division
from common.days import day_of
from common.errors import DomainError
from common.law_days import assumed
from common.steps import refuse_unmet
from common.workdays import Workdays
from people.actions import words
from people.actions.persons import log_reveals
from people.authority import may_act, refuse_own
from people.models import Person, User
from visits.actions.steps import not_hers
from visits.models.care import CareCase, CarePause, CarePolicy
from visits.models.tightening import CareTightening
from visits.models.visits import Visited
from visits.rules.care import (
    LONGEST_PAUSE,
    LONGEST_REASON,
    WHY_PAUSED,
    Group,
    Level,
    PauseKind,
    Tight,
    due_on,
)
from visits.rules.visits import MET

CARE = "visits.care"


@dataclass(frozen=True)
class Reckoning:
    """What the day of a visit follows from besides its case: the policy of a day, areas visited more often, and
    the calendar; read once."""

    today: date
    days: dict[str, int]
    tight: list[Tight]
    calendar: Workdays

    @classmethod
    def of(cls, today: date) -> Reckoning:
        tight = CareTightening.objects.told(today)
        calendar = assumed(CalendarDay.objects.workdays())
        return cls(today, CarePolicy.objects.days(today), tight, calendar)

    def due(self, case: CareCase) -> date:
        """The last day for the next visit: after a time in which she wished nobody to come, once that is over."""
        wished = case.pauses.filter(kind=PauseKind.NOT_NOW, since__lte=self.today) if case.pk else []
        over = max((one.ended_on or one.until for one in wished), default=None)
        free_from = over + timedelta(days=1) if over and over >= case.counted_from else None
        usual = due_on(case.counted_from, self.days[case.level], free_from, self.calendar)
        home = case.person.home if self.tight else None
        sooner = [
            due_on(max(case.counted_from, one.since), one.days, free_from, self.calendar)
            for one in self.tight
            if home is not None and home.path.startswith(one.path)
        ]
        return min([usual, *sooner])


@transaction.atomic
def open_case(*, person_id: int, group: str, level: str, by: User, now: datetime) -> CareCase:
    """纳入关心: somebody is visited regularly from now on, as one of a group of the state's list.

    Of a group once: the same again gives back the first. Refuses NOT_ALLOWED, SAME_PERSON.
    """
    person = Person.objects.filter(pk=person_id, merged_into=None).select_related("home").first()
    if person is None or not may_act(by=by, verb=CARE, person=person):
        raise not_hers()
    refuse_own(by, person)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)  # one desk at a time
    known = next(
        (one for one in CareCase.objects.open().filter(person=person) if one.group_name == group), None
    )
    if known is not None:
        _log_look(known, by, now)  # that it is so is told as well by nothing new appearing
        return known
    today = day_of(now)
    case = CareCase(person=person, group_name=Group(group), level=Level(level), by=by)
    case.opened_on = case.counted_from = today
    case.next_due_on = Reckoning.of(today).due(case)
    case.save()
    share_pauses([person.pk], [case], today)
    return case


def share_pauses(person_ids: Collection[int], cases: Iterable[CareCase], today: date) -> None:
    """What somebody asked for already holds for these cases of hers as well."""
    hers = CarePause.objects.filter(case__person__in=person_ids, ended_on=None, until__gte=today)
    running = hers.select_related("words").order_by("-until", "-pk").first()
    if running is None:
        return
    reckoning = Reckoning.of(today)
    for case in cases:
        if not case.pauses.filter(ended_on=None).exists():
            told = {"kind": running.kind, "since": today, "until": running.until, "by": running.by}
            CarePause.objects.create(case=case, words=words.keep(running.text), **told)
            _recount(case, reckoning)


def _lock(case_id: int, by: User) -> CareCase:
    """A case of hers, locked. Refuses NOT_ALLOWED, SAME_PERSON."""
    rows = CareCase.objects.select_for_update(no_key=True, of=("self",)).select_related("person__home")
    case = rows.filter(pk=case_id).first()
    if case is None or not may_act(by=by, verb=CARE, person=case.person):
        raise not_hers()
    refuse_own(by, case.person)
    return case


def _refuse_closed(case: CareCase) -> None:
    if case.closed_on is not None:
        raise DomainError("CLOSED", _("已经不再定期走访，请刷新看看。"))


@transaction.atomic
def close_case(*, case_id: int, by: User, now: datetime) -> CareCase:
    """不再关心: nobody has to come regularly any more; that it was so stays. Twice changes nothing.

    Refuses NOT_ALLOWED, SAME_PERSON.
    """
    case = _lock(case_id, by)
    if case.closed_on is None:
        case.closed_on = day_of(now)
        case.save(update_fields=["closed_on"])
    return case


@transaction.atomic
def change_level(*, case_id: int, level: str, by: User, now: datetime) -> CareCase:
    """改走访周期: more or less often, reckoned from the last visit. The same again changes nothing.

    Refuses NOT_ALLOWED, SAME_PERSON, CLOSED.
    """
    case = _lock(case_id, by)
    _refuse_closed(case)
    if case.level != level:
        case.level = Level(level)
        case.next_due_on = Reckoning.of(day_of(now)).due(case)
        case.save(update_fields=["level", "next_due_on"])
    return case


@transaction.atomic
def pause_case(*, case_id: int, kind: str, until: date, reason: str, by: User, now: datetime) -> CarePause:
    """暂缓走访: as she asked, for three months at most: only by telephone, or not at all; of whatever group she
    is visited.

    The same again changes nothing. Refuses NOT_ALLOWED, SAME_PERSON, CLOSED, BAD_DATE (past, or further
    off), REASON_NEEDED, PAUSED (otherwise, already).
    """
    cases, today = _lock_hers(case_id, by), day_of(now)
    running = _running(cases, today)
    if any((one.kind, one.until) != (kind, until) for one in running.values()):
        raise DomainError("PAUSED", _("已经记过暂缓，要改先恢复走访。"))
    if case_id in running:
        return running[case_id]
    if not today <= until <= today + LONGEST_PAUSE:
        raise DomainError("BAD_DATE", _("暂缓最多三个月，请选今天以后、三个月以内的日子。"), about="until")
    refuse_unmet(WHY_PAUSED, reason)
    reckoning = Reckoning.of(today)
    for case in cases:
        if case.pk not in running:
            pause = CarePause(case=case, kind=PauseKind(kind), since=today, until=until, by=by)
            pause.words = words.keep(reason.strip()[:LONGEST_REASON])
            pause.save()
            running[case.pk] = pause
            _recount(case, reckoning)
    return running[case_id]


def _lock_hers(case_id: int, by: User) -> list[CareCase]:
    """A case that is open, and the others of the same person, locked by id: what she asks for she asks for
    all of them. Refuses NOT_ALLOWED, SAME_PERSON, CLOSED."""
    hers = CareCase.objects.filter(pk=case_id).values("person")
    rows = CareCase.objects.open().filter(person__in=hers) | CareCase.objects.filter(pk=case_id)
    cases = list(
        rows.select_for_update(no_key=True, of=("self",)).select_related("person__home").order_by("pk")
    )
    case = next((one for one in cases if one.pk == case_id), None)
    if case is None or not may_act(by=by, verb="visits.record", person=case.person):
        raise not_hers()
    refuse_own(by, case.person)
    _refuse_closed(case)
    return cases


def _running(cases: Iterable[CareCase], today: date) -> dict[int, CarePause]:
    """The pause of each that has one; those whose days are over end."""
    found = {}
    for pause in CarePause.objects.filter(case__in=cases, ended_on=None).order_by("pk"):
        if pause.until < today:
            _end(pause, pause.until)
        else:
            found[pause.case_id] = pause
    return found


@transaction.atomic
def resume_case(*, case_id: int, by: User, now: datetime) -> CareCase:
    """恢复走访: before the day that was named. Twice changes nothing. Refuses NOT_ALLOWED, SAME_PERSON, CLOSED."""
    cases, today = _lock_hers(case_id, by), day_of(now)
    reckoning = Reckoning.of(today)
    for pause in CarePause.objects.filter(case__in=cases, ended_on=None).order_by("pk"):
        _end(pause, min(pause.until, today))
    for case in cases:
        _recount(case, reckoning)
    return next(case for case in cases if case.pk == case_id)


@transaction.atomic
def read_group(*, case_id: int, by: User, now: datetime) -> str:
    """看类别: of which group somebody is, opened for one look, which she reads in her own log.

    Refuses NOT_ALLOWED, SAME_PERSON.
    """
    case = _lock(case_id, by)
    _log_look(case, by, now)
    return case.group_label


def _log_look(case: CareCase, by: User, now: datetime) -> None:
    log_reveals(person_ids=[case.person_id], field=_("走访类别"), reason=_("定期走访"), by=by, now=now)


def _end(pause: CarePause, day: date) -> None:
    pause.ended_on = max(day, pause.since)
    pause.save(update_fields=["ended_on"])


def lock_cases(person_ids: Iterable[int]) -> list[CareCase]:
    """The open cases of these persons, locked before a visit to them is written; none of most people."""
    hers = CareCase.objects.open().filter(person__in=list(person_ids))
    return list(
        hers.select_for_update(no_key=True, of=("self",)).select_related("person__home").order_by("pk")
    )


def count_visit(cases: Iterable[CareCase], met: Collection[int], day: date, today: date) -> None:
    """After a visit that corrects none: whoever was met has been waiting since that day, or a later one."""
    hers = [case for case in cases if case.person_id in met and case.counted_from < day]
    if not hers:
        return
    reckoning = Reckoning.of(today)
    for case in hers:
        case.counted_from = day
        case.next_due_on = reckoning.due(case)
        case.save(update_fields=["counted_from", "next_due_on"])


def recount_visits(cases: Iterable[CareCase], today: date, also: Collection[int] = ()) -> None:
    """After a correction or a merge: how long each has been waiting is reckoned anew from what stands, of her
    and of whom the record of `also` becomes hers."""
    reckoning = None
    for case in cases:
        reckoning = reckoning or Reckoning.of(today)
        _recount(case, reckoning, also)


def _recount(case: CareCase, reckoning: Reckoning, also: Collection[int] = ()) -> bool:
    """Whether anything changed."""
    before = case.counted_from, case.next_due_on
    seen = Visited.objects.filter(
        person__in=[case.person_id, *also], result__in=MET, visit__corrected_by=None
    ).aggregate(last=Max("visit__visited_at"))["last"]
    case.counted_from = max(case.opened_on, day_of(seen)) if seen else case.opened_on
    case.next_due_on = reckoning.due(case)
    if (case.counted_from, case.next_due_on) == before:
        return False
    case.save(update_fields=["counted_from", "next_due_on"])
    return True


@transaction.atomic
def settle_care(*, now: datetime) -> int:
    """订正走访日子: a pass at night: days of visits follow a policy that begins, an area that is visited more
    often, a pause that ended, a calendar that was entered, a merge that was undone. Returns how many changed."""
    return _settle(CareCase.objects.open(), day_of(now))


def settle_within(place: Division, today: date) -> int:
    """The same of one area, whose rule has just changed. Returns how many changed."""
    return _settle(CareCase.objects.open().filter(person__home__path__startswith=place.path), today)


def _settle(cases: QuerySet[CareCase], today: date) -> int:
    reckoning, changed = Reckoning.of(today), 0
    locked = cases.select_for_update(no_key=True, of=("self",)).select_related("person__home")
    for case in locked.order_by("pk"):
        changed += _recount(case, reckoning)
    return changed
