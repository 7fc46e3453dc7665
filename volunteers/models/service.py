"""What was done, and how we know."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.guards import guards
from common.reach import within
from people.models import Person, User, Words, acts_for
from volunteers.models.roll import Volunteer
from volunteers.rules.service import MANUAL_PREFIX, NAMED_BY_THE_HOUSE, RECORDS, EvidenceKind, RecordState

# Three people: the recorder, the approver and the volunteer; and two kinds of evidence, one of them
# independent (volunteers/migrations/evidence.sql). What was
# recorded is never rewritten: the minutes of an approved record are what the ledger posted.
_GUARD_SQL = """
    IF TG_OP = 'UPDATE' AND (NEW.volunteer_id, NEW.source_key, NEW.minutes, NEW.recorded_by_id)
       IS DISTINCT FROM (OLD.volunteer_id, OLD.source_key, OLD.minutes, OLD.recorded_by_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'record_is_not_rewritten',
            MESSAGE = 'a service record is not rewritten: refuse it and record anew';
    END IF;
    IF NEW.state = 'APPROVED' AND (TG_OP = 'INSERT' OR OLD.state <> 'APPROVED') THEN
        IF EXISTS (
            SELECT 1 FROM volunteers_volunteer v JOIN people_person p ON p.id = v.person_id
            WHERE v.id = NEW.volunteer_id AND p.user_id IN (NEW.recorded_by_id, NEW.approved_by_id)
        ) THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'record_by_others',
                MESSAGE = 'nobody records or approves their own service';
        END IF;
        IF NOT volunteers_enough_evidence(NEW.id) THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'record_has_two_evidences',
                MESSAGE = 'two kinds of evidence, one of them independent, before a service is approved';
        END IF;
    END IF;
    RETURN NEW;
"""


class ManualMonth(TypedDict):
    """Minutes that one recorder typed in by hand in one month, and their share of all of it in percent."""

    month: datetime
    recorded_by: int
    recorded_by__name: str
    minutes: int
    count: int
    share: int


class ServiceRecordQuerySet(models.QuerySet["ServiceRecord"]):
    def visible_to(self, user: User | AnonymousUser) -> ServiceRecordQuerySet:
        """Staff: records of divisions in their reach; everybody: those of whom one acts for."""
        if not isinstance(user, User):
            return self.none()
        near = within(self, "division", user.reach("volunteers.view"))
        own = Q(volunteer__person__in=acts_for(user).values("pk"))
        return self.filter(Q(pk__in=near.values("pk")) | own)

    def about(self, person: Person) -> ServiceRecordQuerySet:
        """What she did, and what was done for her."""
        return self.filter(Q(volunteer__person=person) | Q(beneficiary=person))

    def titled_by_hand(self) -> ServiceRecordQuerySet:
        """Those whose title somebody typed."""
        named = Q(pk__in=[])
        for prefix in NAMED_BY_THE_HOUSE:
            named |= Q(source_key__startswith=prefix)
        return self.exclude(named)

    def manual_months(self, since: datetime) -> list[ManualMonth]:
        """Minutes typed in by hand, by month and recorder, with their share of all of that month."""
        recent = self.exclude(state=RecordState.REFUSED).filter(recorded_at__gte=since)
        months = recent.annotate(month=TruncMonth("recorded_at")).order_by("-month")
        everything = dict(months.values("month").annotate(all=Sum("minutes")).values_list("month", "all"))
        by = ("month", "recorded_by", "recorded_by__name")
        typed = months.filter(source_key__startswith=MANUAL_PREFIX).values(*by)
        counted = typed.annotate(minutes=Sum("minutes"), count=Count("pk"))
        return [
            ManualMonth(
                month=row["month"],
                recorded_by=row["recorded_by"],
                recorded_by__name=row["recorded_by__name"],
                minutes=row["minutes"],
                count=row["count"],
                share=round(100 * row["minutes"] / everything[row["month"]]),
            )
            for row in counted.order_by("-month", "recorded_by__name")
        ]


class ServiceRecord(models.Model):
    """服务记录: what one volunteer did, in minutes; earns hours and points once approved."""

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="records", verbose_name=_("志愿者"))
    # Where it comes from: apps above hand in a key, so that no foreign key points upward.
    source_key = models.CharField(_("来源"), max_length=60)
    title = models.CharField(_("服务内容"), max_length=80)
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="service_records", verbose_name=_("所属区划")
    )
    served_on = models.DateField(_("服务日期"))
    minutes = models.PositiveIntegerField(_("分钟"))
    # Who was served, where it was one person: points between two people are capped.
    beneficiary = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("服务对象")
    )
    state = models.CharField(_("状态"), max_length=8, choices=RecordState, default=RecordState.RECORDED)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("记录人"))
    recorded_at = models.DateTimeField(_("记录时间"))
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审核人")
    )
    approved_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    reason = models.CharField(_("说明"), max_length=200, blank=True)

    objects = ServiceRecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("服务记录")
        ordering = ("-served_on", "-id")
        constraints = [
            models.UniqueConstraint(fields=["volunteer", "source_key"], name="service_recorded_once"),
            models.CheckConstraint(condition=Q(minutes__range=(1, 1440)), name="service_within_a_day"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("recorded_by")),
                name="recorder_is_not_approver",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[RecordState.RECORDED, RecordState.REFUSED])
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="approved_record_has_approver",
            ),
        ]
        indexes = [
            models.Index(
                fields=["division"], name="record_to_approve", condition=Q(state=RecordState.RECORDED)
            ),
            models.Index(fields=["volunteer", "-served_on"], name="record_of_volunteer"),
        ]
        triggers = [
            *guards(RECORDS),
            pgtrigger.Trigger(
                name="guard_record",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_GUARD_SQL,
            ),
            pgtrigger.Protect(name="keep_record", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.served_on} {self.title} {self.minutes}"

    @property
    def is_manual(self) -> bool:
        """Typed in by hand, not out of a shift, an order or a session: shown as such."""
        return self.source_key.startswith(MANUAL_PREFIX)


class Evidence(models.Model):
    """凭据: one reason to believe a service record; added, never changed."""

    record = models.ForeignKey(
        ServiceRecord, models.PROTECT, related_name="evidence", verbose_name=_("服务记录")
    )
    kind = models.CharField(_("种类"), max_length=9, choices=EvidenceKind)
    words = models.OneToOneField(
        Words, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("说明")
    )
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("提供人"))

    class Meta:
        verbose_name = verbose_name_plural = _("凭据")
        constraints = [
            models.UniqueConstraint(fields=["record", "kind"], name="evidence_kind_once"),
        ]
        triggers = [pgtrigger.Protect(name="keep_evidence", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def note(self) -> str:
        return self.words.text if self.words else ""
