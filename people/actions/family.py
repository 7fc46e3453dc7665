"""Verbs of the family: children, elders who name a helper, a guardian's consent."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from people.actions.limits import refuse_more_wards
from people.authority import may_act, refuse_own
from people.models import Consent, Guardianship, Person, User, acts_for
from people.parts import tell
from people.rules import GROWN_UP, GuardianKind, Letter, Purpose, age, needs_guardian, stays_guarded


class NoGuardian(DomainError):
    code = "NO_GUARDIAN"


class LastGuardian(DomainError):
    code = "LAST_GUARDIAN"


def lock_ties(of: Q) -> list[Guardianship]:
    """The ties in force that are meant. What is meant is locked, together with all others of the same
    wards: whether somebody is left for a child is asked of what nobody else is ending at this moment."""
    wards = Guardianship.objects.filter(of, until=None).values("ward")
    rows = Guardianship.objects.filter(of | Q(ward__in=wards, until=None)).order_by("pk")
    ids = [tie.pk for tie in rows.select_for_update(no_key=True, of=("self",))]
    return list(Guardianship.objects.filter(of, pk__in=ids, until=None).select_related("ward"))


def refuse_leaving_alone(
    ending: Iterable[Guardianship], now: datetime, *, closing: Collection[int] = ()
) -> None:
    """Refuses LAST_GUARDIAN where the end of these ties, held by the caller, leaves a child without
    anybody to act for it. `closing` are records that end with them.

    Where nobody wrote down when she was born, whoever has a guardian is taken for a child.
    """
    today, ends = timezone.localtime(now).date(), list(ending)
    for ward in {tie.ward_id: tie.ward for tie in ends if tie.ward_id not in closing}.values():
        kinds = [tie.kind for tie in ends if tie.ward_id == ward.pk]
        grown_up = ward.born_on is not None and age(ward.born_on, today) >= GROWN_UP
        if grown_up or (ward.born_on is None and GuardianKind.GUARDIAN not in kinds):
            continue
        others = Guardianship.objects.filter(ward=ward, until=None).exclude(pk__in=[tie.pk for tie in ends])
        if not stays_guarded(kinds, others.values_list("kind", flat=True)):
            raise LastGuardian(
                message=_(
                    "%(name)s还没有成年，不能没有监护人。请先到服务台登记另一位监护人；"
                    "孩子的资料也不再需要的，请在“我的资料”里选孩子一起注销。"
                )
                % {"name": ward.full_name}
            )


def _person_of(user: User) -> Person:
    person = Person.objects.filter(user=user, merged_into=None).first()
    if person is None:
        raise NotAllowed(message=_("请先在“我的资料”里填上姓名。"))
    return person


@transaction.atomic
def add_ward(
    *,
    by: User,
    full_name: str,
    born_on: date,
    relation: str,
    kind: GuardianKind,
    now: datetime,
) -> Guardianship:
    """添加家人: a record for a child of the family, made by whoever brings it to class.

    A new record always: an existing one is joined only at the desk, so nobody reaches a stranger's
    child by typing a name. The same child (name and birth date) added twice is one. Refuses
    TOO_MANY (settings.ACCOUNT_LIMITS), NOT_A_CHILD (18 or older: she signs up herself or names a helper at
    the desk), BAD_DATE.
    """
    guardian = _person_of(by)
    Person.objects.select_for_update(no_key=True).get(pk=guardian.pk)
    _is_a_child(born_on, now)
    ties = list(Guardianship.objects.filter(guardian=guardian).select_related("ward"))
    for known in ties:
        if known.until is None and known.ward.full_name == full_name and known.ward.born_on == born_on:
            return known
    refuse_more_wards(by, [tie for tie in ties if tie.confirmed_by_id is None])
    ward = Person.objects.create(full_name=full_name, born_on=born_on, home=guardian.home)
    return Guardianship.objects.create(guardian=guardian, ward=ward, kind=kind, relation=relation, since=now)


def _is_a_child(born_on: date, now: datetime) -> None:
    today = timezone.localtime(now).date()
    if born_on > today:
        raise DomainError("BAD_DATE", _("出生日期在今天之后，请改一改。"), about="born_on")
    if age(born_on, today) >= GROWN_UP:
        raise DomainError("NOT_A_CHILD", _("成年家人请自己注册，或到服务台登记由您代办。"), about="born_on")


@transaction.atomic
def name_agent(
    *,
    ward_id: int,
    agent_id: int,
    relation: str,
    by: User,
    now: datetime,
    kind: GuardianKind = GuardianKind.AGENT,
) -> Guardianship:
    """指定代办人: staff record that a person (an elder, say) named a helper. Twice is one.

    With `kind` GUARDIAN, that they saw who a child's guardian is (household register, birth card).

    Both must be in the caller's reach; refuses NOT_ALLOWED, SAME_PERSON (the two are one, or one of
    them is the caller's own) and LAST_GUARDIAN (a child's only guardian would become less).
    """
    pair = Person.objects.select_related("home").filter(pk__in=[ward_id, agent_id], merged_into=None)
    people = {p.pk: p for p in pair if may_act(by=by, verb="people.change", person=p)}
    if ward_id == agent_id:
        raise DomainError("SAME_PERSON", _("代办人要是另一个人。"))
    if len(people) != 2:
        raise NotAllowed(message=_("这位居民不在您负责的范围内。"))
    refuse_own(by, *people.values())  # nobody makes herself, or one of hers, somebody's helper
    found = next(iter(lock_ties(Q(guardian=agent_id, ward=ward_id))), None)
    if found is not None and found.kind == kind:
        return found
    if found is not None:
        if kind != GuardianKind.GUARDIAN:
            refuse_leaving_alone([found], now)
        found.until = now
        found.save(update_fields=["until"])
    tell(people[ward_id], Letter.TIED, by, now)
    return Guardianship.objects.create(
        guardian=people[agent_id],
        ward=people[ward_id],
        kind=kind,
        relation=relation,
        confirmed_by=by,
        since=now,
    )


@transaction.atomic
def end_guardianship(*, guardianship_id: int, by: User, now: datetime) -> Guardianship:
    """结束代办: by the helper, the helped or staff; past acts stay. Twice changes nothing.

    Refuses NOT_ALLOWED, SAME_PERSON where a post would end what makes somebody one's own, and
    LAST_GUARDIAN where a child would be left without anybody.
    """
    lock_ties(Q(pk=guardianship_id))
    ties = Guardianship.objects.select_related("guardian", "ward__home")
    found = ties.filter(pk=guardianship_id).first()
    own = found is not None and by.pk in {found.guardian.user_id, found.ward.user_id}
    if found is None or not (own or may_act(by=by, verb="people.change", person=found.ward)):
        raise NotAllowed(message=_("没有找到这项代办关系。"))
    if not own:
        refuse_own(by, found.guardian, found.ward)
    if found.until is None:
        refuse_leaving_alone([found], now)
        found.until = now
        found.save(update_fields=["until"])
    return found


@transaction.atomic
def give_consent(
    *, person_id: int, purpose: Purpose, by: User, now: datetime, guardian_id: int | None = None
) -> Consent:
    """同意: records a consent. For a child under 14 only a guardian can give it.

    She, or whoever acts for her, gives it through an account; who keeps her record (people.change)
    writes down the paper that she or a guardian (`guardian_id`) signed at the desk. Twice is one.
    Refuses NOT_ALLOWED and NO_GUARDIAN.
    """
    person = Person.objects.select_related("home").filter(pk=person_id).first()
    own = acts_for(by).filter(pk=person_id)
    if person is None or not (own.exists() or may_act(by=by, verb="people.change", person=person)):
        raise NotAllowed(message=_("没有找到这位居民。"))
    giver = _giver(person, by, guardian_id, timezone.localtime(now).date())
    try:
        with transaction.atomic():
            return Consent.objects.create(
                person=person, purpose=purpose, given_by=giver, recorded_by=by, given_at=now
            )
    except IntegrityError:
        return Consent.objects.get(person=person, purpose=purpose, withdrawn_at=None)


def _giver(person: Person, by: User, guardian_id: int | None, today: date) -> Person:
    minor = needs_guardian(person.born_on, today)
    if guardian_id is None and not minor:
        return person
    guardians = Guardianship.objects.filter(ward=person, until=None)
    if minor:
        guardians = guardians.filter(kind=GuardianKind.GUARDIAN)
    if guardian_id is not None and may_act(by=by, verb="people.change", person=person):
        guardians = guardians.filter(guardian=guardian_id)
    else:
        guardians = guardians.filter(guardian__user=by)
    found = guardians.select_related("guardian").first()
    if found is None:
        raise NoGuardian(message=_("不满 14 岁要由监护人同意。请监护人用自己的账号同意，或到服务台签字。"))
    return found.guardian


@transaction.atomic
def withdraw_consent(*, person_id: int, purpose: Purpose, by: User, now: datetime) -> int:
    """撤回同意: from now on; what was done before stays lawful. Returns 1, or 0 the second time.

    By herself or by a guardian, as it was given. Refuses NOT_ALLOWED.
    """
    guarded = Guardianship.objects.filter(kind=GuardianKind.GUARDIAN, until=None, guardian__user=by)
    if not Person.objects.filter(Q(user=by) | Q(guardians__in=guarded), pk=person_id).exists():
        raise NotAllowed(message=_("没有找到这位居民。"))
    return Consent.objects.filter(person=person_id, purpose=purpose, withdrawn_at=None).update(
        withdrawn_at=now
    )
