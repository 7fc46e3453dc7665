"""Verbs of a certificate: issue, revoke."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from common.days import day_of
from common.errors import DomainError, NotAllowed
from people.authority import may_act, refuse_own
from people.models import User
from points.models.certificates import Certificate, ServiceLine
from volunteers.models.roll import Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.rules.service import RecordState

NOTICE_DAYS = 7
# Letters that are not mistaken for one another when read from paper.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@transaction.atomic
def certificate(
    *,
    volunteer_id: int,
    since: date,
    until: date,
    by: User,
    now: datetime,
    issuer: str,
    in_charge: str,
    handler: str,
    contact: str,
    noticed_from: date,
    note: str = "",
) -> Certificate:
    """开具证明: certifies the approved hours between two days (Shanghai dates, both included).

    Free of charge and true to the ledger: it says what stands there now, reversed records left out.
    Fields as the 2015 joint opinion on records and certificates of volunteering asks: issuer,
    person in charge, handler, contact, and a public notice inside the unit of seven days before.
    The same span asked again while nothing changed gives the first.

    Refuses NOT_ALLOWED, BAD_SPAN, NO_HOURS, NOTICE_TOO_SHORT, FIELDS_MISSING, SAME_PERSON.
    """
    volunteer = (
        Volunteer.objects.select_for_update(no_key=True, of=("self",))
        .select_related("person__home")
        .filter(pk=volunteer_id)
        .first()
    )
    home = volunteer.person.home if volunteer else None
    if volunteer is None or home is None or not may_act(by=by, verb="volunteers.approve", row=home):
        raise NotAllowed(message=_("这位志愿者不在您负责的范围内。"))
    refuse_own(by, volunteer.person)
    _check_form(since, until, noticed_from, day_of(now), [issuer, in_charge, handler, contact])
    approved = ServiceRecord.objects.filter(
        volunteer=volunteer, state=RecordState.APPROVED, served_on__gte=since, served_on__lte=until
    )
    rows = approved.order_by("title").values("title").annotate(times=Count("pk"), total=Sum("minutes"))
    services: list[ServiceLine] = [
        {"title": row["title"], "times": row["times"], "minutes": row["total"]} for row in rows
    ]
    minutes = sum(row["minutes"] for row in services)
    if not minutes:
        raise DomainError("NO_HOURS", _("这段时间没有已认定的服务时长，请换一段日期。"))
    told = {"volunteer": volunteer, "since": since, "until": until, "minutes": minutes, "revoked_at": None}
    same = Certificate.objects.filter(**told, services=services, issuer=issuer).first()
    return same or Certificate.objects.create(
        **told,
        number=f"{day_of(now):%Y%m%d}{get_random_string(8, LETTERS)}",
        division=home,
        services=services,
        issuer=issuer.strip(),
        in_charge=in_charge.strip(),
        handler=handler.strip(),
        contact=contact.strip(),
        noticed_from=noticed_from,
        note=note.strip()[:200],
        issued_by=by,
        issued_at=now,
    )


def _check_form(since: date, until: date, noticed_from: date, today: date, fields: list[str]) -> None:
    if since > until or until > today:
        raise DomainError("BAD_SPAN", _("起止日期不对：开始不能晚于结束，结束不能晚于今天。"))
    if noticed_from + timedelta(days=NOTICE_DAYS) > today:
        raise DomainError("NOTICE_TOO_SHORT", _("开具前要在单位内公示满 7 天，请填公示开始的日期。"))
    if not all(field.strip() for field in fields):
        raise DomainError("FIELDS_MISSING", _("请填全开具单位、负责人、经办人和联系电话。"))


@transaction.atomic
def revoke_certificate(*, certificate_id: int, reason: str, by: User, now: datetime) -> Certificate:
    """撤销证明: whoever scans it sees at once that it is void, and why. Twice changes nothing.

    Refuses NOT_ALLOWED, REASON_NEEDED.
    """
    found = (
        Certificate.objects.select_for_update(no_key=True, of=("self",))
        .select_related("division")
        .filter(pk=certificate_id)
        .first()
    )
    if found is None or not may_act(by=by, verb="volunteers.approve", row=found.division):
        raise NotAllowed(message=_("这份证明不在您负责的范围内。"))
    if found.revoked_at is not None:
        return found
    if len(reason.strip()) < 2:
        raise DomainError("REASON_NEEDED", _("请写明撤销的原因，查验的人会看到。"))
    found.revoked_at, found.revoked_by, found.revoke_reason = now, by, reason.strip()[:200]
    found.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
    return found
