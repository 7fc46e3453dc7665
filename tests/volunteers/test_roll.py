"""Joining, leaving, agreeing to be named."""

import pytest

from people.models import Consent
from people.rules import Purpose
from tests.factories import people
from tests.refusals import refused
from volunteers.actions.roll import join, leave, show_honour
from volunteers.models.roll import Skill, Volunteer
from volunteers.rules.roll import VolunteerState


def test_a_resident_joins_once(cast, now):
    skill = Skill.objects.create(name="理发")
    first = join(person_id=cast.guilan.pk, by=cast.guilan.user, now=now, skill_ids=[skill.pk])
    again = join(person_id=cast.guilan.pk, by=cast.guilan.user, now=now)
    assert first == again
    assert [s.name for s in again.skills.all()] == ["理发"]


def test_staff_join_an_elder_without_a_phone(cast, now):
    assert join(person_id=cast.elder.pk, by=cast.worker, now=now).state == VolunteerState.ACTIVE


def test_who_may_not_join_somebody(cast, now):
    refused("NOT_ALLOWED", join, person_id=cast.elder.pk, by=cast.stranger.user, now=now)
    refused("NOT_ALLOWED", join, person_id=cast.elder.pk, by=cast.other_worker, now=now)
    refused("NOT_ALLOWED", join, person_id=0, by=cast.worker, now=now)


def test_nobody_joins_without_a_home(now, cast):
    homeless = people.resident("周新")
    refused("NO_HOME", join, person_id=homeless.pk, by=homeless.user, now=now)


def test_a_child_joins_with_a_guardians_consent(cast, now):
    refused("NO_CONSENT", join, person_id=cast.zixuan.pk, by=cast.guilan.user, now=now)
    Consent.objects.create(
        person=cast.zixuan, purpose=Purpose.VOLUNTEERING, given_by=cast.guilan, given_at=now
    )
    assert join(person_id=cast.zixuan.pk, by=cast.guilan.user, now=now).pk


def test_leaving_keeps_the_record_and_takes_the_name_off_the_wall(cast, now):
    joined = join(person_id=cast.guilan.pk, by=cast.guilan.user, now=now)
    show_honour(volunteer_id=joined.pk, agree=True, by=cast.guilan.user, now=now)
    left = leave(volunteer_id=joined.pk, by=cast.guilan.user, now=now)
    assert (left.state, left.honour_consent) == (VolunteerState.LEFT, False)
    assert leave(volunteer_id=joined.pk, by=cast.guilan.user, now=now) == left
    back = join(person_id=cast.guilan.pk, by=cast.guilan.user, now=now)
    assert (back.pk, back.state) == (joined.pk, VolunteerState.ACTIVE)
    refused("NOT_ALLOWED", leave, volunteer_id=joined.pk, by=cast.stranger.user, now=now)
    refused("NOT_ALLOWED", leave, volunteer_id=0, by=cast.worker, now=now)


def test_nobody_else_agrees_to_be_named(cast, now):
    joined = join(person_id=cast.guilan.pk, by=cast.guilan.user, now=now)
    refused("NOT_ALLOWED", show_honour, volunteer_id=joined.pk, agree=True, by=cast.worker, now=now)
    agreed = show_honour(volunteer_id=joined.pk, agree=True, by=cast.guilan.user, now=now)
    assert agreed.honour_consent


@pytest.mark.parametrize(
    ("who", "sees"), [("worker", True), ("grid_worker", False), ("other_worker", False), ("admin", True)]
)
def test_staff_see_the_volunteers_of_their_reach(cast, now, who, sees):
    joined = join(person_id=cast.guilan.pk, by=cast.guilan.user, now=now)
    assert (joined in Volunteer.objects.visible_to(getattr(cast, who))) is sees
    assert joined in Volunteer.objects.visible_to(cast.guilan.user)
    assert joined not in Volunteer.objects.visible_to(cast.stranger.user)
