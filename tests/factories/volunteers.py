"""Volunteers and what they did, without the verbs that would make them."""

from datetime import date, datetime, time, timedelta
from itertools import count

from centers.models import Center, Division
from notices.models import Notice
from people.models import Person, User
from points.actions.ledger import post
from points.models.certificates import Certificate
from points.models.gifts import Gift, StockIntake
from points.models.ledger import Account, Posting
from points.models.policy import Budget, Funding, Policy
from points.rules import AccountKind, LegDraft, PostingKind
from tests.factories import people, volunteers
from tests.factories.points import vouched
from tests.factories.stages import past_the_table
from volunteers.actions.signups import sign_up
from volunteers.models.roll import Volunteer
from volunteers.models.service import Evidence, ServiceRecord
from volunteers.models.shifts import Activity, Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.service import EvidenceKind
from volunteers.rules.shifts import ActivityState, SignupState

_numbers = count(1)
ENOUGH = (EvidenceKind.QR, EvidenceKind.LIST)


def next_number() -> int:
    return next(_numbers)


def volunteer(person: Person | None = None, home: Division | None = None, **fields) -> Volunteer:
    person = person or people.resident(f"志愿者{next(_numbers)}", home)
    joined_at = fields.pop("joined_at", None) or datetime.fromisoformat("2026-01-05T09:00:00+08:00")
    return Volunteer.objects.create(person=person, joined_at=joined_at, **fields)


def record(
    served: Volunteer, by, *, minutes: int = 60, key: str = "", kinds=ENOUGH, now: datetime, **fields
) -> ServiceRecord:
    """A record with two kinds of evidence (or those `kinds`), not yet approved."""
    told = {
        "volunteer": served,
        "source_key": key or f"shift:{next(_numbers)}",
        "title": "大扫除",
        "division": served.person.home,
        "served_on": (now - timedelta(days=1)).date(),
        "minutes": minutes,
        "recorded_by": by,
        "recorded_at": now,
        **fields,
    }
    with past_the_table(ServiceRecord):
        made = ServiceRecord.objects.create(**told)
    for kind in kinds:
        Evidence.objects.create(record=made, kind=kind, at=now, by=by)
    return made


def born(age: int, today: date = date(2026, 11, 25)) -> date:
    return today.replace(year=today.year - age)


def policy(division: Division, by: User, **fields) -> Policy:
    told = {"valid_from": date(2026, 1, 1), "points_per_hour": 10, "source": "示例办法", **fields}
    return Policy.objects.create(division=division, by=by, **told)


def budget(division: Division, by: User, points: int = 1000, at: datetime | None = None) -> Budget:
    made = Budget.objects.create(division=division, name=f"积分预算{next(_numbers)}")
    if points:
        at = at or datetime.fromisoformat("2026-01-05T09:00:00+08:00")
        Funding.objects.create(budget=made, points=points, source="示例文件", by=by, at=at)
    return made


def points_of(person: Person) -> Account:
    return Account.objects.opened(AccountKind.PERSON, person=person)


def give(person: Person, points: int, *, of: Budget, by: User, now: datetime, expires_on=None) -> Posting:
    """Points carried over from a paper book."""
    source = Account.objects.opened(AccountKind.BUDGET, budget=of)
    posting = post(
        key=f"opening:{next(_numbers)}",
        legs=[LegDraft(source.pk, -points), LegDraft(points_of(person).pk, points, expires_on)],
        kind=PostingKind.OPENING,
        by=by,
        now=now,
        evidence={"voucher": 0},
    )
    return vouched(posting, person, points, by)


def gift(center: Center, of: Budget, by: User, *, points: int = 50, units: int = 3, now: datetime) -> Gift:
    made = Gift.objects.create(center=center, name=f"礼品{next(_numbers)}", points=points)
    if units:
        StockIntake.objects.create(gift=made, budget=of, units=units, by=by, at=now)
    made.refresh_from_db()
    return made


def certificate(served: Volunteer, by: User, now: datetime, **fields) -> Certificate:
    """A certificate as it was issued, without the records that it tells of."""
    told = {"title": fields.pop("title", "大扫除"), "times": 3, "minutes": 150}
    return Certificate.objects.create(
        number=f"20261125ABCDEF{next(_numbers):02d}",
        volunteer=served,
        division=served.person.home,
        since=date(2026, 1, 1),
        until=date(2026, 11, 24),
        minutes=150,
        services=[told],
        issuer="花园路街道党群服务中心",
        in_charge="李主任",
        handler="周敏",
        contact="0371-65000000",
        noticed_from=date(2026, 11, 1),
        issued_by=by,
        issued_at=now,
        **fields,
    )


def activity(division: Division, **fields) -> Activity:
    """A published activity held once, next Saturday 09:00-11:00, without shifts."""
    told = {
        "title": f"楼院清扫{next(_numbers)}",
        "starts": time(9),
        "ends": time(11),
        "places": 2,
        "waiting_limit": 3,
        "starts_on": date(2026, 11, 28),
        "state": ActivityState.PUBLISHED,
        **fields,
    }
    with past_the_table(Activity):
        return Activity.objects.create(division=division, **told)


def shift(division: Division, starts_at: datetime, hours: float = 2, **fields) -> Shift:
    """One planned shift of an activity of its own (or of `activity`)."""
    of = fields.pop("activity", None) or activity(division)
    told = {
        "activity": of,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=hours),
        "planned_at": starts_at,
        "places": 2,
        "waiting_limit": 3,
        **fields,
    }
    with past_the_table(Shift):
        return Shift.objects.create(**told)


def signup(
    to: Shift, who: Volunteer, now: datetime, state: str = SignupState.SIGNED, **fields
) -> ShiftSignup:
    """Writes a sign-up past the verbs, for setting a stage."""
    to.refresh_from_db()
    if state == SignupState.CAME:
        fields = {"check_in_kind": "QR", "checked_in_at": to.starts_at, **fields}
    with past_the_table(ShiftSignup):
        return ShiftSignup.objects.create(
            shift=to,
            volunteer=who,
            state=state,
            position=to.last_position + 1,
            created_at=now,
            changed_at=now,
            **fields,
        )


def crowd(home, count):
    return [volunteers.volunteer(home=home) for _ in range(count)]


def sign(shift, volunteer, now, by=None):
    by = by or volunteer.person.user
    return sign_up(shift_id=shift.pk, volunteer_id=volunteer.pk, by=by, now=now)


def kinds(volunteer):
    found = Notice.objects.filter(recipient=volunteer.person).order_by("pk")
    return [notice.kind for notice in found]


def counts(shift):
    shift.refresh_from_db()
    return shift.places_taken, shift.waiting_taken, shift.last_position


def states(shift):
    return list(shift.signups.order_by("position").values_list("state", flat=True))
