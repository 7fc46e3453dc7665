"""How much one account may take: children it enters, live seats it holds for itself and for them.

Children are entered by whoever brings them, and nobody has seen them: without a limit one account that
is anybody's takes a class full of seats. The numbers are settings; showing oneself at the desk once
raises them. Staff who enrol people at their desk are not limited.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from weakref import WeakSet

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from common.errors import DomainError
from people.authority import is_proved
from people.models import Guardianship, User
from people.parts import parts

# One at a time an account, so that two tabs do not both take its last seat: nobody waits for it but the
# account itself, and it is asked for before any row is locked. The count is a statement of its own, which
# sees what whoever had the turn before has committed; the two travel together.
_TURN = "SELECT pg_advisory_xact_lock(%s, %s)"
_SEATS = 0x5EA7  # tells this turn from whatever else may be asked for in this way
# Children that she entered count for as long as they sit somewhere, whether or not she still acts for
# them; who was named at the desk is no invention.
_HERS = """
    me AS (SELECT id FROM people_person WHERE user_id = %(user)s),
    hers AS MATERIALIZED (
        SELECT id FROM me
        UNION SELECT ward_id FROM people_guardianship
        WHERE guardian_id IN (SELECT id FROM me) AND confirmed_by_id IS NULL
    )
"""


class TooManySeats(DomainError):
    code = "TOO_MANY_SEATS"


@cache
def _counts() -> str:
    return " + ".join(f"({part.held})" for part in parts() if part.held) or "0"


# Planning the question takes longer than answering it, and a rush asks it of everybody: each connection
# to PostgreSQL keeps its plan.
_KNOWN: WeakSet[Any] = WeakSet()


@cache
def _prepared() -> str:
    asked = f"WITH {_HERS} SELECT {_counts()}" % {"user": "$1", "now": "$2"}
    return f"PREPARE seats_of_an_account (bigint, timestamptz) AS {asked}"


def seats_left(by: User, now: datetime) -> int:
    """How many more live seats and places in line this account may take; waits for its other tabs.

    One question, and a second once it holds as many as an account that was never proved may.
    """
    with connection.cursor() as cursor:
        if connection.connection not in _KNOWN:
            cursor.execute(_prepared())
            _KNOWN.add(connection.connection)
        cursor.execute(f"{_TURN}; EXECUTE seats_of_an_account (%s, %s)", [_SEATS, by.pk % 2**31, by.pk, now])
        held: int = cursor.fetchone()[0]
    unproved, proved = settings.ACCOUNT_LIMITS["seats"]
    if held < unproved:
        return unproved - held
    return (proved if is_proved(by) else unproved) - held


def refuse_more_seats(by: User, now: datetime, *, wanted: int = 1) -> None:
    """Refuses TOO_MANY_SEATS where an account holds as many as it may; asked before any lock."""
    if not by.is_staff and seats_left(by, now) < wanted:
        raise too_many_seats(by)


def too_many_seats(by: User) -> TooManySeats:
    proved = is_proved(by)
    words = {"most": settings.ACCOUNT_LIMITS["seats"][int(proved)]}
    if proved:
        return TooManySeats(
            message=_("您和家人同时最多占 %(most)s 个名额和候补。请先退掉不去的，或到服务台报名。") % words
        )
    return TooManySeats(
        message=_(
            "这个账号还没有核实过身份，您和家人同时最多占 %(most)s 个名额和候补。"
            "请带身份证到服务台核实一次，就能多报；也可以先退掉不去的。"
        )
        % words
    )


def refuse_more_wards(by: User, entered: list[Guardianship]) -> None:
    """Refuses TOO_MANY where an account has entered as many children as it may.

    Of one that was never proved those count, too, for whom she acts no more.
    """
    unproved, proved = settings.ACCOUNT_LIMITS["wards"]
    if len(entered) < unproved:
        return
    if not is_proved(by):
        words = _(
            "这个账号还没有核实过身份，最多添加 %(most)s 位家人。请带身份证到服务台核实一次，就能多加。"
        )
        raise DomainError("TOO_MANY", words % {"most": unproved})
    if sum(tie.until is None for tie in entered) >= proved:
        words = _("一个账号最多添加 %(most)s 位家人，更多请到服务台。")
        raise DomainError("TOO_MANY", words % {"most": proved})
