"""Numbers for a call: a list of people to ring shows none; one opens by a press, on record like any look."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import DomainError
from people.models import Person, RevealLog, User

# As long as a call takes, a busy line included: then the list has covered the number again.
OPEN_FOR = timedelta(minutes=15)


def opened_by(user: User, now: datetime) -> set[int]:
    """Whose number this user has opened a moment ago, so that a list may show it to her."""
    return {person for person, _field in numbers_open(user, now)}


def numbers_open(user: User, now: datetime) -> set[tuple[int, str]]:
    """The same number by number, where more than one of a person may be rung."""
    lately = RevealLog.objects.filter(user=user, at__gt=now - OPEN_FOR, field__in=["phone", "contact_phone"])
    return set(lately.values_list("person_id", "field"))


@transaction.atomic
def open_numbers(*, people: Iterable[Person], reason: str, by: User, now: datetime) -> int:
    """看号码: opens the number by which each of these is rung, and logs one look for each, to read for
    whom it belongs to; returns how many have one. The caller has asked who may, and says what for.

    A number that she has open already is not logged again. Refuses NO_NUMBER where none is left on file.
    """
    reachable = [person for person in people if person.ringing.full]
    if not reachable:
        raise DomainError("NO_NUMBER", _("没有留电话，请当面告诉，或到居民档案里补上。"))
    opened = opened_by(by, now)
    RevealLog.objects.bulk_create(
        RevealLog(user=by, person=person, field=person.ringing.field, reason=reason[:200], at=now)
        for person in {person.pk: person for person in reachable}.values()
        if person.pk not in opened
    )
    return len(reachable)
