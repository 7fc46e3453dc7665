"""Verbs of being there: check in, check out, undo, close a shift and record what was done."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from common.steps import move_all
from people.authority import is_own, kin_of
from people.models import User, acts_for
from volunteers.actions.letters import NO_CHECK_OUT, NOT_REACHED
from volunteers.actions.lists import (
    ShiftOver,
    SignupMove,
    lock_shift,
    lock_volunteers,
    need_leader,
    step_shift,
    step_signup,
    take_off,
)
from volunteers.actions.service import write_record
from volunteers.actions.signups import locked_signup
from volunteers.models.roll import Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.models.shifts import Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.check_in import (
    DOORS_OPEN,
    OFFLINE_FOR,
    SKEW,
    CheckInKind,
    TokenFault,
    fault_of,
    token_at,
)
from volunteers.rules.service import EvidenceDraft, EvidenceKind, RecordState
from volunteers.rules.shifts import (
    SHIFTS,
    SIGNUPS,
    ShiftMove,
    ShiftState,
    SignupEvent,
    SignupParty,
    SignupState,
    minutes_served,
)

_NOT_THERE: dict[str, Any] = {
    "check_in_kind": "",
    "checked_in_at": None,
    "checked_out_at": None,
    "listed_by": None,
    "listed_at": None,
}


class BadToken(DomainError):
    """TOKEN_WRONG or TOKEN_OLD."""


class BadMoment(DomainError):
    """CLOCK_AHEAD, TOO_LATE or NOT_YET."""


def shift_token(shift_id: int, at: datetime) -> str:
    """The code that the screen of a shift shows at a moment."""
    return token_at(settings.SECRET_KEY, shift_id, at)


@transaction.atomic
def check_in(
    *,
    shift_id: int,
    volunteer_id: int,
    by: User,
    now: datetime,
    kind: CheckInKind,
    token: str = "",
    scanned_at: datetime | None = None,
) -> ShiftSignup:
    """签到: a volunteer is there. Doing it twice, or ten thousand times, changes nothing.

    QR: she (or whom she named) scans the code on the screen, which changes every 30 s. KIOSK:
    staff, on the center's own machine. LIST: the organiser or staff tick her off; on top of a scan
    that is a second kind of evidence. `scanned_at` is when it happened where the phone was
    offline, at most 72 h ago. From 30 min before the start to the planned end; ticked off later,
    the organiser vouches for the whole time.

    Refuses NOT_ALLOWED (nobody ticks off herself), NO_SUCH_SHIFT, SHIFT_OFF, NOT_SIGNED,
    TOKEN_WRONG (of another shift, or made up), TOKEN_OLD, CLOCK_AHEAD, TOO_LATE, NOT_YET,
    SHIFT_OVER, NO_PLACE and CLASH.
    """
    signup, party = _known(shift_id, volunteer_id, by, kind)
    if _is_noted(signup, kind):
        return signup
    moment = _moment(signup.shift, kind, token, scanned_at, now)
    moment = _in_time(signup.shift, kind, moment)
    lock_shift(shift_id)
    signup = _locked(signup)
    lock_volunteers([volunteer_id])
    if _is_noted(signup, kind):
        return signup
    told: dict[str, Any] = {}
    if signup.state != SignupState.CAME:
        _check_place(signup, party)
        told = {"check_in_kind": kind, "checked_in_at": moment}
    elif kind != CheckInKind.LIST:
        told = {"check_in_kind": kind, "checked_in_at": min(moment, signup.checked_in_at or moment)}
    if kind == CheckInKind.LIST:
        told |= {"listed_by": by, "listed_at": now}
    step_signup(signup, SignupEvent.CHECK_IN, party, by=by, now=now, **told)
    return signup


def _known(shift_id: int, volunteer_id: int, by: User, kind: CheckInKind) -> tuple[ShiftSignup, SignupParty]:
    """Her sign-up, not locked yet, and in what capacity `by` acts on it."""
    signup = (
        ShiftSignup.objects.listed()
        .filter(shift=shift_id, volunteer=volunteer_id)
        .select_related(
            "shift__activity__division", "shift__activity__organiser__person", "volunteer__person"
        )
        .first()
    )
    if signup is None:
        raise _unknown(shift_id, volunteer_id, by, kind)
    return signup, _party(signup.shift, signup.volunteer, by, kind)


def _unknown(shift_id: int, volunteer_id: int, by: User, kind: CheckInKind) -> DomainError:
    """Why there is nobody to check in; a stranger does not learn who is on the list."""
    shift = lock_shift(shift_id)
    volunteer = Volunteer.objects.select_related("person").filter(pk=volunteer_id).first()
    if volunteer is None:
        raise NotAllowed(message=_("没有找到这位志愿者，请先登记。"))
    _party(shift, volunteer, by, kind)
    return DomainError("NOT_SIGNED", _("名单里还没有这位志愿者，请先报名，再签到。"))


def _party(shift: Shift, volunteer: Volunteer, by: User, kind: CheckInKind) -> SignupParty:
    """In what capacity somebody may check this volunteer in, or NOT_ALLOWED."""
    own = volunteer.person.user_id == by.pk
    if kind == CheckInKind.QR:
        if not own and not acts_for(by).filter(pk=volunteer.person_id).exists():
            raise NotAllowed(message=_("扫码签到要由本人或代办人来做。"))
        return SignupParty.VOLUNTEER
    party = need_leader(by, shift)
    # At the kiosk people tick themselves off; on a list it is the word of whoever ticks.
    if own or (kind == CheckInKind.LIST and is_own(by, volunteer.person)):
        raise NotAllowed(message=_("不能给自己或家人记签到，请扫码，或请另一位工作人员来记。"))
    if kind == CheckInKind.KIOSK and party != SignupParty.STAFF:
        raise NotAllowed(message=_("一体机签到要由中心的工作人员来开。"))
    return party


def _is_noted(signup: ShiftSignup, kind: CheckInKind) -> bool:
    """Whether this way of checking in has nothing to add."""
    if signup.state != SignupState.CAME:
        return False
    if kind == CheckInKind.LIST:
        return signup.listed_at is not None
    return signup.check_in_kind != CheckInKind.LIST


def _locked(signup: ShiftSignup) -> ShiftSignup:
    rows = ShiftSignup.objects.select_for_update(no_key=True, of=("self",))
    found: ShiftSignup = rows.select_related("volunteer__person").get(pk=signup.pk)
    found.shift = signup.shift
    found.shift.refresh_from_db(fields=["places", "places_taken", "state", "closed_at"])
    return found


def _moment(
    shift: Shift, kind: CheckInKind, token: str, scanned_at: datetime | None, now: datetime
) -> datetime:
    """When it happened, if that can be believed."""
    if shift.state == ShiftState.CANCELLED:
        raise DomainError("SHIFT_OFF", _("这个班次已经取消，不用签到。"))
    moment = scanned_at or now
    if moment > now + SKEW:
        raise BadMoment("CLOCK_AHEAD", _("手机的时间走快了，请校准时间，再扫一次。"))
    if now - moment > OFFLINE_FOR:
        raise BadMoment("TOO_LATE", _("离线签到要在 72 小时内传上来，请找组织者补记。"))
    if kind == CheckInKind.QR:
        fault = fault_of(settings.SECRET_KEY, shift.pk, token, moment)
        if fault == TokenFault.FOREIGN:
            raise BadToken("TOKEN_WRONG", _("这个码不是这个班次的，请扫现场屏幕上的码。"))
        if fault == TokenFault.STALE:
            raise BadToken("TOKEN_OLD", _("这个码已经过期，请再扫一次屏幕上现在的码。"))
    return moment


def _in_time(shift: Shift, kind: CheckInKind, moment: datetime) -> datetime:
    """The moment to write down; refuses what lies outside the shift."""
    if moment < shift.starts_at - DOORS_OPEN:
        raise BadMoment("NOT_YET", _("还没到时间，开始前 30 分钟起可以签到。"))
    if moment <= shift.ends_at:
        return moment
    if kind == CheckInKind.LIST and moment <= shift.ends_at + OFFLINE_FOR:
        return shift.starts_at
    raise ShiftOver(message=_("这个班次已经结束，没签上到的请找组织者在名单上补记。"))


def _check_place(signup: ShiftSignup, party: SignupParty) -> None:
    """Refuses who waits where no place is free, or nobody of those who run the shift is there."""
    shift = signup.shift
    if signup.state == SignupState.WAITING and party != SignupParty.VOLUNTEER:
        if shift.places_taken >= shift.places:
            raise DomainError("NO_PLACE", _("名单已满，先把没来的人移出，再给候补的人签到。"))
    elif signup.state == SignupState.WAITING:
        raise SignupMove("NOT_SIGNED", _("您还在候补，现场有空位请找组织者帮您签到。"))


@transaction.atomic
def check_out(
    *,
    shift_id: int,
    volunteer_id: int,
    by: User,
    now: datetime,
    kind: CheckInKind,
    token: str = "",
    scanned_at: datetime | None = None,
) -> ShiftSignup:
    """签退: a volunteer leaves; the first time counts. In the same ways as checking in.

    Who forgets is credited with at most the planned end. Refuses what `check_in` refuses (the code
    she came in with is TOKEN_OLD), and NOT_CHECKED_IN and CLOSED (the record has been written).
    """
    signup, party = _known(shift_id, volunteer_id, by, kind)
    if signup.checked_out_at is not None:
        return signup
    moment = _moment(signup.shift, kind, token, scanned_at, now)
    lock_shift(shift_id)
    signup = _locked(signup)
    if signup.checked_out_at is not None:
        return signup
    if signup.state != SignupState.CAME or signup.checked_in_at is None:
        raise DomainError("NOT_CHECKED_IN", _("还没有签到，请先签到。"))
    if signup.shift.state == ShiftState.CLOSED:
        raise DomainError("CLOSED", _("这个班次已经关闭，时长已经记下。要更正请找工作人员。"))
    if kind == CheckInKind.QR and moment <= signup.checked_in_at:
        raise BadToken("TOKEN_OLD", _("这是签到时的码，走的时候请再扫一次屏幕上的码。"))
    left = max(moment, signup.checked_in_at)
    step_signup(signup, SignupEvent.CHECK_OUT, party, by=by, now=now, checked_out_at=left)
    return signup


@transaction.atomic
def undo_check_in(*, signup_id: int, by: User, now: datetime) -> ShiftSignup:
    """撤销签到: the organiser or staff ticked the wrong name; she is signed up again, not there.

    Twice changes nothing. Refuses NOT_ALLOWED, and SHIFT_OVER once the shift is closed.
    """
    signup = locked_signup(signup_id)
    party = need_leader(by, signup.shift)
    if signup.state == SignupState.SIGNED:
        return signup
    if signup.shift.state != ShiftState.PLANNED:
        raise ShiftOver(message=_("这个班次已经取消或完成，名单不能再改。"))
    step_signup(signup, SignupEvent.UNDO, party, by=by, now=now, **_NOT_THERE)
    return signup


@transaction.atomic
def close_shift(*, shift_id: int, by: User, now: datetime, confirmed: Collection[int] = ()) -> Shift:
    """关闭班次: what was done goes on record, one record for each volunteer who came; then staff approve.

    By the organiser or staff. `confirmed` are the sign-ups that the closer vouches for: evidence
    LIST, and for whom no scan exists it counts as having come from the start. Who had a place and
    did not come is MISSED, which has no consequence of any kind; the line is let go.

    Nobody records her own service, nor that of one of hers (kin_of): these records are left out,
    and others close once more to write them. Closing again writes only what is missing. Refuses NOT_ALLOWED,
    NO_SUCH_SHIFT, SHIFT_OFF and NOT_YET (before the start).
    """
    shift = lock_shift(shift_id)
    party = need_leader(by, shift)
    off = DomainError("SHIFT_OFF", _("这个班次已经取消，没有什么要记。"))
    if not SHIFTS.offers(ShiftMove.CLOSE, party)(shift):
        raise off
    if now < shift.starts_at:
        raise DomainError("NOT_YET", _("班次还没有开始，开始后再关闭。"))
    _vouch(shift, frozenset(confirmed), party, by, now)
    if shift.closed_at is None:
        _miss(shift, party, by, now)
    step_shift(shift, ShiftMove.CLOSE, party, off, closed_at=now)
    came = shift.signups.filter(state=SignupState.CAME).select_related("volunteer__person")
    for signup in came.exclude(volunteer__person__in=kin_of(by).values("pk")).order_by("pk"):
        _record(shift, signup, by, now)
    return shift


def _vouch(shift: Shift, confirmed: frozenset[int], party: SignupParty, by: User, now: datetime) -> None:
    """Notes the closer's word for those she confirmed; herself and hers on the list are passed over."""
    rows = shift.signups.filter(
        pk__in=confirmed, state__in=[SignupState.SIGNED, SignupState.MISSED, SignupState.CAME], listed_at=None
    ).exclude(volunteer__person__in=kin_of(by).values("pk"))
    lock_volunteers(list(rows.values_list("volunteer_id", flat=True)))
    for signup in rows.select_related("volunteer__person").order_by("pk"):
        told: dict[str, Any] = {"listed_by": by, "listed_at": now}
        if signup.state != SignupState.CAME:
            told |= {"check_in_kind": CheckInKind.LIST, "checked_in_at": shift.starts_at}
        step_signup(signup, SignupEvent.CHECK_IN, party, by=by, now=now, **told)


def _miss(shift: Shift, party: SignupParty, by: User, now: datetime) -> None:
    """Who had a place and is not there; and the line, which is let go."""
    told = {"by": by, "changed_at": now, "reason": ""}
    move_all(shift.signups.all(), SIGNUPS, SignupEvent.MISS, party, **told)
    take_off(shift, list(shift.signups.waiting()), None, now, NOT_REACHED)


def _record(shift: Shift, signup: ShiftSignup, by: User, now: datetime) -> None:
    """Writes her record, or adds new evidence to the one that waits for approval."""
    known = ServiceRecord.objects.filter(volunteer=signup.volunteer, source_key=shift.source_key).first()
    if known is not None and known.state != RecordState.RECORDED:
        return
    minutes = known.minutes if known is not None else _minutes(shift, signup)
    if minutes < 1:
        return
    write_record(
        signup.volunteer,
        source_key=shift.source_key,
        minutes=minutes,
        evidence=_evidence(shift, signup),
        by=by,
        now=now,
        title=shift.activity.title,
        division=shift.activity.division,
        served_on=timezone.localtime(shift.starts_at).date(),
    )


def _minutes(shift: Shift, signup: ShiftSignup) -> int:
    if signup.checked_in_at is None or shift.closed_at is None:
        return 0
    return minutes_served(
        planned=(shift.starts_at, shift.ends_at),
        checked_in_at=signup.checked_in_at,
        checked_out_at=signup.checked_out_at,
        closed_at=shift.closed_at,
    )


def _evidence(shift: Shift, signup: ShiftSignup) -> list[EvidenceDraft]:
    """The scan is one kind, the organiser's list another; without a check-out both say so.

    Whoever opened the kiosk has the machine and knows the numbers: it is in her name, and beside her
    own list it is not a second hand, and only the list stands.
    """
    note = "" if signup.checked_out_at else NO_CHECK_OUT
    drafts = []
    openers: list[int] = []
    if signup.check_in_kind == CheckInKind.KIOSK:
        openers = list(shift.kiosks.order_by("pk").values_list("opened_by", flat=True))
    if signup.check_in_kind != CheckInKind.LIST and signup.listed_by_id not in openers:
        kind, giver = EvidenceKind(signup.check_in_kind), openers[-1] if openers else None
        drafts.append(EvidenceDraft(kind, note, signup.checked_in_at, giver))
    if signup.listed_at is not None:
        drafts.append(EvidenceDraft(EvidenceKind.LIST, note, signup.listed_at, signup.listed_by_id))
    return drafts
