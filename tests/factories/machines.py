"""A real row for every machine, on which the database's guard is tried in all states.

tests/test_moves.py finds the machines by itself; a new one only needs its line in STAGES.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model

from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.register import RegisterImport
from courses.models.session import Session
from grants.models import GrantCall, Pitch
from grievances.models.commitments import Commitment
from grievances.models.meetings import Meeting
from grievances.models.tickets import Ticket
from grievances.rules.commitments import OPEN as COMMITMENTS_OPEN
from grievances.rules.tickets import CLOSED
from grievances.rules.tickets import IN_HAND as TICKETS_IN_HAND
from notices.models import Delivery, Notice
from orders.models.market import MarketDay, StallBooking
from orders.models.orders import ServiceOrder
from orders.rules.orders import FINISHED, IN_HAND, OrderKind
from people.models import User
from points.models.ledger import Posting
from points.models.transfers import Transfer
from points.models.vouchers import Voucher
from tests.cast import Cast
from tests.factories import courses, grievances, orders, volunteers
from visits.models.books import HouseholdBook
from volunteers.models.roll import Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.models.shifts import Activity, Shift
from volunteers.models.signups import ShiftSignup


@dataclass(frozen=True)
class Stage:
    """Which model stands on a machine, how one row of it is made, and what other columns a state
    brings along because a constraint ties them to it."""

    model: type[Model]
    make: Callable[[Cast, datetime], Model]
    beside: Callable[[str, datetime], dict[str, Any]] = lambda _state, _now: {}


def _class(cast: Cast, now: datetime) -> ClassGroup:
    return courses.class_group(cast.center, now)


def _session(cast: Cast, now: datetime) -> Session:
    return courses.session(_class(cast, now), now + timedelta(days=1))


def _enrolment(cast: Cast, now: datetime) -> Enrolment:
    return courses.seat(_class(cast, now), cast.guilan, now)


def _order(cast: Cast, now: datetime) -> ServiceOrder:
    volunteers.volunteer(home=cast.city["community"])
    return orders.asked(cast.guilan, now)


def _order_stands(state: str, now: datetime) -> dict[str, Any]:
    """Who has it, when it was done and who confirmed it go with an order's state."""
    done = state in FINISHED
    return {
        "volunteer_id": Volunteer.objects.get().pk if state in IN_HAND else None,
        "done_at": now if done else None,
        "done_minutes": 45 if done else None,
        "confirmed_at": now if state == "CONFIRMED" else None,
        "confirmed_by_kind": "RECIPIENT" if state == "CONFIRMED" else "",
    }


def _booking(cast: Cast, now: datetime) -> StallBooking:
    return orders.market(cast, now)[1]


def _market(cast: Cast, now: datetime) -> MarketDay:
    return orders.market(cast, now)[0].market


def _pitch(cast: Cast, now: datetime) -> Pitch:
    made = orders.pitch(cast, now)
    # The order that a contract makes, for the states in which a pitch has one.
    ServiceOrder.objects.create(
        kind=OrderKind.GRANT,
        title=made.title,
        division=made.call.division,
        state="TAKEN",
        unit=made.unit,
        requested_at=now,
        answer_due_at=now,
        taken_at=now,
    )
    return made


def _pitch_stands(state: str, _now: datetime) -> dict[str, Any]:
    contracted = state in {"CONTRACTED", "RUNNING", "CLOSED"}
    return {"order_id": ServiceOrder.objects.get().pk if contracted else None}


def _call(cast: Cast, now: datetime) -> GrantCall:
    return orders.pitch(cast, now).call


def _delivery(cast: Cast, now: datetime) -> Delivery:
    notice = Notice.objects.create(
        kind="CLASS_CANCELLED",
        key="one",
        recipient=cast.elder,
        about_type="class",
        about_id=1,
        due_at=now,
        created_at=now,
        body_data={"name": "书法一班", "reason": "下雪"},
    )
    return Delivery.objects.create(notice=notice, channel="CALL_LIST", state="OPEN", at=now)


def _book(cast: Cast, now: datetime) -> HouseholdBook:
    return HouseholdBook.objects.create(
        division=cast.city["grid"], file_name="台账.xlsx", by=cast.worker, at=now
    )


def _register(cast: Cast, now: datetime) -> RegisterImport:
    return RegisterImport.objects.create(
        kind="ROSTER", division=cast.city["street"], file_name="花名册.xlsx", by=cast.worker, at=now
    )


def _activity(cast: Cast, _now: datetime) -> Activity:
    return volunteers.activity(cast.city["community"])


def _shift(cast: Cast, now: datetime) -> Shift:
    return volunteers.shift(cast.city["community"], now + timedelta(days=1))


def _shift_stands(state: str, now: datetime) -> dict[str, Any]:
    return {
        "reason": "下雨" if state == "CANCELLED" else "",
        "closed_at": now if state == "CLOSED" else None,
    }


def _signup(cast: Cast, now: datetime) -> ShiftSignup:
    return volunteers.signup(_shift(cast, now), volunteers.volunteer(cast.guilan), now)


def _signup_stands(state: str, now: datetime) -> dict[str, Any]:
    came = state == "CAME"
    return {"check_in_kind": "QR" if came else "", "checked_in_at": now if came else None}


def _record(cast: Cast, now: datetime) -> ServiceRecord:
    return volunteers.record(volunteers.volunteer(cast.guilan), cast.worker, now=now)


def _record_stands(state: str, now: datetime) -> dict[str, Any]:
    approved = state in {"APPROVED", "REVERSED"}
    return {
        "approved_by_id": User.objects.system().pk if approved else None,
        "approved_at": now if approved else None,
    }


def _transfer(cast: Cast, now: datetime) -> Transfer:
    fund = volunteers.budget(cast.city["community"], cast.admin)
    volunteers.give(cast.guilan, 100, of=fund, by=cast.admin, now=now)
    return Transfer.objects.create(
        kind="FAMILY",
        giver=cast.guilan,
        taker=cast.elder,
        points=20,
        relation="母女，户口本",
        asked_by=cast.worker,
        asked_at=now,
    )


def _transfer_stands(state: str, _now: datetime) -> dict[str, Any]:
    """Who approved it, and the posting that moved the points: any will do here."""
    asked_by = Transfer.objects.get().asked_by_id
    first, second = User.objects.exclude(pk=asked_by).order_by("pk").values_list("pk", flat=True)[:2]
    return {
        "first_by_id": first if state in {"SECONDED", "DONE"} else None,
        "second_by_id": second if state == "DONE" else None,
        "posting_id": Posting.objects.get().pk if state == "DONE" else None,
    }


def _voucher(cast: Cast, now: datetime) -> Voucher:
    fund = volunteers.budget(cast.city["community"], cast.admin)
    volunteers.give(cast.guilan, 100, of=fund, by=cast.admin, now=now)
    Voucher.objects.all().delete()  # the posting stays for the one that is tried
    asked = {"kind": "OPENING", "key": "v", "asked_by": cast.worker, "asked_at": now}
    return Voucher.objects.create(person=cast.guilan, points=100, grounds="旧本第 3 页", **asked)


def _voucher_stands(state: str, _now: datetime) -> dict[str, Any]:
    """Who decided, and what was posted."""
    asked_by = Voucher.objects.get().asked_by_id
    other = User.objects.exclude(pk=asked_by).order_by("pk").values_list("pk", flat=True)[0]
    return {
        "decided_by_id": None if state == "ASKED" else other,
        "posting_id": Posting.objects.get().pk if state == "DONE" else None,
    }


def _ticket(cast: Cast, now: datetime) -> Ticket:
    grievances.told(cast, now, title="另一盏灯")
    return grievances.told(cast, now)


def _ticket_stands(state: str, now: datetime) -> dict[str, Any]:
    """Who has it, when it was closed, and into which it was merged go with a ticket's state."""
    other = Ticket.objects.order_by("pk").values_list("pk", flat=True)[0]
    return {
        "handler_id": User.objects.system().pk if state in TICKETS_IN_HAND else None,
        "closed_at": now if state in CLOSED else None,
        "merged_into_id": other if state == "MERGED" else None,
    }


def _commitment(cast: Cast, now: datetime) -> Commitment:
    return grievances.promised(cast, now, by=cast.worker)


def _commitment_stands(state: str, now: datetime) -> dict[str, Any]:
    """What was claimed, and when it was judged."""
    claimed = state not in {"MADE", "NOT_DONE"}
    return {
        "evidence": "换好了" if claimed else "",
        "claimed_at": now if claimed else None,
        "judged_at": None if state in COMMITMENTS_OPEN else now,
    }


def _meeting(cast: Cast, now: datetime) -> Meeting:
    return grievances.called(cast, now, grievances.director(cast))


# By the noun of the machine.
STAGES = {
    "activity": Stage(Activity, _activity),
    "commitment": Stage(Commitment, _commitment, _commitment_stands),
    "meeting": Stage(
        Meeting, _meeting, lambda state, now: {"published_at": now if state == "PUBLISHED" else None}
    ),
    "delivery": Stage(Delivery, _delivery),
    "record": Stage(ServiceRecord, _record, _record_stands),
    "register": Stage(RegisterImport, _register),
    "book": Stage(HouseholdBook, _book),
    "shift": Stage(Shift, _shift, _shift_stands),
    "signup": Stage(ShiftSignup, _signup, _signup_stands),
    "ticket": Stage(Ticket, _ticket, _ticket_stands),
    "transfer": Stage(Transfer, _transfer, _transfer_stands),
    "voucher": Stage(Voucher, _voucher, _voucher_stands),
    "booking": Stage(StallBooking, _booking),
    "call": Stage(GrantCall, _call),
    "market": Stage(MarketDay, _market),
    "order": Stage(ServiceOrder, _order, _order_stands),
    "pitch": Stage(Pitch, _pitch, _pitch_stands),
    "class": Stage(ClassGroup, _class),
    "session": Stage(
        Session, _session, lambda state, _now: {"reason": "停电" if state in {"CANCELLED", "MOVED"} else ""}
    ),
    "enrolment": Stage(
        Enrolment,
        _enrolment,
        lambda state, now: {"offer_until": now + timedelta(days=1) if state == "OFFERED" else None},
    ),
}
