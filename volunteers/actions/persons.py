"""The part of volunteering when a person's record is closed (volunteers/parts); for merging see merging.py.

What tells who she is goes. What she did stays as numbers: minutes, points, counts of services.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Person, User
from volunteers.actions.ledger import lock_accounts, post
from volunteers.models import (
    Account,
    Activity,
    Redemption,
    ServiceCard,
    ServiceOrder,
    Shift,
    ShiftSignup,
    StallBooking,
    Team,
    TeamMember,
    Transfer,
    Volunteer,
)
from volunteers.rules import (
    AccountKind,
    LegDraft,
    PostingKind,
    ShiftState,
    SignupState,
    Unit,
    VolunteerState,
)


def lock(person_ids: Collection[int]) -> None:
    """Cards, orders, planned shifts, volunteers, accounts: in the order of docs/locking.md."""
    hers = {"volunteer__person__in": person_ids}
    orders = ServiceOrder.objects.filter(Q(for_person__in=person_ids) | Q(**hers)).order_by()
    shifts = ShiftSignup.objects.filter(**hers, shift__state=ShiftState.PLANNED).order_by()
    for rows in (
        ServiceCard.objects.filter(person__in=person_ids),
        ServiceOrder.objects.filter(pk__in=orders.values("pk")),
        Shift.objects.filter(pk__in=shifts.values("shift")),
        Volunteer.objects.filter(person__in=person_ids),
    ):
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    lock_accounts(Account.objects.filter(person__in=person_ids).values_list("pk", flat=True))


def unfinished(person: Person, now: datetime) -> str:
    """What she has to finish first, as a sentence; "" for nothing."""
    return _orders(person) or _gifts(person) or _dates(person, now)


def _orders(person: Person) -> str:
    live = ServiceOrder.objects.live()
    if taken := live.filter(volunteer__person=person).first():
        words = {"reference": taken.reference}
        return _("接下的服务单 %(reference)s 还没办完，请先办完，或请社区换人，再注销。") % words
    if asked := live.filter(for_person=person).first():
        words = {"reference": asked.reference}
        return _("服务单 %(reference)s 还没办完，请先取消它，或等它办完，再注销。") % words
    return ""


def _gifts(person: Person) -> str:
    if waiting := Redemption.objects.open().filter(person=person).select_related("gift").first():
        words = {"gift": waiting.gift.name}
        return _("换的“%(gift)s”还没领，请先领走，或取消兑换，再注销。") % words
    if Account.objects.filter(person=person, held__gt=0).exists():
        return _("还有预留的积分没有结清，请先到服务台办完，再注销。")
    if Transfer.objects.waiting().of(person).exists():
        return _("有一份积分转赠还在审批，请先等它办完，或请服务台不予办理，再注销。")
    return ""


def _dates(person: Person, now: datetime) -> str:
    there = [SignupState.SIGNED, SignupState.WAITING, SignupState.CAME]
    ahead = ShiftSignup.objects.filter(volunteer__person=person, state__in=there)
    coming = ahead.filter(shift__state=ShiftState.PLANNED, shift__ends_at__gt=now)
    if signup := coming.select_related("shift__activity").first():
        words = {"name": signup.shift.activity.title}
        return _("还报着志愿班次“%(name)s”，请先退出，或等它结束，再注销。") % words
    booked = StallBooking.objects.live().filter(person=person, starts_at__gte=now)
    if booking := booked.select_related("stall").first():
        return _("还约着市集的“%(stall)s”，请先取消预约，再注销。") % {"stall": booking.stall}
    return ""


def erase(person: Person, by: User, now: datetime) -> None:
    """Takes her words off her orders, ends cards and the register's row, lets her points lapse."""
    told = {"text": "", "place": "", "wanted_words": "", "done_note": ""}
    ServiceOrder.objects.filter(for_person=person).update(**told)
    ServiceCard.objects.filter(person=person, stopped_at=None).update(stopped_at=now)
    if volunteer := Volunteer.objects.filter(person=person).first():
        _retire(volunteer, now)
    _lapse(person, by, now)


def _retire(volunteer: Volunteer, now: datetime) -> None:
    today = timezone.localtime(now).date()
    volunteer.state, volunteer.honour_consent = VolunteerState.LEFT, False
    volunteer.national_number, volunteer.insured_until = "", None
    volunteer.save(update_fields=["state", "honour_consent", "national_number", "insured_until"])
    volunteer.skills.clear()
    TeamMember.objects.filter(volunteer=volunteer, until=None, since__lte=today).update(until=today)
    Team.objects.filter(leader=volunteer).update(leader=None)
    Activity.objects.filter(organiser=volunteer).update(organiser=None)


def _lapse(person: Person, by: User, now: datetime) -> None:
    """Points that nobody can spend any more leave the book, so that they are not owed for ever."""
    account = Account.objects.filter(person=person, kind=AccountKind.PERSON, unit=Unit.POINTS).first()
    if account is None or not account.posted:
        return
    expired = Account.objects.opened(AccountKind.EXPIRED)
    post(
        key=f"erase:{person.pk}:{now.isoformat()}",
        legs=[LegDraft(account.pk, -account.posted), LegDraft(expired.pk, account.posted)],
        kind=PostingKind.EXPIRE,
        by=by,
        now=now,
        memo=_("注销，剩余积分作废"),
        principal_id=person.pk,
    )
