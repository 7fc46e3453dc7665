"""Hours and points: the passbook, and what waits for approval."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from common.reach import within
from people.models import Person, User, acts_for
from people.parts import Asked, AtDesk, Link, Part
from points.actions import persons
from points.models.ledger import Account
from points.models.transfers import Transfer
from points.models.vouchers import Voucher
from points.rules import AccountKind, Letter, TransferState, Unit
from volunteers.models.service import ServiceRecord
from volunteers.rules.service import RecordState


def _ways(_user: User) -> list[Link]:
    return [Link(_("积分存折"), reverse("points:passbook"), _("服务时长、积分、换礼品"), "journal-text")]


def _leaving(user: User) -> list[Link]:
    hers = Account.objects.filter(person__in=acts_for(user).values("pk"), kind=AccountKind.PERSON)
    if not hers.filter(unit=Unit.POINTS, posted__gt=0).exists():
        return []
    why = _("还没用的积分注销后作废；想留给邻居的，请先捐出。")
    return [Link(_("捐给需要的邻居"), reverse("points:donate"), why)]


def _spending(user: User | None) -> list[Link]:
    """On the volunteers' page: what was earned, what it buys, who is thanked."""
    own = [Link(_("我的积分存折"), reverse("points:passbook"), icon="journal-text")] if user else []
    return [
        *own,
        Link(_("积分换什么"), reverse("points:gifts"), icon="bag"),
        Link(_("光荣榜"), reverse("points:honour"), icon="info-circle"),
    ]


def _approving(user: User | None) -> list[Link]:
    """On the desk of volunteers: services to approve."""
    reach = user.reach("volunteers.approve") if user else []
    if not reach:
        return []
    waiting = within(ServiceRecord.objects.filter(state=RecordState.RECORDED), "division", reach)
    url, note = reverse("points:staff_records"), _("看凭据，再认定")
    return [Link(_("待审核的服务记录"), url, note, "check-lg", count=waiting.count())]


def _waiting(user: User, _now: datetime) -> list[Link]:
    """The desk of points; what waits there are services and transfers that this user may approve."""
    if not user.is_staff or not user.reach("volunteers.view"):
        return []
    approves, keeps = user.reach("volunteers.approve"), user.reach("points.ledger")
    records = within(ServiceRecord.objects.filter(state=RecordState.RECORDED), "division", approves)
    asked = within(Transfer.objects.filter(state=TransferState.ASKED), "giver__home", approves)
    seconded = within(Transfer.objects.filter(state=TransferState.SECONDED), "giver__home", keeps)
    waits = (records.count() if approves else 0) + ((asked | seconded).count() if approves or keeps else 0)
    waits += Voucher.objects.waiting().near(keeps).count() if keeps else 0
    note = _("审核服务，换礼品，积分账")
    count = waits if approves or keeps else None
    return [Link(_("积分台"), reverse("points:staff_home"), note, "heart", count=count)]


def _desk(user: User, person: Person, _now: datetime, _asked: Asked) -> AtDesk:
    if not user.is_staff or not user.reach("volunteers.view"):
        return AtDesk()
    url = reverse("points:staff_person", args=[person.pk])
    return AtDesk([Link(_("积分和礼品"), url, icon="journal-text")])


PART = Part(
    app="points",
    within={"volunteers:home": ("/gifts", "/points", "/honour")},
    beyond={"volunteers:home": _spending, "volunteers:staff_home": _approving},
    ways=_ways,
    leaving=_leaving,
    waiting=_waiting,
    desk=_desk,
    letters=Letter,
    copy=persons.copy,
    lock=persons.lock,
    unfinished=persons.unfinished,
    erase=persons.erase,
    fold=persons.fold,
    unfold=persons.unfold,
)
