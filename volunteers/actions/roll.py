"""Verbs of a volunteer: join, leave, agree to be named."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from people.authority import may_act
from people.models import Person, User, acts_for
from people.rules import Purpose, needs_guardian
from volunteers.actions.signups import give_up_all
from volunteers.models.roll import Skill, Volunteer
from volunteers.rules.roll import VolunteerState


class NoConsent(DomainError):
    code = "NO_CONSENT"


def _check_party(by: User, person: Person) -> None:
    if acts_for(by).filter(pk=person.pk).exists():
        return
    if person.home is None or not may_act(by=by, verb="volunteers.change", person=person):
        raise NotAllowed(message=_("您不能替这位居民登记，请到服务台办理。"))


@transaction.atomic
def join(*, person_id: int, by: User, now: datetime, skill_ids: Collection[int] | None = None) -> Volunteer:
    """登记志愿者: a resident becomes a volunteer, or comes back after leaving.

    By herself, by whom she named, or by staff of her community. Joining twice is joining once;
    `skill_ids`, where given, replace the skills on record. Refuses NOT_ALLOWED, NO_HOME (points
    and hours belong to a community) and NO_CONSENT (under 14 without a guardian's consent:
    个人信息保护法 art. 31, 志愿服务条例 art. 7).
    """
    person = Person.objects.select_related("home").filter(pk=person_id, merged_into=None).first()
    if person is None:
        raise NotAllowed(message=_("没有找到这位居民。"))
    _check_party(by, person)
    if person.home is None:
        raise DomainError("NO_HOME", _("请先填上所在社区，再登记志愿者。"))
    young = needs_guardian(person.born_on, timezone.localtime(now).date())
    if young and not person.has_consent(Purpose.VOLUNTEERING):
        raise NoConsent(
            message=_("%(person)s不满 14 岁，请监护人先在“我的家人”里同意，或到服务台签同意书。")
            % {"person": person.full_name}
        )
    Volunteer.objects.bulk_create([Volunteer(person=person, joined_at=now)], ignore_conflicts=True)
    volunteer = Volunteer.objects.select_for_update(no_key=True).get(person=person)
    if volunteer.state != VolunteerState.ACTIVE:
        volunteer.state = VolunteerState.ACTIVE
        volunteer.save(update_fields=["state"])
    if skill_ids is not None:
        volunteer.skills.set(Skill.objects.filter(pk__in=skill_ids))
    return volunteer


def _party_of(volunteer_id: int, by: User) -> None:
    """Refuses NOT_ALLOWED unless `by` acts for her or may change her record."""
    volunteer = Volunteer.objects.select_related("person__home").filter(pk=volunteer_id).first()
    if volunteer is None:
        raise NotAllowed(message=_("没有找到这位志愿者。"))
    _check_party(by, volunteer.person)


def _own(volunteer_id: int, by: User) -> Volunteer:
    """The volunteer, locked, if `by` acts for her or may change her record."""
    _party_of(volunteer_id, by)
    locked = Volunteer.objects.select_for_update(no_key=True, of=("self",))
    return locked.select_related("person__home").get(pk=volunteer_id)


@transaction.atomic
def leave(*, volunteer_id: int, by: User, now: datetime) -> Volunteer:
    """退出志愿者: from now on nothing is offered to her; hours and points stay hers.

    The name leaves the wall of honour, and her places in shifts go to the line. Twice changes
    nothing. Refuses NOT_ALLOWED.
    """
    _party_of(volunteer_id, by)
    give_up_all(volunteer_id, by, now)
    volunteer = _own(volunteer_id, by)
    volunteer.state, volunteer.honour_consent = VolunteerState.LEFT, False
    volunteer.save(update_fields=["state", "honour_consent"])
    return volunteer


@transaction.atomic
def show_honour(*, volunteer_id: int, agree: bool, by: User, now: datetime) -> Volunteer:
    """光荣榜: agrees to be named on the wall of honour, or takes it back; both at once.

    Only the volunteer or whom she named: nobody agrees in her place (志愿服务条例 art. 20).
    Refuses NOT_ALLOWED.
    """
    volunteer = _own(volunteer_id, by)
    if not acts_for(by).filter(pk=volunteer.person_id).exists():
        raise NotAllowed(message=_("上不上光荣榜，只能由本人决定。"))
    volunteer.honour_consent = agree
    volunteer.save(update_fields=["honour_consent"])
    return volunteer
