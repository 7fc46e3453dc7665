"""All that volunteering knows of a person, as plain data: her own copy to take away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Person
from volunteers.models.dispatch import OrderOffer, ServiceCard
from volunteers.models.grants import PitchVote
from volunteers.models.honour import Certificate
from volunteers.models.ledger import Account, Hold, Leg
from volunteers.models.market import StallBooking
from volunteers.models.orders import ServiceOrder
from volunteers.models.register import TeamMember, Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.models.signups import ShiftSignup
from volunteers.models.spending import Transfer

_TAKEN = ("reference", "title", "state", "taken_at", "done_at", "done_minutes", "done_note")
_ASKED: tuple[str, ...] = (
    "reference",
    "kind",
    "title",
    "text",
    "place",
    "public_text",
    "wanted_on",
    "wanted_words",
)
_ASKED += ("state", "requested_at", "taker_name", "done_at", "confirmed_at")
_RECORD = ("title", "served_on", "minutes", "division", "state", "reason")


def known_of(person: Person) -> dict[str, Any]:
    """Everything, by name; sealed words are opened, for they are hers. Of others it says nothing."""
    volunteer = Volunteer.objects.filter(person=person).first()
    own = ServiceOrder.objects.filter(for_person=person)
    # An agent's own copy says that she asked, not what is wrong with whom.
    for_others = ServiceOrder.objects.filter(requester=person).exclude(for_person=person)
    transfers = Transfer.objects.of(person).select_related("giver", "taker")
    votes = PitchVote.objects.filter(person=person).select_related("pitch")
    bookings = StallBooking.objects.filter(person=person).select_related("stall__market")
    cards = ServiceCard.objects.filter(person=person)
    served = ServiceRecord.objects.filter(beneficiary=person).select_related("division")
    found = {
        **(_serving(volunteer) if volunteer else {}),
        _("积分和时长账"): [_book(account) for account in Account.objects.filter(person=person)],
        _("兑换和预留"): [_hold(hold) for hold in _holds(person)],
        _("转赠"): _rows(transfers, "kind", "giver", "taker", "points", "relation", "state", "asked_at"),
        _("给我办的服务单"): _rows(own, *_ASKED),
        _("我替别人下的服务单"): _rows(for_others, "reference", "kind", "state", "requested_at"),
        _("我受过的服务"): _rows(served, "title", "served_on", "minutes"),
        _("爱心服务卡"): _rows(cards, "number", "trades_words", "valid_until", "uses_left", "stopped_at"),
        _("居民征询"): _rows(votes, "pitch", "needed", "at"),
        _("市集预约"): _rows(bookings, "stall", "starts_at", "state", "at"),
    }
    return {name: rows for name, rows in found.items() if rows}


def _serving(volunteer: Volunteer) -> dict[str, Any]:
    teams = TeamMember.objects.filter(volunteer=volunteer).select_related("team")
    signups = ShiftSignup.objects.filter(volunteer=volunteer).select_related("shift__activity")
    came = ("check_in_kind", "checked_in_at", "checked_out_at")
    records = ServiceRecord.objects.filter(volunteer=volunteer).select_related("division")
    taken = ServiceOrder.objects.filter(volunteer=volunteer)
    offers = OrderOffer.objects.filter(volunteer=volunteer).select_related("order")
    certificates = Certificate.objects.filter(volunteer=volunteer)
    about = ("state", "national_number", "insured_until", "honour_consent", "joined_at")
    return {
        _("志愿者"): {**_row(volunteer, *about), _("特长"): [str(one) for one in volunteer.skills.all()]},
        _("队伍"): _rows(teams, "team", "since", "until"),
        _("志愿报名"): _rows(signups, "shift", "state", "created_at", "changed_at", "reason", *came),
        _("服务记录"): [
            {**_row(record, *_RECORD), _("凭据"): _rows(record.evidence.all(), "kind", "note", "at")}
            for record in records.prefetch_related("evidence")
        ],
        _("我接的服务单"): _rows(taken, *_TAKEN),
        _("派给我的服务单"): _rows(offers, "order", "at", "answer", "answered_at"),
        _("志愿服务证明"): _rows(
            certificates, "number", "since", "until", "minutes", "issuer", "issued_at", "revoked_at"
        ),
    }


def _book(account: Account) -> dict[str, Any]:
    lines = Leg.objects.filter(account=account).select_related("posting").order_by("id")
    return {
        **_row(account, "kind", "unit", "posted", "held"),
        _("明细"): [
            {**_row(line.posting, "at", "kind", "memo"), **_row(line, "amount", "balance", "expires_on")}
            for line in lines
        ],
    }


def _holds(person: Person) -> Iterable[Hold]:
    return Hold.objects.filter(account__person=person).select_related("gift", "end").order_by("id")


def _hold(hold: Hold) -> dict[str, Any]:
    end = getattr(hold, "end", None)
    return {**_row(hold, "gift", "amount", "at", "until"), **(_row(end, "outcome") if end else {})}


def _rows(rows: Iterable[Model], *names: str) -> list[dict[str, Any]]:
    return [_row(row, *names) for row in rows]


def _row(row: Model, *names: str) -> dict[str, Any]:
    return {_label(row, name): _value(row, name) for name in names}


def _label(row: Model, name: str) -> str:
    own = {"reference": _("编号"), "taker_name": _("谁接的"), "trades_words": _("可用的行业")}
    return str(own.get(name) or row._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _value(row: Model, name: str) -> Any:
    shown = getattr(row, f"get_{name}_display", None)
    value = shown() if shown else getattr(row, name)
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return str(value) if isinstance(value, Model) else value
