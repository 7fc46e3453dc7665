"""Verbs of a kiosk: staff open and end it; whoever stands before it checks herself in."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from hmac import compare_digest

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import NotAllowed
from people.authority import may_act
from people.models import User
from volunteers.actions.check_in import check_in, check_out
from volunteers.models.kiosks import Kiosk
from volunteers.models.shifts import Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.check_in import CheckInKind
from volunteers.rules.shifts import SignupState

GOOD_FOR = timedelta(hours=12)
TAIL = 4


def _hash(key: str) -> str:
    """A key of 256 bits cannot be guessed from its plain hash."""
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def open_kiosk(*, shift_id: int, by: User, now: datetime) -> tuple[Kiosk, str]:
    """打开一体机: lets people of a shift check in at one machine, for twelve hours.

    Returns the key as well, which only that machine may keep. Refuses NOT_ALLOWED.
    """
    shift = Shift.objects.filter(pk=shift_id).select_related("activity__division").first()
    if shift is None or not may_act(by=by, verb="volunteers.record", row=shift.activity.division):
        raise NotAllowed(message=_("这个班次不是您组织的，也不在您负责的范围内。"))
    key = secrets.token_urlsafe(32)
    told = {"opened_by": by, "opened_at": now, "until": now + GOOD_FOR, "key_hash": _hash(key)}
    return Kiosk.objects.create(shift=shift, **told), key


@transaction.atomic
def end_kiosk(*, kiosk_id: int, by: User, now: datetime) -> Kiosk:
    """关闭一体机: the machine opens nothing any more. Twice changes nothing. Refuses NOT_ALLOWED."""
    rows = Kiosk.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "shift__activity__division"
    )
    kiosk: Kiosk | None = rows.filter(pk=kiosk_id).first()
    if kiosk is None or not may_act(by=by, verb="volunteers.record", row=kiosk.shift.activity.division):
        raise NotAllowed(message=_("这个班次不是您组织的，也不在您负责的范围内。"))
    if kiosk.ended_at is None:
        kiosk.ended_at, kiosk.ended_by = now, by
        kiosk.save(update_fields=["ended_at", "ended_by"])
    return kiosk


def kiosk_of(kiosk_id: int, key: str, now: datetime) -> Kiosk:
    """The kiosk that this machine is; refuses any other machine, and what is over or was ended.

    It works as long as whoever opened it might open it again.
    """
    rows = Kiosk.objects.open_at(now).select_related("shift__activity__division", "opened_by")
    kiosk: Kiosk | None = rows.filter(pk=kiosk_id).first()
    if kiosk is None or not compare_digest(kiosk.key_hash, _hash(key)) or not _may_open(kiosk):
        raise NotAllowed(message=_("这台机器的签到页没有打开，或已经关闭，请工作人员重新打开。"))
    return kiosk


def _may_open(kiosk: Kiosk) -> bool:
    division = kiosk.shift.activity.division
    return may_act(by=kiosk.opened_by, verb="volunteers.record", row=division)


def with_tail(kiosk: Kiosk, tail: str) -> list[ShiftSignup]:
    """Who of the shift has a number that ends so: her own, her account's, or her contact's."""
    if len(tail) != TAIL or not tail.isdecimal():
        return []
    rows = kiosk.shift.roster().select_related("volunteer__person__user")
    return [row for row in rows if row.state != SignupState.WAITING and _ends(row, tail)]


def _ends(signup: ShiftSignup, tail: str) -> bool:
    person = signup.volunteer.person
    numbers = (person.phone, person.contact_phone, person.user.phone if person.user else "")
    return any((number or "").endswith(tail) for number in numbers)


def tap(
    *, kiosk_id: int, key: str, tail: str, volunteer_id: int, leaving: bool, now: datetime
) -> ShiftSignup:
    """一体机签到: whoever stands before the machine checks in, or out, by the tail of a number of hers.

    Refuses NOT_ALLOWED where this is not the machine or the tail is another's, and what `check_in` and
    `check_out` refuse.
    """
    kiosk = kiosk_of(kiosk_id, key, now)
    if volunteer_id not in {row.volunteer_id for row in with_tail(kiosk, tail)}:
        raise NotAllowed(message=_("请先输入手机号后四位，再点自己的名字。"))
    act = check_out if leaving else check_in
    return act(
        shift_id=kiosk.shift_id,
        volunteer_id=volunteer_id,
        by=kiosk.opened_by,
        now=now,
        kind=CheckInKind.KIOSK,
    )
