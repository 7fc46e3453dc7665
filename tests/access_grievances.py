"""Who may do what by the addresses of tickets: rows for tests/test_access.py.

The social worker is the desk and has in hand what somebody has; the street's officer stands above.
"""

from datetime import datetime, timedelta
from typing import Any

from common.veils import veiled
from grievances.actions.handling import answer_ticket
from grievances.actions.meetings import close_meeting
from grievances.actions.merging import merge_ticket
from grievances.actions.minutes import correct_minutes
from grievances.actions.referrals import refer_ticket
from grievances.actions.tickets import accept_ticket
from grievances.models.bodies import Body
from grievances.models.categories import ClockPolicy, Route
from grievances.models.meetings import AgendaItem
from grievances.models.tickets import Ticket
from grievances.rules.tickets import Adviser, TicketState
from people.models import Person, User
from tests.access import ALL, DESK, SIGNED_IN, STAFF, Row, verb
from tests.cast import Cast
from tests.factories import grievances, people
from tests.factories.grievances import anonymous, brought_to, told

S = TicketState
INTAKE = "worker other_worker admin"
ABOVE = "officer admin"
WORD = {"category": "$category", "title": "路灯不亮", "division": "$home_id", "key": "k"}
WHEN = {"day": "2026-12-20", "at": "15:00", "place": "议事厅"}
REASON = {"reason": "因为这样"}
ALIKE = {"category_id": "$category", "division_id": "$home_id", "title": "路灯不亮"}

TABLE: dict[str, Row] = {
    "grievances:home": Row(),
    "grievances:tell": verb(ALL, {**WORD, "privacy": "ANONYMOUS", "to": "send"}, get=ALL),
    "grievances:told": Row(),
    "grievances:promises": Row(),
    "grievances:by_code": verb(ALL, {"code": "$code"}, get=ALL),
    "grievances:mine": Row(SIGNED_IN),
    "grievances:ticket": Row("guilan"),
    "grievances:confirm": verb("guilan", {}, {"ticket_id": "answered"}),
    "grievances:confirm_partly": verb("guilan", REASON, {"ticket_id": "kept"}),
    "grievances:dispute": verb("guilan", REASON, {"ticket_id": "answered"}),
    "grievances:reply": verb("guilan", REASON, {"ticket_id": "waiting"}),
    "grievances:appeal": verb("guilan", REASON, {"ticket_id": "refused"}),
    "grievances:follow": verb("guilan stranger", {}, {"ticket_id": "on_wall"}),
    "grievances:add_pictures": verb("guilan", {"pictures": "$photo"}),
    "grievances:picture": Row("guilan worker officer admin", about={"ticket_id": "pictured"}),
    "grievances:staff_add_pictures": verb(DESK, {"pictures": "$photo"}),
    "grievances:staff_tickets": Row(STAFF),
    "grievances:staff_figures": Row("worker other_worker officer admin"),
    "grievances:staff_tell_find": Row(INTAKE),
    "grievances:staff_wall": verb(
        DESK, {"category": "$category", "division": "$home_id", "notes": "井盖响", "key": "k"}, get=INTAKE
    ),
    "grievances:staff_tell": verb(DESK, {**WORD, "source": "WALL", "privacy": "ANONYMOUS"}, get=INTAKE),
    "grievances:staff_tell_for": verb(DESK, {**WORD, "source": "COUNTER", "privacy": "NAMED"}, get=DESK),
    "grievances:staff_ticket": Row("worker officer admin"),
    # leads back to the ticket, where no code was made a moment ago
    "grievances:staff_receipt": Row(INTAKE),
    "grievances:staff_ring": verb("worker officer admin"),
    "grievances:staff_accept": verb(DESK, {"category_id": "$category"}),
    "grievances:staff_assign": verb(DESK, {"handler_id": "$worker_id"}, {"ticket_id": "on_wall"}),
    "grievances:staff_start": verb("worker", {}, {"ticket_id": "assigned"}),
    "grievances:staff_object": verb("worker", REASON, {"ticket_id": "assigned"}),
    "grievances:staff_decide": verb(ABOVE, {**REASON, "upheld": "no"}, {"ticket_id": "objected"}),
    "grievances:staff_ask": verb("worker", REASON, {"ticket_id": "in_progress"}),
    "grievances:staff_reply": verb("admin", REASON, {"ticket_id": "waiting"}),
    "grievances:staff_answer": verb("worker", REASON, {"ticket_id": "in_progress"}),
    "grievances:staff_refer": verb(DESK, {**REASON, "adviser": "LAWYER"}, {"ticket_id": "in_progress"}),
    "grievances:staff_advise": verb(DESK, {**REASON, "adviser": "LAWYER"}, {"ticket_id": "committed"}),
    "grievances:staff_commit": verb(
        "worker officer admin", {"what": "换上新灯", "due_on": "2026-11-27"}, {"ticket_id": "in_progress"}
    ),
    "grievances:staff_postpone": verb(ABOVE, {**REASON, "due_on": "2026-12-18"}, {"ticket_id": "committed"}),
    # whoever handled it does not write down what was said of it
    "grievances:staff_confirm": verb("admin", {}, {"ticket_id": "answered"}),
    "grievances:staff_confirm_partly": verb("admin", REASON, {"ticket_id": "kept"}),
    "grievances:staff_dispute": verb("admin", REASON, {"ticket_id": "answered"}),
    "grievances:staff_propose_refusal": verb(DESK, REASON),
    "grievances:staff_refuse": verb(ABOVE, {}, {"ticket_id": "to_refuse"}),
    "grievances:staff_return": verb(ABOVE, REASON, {"ticket_id": "to_refuse"}),
    "grievances:staff_appeal": verb(DESK, REASON, {"ticket_id": "refused"}),
    "grievances:staff_propose_parking": verb(
        "admin", {**REASON, "review_on": "2027-03-01"}, {"ticket_id": "in_progress"}
    ),
    "grievances:staff_decide_parking": verb(ABOVE, {"agreed": "yes"}, {"ticket_id": "to_park"}),
    "grievances:staff_resume": verb(ABOVE, {}, {"ticket_id": "parked"}),
    "grievances:staff_merge": verb(DESK, {"into_id": "$on_wall"}),
    "grievances:staff_unmerge": verb(DESK, {}, {"ticket_id": "merged"}),
    "grievances:meetings": Row(),
    "grievances:meeting": Row(),
    "grievances:follow_item": verb(
        "guilan", {"person_id": "$person_id"}, {"item_id": "agenda_item"}, get=SIGNED_IN
    ),
    "grievances:minutes": Row("guilan", about={"meeting_id": "fresh"}),
    "grievances:correct": verb("guilan", {"text": "是北门"}, {"item_id": "fresh_item"}),
    "grievances:staff_put_on_agenda": verb(
        "worker officer admin", {**REASON, "meeting_id": "$meeting_id"}, {"ticket_id": "on_wall"}
    ),
    "grievances:staff_meetings": verb("admin", {**WHEN, "body": "$other_body"}, get="admin"),
    "grievances:staff_meeting": Row("admin"),
    "grievances:staff_reschedule": verb("admin", {**WHEN, **REASON}),
    "grievances:staff_cancel_meeting": verb("admin", REASON),
    "grievances:staff_open_meeting": verb("admin"),
    "grievances:staff_record": verb(
        "admin",
        {"op_id": "12345678123456781234567812345678", "item_id": "$fresh_item", "words": "议过了"},
        {"meeting_id": "fresh"},
    ),
    "grievances:staff_close_meeting": verb("admin", {}, {"meeting_id": "open_meeting"}),
    "grievances:staff_publish": verb("admin", {}, {"meeting_id": "draft"}),
    "grievances:staff_reword": verb("admin", {"title": "坡道", "words": "写清楚"}, {"item_id": "fresh_item"}),
    "grievances:staff_settle": verb("admin", {"taken": "no", "answer": "原话如此"}),
    "api-category-list": Row(),
    "api-category-detail": Row(),
    "api-wall-list": Row(),
    "api-wall-detail": Row(),
    "api-wall-alike": verb(SIGNED_IN, ALIKE),
    "api-wall-follow": verb("guilan", {"person_id": "$person_id"}),
    "api-ticket-list": verb("guilan", {**ALIKE, "person_id": "$person_id"}, get=SIGNED_IN),
    "api-ticket-detail": Row("guilan"),
    "api-ticket-reply": verb("guilan", REASON, {"pk": "waiting"}),
    "api-ticket-confirm": verb("guilan", {}, {"pk": "answered"}),
    "api-ticket-confirm-partly": verb("guilan", REASON, {"pk": "kept"}),
    "api-ticket-dispute": verb("guilan", REASON, {"pk": "answered"}),
    "api-ticket-appeal": verb("guilan", REASON, {"pk": "refused"}),
}

ADMIN = {
    "grievances.body": "admin",
    "grievances.category": "officer admin",
    "grievances.clockpolicy": "officer admin",
    "grievances.route": "officer admin",
}


class Photo:
    """A file to post, whole each time it is asked for."""

    name = "IMG_0001.jpg"

    def read(self, *_much: int) -> bytes:
        return grievances.photo()


def _meetings(cast: Cast, now: datetime, head: User) -> dict[str, Any]:
    """One that is called, one that is open; minutes that may be published, and some that may be corrected."""
    body, joint = grievances.body(cast), grievances.body(cast, kind="JOINT")
    there = Body.objects.create(name="那边的说事会", division=cast.city["other_community"])
    kept = {"by": head, "held_by": body}
    drafts, before = list[AgendaItem](), now - timedelta(days=5)
    for at in (before, now):
        meeting = grievances.in_session(cast, at, **kept)
        drafts.append(grievances.raised(meeting, head, at))
        close_meeting(meeting_id=meeting.pk, by=head, now=at)
    other = body.members.order_by("pk")[1].person.user
    wrong = correct_minutes(item_id=drafts[1].pk, text="是东门", by=other, now=now)
    ahead = grievances.called(cast, now - timedelta(days=3), **kept)
    given = {"meeting": ahead, "title": "楼道堆物"}
    return {
        "meeting_id": ahead.pk,
        "agenda_item": AgendaItem.objects.create(**given).pk,
        "open_meeting": grievances.in_session(cast, now, head, held_by=joint).pk,
        "draft": drafts[0].meeting_id,
        "fresh": drafts[1].meeting_id,
        "fresh_item": drafts[1].pk,
        "correction_id": wrong.pk,
        "other_body": there.pk,
        "kind": "note",
    }


def world(cast: Cast, now: datetime) -> dict[str, Any]:
    """A ticket of 王桂兰 in each state that an address is about."""
    head = people.staff("主任", "DIRECTOR", cast.city["community"])

    def ticket(state: str) -> Ticket:
        made = told(cast, now - timedelta(minutes=5), title=f"路灯 {state}")
        return brought_to(state, made, cast=cast, by=cast.worker, now=now, above=head)

    on_wall = told(cast, now)
    accept_ticket(ticket_id=on_wall.pk, by=cast.worker, now=now, public_text="南门路灯不亮")
    merged = told(cast, now, title="还是那盏")
    merge_ticket(ticket_id=merged.pk, into_id=on_wall.pk, by=cast.worker, now=now)
    first = told(cast, now, title="电梯响")
    named = ("ASSIGNED", "OBJECTED", "IN_PROGRESS", "ANSWERED", "TO_REFUSE", "REFUSED", "TO_PARK", "PARKED")
    given = {state.lower(): ticket(state).pk for state in named}
    given["committed"] = ticket(S.COMMITTED).pk
    refer_ticket(
        ticket_id=given["committed"], adviser=Adviser.LAWYER, reason="谁来赔", by=cast.worker, now=now
    )
    kept = ticket(S.COMMITTED)
    answer_ticket(ticket_id=kept.pk, reason="换好了", evidence="换好了", by=cast.worker, now=now)
    given["kept"] = kept.pk
    given["pictured"] = grievances.pictured(told(cast, now, title="井盖"), cast.guilan.user, now).pk
    given["waiting"] = ticket(S.WAITING_RESIDENT).pk
    of_meetings = _meetings(cast, now, head)
    # A letter about what she has in hand makes the worker a record; in the table she has none.
    Person.objects.filter(user__in=[cast.worker, cast.officer]).update(user=None)
    cards = grievances.category("社保医保")
    rule = Route.objects.create(division=cast.city["community"], category=cards, handler=cast.worker)
    return {
        **given,
        **of_meetings,
        "rows": [Body.objects.first(), rule, cards, ClockPolicy.objects.first()],
        "ticket_id": first.pk,
        "on_wall": on_wall.pk,
        "merged": merged.pk,
        "code": anonymous(cast, now)[1],
        "category": grievances.category().pk,
        "api-category": grievances.category().pk,
        "api-wall": on_wall.pk,
        "api-ticket": first.pk,
        "worker_id": cast.worker.pk,
        "whom": veiled(str(cast.zixuan.pk)),
        "position": 0,  # of the first picture
        "photo": Photo(),
    }
