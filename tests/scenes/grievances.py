"""Tickets: told, handled, answered, judged; refused, parked, merged; what the time does."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from centers.models import CalendarDay
from common.pictures import read_picture
from grievances.actions.agenda import follow_item, put_on_agenda
from grievances.actions.commitments import make_commitment, postpone_commitment
from grievances.actions.handling import (
    answer_ticket,
    ask_resident,
    decide_objection,
    decide_parking,
    object_ticket,
    propose_parking,
    resume_ticket,
    start_ticket,
)
from grievances.actions.meetings import (
    call_meeting,
    cancel_meeting,
    close_meeting,
    open_meeting,
    remind_meetings,
    reschedule_meeting,
)
from grievances.actions.merging import merge_ticket, unmerge_ticket
from grievances.actions.minutes import correct_minutes, publish_minutes, reword_item, settle_correction
from grievances.actions.passing import pass_time, settle_calendar
from grievances.actions.pictures import add_pictures
from grievances.actions.referrals import answer_referral, refer_ticket
from grievances.actions.ringing import ring_teller
from grievances.actions.session import Said, record
from grievances.actions.tickets import (
    accept_ticket,
    assign_ticket,
    open_ticket,
    propose_refusal,
    refuse_ticket,
    return_ticket,
)
from grievances.actions.verdicts import (
    appeal_ticket,
    confirm_partly,
    confirm_ticket,
    dispute_ticket,
    follow_ticket,
    reply_ticket,
)
from grievances.actions.wall import copy_notes
from grievances.rules.meetings import RecordKind
from grievances.rules.tickets import Adviser, Source, TicketState
from tests.cast import Cast
from tests.factories import grievances, people
from tests.factories.grievances import brought_to, told, word
from tests.scenes import Play, story

S = TicketState


@story(
    accept_ticket, assign_ticket, start_ticket, ask_resident, reply_ticket, answer_ticket,
    dispute_ticket, confirm_ticket,
)  # fmt: skip
def a_dark_lamp_is_told_and_answered(play: Play, cast: Cast, now: datetime) -> None:
    hand, head = grievances.handler(cast), grievances.director(cast)
    hers = word(cast.city["community"], cast.guilan)
    ticket = play(open_ticket, word=hers, source=Source.WEB, by=cast.guilan.user, now=now).ticket
    at_desk = word(cast.city["community"], cast.elder, title="电梯响")
    play(open_ticket, word=at_desk, source=Source.COUNTER, by=cast.worker, now=now)
    one = {"ticket_id": ticket.pk, "now": now}
    place = {"category_id": hers.category.pk, "division_id": hers.division.pk}
    play(copy_notes, **place, notes=["井盖响"], by=cast.worker, now=now, source_key="wall:one")
    play(accept_ticket, **one, by=cast.worker, public_text="南门路灯不亮")
    neighbour = people.resident("何静", cast.city["community"])
    play(follow_ticket, **one, person_id=neighbour.pk, by=neighbour.user)
    play(assign_ticket, **one, handler_id=hand.pk, by=cast.worker)
    people.reached_at(cast.guilan)
    play(ring_teller, **one, by=cast.worker)
    play(start_ticket, **one, by=hand)
    play(ask_resident, **one, reason="哪一盏灯", by=hand)
    play(reply_ticket, **one, reason="东边第二盏", by=cast.guilan.user)
    play(answer_ticket, **one, reason="修好了", by=hand)
    play(dispute_ticket, **one, reason="还是不亮", by=cast.guilan.user)
    play(assign_ticket, **one, handler_id=hand.pk, by=head)
    play(start_ticket, **one, by=hand)
    play(answer_ticket, **one, reason="换了灯头", by=hand)
    play(confirm_ticket, **one, by=cast.guilan.user)


@story(
    make_commitment,
    postpone_commitment,
    assign_ticket,
    answer_ticket,
    confirm_partly,
    dispute_ticket,
    pass_time,
)
def a_promise_is_put_off_kept_in_part_and_broken(play: Play, cast: Cast, now: datetime) -> None:
    hand, head = grievances.handler(cast), grievances.director(cast)
    one = {
        "ticket_id": brought_to(S.IN_PROGRESS, told(cast, now), cast=cast, by=hand, now=now).pk,
        "now": now,
    }
    play(make_commitment, **one, what="换上新灯", due_on=date(2026, 11, 27), by=hand)
    play(postpone_commitment, **one, due_on=date(2026, 12, 4), reason="等灯头", by=head)
    play(assign_ticket, **one, handler_id=cast.worker.pk, by=head)
    play(answer_ticket, **one, reason="换了一盏", evidence="换了一盏", by=cast.worker)
    play(confirm_partly, **one, reason="还有一盏", by=cast.guilan.user)
    play(make_commitment, **one, what="再换一盏", due_on=date(2026, 11, 30), by=cast.worker)
    later = {**one, "now": now + timedelta(days=9)}
    play(pass_time, now=later["now"])
    play(dispute_ticket, **later, reason="没有人来", by=cast.guilan.user)


@story(refer_ticket, answer_referral)
def others_look_at_it_as_well(play: Play, cast: Cast, now: datetime) -> None:
    hand = grievances.handler(cast)
    ticket = brought_to(S.IN_PROGRESS, told(cast, now), cast=cast, by=hand, now=now)
    one = {"ticket_id": ticket.pk, "now": now}
    play(refer_ticket, **one, adviser=Adviser.LAWYER, reason="漏水谁来赔", by=hand)
    play(refer_ticket, **one, adviser=Adviser.MEDIATION, reason="请两家坐下来谈", by=cast.worker)
    play(answer_referral, **one, adviser=Adviser.LAWYER, reason="可以走保险", by=cast.worker)


@story(propose_refusal, refuse_ticket, return_ticket, appeal_ticket)
def what_is_not_ours_takes_two_to_refuse(play: Play, cast: Cast, now: datetime) -> None:
    grievances.director(cast)
    one = {"ticket_id": told(cast, now).pk, "now": now}
    play(propose_refusal, **one, reason="不归社区管", by=cast.worker)
    play(return_ticket, **one, reason="归我们管", by=cast.officer)
    play(propose_refusal, **one, reason="还是不归社区管", by=cast.worker)
    play(refuse_ticket, **one, by=cast.officer)
    play(appeal_ticket, **one, reason="灯杆是社区立的", by=cast.guilan.user)


@story(object_ticket, decide_objection, propose_parking, decide_parking, resume_ticket)
def who_has_it_objects_and_what_cannot_be_done_now_is_parked(play: Play, cast: Cast, now: datetime) -> None:
    hand, head = grievances.handler(cast), grievances.director(cast)
    ticket = brought_to(S.ASSIGNED, told(cast, now), cast=cast, by=hand, now=now)
    one = {"ticket_id": ticket.pk, "now": now}
    play(object_ticket, **one, reason="不在我的网格", by=hand)
    play(decide_objection, **one, upheld=False, reason="就是您的", by=head)
    play(start_ticket, **one, by=hand)
    play(propose_parking, **one, reason="等拨款", review_on=date(2027, 3, 1), by=head)
    play(decide_parking, **one, agreed=True, by=cast.officer)
    play(resume_ticket, **one, by=cast.officer)


@story(merge_ticket, unmerge_ticket, confirm_ticket)
def two_tell_of_one_lamp(play: Play, cast: Cast, now: datetime) -> None:
    hand = grievances.handler(cast)
    first, second = told(cast, now), told(cast, now, title="还是那盏灯")
    play(merge_ticket, ticket_id=first.pk, into_id=second.pk, by=cast.worker, now=now)
    play(unmerge_ticket, ticket_id=first.pk, by=cast.worker, now=now)
    play(merge_ticket, ticket_id=first.pk, into_id=second.pk, by=cast.worker, now=now)
    brought_to(S.ANSWERED, second, cast=cast, by=hand, now=now)
    play(confirm_ticket, ticket_id=first.pk, by=cast.guilan.user, now=now)


@story(add_pictures)
def a_lamp_has_a_photo(play: Play, cast: Cast, now: datetime) -> None:
    one = {"ticket_id": told(cast, now).pk, "now": now}
    red, blue, white = (read_picture(grievances.photo(colour)) for colour in ("red", "blue", "white"))
    play(add_pictures, **one, pictures=[red, blue], by=cast.guilan.user)
    play(add_pictures, **one, pictures=[white], by=cast.worker)


@story(pass_time, settle_calendar)
def the_time_passes(play: Play, cast: Cast, now: datetime) -> None:
    grievances.director(cast)
    CalendarDay.objects.filter(day__year=2027).delete()
    told(cast, now + timedelta(days=36))
    CalendarDay.objects.create(day=date(2027, 1, 1), kind="HOLIDAY", name="元旦")
    CalendarDay.objects.create(day=date(2027, 10, 1), kind="HOLIDAY", name="国庆节")
    play(settle_calendar, now=now + timedelta(days=36))
    play(pass_time, now=now + timedelta(days=60))


@story(
    call_meeting,
    reschedule_meeting,
    open_meeting,
    record,
    close_meeting,
    correct_minutes,
    settle_correction,
    reword_item,
    publish_minutes,
    follow_item,
    put_on_agenda,
    cancel_meeting,
    remind_meetings,
)
def a_meeting_from_invitation_to_minutes(play: Play, cast: Cast, now: datetime) -> None:
    hand, head = grievances.handler(cast), grievances.director(cast)
    body = grievances.body(cast)
    day = now + timedelta(days=3)
    called = {"body_id": body.pk, "starts_at": day, "place": "二楼议事厅", "now": now}
    meeting = play(call_meeting, **called, by=head)
    one = {"meeting_id": meeting.pk, "by": head}
    play(reschedule_meeting, **one, starts_at=day, place="小广场", reason="人多", now=now)
    ticket = brought_to(S.ACCEPTED, told(cast, now), cast=cast, by=hand, now=now)
    item = play(
        put_on_agenda, ticket_id=ticket.pk, meeting_id=meeting.pk, reason="修路灯", by=cast.worker, now=now
    )
    followed = {"item_id": item.pk, "person_id": cast.guilan.pk, "by": cast.guilan.user, "now": now}
    play(follow_item, **followed)
    play(follow_item, **followed, speaks=True)
    play(remind_meetings, now=day - timedelta(days=1))
    play(open_meeting, **one, now=day)
    members = [*body.members.values_list("pk", flat=True)]
    said = [
        (RecordKind.PRESENT, None, {"members": members, "guests": 1}),
        (RecordKind.PROMISE, item.pk, {"words": "换上新灯", "wait": 14, "handler_id": hand.pk}),
    ]
    for kind, about, words in said:
        play(record, **one, said=Said(uuid4(), kind, about, words), now=day)
    play(close_meeting, **one, now=day)
    wrong = play(correct_minutes, item_id=item.pk, text="是北门的灯", by=cast.guilan.user, now=day)
    play(settle_correction, correction_id=wrong.pk, taken=True, words="北门换上新灯", by=head, now=day)
    play(reword_item, item_id=item.pk, title="修北门路灯", words="北门路灯，换上新灯", by=head, now=day)
    play(publish_minutes, **one, now=day + timedelta(days=4))
    later = play(call_meeting, **{**called, "starts_at": day + timedelta(days=60)}, by=head)
    play(cancel_meeting, meeting_id=later.pk, reason="停电", by=head, now=day)
    play(remind_meetings, now=day + timedelta(days=80))


@story(record)
def what_was_promised_is_judged(play: Play, cast: Cast, now: datetime) -> None:
    hand, head = grievances.handler(cast), grievances.director(cast)
    meeting = grievances.in_session(cast, now, head)
    item = grievances.raised(meeting, head, now)
    grievances.said(meeting, "PROMISE", head, now, item, words="修坡道", wait=7, handler_id=hand.pk)
    close_meeting(meeting_id=meeting.pk, by=head, now=now)
    publish_minutes(meeting_id=meeting.pk, by=head, now=now + timedelta(days=4))
    later = now + timedelta(days=60)
    second = grievances.in_session(cast, later, head)
    judged = {"done": 0, "partly": 0, "not_done": 3, "secret": True, "words": "没有动工"}
    told = Said(uuid4(), RecordKind.JUDGE, second.items.get().pk, judged)
    other = people.staff("副主任", "DIRECTOR", cast.city["community"])
    play(record, meeting_id=second.pk, said=told, by=other, now=later)
