"""Verbs of call-backs: a visit drawn when it is written down, and what the household said."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from common.days import day_of
from common.errors import DomainError
from orders.rules.orders import is_drawn
from people.actions import words
from people.authority import may_act, refuse_own
from people.models import Person, User, Words
from visits.actions.steps import not_yours
from visits.models.callbacks import VisitCallback
from visits.models.visits import HomeVisit
from visits.rules.callbacks import ASKED_WITHIN, FINAL, LONGEST_WORDS, SHARE, Answer


def draw(visit: HomeVisit) -> None:
    """Puts a visit that has just been written down on the list of call-backs, if it is drawn: by a secret that
    nobody outside can foresee. Whoever corrects one that is waiting does not take it off."""
    waits = VisitCallback.objects.filter(visit=visit.corrects_id).exclude(answer__in=FINAL)
    if (visit.corrects_id and waits.exists()) or is_drawn(
        visit.pk, day_of(visit.received_at), SHARE, settings.SECRET_KEY
    ):
        VisitCallback.objects.create(visit=visit)


@transaction.atomic
def answer_callback(*, callback_id: int, answer: str, text: str, by: User, now: datetime) -> VisitCallback:
    """记走访回访: what the household said when somebody else asked whether anybody came. The same again changes
    nothing; who was not reached may be rung again.

    Refuses NOT_ALLOWED, OWN_VISIT (her own, or one that corrects hers), SAME_PERSON, ANSWERED (otherwise, before), TOO_LATE.
    """
    rows = VisitCallback.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("visit__household__building__grid").filter(pk=callback_id).first()
    if found is None or not may_act(by=by, verb="visits.care", row=found.visit.household.building.grid):
        raise not_yours()
    if by.pk in found.visit.writers():
        raise DomainError("OWN_VISIT", _("自己的走访，要请另一位工作人员回访。"))
    refuse_own(by, *Person.objects.filter(visited__visit=found.visit))
    if found.answer == answer and found.by_id == by.pk:
        return found
    if found.answer in FINAL:
        raise DomainError("ANSWERED", _("这一次已经回访过，请刷新看看。"))
    if now - found.visit.received_at > ASKED_WITHIN:
        raise DomainError("TOO_LATE", _("两个星期以前的走访不用再回访。"))
    found.answer, found.by, found.at = Answer(answer), by, now
    said = text.strip()[:LONGEST_WORDS]
    if found.words_id is None:
        found.words = words.keep(said)
    elif said:  # beside what was said when nobody was reached
        Words.objects.filter(pk=found.words_id).update(text=said)
    found.save()
    return found
