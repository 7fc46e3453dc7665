"""People: accounts, records, families, posts; and the letters of notices."""

from datetime import date, datetime, timedelta

from centers.actions import load_calendar, load_calendar_file
from centers.models import CalendarDay
from courses.actions.enrolment import enrol
from courses.models.catalogue import Teacher
from notices.actions import deliver_due, mark_phoned, mark_read, print_calls, ring, withdraw
from notices.models import Delivery, Notice
from orders.actions.market import book_stall
from orders.models.market import Stall
from orders.rules.orders import OrderState
from people.actions.accounts import (
    choose_home,
    issue_desk_code,
    redeem_desk_code,
    register,
    tell_birth,
    vouch_for,
)
from people.actions.family import add_ward, end_guardianship, give_consent, name_agent, withdraw_consent
from people.actions.lookup import find, ring_family
from people.actions.persons import add_person, set_document, set_phone
from people.actions.records import erase_person, export_my_data, merge_persons, reveal, undo_merge
from people.actions.staff import appoint, drop_mfa, end_membership, print_factor_codes, set_password
from people.models import Consent, Guardianship, Membership
from people.rules import GuardianKind, Purpose, Role
from points.actions.gifts import redeem
from points.actions.giving import ask_transfer
from points.rules import TransferKind
from tests.cast import Cast
from tests.factories import courses, orders, volunteers
from tests.factories import people as folk
from tests.factories.orders import asked, brought_to
from tests.scenes import Play, story
from volunteers.actions.signups import sign_up
from volunteers.models.roll import TeamMember


@story(register, tell_birth, choose_home, set_phone, set_document, add_person)
def somebody_comes_on_file(play: Play, cast: Cast, now: datetime) -> None:
    account = folk.user("林小满", "13700000031")
    person = play(register, user=account, full_name="林小满", now=now)
    play(tell_birth, by=account, born_on=date(1990, 5, 1), now=now)
    home = cast.city["community"]
    play(choose_home, person_id=person.pk, home_id=home.pk, by=account, now=now)
    play(set_phone, person_id=cast.elder.pk, phone="13700000032", by=cast.worker, now=now)
    play(set_document, person_id=cast.elder.pk, number="", by=cast.worker, now=now)
    play(add_person, full_name="高远", home=home, phone="13700000033", by=cast.worker, now=now)


@story(add_ward, name_agent, end_guardianship, withdraw_consent)
def a_family(play: Play, cast: Cast, now: datetime) -> None:
    guardian = cast.guilan.user
    child = {"full_name": "王小宝", "born_on": date(2019, 1, 2), "relation": "孙子"}
    play(add_ward, by=guardian, kind=GuardianKind.GUARDIAN, now=now, **child)
    helper = {"ward_id": cast.elder.pk, "agent_id": cast.guilan.pk, "relation": "邻居", "by": cast.worker}
    made = name_agent(**helper, now=now)
    made = play(name_agent, **helper, now=now, kind=GuardianKind.GUARDIAN)
    play(end_guardianship, guardianship_id=made.pk, by=cast.worker, now=now)
    purpose = Consent.objects.filter(person=cast.zixuan).values_list("purpose", flat=True).first()
    play(withdraw_consent, person_id=cast.zixuan.pk, purpose=Purpose(purpose), by=guardian, now=now)


@story(appoint, end_membership, set_password, print_factor_codes)
def a_post(play: Play, cast: Cast, now: datetime) -> None:
    told = {"name": "曾小雨", "division_id": cast.city["community"].pk, "role": Role.SOCIAL_WORKER}
    play(appoint, phone=cast.stranger.user.phone, by=cast.admin, now=now, **told)
    play(print_factor_codes, user_id=cast.worker.pk, by=cast.admin, now=now)
    CalendarDay.objects.filter(day__year=2025).delete()
    play(load_calendar, year=2025, by=cast.admin)
    play(load_calendar_file, content="日期,类型,名称\n2041-01-01,放假,元旦".encode(), by=cast.admin)
    post = Membership.objects.get(user=cast.stranger.user)
    play(end_membership, membership_id=post.pk, by=cast.admin, now=now)
    told = {"user_id": cast.stranger.user.pk, "password": "a-good-password-1"}
    play(set_password, by=cast.admin, now=now, **told)


@story(issue_desk_code, redeem_desk_code, vouch_for, export_my_data)
def a_desk_code_is_printed_and_used(play: Play, cast: Cast, now: datetime) -> None:
    for _again in range(3):
        _code, digits = play(issue_desk_code, person_id=cast.elder.pk, by=cast.worker, now=now)
    play(redeem_desk_code, code=digits, now=now)
    account = play(vouch_for, person_id=cast.elder.pk, by=cast.admin, now=now)
    play(export_my_data, by=account, now=now)
    # And by an account of her own, whose person goes into the record on file.
    record = folk.person("林小满", home=cast.city["grid"])
    busy(cast, record, now)
    account = folk.resident("林小满", cast.city["grid"]).user
    _code, digits = issue_desk_code(person_id=record.pk, by=cast.worker, now=now)
    play(redeem_desk_code, code=digits, now=now, user=account)


def busy(cast: Cast, person, now: datetime, **doing: bool):
    """Somebody with a bit of everything: a seat, shifts, orders, cards, points, gifts, letters."""
    community, by = cast.city["community"], cast.worker
    fund = volunteers.budget(cast.city["street"], cast.officer, 1000)
    volunteers.give(person, 100, of=fund, by=cast.officer, now=now)
    if doing.get("seated", True):
        for number in range(2):
            group = courses.class_group(cast.center, now, name=f"书法{person.pk}-{number}班")
            enrol(class_id=group.pk, person=person, by=by, now=now, channel="COUNTER")
        by_session = courses.class_group(cast.center, now, name=f"合唱{person.pk}班", enrol_by="SESSION")
        session = courses.session(by_session, now + timedelta(days=4 + person.pk % 5, hours=person.pk % 7))
        told = {"person": person, "by": by, "now": now, "channel": "COUNTER", "clash_confirmed": True}
        enrol(class_id=by_session.pk, session_id=session.pk, **told)
    helper = volunteers.volunteer(person)
    for day in (5, 6) if doing.get("signed", True) else ():
        shift = volunteers.shift(community, now + timedelta(days=day), activity=None, places=9)
        sign_up(shift_id=shift.pk, volunteer_id=helper.pk, by=by, now=now)
    volunteers.activity(community, organiser=helper)
    volunteers.activity(community, organiser=helper)
    TeamMember.objects.create(team=orders.team(community, helper), volunteer=helper, since=now.date())
    orders.card(person, by, now)
    orders.card(person, by, now)
    brought_to(OrderState.OFFERED, asked(cast.guilan, now), helper, by, now)
    if doing.get("signed", True):
        Teacher.objects.create(person=person)
        told = {"person": person, "purpose": Purpose.VOLUNTEERING, "given_by": person, "recorded_by": by}
        Consent.objects.create(**told, given_at=now)
        stall = Stall.objects.first() or orders.market(cast, now)[0]
        at = stall.market.opens_at + timedelta(minutes=20)
        book_stall(stall_id=stall.pk, person_id=person.pk, starts_at=at, by=by, now=now)
    reveal(person_id=person.pk, field="phone", reason="上门前核对", by=by, now=now)
    if doing.get("asking", True):
        neighbour = volunteers.volunteer(home=community)
        brought_to(OrderState.OFFERED, asked(person, now, by=by), neighbour, by, now)
        gift = volunteers.gift(cast.center, fund, cast.officer, points=10, now=now)
        redeem(gift_id=gift.pk, person_id=person.pk, key="1", by=by, now=now)
        told = {"kind": TransferKind.FAMILY, "giver_id": person.pk, "taker_id": cast.elder.pk}
        ask_transfer(**told, points=5, relation="父女，户口本", by=by, now=now)
    served = volunteers.volunteer(home=community)
    for _each in range(2):
        volunteers.record(served, by, now=now, beneficiary=person)
    guardian = {
        "guardian": folk.person("何静"),
        "ward": person,
        "kind": GuardianKind.AGENT,
        "relation": "邻居",
    }
    Guardianship.objects.create(**guardian, since=now)
    return helper


@story(merge_persons, undo_merge)
def two_busy_records_become_one(play: Play, cast: Cast, now: datetime) -> None:
    kept, gone = (folk.person("林小满", home=cast.city["grid"]) for _ in range(2))
    busy(cast, gone, now, asking=False)
    busy(cast, kept, now, signed=False, seated=False)
    merge = play(merge_persons, kept_id=kept.pk, merged_id=gone.pk, by=cast.admin, now=now)
    play(undo_merge, merge_id=merge.pk, by=cast.admin, now=now)
    # What only one of them has moves by itself.
    kept, gone = (folk.person("高远", home=cast.city["grid"]) for _ in range(2))
    busy(cast, gone, now, asking=False)
    merge = play(merge_persons, kept_id=kept.pk, merged_id=gone.pk, by=cast.admin, now=now)
    play(undo_merge, merge_id=merge.pk, by=cast.admin, now=now)
    play.locked(merge_persons, "courses_enrolment", "notices_notice", "volunteers_shiftsignup")


@story(erase_person)
def a_busy_record_is_closed(play: Play, cast: Cast, now: datetime) -> None:
    person = folk.resident("林小满", cast.city["grid"])
    busy(cast, person, now, seated=False, signed=False, asking=False)
    told = {"person": person, "purpose": Purpose.VOLUNTEERING, "given_by": person, "recorded_by": cast.worker}
    Consent.objects.create(**told, given_at=now)
    play(erase_person, person_id=person.pk, by=cast.worker, now=now)


@story(deliver_due, mark_phoned, mark_read, withdraw)
def letters(play: Play, cast: Cast, now: datetime) -> None:
    group = courses.class_group(cast.center, now)
    seats = [
        enrol(class_id=group.pk, person=person, by=cast.worker, now=now, channel="COUNTER")
        for person in (cast.guilan, cast.elder)
    ]
    first = Notice.objects.order_by("pk").first()
    kinds = [first.kind]
    for _each in range(2):
        Notice.objects.create(
            kind=first.kind, key=f"x{_each}", recipient=cast.guilan, about_type="x", about_id=1,
            due_at=now + timedelta(days=1), created_at=now,
        )  # fmt: skip
    for told in Notice.objects.filter(key__startswith="x").order_by("-pk"):
        Delivery.objects.create(notice=told, channel="CALL_LIST", state="OPEN", at=now)
    assert play(withdraw, about=("x", 1), kinds=kinds, now=now) == 4
    play.locked(withdraw, "notices_notice", "notices_delivery")
    Delivery.objects.filter(notice__key__startswith="x").delete()
    Notice.objects.filter(key__startswith="x").update(withdrawn_at=None, due_at=now)
    assert play(deliver_due, now=now + timedelta(days=1))
    hers = {"user": cast.guilan.user, "shown": Notice.objects.values_list("pk", flat=True)}
    assert play(mark_read, **hers, now=now + timedelta(days=1)) > 1
    call = Delivery.objects.filter(channel="CALL_LIST").first()
    if call is None:
        rung = Notice.objects.get(recipient=cast.elder)
        call = Delivery.objects.create(notice=rung, channel="CALL_LIST", state="OPEN", at=now)
    folk.reached_at(call.notice.recipient)
    play(ring, delivery_id=call.pk, by=cast.worker, now=now)
    play(print_calls, delivery_ids=[call.pk], by=cast.worker, now=now)
    play(mark_phoned, delivery_id=call.pk, by=cast.worker, now=now)
    assert seats


@story()
def what_locks_no_row(play: Play, cast: Cast, now: datetime) -> None:
    told = {"person_id": cast.guilan.pk, "by": cast.worker, "now": now}
    play(give_consent, **told, purpose=Purpose.VOLUNTEERING)
    play(reveal, **told, field="phone", reason="上门前核对")
    play(find, text="解福生", by=cast.worker, now=now)
    whom = {"person_id": cast.elder.pk, "whose": cast.elder.pk, "field": "phone"}
    folk.reached_at(cast.elder)
    play(ring_family, **whom, by=cast.worker, now=now)
    play(export_my_data, by=cast.guilan.user, now=now, password=folk.PASSWORD)
    play(drop_mfa, user_id=cast.worker.pk, by=cast.admin, now=now)
