"""Nobody decides for herself or hers: what an insider tried with her own ward."""

import pytest

from grants.actions.pitches import advance_pitch
from grants.rules import PitchMove
from orders.actions.cards import use_card
from orders.actions.dispatch import offer_order
from orders.models.orders import ServiceOrder
from people.actions.family import end_guardianship, name_agent
from people.actions.persons import set_phone
from people.actions.records import erase_person, merge_persons, undo_merge
from people.authority import is_own, kin_of
from people.models import Guardianship, Person
from people.rules import Role
from points.actions.earning import approve_service
from points.actions.gifts import hand_out, redeem
from points.actions.giving import approve_transfer, ask_transfer, award_points
from points.models.ledger import HoldEnd, Posting
from points.rules import PostingKind, TransferKind
from tests.factories import orders, people, volunteers
from tests.factories.courses import at
from tests.factories.orders import asked, taker_of
from tests.factories.points import carried_over, taken_back
from tests.refusals import refused
from volunteers.actions.check_in import check_in, close_shift
from volunteers.actions.service import record_service
from volunteers.actions.signups import sign_up
from volunteers.models.partners import PartnerUnit
from volunteers.models.service import ServiceRecord
from volunteers.rules.check_in import CheckInKind

NINE = at(2026, 11, 28, 9)


@pytest.fixture
def director(cast):
    return people.staff("孙主任", Role.DIRECTOR, cast.city["street"])


@pytest.fixture(params=["she acts for her", "she is acted for"])
def relative(cast, director, request):
    """王桂兰's neighbour, who is the director's own: her ward, or the helper she named herself."""
    her = people.person("孙丽华", account=director, home=cast.city["community"])
    other = people.person("孙大爷", home=cast.city["community"])
    pair = (her, other) if request.param == "she acts for her" else (other, her)
    Guardianship.objects.create(guardian=pair[0], ward=pair[1], kind="AGENT", since=people.SEPTEMBER)
    return other


def test_own_are_herself_and_both_sides_of_every_tie(cast, director, relative):
    assert set(kin_of(director)) == {Person.objects.get(user=director), relative}
    assert is_own(director, None, relative)
    assert not is_own(director, cast.guilan, None)
    assert not is_own(director)
    Guardianship.objects.update(until=people.SEPTEMBER)
    assert not is_own(director, relative)


def test_a_ward_s_paper_book_gifts_and_points_are_others_business(cast, director, relative, fund, now):
    paper = {"points": 300, "minutes": 0, "paper": "旧账本第 3 页", "now": now}
    refused("SAME_PERSON", carried_over, person_id=relative.pk, key="1", by=director, **paper)
    carried_over(person_id=relative.pk, key="1", by=cast.officer, **paper)
    gift = volunteers.gift(cast.center, fund, cast.officer, points=40, now=now)
    kept = redeem(gift_id=gift.pk, person_id=relative.pk, key="r", by=cast.worker, now=now)
    out = {"redemption_id": kept.pk, "code": kept.code, "now": now}
    refused("SAME_PERSON", hand_out, by=director, **out)
    hand_out(by=cast.worker, **out)
    opening = Posting.objects.get(kind=PostingKind.OPENING)
    refused("SAME_PERSON", taken_back, posting_id=opening.pk, reason="重复登记", by=director, now=now)
    told = {"person_id": relative.pk, "points": 5, "reason": "生病了", "now": now}
    refused("SAME_PERSON", award_points, key="a", by=director, **told)


def test_what_was_handed_out_never_comes_back_as_points(cast, fund, rich, director, now):
    gift = volunteers.gift(cast.center, fund, cast.officer, points=40, now=now)
    kept = redeem(gift_id=gift.pk, person_id=cast.guilan.pk, key="r", by=cast.guilan.user, now=now)
    hand_out(redemption_id=kept.pk, code=kept.code, by=cast.worker, now=now)
    spent = HoldEnd.objects.get(hold=kept.hold_id).posting
    refused("NOT_POSTABLE", taken_back, posting_id=spent.pk, reason="东西坏了", by=director, now=now)


def test_points_of_a_relative_pass_on_by_others(cast, director, relative, fund, now):
    volunteers.give(relative, 50, of=fund, by=cast.officer, now=now)
    told = {"giver_id": relative.pk, "taker_id": cast.guilan.pk, "points": 5, "relation": "祖孙，户口本"}
    refused("SAME_PERSON", ask_transfer, kind=TransferKind.INHERIT, by=director, now=now, **told)
    made = ask_transfer(kind=TransferKind.INHERIT, by=cast.worker, now=now, **told)
    refused("SAME_PERSON", approve_transfer, transfer_id=made.pk, by=director, now=now)


def test_hours_of_a_relative_are_written_and_approved_by_others(cast, director, relative, now):
    helper = volunteers.volunteer(relative)
    told = {"volunteer_id": helper.pk, "minutes": 60, "evidence": ["LIST", "RECIPIENT"], "now": now}
    refused("NOT_ALLOWED", record_service, source_key="manual:1", by=director, **told)
    made = record_service(source_key="manual:1", by=cast.worker, **told)
    refused("SAME_PERSON", approve_service, record_id=made.pk, by=director, now=now)
    ties = list(Guardianship.objects.filter(guardian__in=kin_of(director), ward__in=kin_of(director)))
    Guardianship.objects.all().delete()
    before = record_service(source_key="manual:2", by=director, **told)
    Guardianship.objects.bulk_create(ties)
    refused("SAME_PERSON", approve_service, record_id=before.pk, by=cast.admin, now=now)


def test_a_shift_is_closed_but_for_one_s_own(cast, director, relative, now):
    shift = volunteers.shift(cast.city["community"], NINE)
    hers, other = (volunteers.volunteer(one) for one in (relative, cast.guilan))
    both = [sign_up(shift_id=shift.pk, volunteer_id=one.pk, by=cast.worker, now=now) for one in (hers, other)]
    ticked = {"shift_id": shift.pk, "volunteer_id": hers.pk, "kind": CheckInKind.LIST, "now": NINE}
    refused("NOT_ALLOWED", check_in, by=director, **ticked)
    over = at(2026, 11, 28, 12)
    close_shift(shift_id=shift.pk, by=director, now=over, confirmed=[one.pk for one in both])
    assert [record.volunteer for record in ServiceRecord.objects.all()] == [other]
    close_shift(shift_id=shift.pk, by=cast.worker, now=over, confirmed=[one.pk for one in both])
    assert ServiceRecord.objects.count() == 2


def test_nobody_serves_her_own_for_hours(cast, director, relative, now):
    order = asked(relative, now, by=cast.worker)
    helper = volunteers.volunteer(Person.objects.get(user=director))
    told = {"order_id": order.pk, "taker": taker_of(helper), "by": cast.worker, "now": now}
    refused("OWN_ORDER", offer_order, **told)
    assert ServiceOrder.objects.get().state == order.state


@pytest.fixture
def unlinked(cast):
    """A director whose own record was never linked to her account; her number stands on it, as on her mother's."""
    account = people.staff("孙主任", Role.DIRECTOR, cast.city["street"])
    mother = people.person("孙大娘", home=cast.city["community"])
    her = people.person("孙丽华", home=cast.city["community"], phone=account.phone)
    Guardianship.objects.create(guardian=her, ward=mother, kind="AGENT", since=people.SEPTEMBER)
    return account, her, mother


def test_her_own_record_is_hers_by_its_number(cast, unlinked, now):
    account, her, mother = unlinked
    assert set(kin_of(account)) == {her, mother}
    paper = {"points": 300, "minutes": 0, "paper": "旧账本第 3 页", "now": now, "by": account}
    for person in (her, mother):
        refused("SAME_PERSON", carried_over, person_id=person.pk, key="1", **paper)


def test_a_merged_record_of_one_s_own_is_one_s_own(cast, director, relative, now):
    twin = people.person(relative.full_name, home=cast.city["community"])
    merge_persons(kept_id=relative.pk, merged_id=twin.pk, by=cast.worker, now=now)
    twin.refresh_from_db()
    assert is_own(director, twin)


# --- What makes it one's own is not loosened by whom it restrains -----------------------------------


def test_nobody_takes_her_number_off_her_own(cast, unlinked, now):
    """Off, decided, and back again: nothing would remember the moment between."""
    account, her, mother = unlinked
    for phone in ("", "13700000031"):
        for person in (her, mother):
            refused("SAME_PERSON", set_phone, person_id=person.pk, phone=phone, by=account, now=now)
    set_phone(person_id=mother.pk, phone="13700000031", field="contact_phone", by=account, now=now)
    set_phone(person_id=cast.elder.pk, phone="13700000031", by=account, now=now)
    assert set_phone(person_id=her.pk, phone="", by=cast.worker, now=now).phone == ""


def test_nobody_ends_a_tie_of_her_own_by_her_post(cast, unlinked, now):
    account, her, mother = unlinked
    third = people.person("孙小妹", home=cast.city["community"])
    made = {"ward": mother, "kind": "AGENT", "since": people.SEPTEMBER}
    others = Guardianship.objects.create(guardian=third, **made)
    for tie in (others, Guardianship.objects.get(guardian=her)):
        refused("SAME_PERSON", end_guardianship, guardianship_id=tie.pk, by=account, now=now)
        assert end_guardianship(guardianship_id=tie.pk, by=cast.worker, now=now).until == now


def test_a_tie_of_one_s_own_account_ends_as_everybody_s_does(cast, director, relative, now):
    tie = Guardianship.objects.get(guardian__in=kin_of(director), ward__in=kin_of(director))
    assert end_guardianship(guardianship_id=tie.pk, by=director, now=now).until == now


def test_nobody_closes_a_record_of_her_own_by_her_post(cast, unlinked, now):
    """With the record of her own number the tie to her mother would end."""
    account, her, mother = unlinked
    for person in (her, mother):
        refused("SAME_PERSON", erase_person, person_id=person.pk, by=account, now=now)
    erase_person(person_id=her.pk, by=cast.worker, now=now)
    assert not is_own(account, mother)


def test_a_colleague_s_merge_leaves_her_number_what_it_was(cast, unlinked, now):
    """The record that is kept has no number, and stays hers; and so does undoing it."""
    account, her, mother = unlinked
    kept = her
    for _level in range(2):
        twin = people.person("孙丽华", home=cast.city["community"])
        merge = merge_persons(kept_id=twin.pk, merged_id=kept.pk, by=cast.worker, now=now)
        kept = twin
    assert set(kin_of(account)) == {kept, mother}
    refused("SAME_PERSON", undo_merge, merge_id=merge.pk, by=account, now=now)
    refused("SAME_PERSON", set_phone, person_id=kept.pk, phone="13700000031", by=account, now=now)


def test_nobody_merges_a_neighbour_into_her_own(cast, director, relative, fund, now):
    volunteers.give(cast.elder, 50, of=fund, by=cast.officer, now=now)
    for kept, merged in ((relative, cast.elder), (cast.elder, relative)):
        refused("SAME_PERSON", merge_persons, kept_id=kept.pk, merged_id=merged.pk, by=director, now=now)


def test_nobody_makes_herself_or_hers_somebody_s_helper(cast, director, relative, now):
    her = Person.objects.get(user=director)
    for agent in (her, relative):
        told = {"ward_id": cast.elder.pk, "agent_id": agent.pk, "relation": "邻居", "now": now}
        refused("SAME_PERSON", name_agent, by=director, **told)


def test_an_office_runs_no_call_for_its_own_unit(cast, now):
    """The contact of the unit is the director's account, which has no record of a resident."""
    director = people.staff("孙主任", Role.DIRECTOR, cast.city["street"])
    pitch = orders.pitch(cast, now)
    PartnerUnit.objects.filter(pk=pitch.unit_id).update(contact=director)
    refused("OWN_PITCH", advance_pitch, pitch_id=pitch.pk, move=PitchMove.SURVEY, by=director, now=now)


def test_no_shop_is_paid_by_its_keeper_s_own(cast, now):
    keeper = people.resident("马师傅", cast.city["community"])
    tie = {"guardian": keeper, "ward": cast.elder, "kind": "AGENT", "since": people.SEPTEMBER}
    Guardianship.objects.create(**tie)
    shop = orders.shop(cast.city["community"], keeper.user)
    order = asked(cast.elder, now, by=cast.worker)
    told = {"order_id": order.pk, "taker": taker_of(shop), "by": cast.worker, "now": now}
    refused("OWN_ORDER", offer_order, **told)
    card = orders.card(cast.elder, cast.worker, now)
    refused("OWN_ORDER", use_card, number=card.number, shop_id=shop.pk, by=cast.worker, now=now)
