"""Verbs of who lives where."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common.days import day_of
from common.errors import DomainError
from common.locks import lock_rows
from people.authority import may_act, refuse_own
from people.models import Person, User
from people.rules import FIRST_BIRTH
from visits.actions.steps import REGISTER, check_place, lock_household, not_hers, not_yours
from visits.models.changes import lock_logs
from visits.models.register import Household, Residence
from visits.rules.register import Relation


@transaction.atomic
def move_in(
    *, household_id: int, person_id: int, relation: str, since: date, by: User, now: datetime
) -> Residence:
    """登记入住: somebody on file lives in a home from that day, and belongs to its grid; where she lived
    before, in a grid of hers, ends.

    Who lives there already stays as she is. Refuses NOT_ALLOWED (the home, or she, is not of her places),
    SAME_PERSON, BAD_DATE (after today, before 1900, or before she came to the other home), LIVES_ELSEWHERE
    (in a grid that is not hers: they have to let her go), HEAD_TAKEN, TWO_HOMES (in those days), BUSY (moved
    just now).
    """
    before = Residence.objects.now().filter(person=person_id).values_list("household_id", flat=True).first()
    homes = [pk for pk in (household_id, before) if pk is not None]
    lock_rows([Household.objects.filter(pk__in=homes)])
    household = lock_household(household_id, by)
    person = Person.objects.filter(pk=person_id, merged_into=None).select_related("home").first()
    if person is None or not may_act(by=by, verb=REGISTER, person=person, row=household.building.grid):
        raise not_hers()
    lived = Residence.objects.now().select_for_update(no_key=True).filter(person=person).first()
    if lived is not None and lived.household_id == household.pk:
        return lived
    if lived is not None and lived.household_id not in homes:  # she moved while we waited for the locks
        raise DomainError("BUSY", _("这位居民刚刚登记到别处，请再试一次。"))
    if not FIRST_BIRTH <= since <= day_of(now):
        raise DomainError("BAD_DATE", _("住进来的日子不对，请核对，不能在今天之后。"), about="since")
    refuse_own(by, person)
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    lock_logs(Household.objects.filter(pk__in=homes).values_list("building__grid", flat=True))
    if lived is not None:
        _let_go(lived, since, by)
    _refuse_second_head(household, relation)
    moved = Residence(household=household, person=person, relation=Relation(relation), since=since, by=by)
    try:
        with transaction.atomic():
            moved.save()
    except IntegrityError as error:  # somebody else wrote down another home, now or for those days
        told = _("她这些日子登记住在另一户，请刷新看看，核对日子。")
        raise DomainError("TWO_HOMES", told, about="since") from error
    person.home = household.building.grid  # whoever looks after it sees her from now on
    person.save(update_fields=["home"])
    return moved


def _let_go(lived: Residence, since: date, by: User) -> None:
    """Ends where she lived before, where that is hers to say."""
    try:
        check_place(by, lived.household.building.grid)
    except DomainError as refused:
        told = _("这位居民登记住在别处，请服务台先办搬走。")
        raise DomainError("LIVES_ELSEWHERE", told, about="person_id") from refused
    if since < lived.since:
        told = _("她 %(day)s 才住进原来那一户，请核对日子。") % {"day": f"{lived.since:%Y-%m-%d}"}
        raise DomainError("BAD_DATE", told, about="since")
    lived.until = since
    lived.save(update_fields=["until"])


def _refuse_second_head(household: Household, relation: str) -> None:
    heads = household.residences.now().filter(relation=Relation.HEAD)
    if relation == Relation.HEAD and heads.exists():
        raise DomainError("HEAD_TAKEN", _("这一户已经有户主，请选别的关系。"), about="relation")


def _lock_residence(residence_id: int, by: User) -> Residence:
    """A row of hers, under its household. Refuses NOT_ALLOWED, SAME_PERSON."""
    known = Residence.objects.filter(pk=residence_id).values_list("household_id", flat=True).first()
    if known is None:
        raise not_yours()
    lock_household(known, by)
    rows = Residence.objects.select_for_update(no_key=True, of=("self",)).select_related("person")
    lived = rows.get(pk=residence_id)
    refuse_own(by, lived.person)
    return lived


@transaction.atomic
def move_out(*, residence_id: int, until: date, by: User, now: datetime) -> Residence:
    """登记搬走: she lives there no more from that day; that she did stays. Twice changes nothing.

    Refuses NOT_ALLOWED, SAME_PERSON, BAD_DATE (after today, or before she came).
    """
    lived = _lock_residence(residence_id, by)
    if lived.until is not None:
        return lived
    if not lived.since <= until <= day_of(now):
        told = _("搬走的日子要在住进来以后、今天以前，请改一改。")
        raise DomainError("BAD_DATE", told, about="until")
    lived.until = until
    lived.save(update_fields=["until"])
    return lived


def settle_homes(*, now: datetime) -> int:
    """订正住处: whose place is another by now (the desk wrote it down) lives no more where the register has her;
    gives how many. A pass at night: her place is the desk's to change, and knows nothing of homes.
    """
    over = list(
        Residence.objects.moved_away().values_list("pk", "household_id").order_by("household_id", "pk")
    )
    settled = 0
    for residence_id, household_id in over:
        with transaction.atomic():
            Household.objects.select_for_update(no_key=True).get(pk=household_id)
            rows = Residence.objects.moved_away().select_for_update(no_key=True, of=("self",))
            lived = rows.filter(pk=residence_id).first()
            if lived is not None:
                lived.until = max(lived.since, day_of(now))
                lived.save(update_fields=["until"])
                settled += 1
    return settled


@transaction.atomic
def change_relation(*, residence_id: int, relation: str, by: User, now: datetime) -> Residence:
    """改关系: how she belongs to the head of the household, or that she is the head. The same again changes
    nothing; whoever was the head is of the others from then on.

    Refuses NOT_ALLOWED, SAME_PERSON, MOVED_OUT.
    """
    lived = _lock_residence(residence_id, by)
    if lived.until is not None:
        raise DomainError("MOVED_OUT", _("这位居民已经搬走，请刷新看看。"))
    if lived.relation == relation:
        return lived
    if relation == Relation.HEAD:
        others = Residence.objects.now().filter(household=lived.household_id, relation=Relation.HEAD)
        others.update(relation=Relation.OTHER)
    lived.relation = Relation(relation)
    lived.save(update_fields=["relation"])
    return lived
