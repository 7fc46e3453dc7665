"""Verbs of weeks in which an area is visited more often."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from centers.models import Division
from common.days import day_of
from common.errors import DomainError
from common.steps import refuse_unmet
from people.authority import may_act
from people.models import User
from visits.actions.care import settle_within
from visits.actions.steps import not_yours
from visits.models.tightening import CareTightening
from visits.rules.care import LONGEST_REASON, LONGEST_TIGHT, WHY_TIGHT

POLICY = "visits.policy"


@transaction.atomic
def tighten_care(
    *, division_id: int, days: int, until: date, reason: str, by: User, now: datetime
) -> CareTightening:
    """加密走访: from today until a day, everybody visited regularly in this place is visited within so many days,
    counted from today at the earliest: nobody is late at once. Whoever wished nobody to come is left alone.

    The same again gives back the first. Refuses NOT_ALLOWED, BAD_DAYS, BAD_DATE (past, or more than three
    months off), REASON_NEEDED.
    """
    place = Division.objects.select_for_update(no_key=True).filter(pk=division_id).first()
    if place is None or not may_act(by=by, verb=POLICY, row=place):
        raise not_yours()
    today = day_of(now)
    if not 1 <= days <= 30:
        raise DomainError("BAD_DAYS", _("几天一次，请写 1 到 30。"), about="days")
    if not today <= until <= today + timedelta(days=LONGEST_TIGHT):
        told = _("加密走访最多三个月，请选今天以后、三个月以内的日子。")
        raise DomainError("BAD_DATE", told, about="until")
    refuse_unmet(WHY_TIGHT, reason)
    same = {"division": place, "days": days, "until": until, "ended_on": None}
    known = CareTightening.objects.filter(**same, since=today).first()
    if known is not None:
        return known
    made = CareTightening.objects.create(**same, since=today, reason=reason.strip()[:LONGEST_REASON], by=by)
    settle_within(place, today)
    return made


@transaction.atomic
def end_tightening(*, tightening_id: int, by: User, now: datetime) -> CareTightening:
    """结束加密: before the day that was named. Twice changes nothing. Refuses NOT_ALLOWED."""
    rows = CareTightening.objects.select_for_update(no_key=True, of=("self",)).select_related("division")
    found = rows.filter(pk=tightening_id).first()
    if found is None or not may_act(by=by, verb=POLICY, row=found.division):
        raise not_yours()
    today = day_of(now)
    if found.ended_on is None and found.until >= today:
        found.ended_on = today
        found.save(update_fields=["ended_on"])
        settle_within(found.division, today)
    return found
