"""Hours and points: the passbook, and what waits for approval."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from common.reach import within
from people.models import Person, User
from people.parts import Asked, AtDesk, Link, Part
from volunteers.models import ServiceRecord, Transfer
from volunteers.rules import RecordState, TransferState


def _ways(_user: User) -> list[Link]:
    return [Link(_("积分存折"), reverse("volunteers:passbook"), _("服务时长、积分、换礼品"), "journal-text")]


def _leaving(_user: User) -> list[Link]:
    why = _("还没用的积分注销后作废；想留给邻居的，请先捐出。")
    return [Link(_("捐给需要的邻居"), reverse("volunteers:donate"), why)]


def _waiting(user: User, _now: datetime) -> list[Link]:
    """The desk of points; what waits there are services and transfers that this user may approve."""
    if not user.is_staff or not user.reach("volunteers.view"):
        return []
    approves, keeps = user.reach("volunteers.approve"), user.reach("volunteers.ledger")
    records = within(ServiceRecord.objects.filter(state=RecordState.RECORDED), "division", approves)
    asked = within(Transfer.objects.filter(state=TransferState.ASKED), "giver__home", approves)
    seconded = within(Transfer.objects.filter(state=TransferState.SECONDED), "giver__home", keeps)
    waits = (records.count() if approves else 0) + ((asked | seconded).count() if approves or keeps else 0)
    note = _("审核服务，换礼品，积分账")
    count = waits if approves or keeps else None
    return [Link(_("积分台"), reverse("volunteers:staff_points"), note, "heart", count=count)]


def _desk(user: User, person: Person, _now: datetime, _asked: Asked) -> AtDesk:
    if not user.is_staff or not user.reach("volunteers.view"):
        return AtDesk()
    url = reverse("volunteers:staff_points_person", args=[person.pk])
    return AtDesk([Link(_("积分和礼品"), url, icon="journal-text")])


PART = Part(
    app="points",
    within={"volunteers:home": ("/gifts", "/points", "/honour")},
    ways=_ways,
    leaving=_leaving,
    waiting=_waiting,
    desk=_desk,
)
