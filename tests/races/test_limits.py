"""Many tabs of one account: together they take what it may have, and not one seat more."""

from datetime import date, timedelta

import pytest

from courses.actions.enrolment import enrol, enrol_together
from courses.models.enrolment import Enrolment
from people.models import Person, User
from tests.factories import courses, people, volunteers
from tests.races.crowd import at_once, refusals
from volunteers.actions.signups import sign_up
from volunteers.models.signups import ShiftSignup

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
MOST = 6


def test_twenty_tabs_take_six_seats(cast, now):
    home = cast.city["community"]
    mother = people.resident("何静", home, born_on=date(1990, 1, 1))
    User.objects.filter(pk=mother.user_id).update(phone_verified=False)
    mother = Person.objects.get(pk=mother.pk)
    wards = [people.child(f"王小{name}", date(2013, 1, 1), mother) for name in "甲乙丙"]
    acts = []
    for number in range(20):
        person = [mother, *wards][number % 4]
        told = {"by": User.objects.get(pk=mother.user_id), "now": now}
        group = courses.class_group(cast.center, now, slots=[])
        match number % 3:
            case 0:
                acts.append(lambda g=group, p=person, t=told: enrol(class_id=g.pk, person=p, **t))
            case 1:
                shift = volunteers.shift(home, now + timedelta(days=number + 1))
                helper = getattr(mother, "volunteer", None) or volunteers.volunteer(mother)
                acts.append(lambda s=shift, v=helper, t=told: sign_up(shift_id=s.pk, volunteer_id=v.pk, **t))
            case 2:
                more = {"class_ids": [group.pk], "persons": [person], "all_or_none": True}
                acts.append(lambda m=more, t=told: enrol_together(**m, **t))
    results = at_once(acts)
    assert Enrolment.objects.count() + ShiftSignup.objects.count() == MOST
    assert refusals(results) == ["TOO_MANY_SEATS"] * (20 - MOST)


def test_neighbours_do_not_wait_for_each_other_s_turn(cast, now):
    """Each has a turn of her own: thirty accounts, one class."""
    group = courses.class_group(cast.center, now, capacity=30)
    folk = [people.resident("居民", cast.city["community"]) for _ in range(30)]
    acts = [lambda p=one: enrol(class_id=group.pk, person=p, by=p.user, now=now) for one in folk]
    assert refusals(at_once(acts)) == []
    assert Enrolment.objects.count() == 30
