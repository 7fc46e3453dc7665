"""A child always has somebody to act for it: every way in which a tie ends, with whoever else is there."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.actions.family import end_guardianship, name_agent
from people.actions.records import erase_person, merge_persons
from people.models import Guardianship, Person
from people.rules import GROWN_UP, GuardianKind, age, grown_up_born, stays_guarded
from tests import backoffice
from tests.factories import people
from tests.factories.volunteers import born
from tests.html import Page
from tests.refusals import refused

K = GuardianKind
GUARDIAN, RELATIVE = K.GUARDIAN, K.RELATIVE


def tie(guardian, ward, kind):
    return Guardianship.objects.create(guardian=guardian, ward=ward, kind=kind)


@pytest.fixture
def family(cast):
    """A guardian, the child of an age with an account of its own, and who else acts for it."""

    def of(kind, years, *others):
        guardian = people.resident("何静", cast.city["community"])
        child = people.resident("何小宝", cast.city["community"], born_on=born(years) if years else None)
        for other in others:
            tie(people.resident("另一位", cast.city["community"]), child, other)
        return guardian, child, tie(guardian, child, kind)

    return of


WAYS = {
    "she ends it": lambda cast, now, guardian, child, tie: end_guardianship(
        guardianship_id=tie.pk, by=guardian.user, now=now
    ),
    "the child ends it": lambda cast, now, guardian, child, tie: end_guardianship(
        guardianship_id=tie.pk, by=child.user, now=now
    ),
    "staff end it": lambda cast, now, guardian, child, tie: end_guardianship(
        guardianship_id=tie.pk, by=cast.worker, now=now
    ),
    "she closes her record": lambda cast, now, guardian, child, tie: erase_person(
        person_id=guardian.pk, by=guardian.user, now=now, password=people.PASSWORD
    ),
    "staff close her record": lambda cast, now, guardian, child, tie: erase_person(
        person_id=guardian.pk, by=cast.worker, now=now
    ),
    "staff write her down as less": lambda cast, now, guardian, child, tie: name_agent(
        ward_id=child.pk, agent_id=guardian.pk, relation="邻居", kind=K.AGENT, by=cast.worker, now=now
    ),
}
# Who acts, how old the child is (None: nobody wrote it down), who else acts for it, whether that will do.
FAMILIES = [
    (GUARDIAN, 8, (), False),
    (GUARDIAN, 17, (), False),
    (GUARDIAN, 18, (), True),
    (GUARDIAN, None, (), False),
    (GUARDIAN, 8, (GUARDIAN,), True),
    (GUARDIAN, 8, (RELATIVE,), False),
    (RELATIVE, 8, (), False),
    (RELATIVE, 8, (RELATIVE,), True),
    (RELATIVE, 8, (GUARDIAN,), True),
    (RELATIVE, None, (), True),
    (K.AGENT, 81, (), True),
]


@pytest.mark.sweep
@pytest.mark.parametrize(("way", "told"), [*product(WAYS, FAMILIES)])
def test_every_way_a_tie_ends(cast, now, family, way, told):
    kind, years, others, will_do = told
    guardian, child, held = family(kind, years, *others)
    if way == "staff write her down as less" and kind != GUARDIAN:
        return  # she is no more than that already
    act = {"cast": cast, "now": now, "guardian": guardian, "child": child, "tie": held}
    if will_do:
        WAYS[way](**act)
    else:
        words = str(refused("LAST_GUARDIAN", WAYS[way], **act))
        assert "何小宝还没有成年" in words
        assert "服务台" in words
    held.refresh_from_db()
    assert (held.until == now) is will_do


def test_who_ended_long_ago_does_not_count(cast, now, family):
    guardian, child, held = family(GUARDIAN, 8, GUARDIAN)
    Guardianship.objects.filter(ward=child).exclude(pk=held.pk).update(until=now)
    refused("LAST_GUARDIAN", end_guardianship, guardianship_id=held.pk, by=guardian.user, now=now)


def test_a_child_is_closed_with_its_guardian_or_before_her(cast, now, family):
    guardian, child, _held = family(GUARDIAN, 8)
    hers = {"person_id": guardian.pk, "by": guardian.user, "now": now, "password": people.PASSWORD}
    refused("NOT_ALLOWED", erase_person, **hers, along=[child.pk, cast.stranger.pk])
    erase_person(**hers, along=[child.pk])
    assert {one.full_name for one in Person.objects.filter(pk__in=[guardian.pk, child.pk])} == {"已注销"}
    assert not Guardianship.objects.filter(until=None, ward=child).exists()
    guardian, child, _held = family(GUARDIAN, 8)
    erase_person(person_id=child.pk, by=guardian.user, now=now, password=people.PASSWORD)
    erase_person(person_id=guardian.pk, by=guardian.user, now=now, password=people.PASSWORD)


def test_both_guardians_closed_at_once_leave_nobody(cast, now, family):
    guardian, child, held = family(GUARDIAN, 8, GUARDIAN)
    other = child.guardians.exclude(pk=held.pk).get().guardian
    refused("LAST_GUARDIAN", erase_person, person_id=guardian.pk, along=[other.pk], by=cast.worker, now=now)


def test_a_merge_takes_the_tie_along(cast, now, family):
    guardian, child, _held = family(GUARDIAN, 8)
    kept = people.person("何静", home=cast.city["community"])
    merge_persons(kept_id=kept.pk, merged_id=guardian.pk, by=cast.worker, now=now)
    assert child.guardians.get().guardian == kept


def test_the_desk_sees_who_was_left_alone_before(cast, now, family, clock, client):
    _guardian, child, held = family(GUARDIAN, 8)
    client.force_login(cast.worker)
    listed = backoffice.listed(Person) + "?alone=1"
    assert child.full_name not in Page(client.get(listed)).text
    assert "没有监护人的孩子" not in Page(client.get("/staff/")).text
    Guardianship.objects.filter(pk=held.pk).update(until=now)
    assert child.full_name in Page(client.get(listed)).text
    assert cast.zixuan.full_name not in Page(client.get(listed)).text
    assert "没有监护人的孩子" in Page(client.get("/staff/")).text
    client.force_login(cast.other_worker)
    assert "没有监护人的孩子" not in Page(client.get("/staff/")).text


@given(st.dates(date(1919, 1, 1), date(2100, 1, 1)), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_who_was_born_after_that_day_is_a_child(on, birth):
    if birth <= on:
        assert (birth > grown_up_born(on)) is (age(birth, on) < GROWN_UP)


@given(st.sets(st.sampled_from(K), min_size=1), st.lists(st.sampled_from(K)))
def test_a_guardian_is_followed_by_a_guardian_only(ended, left):
    kept = stays_guarded(ended, left)
    assert kept is (GUARDIAN in left if GUARDIAN in ended else bool(left))
