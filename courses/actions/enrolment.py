"""Verbs of a seat: enrol, withdraw, accept, decline, lapse, move, remove."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from courses.actions.admission import (
    RESIDENT_CHANNELS,
    check_clash,
    check_eligible,
    check_open,
    check_party,
)
from courses.actions.letters import letter, offer_is_over
from courses.actions.seats import lock_pool, offer_on
from courses.actions.steps import LONGEST_REASON, MoveRefused, step_enrolment
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.rules import (
    ENROLMENTS,
    EnrolChannel,
    EnrolmentState,
    Event,
    Letter,
    Party,
    seat_or_line,
)
from notices.actions import queue_all
from people.actions.limits import refuse_more_seats, seats_left, too_many_seats
from people.authority import may_act
from people.models import Person, User, acts_for


class AlreadyEnrolled(DomainError):
    code = "ALREADY_ENROLLED"


class WaitingFull(DomainError):
    code = "WAITING_FULL"


class OfferGone(DomainError):
    code = "OFFER_GONE"


@transaction.atomic
def enrol(
    *,
    class_id: int,
    person: Person,
    by: User,
    now: datetime,
    channel: EnrolChannel = EnrolChannel.WEB,
    session_id: int | None = None,
    clash_confirmed: bool = False,
    remark: str = "",
) -> Enrolment:
    """报名: gives `person` a seat (SEATED) or, when full, the next place in line (WAITING).

    Being full is a result, not an error. A confirmation goes out either way, except for IMPORT.
    Residents enrol themselves and whom they act for, inside the enrolment window; staff enrol
    anyone into classes in their reach.

    Refuses NOT_ALLOWED, NO_SUCH_CLASS, NOT_OPEN, ALREADY_ENROLLED, WAITING_FULL, NOT_ELIGIBLE (age),
    NO_CONSENT (under 14 without a guardian's consent: 个人信息保护法 art. 31) and CLASH, which
    `clash_confirmed` waives; of residents TOO_MANY_SEATS, before all else, where their account holds as
    many as it may.
    """
    if channel in RESIDENT_CHANNELS:
        refuse_more_seats(by, now)
    return _enrol(class_id, person, by, now, channel, session_id, clash_confirmed, remark)


def _enrol(
    class_id: int,
    person: Person,
    by: User,
    now: datetime,
    channel: EnrolChannel,
    session_id: int | None = None,
    clash_confirmed: bool = False,  # noqa: FBT001, FBT002 - as the verb takes it
    remark: str = "",
) -> Enrolment:
    class_group, pool = lock_pool(class_id, session_id)
    check_party(by, person, class_group, channel)
    check_open(class_group, pool, now, channel)
    check_eligible(person, class_group, now)
    if not clash_confirmed:
        check_clash(person, class_group, session_id, now)
    state = seat_or_line(
        capacity=pool.capacity,
        taken=pool.seats_taken,
        waiting=pool.waiting_taken,
        waiting_limit=pool.waiting_limit,
    )
    if state is None:
        if Enrolment.objects.live().pool(class_id, session_id).filter(person=person).exists():
            raise _twice(person, class_group)
        raise WaitingFull(message=_("名额和候补都满了，请看其他班，或过几天再来。"))
    enrolment = Enrolment(
        class_group=class_group,
        session_id=session_id,
        person=person,
        state=state,
        channel=channel,
        by=by,
        position=pool.last_position + 1,
        created_at=now,
        changed_at=now,
        remark=remark,
    )
    _insert(enrolment)
    if channel != EnrolChannel.IMPORT:
        _tell(enrolment, Letter.ENROLLED if state == EnrolmentState.SEATED else Letter.WAITING, now)
    return enrolment


def _insert(enrolment: Enrolment) -> None:
    """Inserts; the unique index decides who is enrolled already, so no look-up is spent on it.

    Without a savepoint of its own: the refusal leaves the verb, and takes its transaction along.
    """
    try:
        enrolment.save(force_insert=True)
    except IntegrityError as error:
        if "one_live_enrolment" not in str(error):
            raise
        raise _twice(enrolment.person, enrolment.class_group) from None


def _twice(person: Person, class_group: ClassGroup) -> AlreadyEnrolled:
    words = {"person": person.full_name, "name": class_group.name}
    return AlreadyEnrolled(message=_("%(person)s已经报过%(name)s，不用再报。") % words)


def _tell(enrolment: Enrolment, kind: Letter, now: datetime, *, version: int = 0) -> None:
    queue_all(drafts=[letter(kind, enrolment, now, version=version)], now=now)


@transaction.atomic
def enrol_together(
    *,
    class_ids: Sequence[int],
    persons: Sequence[Person],
    by: User,
    now: datetime,
    all_or_none: bool,
    channel: EnrolChannel = EnrolChannel.WEB,
) -> list[Enrolment | DomainError]:
    """一起报名: every person into every class; answers in the order classes x persons.

    With `all_or_none` a seat for each or nothing at all: a refusal, or a place in line where a
    seat was wanted, undoes the whole and is raised (WAITING_FULL for "not enough seats"). Classes
    are locked in ascending id, so two families never wait for each other. TOO_MANY_SEATS as `enrol`:
    of what goes too far where the rest is wanted all the same.
    """
    wanted = [(class_id, person) for class_id in class_ids for person in persons]
    limited = channel in RESIDENT_CHANNELS and not by.is_staff
    left = seats_left(by, now) if limited else len(wanted)
    for class_id in sorted(set(class_ids)):
        lock_pool(class_id, None)
    results: dict[tuple[int, int], Enrolment | DomainError] = {}
    for class_id, person in wanted:
        try:
            with transaction.atomic():
                if left < 1:
                    raise too_many_seats(by)
                done = _enrol(class_id, person, by, now, channel)
                if all_or_none and done.state != EnrolmentState.SEATED:
                    words = {"name": done.class_group.name}
                    raise WaitingFull(message=_("%(name)s剩下的名额不够一起报，这次都没有报。") % words)
                results[class_id, person.pk] = done
                left -= 1
        except DomainError as refusal:
            if all_or_none:
                raise
            results[class_id, person.pk] = refusal
    return [results[class_id, person.pk] for class_id, person in wanted]


def _locked(enrolment_id: int) -> tuple[Enrolment, ClassGroup, ClassGroup | Session]:
    """The enrolment and its pool, both locked (pool first: docs/locking.md); `_party` says who may."""
    key = Enrolment.objects.filter(pk=enrolment_id).values_list("class_group_id", "session_id")
    while found := key.first():
        class_group, pool = lock_pool(*found)
        enrolment = (
            Enrolment.objects.select_for_update(no_key=True, of=("self",))
            .select_related("person", "class_group__center__division")
            .get(pk=enrolment_id)
        )
        # Its session may have been moved while we waited for the lock: then the pool is another.
        if enrolment.session_id == found[1]:
            return enrolment, class_group, pool
    raise NotAllowed(message=_("没有找到这次报名，或者它不是您的。"))


def _party(by: User, enrolment: Enrolment) -> Party:
    """Staff of the reach, or who acts for the learner; a teacher or an auditor only looks."""
    if may_act(by=by, verb="courses.enrol", row=enrolment.class_group.center.division):
        return Party.STAFF
    person = enrolment.person
    if person.user_id == by.pk or acts_for(by).filter(pk=person.pk).exists():
        return Party.LEARNER
    raise NotAllowed(message=_("没有找到这次报名，或者它不是您的。"))


@transaction.atomic
def withdraw(*, enrolment_id: int, by: User, now: datetime, reason: str = "") -> Enrolment:
    """退课: gives the seat (or the place in line) up and offers it on in the same moment.

    Doing it twice changes nothing. Refuses NOT_ALLOWED, and MOVE_REFUSED once the class is over.
    """
    enrolment, class_group, pool = _locked(enrolment_id)
    party = _party(by, enrolment)
    if enrolment.state == EnrolmentState.WITHDRAWN:
        return enrolment
    offered = enrolment.state == EnrolmentState.OFFERED
    step_enrolment(enrolment, Event.WITHDRAW, party, by=by, now=now, reason=reason)
    _tell(enrolment, Letter.WITHDRAWN, now)
    offer_on(class_group, pool, now)
    if offered:
        offer_is_over(enrolment, now)
    return enrolment


@transaction.atomic
def remove(*, enrolment_id: int, by: User, now: datetime, reason: str) -> Enrolment:
    """移出: staff take someone off the roster, with a reason the person is told.

    Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED.
    """
    enrolment, class_group, pool = _locked(enrolment_id)
    offered = enrolment.state == EnrolmentState.OFFERED
    step_enrolment(enrolment, Event.REMOVE, _party(by, enrolment), by=by, now=now, reason=reason)
    queue_all(drafts=[letter(Letter.REMOVED, enrolment, now, reason=reason)], now=now, urgent=True)
    offer_on(class_group, pool, now)
    if offered:
        offer_is_over(enrolment, now)
    return enrolment


@transaction.atomic
def accept_offer(*, enrolment_id: int, by: User, now: datetime) -> Enrolment:
    """接受名额: turns an offered seat into a seat. Doing it twice changes nothing.

    Refuses OFFER_GONE once the window has passed, even if the sweep has not come by yet.
    """
    enrolment, _class_group, _pool = _locked(enrolment_id)
    party = _party(by, enrolment)
    if enrolment.state == EnrolmentState.SEATED:
        return enrolment
    if enrolment.state == EnrolmentState.LAPSED or not enrolment.offer_open_at(now):
        raise OfferGone(message=_("这个名额的保留时间已过，已让给下一位。您可以重新报名候补。"))
    step_enrolment(enrolment, Event.ACCEPT, party, by=by, now=now)
    _tell(enrolment, Letter.ENROLLED, now, version=int(now.timestamp()))
    offer_is_over(enrolment, now)
    return enrolment


@transaction.atomic
def decline_offer(*, enrolment_id: int, by: User, now: datetime) -> Enrolment:
    """放弃名额: lets an offered seat go to the next in line. Doing it twice changes nothing."""
    enrolment, class_group, pool = _locked(enrolment_id)
    party = _party(by, enrolment)
    if enrolment.state == EnrolmentState.LAPSED:
        return enrolment
    step_enrolment(enrolment, Event.DECLINE, party, by=by, now=now)
    offer_on(class_group, pool, now)
    offer_is_over(enrolment, now)
    return enrolment


def lapse_offers(*, now: datetime) -> int:
    """One pass: offers whose window has passed go to the next in line; returns how many lapsed.

    Each is its own transaction, and is looked at again under its lock: an acceptance that came in
    between wins.
    """
    stale = Enrolment.objects.filter(state=EnrolmentState.OFFERED, offer_until__lte=now)
    keys = list(stale.order_by("offer_until").values_list("pk", "class_group_id", "session_id"))
    return sum(_lapse(*key, now) for key in keys)


@transaction.atomic
def _lapse(enrolment_id: int, class_id: int, session_id: int | None, now: datetime) -> bool:
    class_group, pool = lock_pool(class_id, session_id)
    enrolment = (
        Enrolment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("person", "class_group__center")
        .filter(pk=enrolment_id, session=session_id, state=EnrolmentState.OFFERED, offer_until__lte=now)
        .first()
    )
    if enrolment is None:
        return False
    step_enrolment(enrolment, Event.LAPSE, Party.SYSTEM, by=None, now=now)
    _tell(enrolment, Letter.OFFER_LAPSED, now, version=int(now.timestamp()))
    offer_on(class_group, pool, now)
    offer_is_over(enrolment, now)
    return True


@transaction.atomic
def move_seat(*, enrolment_id: int, to_class_id: int, by: User, now: datetime, reason: str = "") -> Enrolment:
    """调班: moves a seated learner to a parallel class of the same course; returns the new enrolment.

    Staff only. Refuses NOT_ALLOWED, MOVE_REFUSED (other course, no seat), ALREADY_ENROLLED. The
    old seat is offered on. Both classes are locked in ascending id.
    """
    source = Enrolment.objects.filter(pk=enrolment_id).values_list("class_group_id", flat=True)
    class_id = source.first()
    if class_id is None:
        raise NotAllowed(message=_("没有找到这次报名，或者它不在您负责的范围内。"))
    for pk in sorted({class_id, to_class_id}):
        lock_pool(pk, None)
    old, class_group, pool = _locked(enrolment_id)
    target, target_pool = lock_pool(to_class_id, None)
    if _party(by, old) != Party.STAFF or not may_act(by=by, verb="courses.enrol", row=target.center.division):
        raise NotAllowed(message=_("调班请联系服务台。"))
    if (
        ENROLMENTS.step(old.state, Event.TRANSFER) is None
        or target.course_id != class_group.course_id
        or target == class_group
    ):
        raise MoveRefused(message=_("只能把已入班的学员调到同一门课的另一个班。"))
    if target_pool.seats_left < 1:
        raise MoveRefused(message=_("%(name)s没有空名额，请先加名额或选另一个班。") % {"name": target.name})
    why = reason or _("调到%(name)s") % {"name": target.name}
    step_enrolment(old, Event.TRANSFER, Party.STAFF, by=by, now=now, reason=why)
    new = Enrolment(
        class_group=target,
        person=old.person,
        state=EnrolmentState.SEATED,
        channel=old.channel,
        by=by,
        position=target_pool.last_position + 1,
        created_at=now,
        changed_at=now,
        remark=old.remark,
        reason=reason[:LONGEST_REASON],
    )
    _insert(new)
    queue_all(drafts=[letter(Letter.SEAT_MOVED, new, now, frm=class_group.name)], now=now, urgent=True)
    offer_on(class_group, pool, now)
    return new
