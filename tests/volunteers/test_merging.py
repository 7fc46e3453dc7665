"""Two records of one human being who volunteered: what comes together, what is refused, and back again."""

from datetime import date, timedelta

import pytest

from grants.actions.pitches import make_pitch
from grants.models import PitchVote
from orders.actions.completion import confirm
from orders.models.market import StallBooking
from orders.models.orders import ServiceOrder
from orders.rules.orders import ConfirmedBy, OrderKind, OrderState
from people.actions.records import merge_persons, undo_merge
from people.models import Merge
from points.actions.earning import approve_service
from points.actions.gifts import cancel_redemption, redeem
from points.actions.giving import donate
from points.actions.holds import expire_lots
from points.models.ledger import Account, Posting
from points.rules import AccountKind
from tests.common.faults import found
from tests.factories import orders, people, volunteers
from tests.factories.points import of, settle, taken_back
from tests.refusals import refused
from volunteers.models.roll import Skill, TeamMember, Volunteer
from volunteers.models.signups import ShiftSignup
from volunteers.rules.roll import VolunteerState
from volunteers.rules.shifts import SignupState


@pytest.fixture
def twin(cast):
    """王桂兰 a second time, as a register wrote her."""
    return people.person("王桂兰", home=cast.city["community"])


def merge(cast, twin, now, **changed):
    told = {"kept_id": cast.guilan.pk, "merged_id": twin.pk, "by": cast.worker, "now": now, **changed}
    done = merge_persons(**told)
    settle()
    return done


def give(person, points, fund, cast, now, **more):
    return volunteers.give(person, points, of=fund, by=cast.officer, now=now, **more)


def balance(person):
    return of(volunteers.points_of(person))


def test_points_of_both_come_together_and_keep_their_last_day(cast, twin, fund, now):
    ends = date(2027, 6, 30)
    give(cast.guilan, 30, fund, cast, now)
    give(twin, 20, fund, cast, now, expires_on=ends)
    give(twin, 5, fund, cast, now)
    done = merge(cast, twin, now)
    assert (balance(cast.guilan), balance(twin)) == ((55, 0), (0, 0))
    lots = volunteers.points_of(cast.guilan).lots.filter(left__gt=0).order_by("pk")
    assert list(lots.values_list("left", "expires_on")) == [(30, None), (20, ends), (5, None)]
    assert not found()
    count = Posting.objects.count()
    for _ in range(2):
        undo_merge(merge_id=done.pk, by=cast.worker, now=now)
        settle()
    assert (balance(cast.guilan), balance(twin)) == ((30, 0), (25, 0))
    assert Posting.objects.count() == count + 1
    assert not found()
    again = merge(cast, twin, now + timedelta(minutes=1))
    assert again.pk != done.pk
    assert balance(cast.guilan) == (55, 0)


def test_points_spent_after_a_merge_are_owed_when_it_is_undone(cast, twin, fund, now):
    give(cast.guilan, 10, fund, cast, now)
    give(twin, 40, fund, cast, now)
    done = merge(cast, twin, now)
    donate(key="all", person_id=cast.guilan.pk, points=45, by=cast.guilan.user, now=now)
    undo_merge(merge_id=done.pk, by=cast.worker, now=now)
    settle()
    debt = Account.objects.get(person=cast.guilan, kind=AccountKind.DEBT)
    assert (balance(cast.guilan), balance(twin), debt.posted) == ((0, 0), (40, 0), -35)
    assert not found()


def test_points_that_ran_out_stay_for_the_pass_that_expires_them(cast, twin, fund, now):
    give(cast.guilan, 10, fund, cast, now)
    give(twin, 20, fund, cast, now - timedelta(days=30), expires_on=(now - timedelta(days=1)).date())
    merge(cast, twin, now)
    assert (balance(cast.guilan), balance(twin)) == ((10, 0), (20, 0))
    assert expire_lots(now=now) == 20
    assert balance(twin) == (0, 0)


def test_debts_come_together(cast, twin, fund, now):
    for person in (cast.guilan, twin):
        given = give(person, 20, fund, cast, now)
        giving = {"key": str(person.pk), "points": 15, "by": cast.guilan.user}
        if person == twin:
            twin.user = people.user("临时")
            twin.save()
            giving["by"] = twin.user
        donate(person_id=person.pk, now=now, **giving)
        taken_back(posting_id=given.pk, reason="登记有误", by=cast.admin, now=now)
    twin.user = None
    twin.save()
    merge(cast, twin, now)
    debts = dict(Account.objects.filter(kind=AccountKind.DEBT).values_list("person", "posted"))
    assert debts == {cast.guilan.pk: -30, twin.pk: 0}
    assert not found()


def test_a_reversal_after_the_merge_meets_the_record_that_was_kept(cast, twin, fund, now):
    give(cast.guilan, 10, fund, cast, now)
    given = give(twin, 40, fund, cast, now)
    merge(cast, twin, now)
    taken_back(posting_id=given.pk, reason="登记有误", by=cast.admin, now=now)
    settle()
    assert (balance(cast.guilan), balance(twin)) == ((10, 0), (0, 0))
    assert not Account.objects.filter(kind=AccountKind.DEBT).exists()
    assert not found()


def test_the_posting_of_a_merge_is_undone_only_with_the_merge(cast, twin, fund, now):
    give(cast.guilan, 10, fund, cast, now)
    give(twin, 40, fund, cast, now)
    merge(cast, twin, now)
    moved = Posting.objects.get(key__startswith="merge:")
    refused("NOT_POSTABLE", taken_back, posting_id=moved.pk, reason="退回", by=cast.admin, now=now)


def test_both_volunteers_become_one(cast, twin, now):
    kept, gone = volunteers.volunteer(cast.guilan), volunteers.volunteer(twin)
    Volunteer.objects.filter(pk=kept.pk).update(state=VolunteerState.LEFT)
    gone.skills.add(Skill.objects.create(name="理发"))
    shift = volunteers.shift(cast.city["community"], now + timedelta(days=3))
    volunteers.signup(shift, gone, now)
    both, lone = orders.team(cast.city["community"], gone), orders.team(cast.city["community"])
    for team, who in ((both, kept), (both, gone), (lone, gone)):
        TeamMember.objects.create(team=team, volunteer=who, since=date(2026, 1, 1))
    order = orders.asked(cast.elder, now, by=cast.worker)
    orders.brought_to(OrderState.TAKEN, order, gone, cast.worker, now)
    done = merge(cast, twin, now)
    kept.refresh_from_db()
    gone.refresh_from_db()
    both.refresh_from_db()
    assert (kept.state, gone.state) == (VolunteerState.ACTIVE, VolunteerState.LEFT)
    assert [one.name for one in kept.skills.all()] == ["理发"]
    assert ShiftSignup.objects.get().volunteer == kept
    assert (both.leader, ServiceOrder.objects.get().volunteer) == (kept, kept)
    assert set(kept.teams.values_list("team", flat=True)) == {both.pk, lone.pk}
    assert not found()
    undo_merge(merge_id=done.pk, by=cast.worker, now=now)
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.state, gone.state) == (VolunteerState.LEFT, VolunteerState.ACTIVE)
    assert ShiftSignup.objects.get().volunteer == gone
    assert ServiceOrder.objects.get().volunteer == gone
    assert not found()


def serve(person, cast, now):
    served = volunteers.volunteer(person)
    record = volunteers.record(served, cast.grid_worker, now=now, key=f"class:{person.pk}")
    approve_service(record_id=record.pk, by=cast.worker, now=now)
    settle()
    return served


def test_who_served_under_one_record_only_keeps_all(cast, twin, now):
    """What the kept record has may be anything; what only the other has goes along whole."""
    served = serve(twin, cast, now)
    merge(cast, twin, now)
    served.refresh_from_db()
    assert served.person == cast.guilan
    assert Account.objects.get(person=cast.guilan, unit="HOURS").posted == 60
    other = people.person("王桂兰", home=cast.city["community"])
    volunteers.volunteer(other)
    merge(cast, other, now)
    assert not found()


def test_service_records_never_move(cast, twin, now):
    serve(twin, cast, now)
    volunteers.volunteer(cast.guilan)
    said = refused("MERGE_REFUSED", merge, cast=cast, twin=twin, now=now)
    assert "反过来合并" in str(said)
    turned = {"kept_id": twin.pk, "merged_id": cast.guilan.pk}
    assert merge(cast, twin, now, **turned).kept == twin


def test_hours_of_both_are_not_one(cast, twin, now):
    for person in (cast.guilan, twin):
        serve(person, cast, now)
    said = refused("MERGE_REFUSED", merge, cast=cast, twin=twin, now=now)
    assert "都有服务记录" in str(said)
    assert not Merge.objects.exists()


def test_a_certificate_says_whose_it_is(cast, twin, now):
    volunteers.certificate(volunteers.volunteer(twin), cast.worker, now)
    volunteers.volunteer(cast.guilan)
    assert "反过来" in str(refused("MERGE_REFUSED", merge, cast=cast, twin=twin, now=now))


def test_a_gift_that_waits_is_picked_up_first(cast, twin, fund, now):
    for person in (cast.guilan, twin):
        give(person, 50, fund, cast, now)
    gift = volunteers.gift(cast.center, fund, cast.officer, points=40, now=now)
    made = redeem(gift_id=gift.pk, person_id=twin.pk, key="k", by=cast.worker, now=now)
    assert "有礼品没领" in str(refused("MERGE_REFUSED", merge, cast=cast, twin=twin, now=now))
    cancel_redemption(redemption_id=made.pk, by=cast.worker, now=now)
    assert merge(cast, twin, now)
    assert balance(cast.guilan) == (100, 0)
    assert cast.guilan.redemptions.get() == made


def test_a_service_paid_with_points_is_finished_first(cast, twin, fund, now):
    for person in (cast.guilan, twin):
        give(person, 50, fund, cast, now)
    menu = {"kind": OrderKind.SERVICE, "item_id": orders.item(cast.city["street"], points=30).pk}
    helper = volunteers.volunteer(home=cast.city["community"])
    paid = orders.asked(twin, now, by=cast.worker, **menu)
    assert "点的服务没做完" in str(refused("MERGE_REFUSED", merge, cast=cast, twin=twin, now=now))
    orders.brought_to(OrderState.DONE, paid, helper, cast.worker, now)
    confirm(order_id=paid.pk, by=cast.admin, now=now, kind=ConfirmedBy.CALLBACK)
    assert merge(cast, twin, now)
    paid.refresh_from_db()
    assert (paid.for_person, balance(cast.guilan)) == (cast.guilan, (70, 0))
    assert not found()


def test_one_shift_under_two_names_is_left_first(cast, twin, now):
    shift = volunteers.shift(cast.city["community"], now + timedelta(days=3))
    for person in (cast.guilan, twin):
        volunteers.signup(shift, volunteers.volunteer(person), now)
    assert "同一个班次" in str(refused("MERGE_REFUSED", merge, cast=cast, twin=twin, now=now))
    ShiftSignup.objects.filter(volunteer__person=twin).update(state=SignupState.WITHDRAWN)
    assert merge(cast, twin, now)


def test_nobody_has_taken_her_own_order_after_a_merge(cast, twin, now):
    order = orders.asked(cast.guilan, now)
    volunteers.volunteer(cast.guilan)
    orders.brought_to(OrderState.TAKEN, order, volunteers.volunteer(twin), cast.worker, now)
    refused("MERGE_REFUSED", merge, cast=cast, twin=twin, now=now)


def test_votes_and_bookings_travel_and_a_vote_given_twice_stays(cast, twin, now):
    _stall, booking = orders.market(cast, now)
    StallBooking.objects.filter(pk=booking.pk).update(person=twin)
    one = orders.pitch(cast, now)
    again = {"title": "暖春", "text": "春天也来", "unit_id": one.unit_id, "by": cast.stranger.user}
    two = make_pitch(call_id=one.call_id, now=now, **again)
    for pitch, person in ((one, twin), (one, cast.guilan), (two, twin)):
        PitchVote.objects.create(pitch=pitch, person=person, needed=True, at=now)
    done = merge(cast, twin, now)
    assert StallBooking.objects.get().person == cast.guilan
    assert PitchVote.objects.get(pitch=two).person == cast.guilan
    assert PitchVote.objects.filter(pitch=one).count() == 2
    undo_merge(merge_id=done.pk, by=cast.worker, now=now)
    assert (StallBooking.objects.get().person, PitchVote.objects.get(pitch=two).person) == (twin, twin)
