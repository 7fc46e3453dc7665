"""Seeing is not acting: a verb asks its own post, of the thing and of the person it concerns."""

from datetime import date, timedelta

import pytest

from courses.actions.enrolment import enrol
from courses.rules import EnrolChannel
from orders.actions.market import book_stall
from people.actions.accounts import issue_desk_code
from people.actions.family import end_guardianship, give_consent, name_agent
from people.actions.persons import set_phone
from people.actions.records import erase_person, merge_persons, reveal, undo_merge
from people.authority import may_act
from people.models import Consent, Guardianship, Membership, Person
from people.rules import Purpose, Role
from points.actions.gifts import cancel_redemption, redeem
from points.models.redemptions import Redemption
from tests.factories import courses, orders, people, volunteers
from tests.factories.courses import at
from tests.refusals import refused
from volunteers.actions.signups import sign_up

NINE = at(2026, 11, 28, 9)


@pytest.fixture
def two_posts(cast):
    """A social worker of the other street who walks a grid's rounds in this one: she sees both."""
    user = people.staff("两处", Role.SOCIAL_WORKER, cast.city["other_street"])
    here = cast.city["street"]
    Membership.objects.create(user=user, division=here, role=Role.GRID_WORKER, since=date(2020, 1, 1))
    assert Person.objects.visible_to(user).filter(pk=cast.guilan.pk).exists()
    return user


@pytest.fixture
def hers(cast):
    """A resident of the other street."""
    return people.person("曾雨晴", home=cast.city["other_community"])


def test_both_places_are_asked_of_one_verb(cast, two_posts, hers):
    here, there = cast.city["street"], cast.city["other_street"]
    assert may_act(by=two_posts, verb="people.change", person=hers)
    assert may_act(by=two_posts, verb="people.change", person=hers, row=there)
    assert not may_act(by=two_posts, verb="people.change", person=hers, row=here)
    assert not may_act(by=two_posts, verb="people.change", person=cast.guilan)
    assert not may_act(by=two_posts, verb="people.change", person=cast.guilan, row=there)
    assert not may_act(by=two_posts, verb="people.change", person=people.person("没填社区"))
    assert not may_act(by=two_posts, verb="people.change")  # about nothing, nobody is let through
    assert may_act(by=cast.admin, verb="people.change", person=people.person("没填社区"))


def test_sight_by_one_post_is_no_verb_of_another(cast, two_posts, hers, now):
    tie = Guardianship.objects.get(ward=cast.zixuan)
    by = {"by": two_posts, "now": now}
    merged = merge_persons(
        kept_id=cast.guilan.pk,
        merged_id=people.person("王桂兰", home=cast.guilan.home).pk,
        by=cast.worker,
        now=now,
    )
    for verb, told in {
        reveal: {"person_id": cast.guilan.pk, "field": "phone", "reason": "联系她"},
        merge_persons: {"kept_id": hers.pk, "merged_id": cast.guilan.pk},
        undo_merge: {"merge_id": merged.pk},
        erase_person: {"person_id": cast.guilan.pk},
        name_agent: {"ward_id": cast.guilan.pk, "agent_id": hers.pk, "relation": "邻居"},
        end_guardianship: {"guardianship_id": tie.pk},
        set_phone: {"person_id": cast.guilan.pk, "phone": "13800000000"},
        give_consent: {"person_id": cast.guilan.pk, "purpose": Purpose.VOLUNTEERING},
    }.items():
        refused("NOT_ALLOWED", verb, **told, **by)


def test_a_grid_worker_still_prints_a_code_where_she_walks(cast, two_posts, now):
    assert issue_desk_code(person_id=cast.guilan.pk, by=two_posts, now=now)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.DIRECTOR, Role.SOCIAL_WORKER}])
def test_who_only_sees_records_no_consent_in_anybodys_name(cast, now, role):
    by = people.staff("同事", role, cast.city["street"])
    told = {"person_id": cast.guilan.pk, "purpose": Purpose.VOLUNTEERING, "now": now}
    refused("NOT_ALLOWED", give_consent, by=by, **told)
    give_consent(by=cast.worker, **told)  # the paper she signed at the desk
    give_consent(by=cast.guilan.user, **told)
    assert Consent.objects.filter(person=cast.guilan, purpose=Purpose.VOLUNTEERING).count() == 1


def test_a_gift_of_ones_own_center_is_not_redeemed_for_a_stranger(cast, now, rich, fund):
    by = people.staff("别处主任", Role.DIRECTOR, cast.city["other_street"])
    gift = volunteers.gift(cast.other_center, fund, cast.officer, now=now)
    told = {"gift_id": gift.pk, "person_id": cast.guilan.pk, "key": "k", "now": now}
    refused("NOT_ALLOWED", redeem, by=by, **told)
    assert not Redemption.objects.exists()
    made = redeem(by=cast.guilan.user, **told)
    assert Redemption.objects.open().exists()
    cancel_redemption(redemption_id=made.pk, by=by, now=now)  # her desk keeps the gift; the points go back
    assert not Redemption.objects.open().exists()


def test_nobody_is_put_on_a_list_by_who_does_not_reach_her(cast, hers, now):
    stranger = volunteers.volunteer(people.person("曾小雪", home=cast.city["other_community"]))
    shift = volunteers.shift(cast.city["community"], NINE)
    refused("NOT_ALLOWED", sign_up, shift_id=shift.pk, volunteer_id=stranger.pk, by=cast.worker, now=now)
    group = courses.class_group(cast.center, now)
    told = {"class_id": group.pk, "channel": EnrolChannel.COUNTER, "by": cast.worker, "now": now}
    refused("NOT_ALLOWED", enrol, person=hers, **told)
    stall, _booking = orders.market(cast, now)
    begins = stall.market.opens_at + timedelta(minutes=20)
    told = {"stall_id": stall.pk, "starts_at": begins, "by": cast.worker, "now": now}
    refused("NOT_ALLOWED", book_stall, person_id=hers.pk, **told)
