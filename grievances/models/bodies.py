"""Who meets: a body, and who belongs to it for how long."""

from __future__ import annotations

from datetime import date, datetime

import pghistory
import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.history import remembers
from common.reach import within
from grievances.rules.meetings import OFTEN, QUORUM, BodyKind
from people.models import Person, User

# Minutes name who was there, and as what: another office, or another term, is another row. What her
# record is erased with is the office alone; a merge carries the row over to the other record.
_SEAT_SQL = """
    IF TG_OP = 'UPDATE' AND ((NEW.body_id, NEW.since) IS DISTINCT FROM (OLD.body_id, OLD.since)
       OR NEW.office NOT IN (OLD.office, '')) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_is_not_rewritten',
            MESSAGE = 'a seat ends; it is not made another';
    END IF;
    IF (TG_OP = 'INSERT' OR NEW.until IS DISTINCT FROM OLD.until) AND EXISTS (
        SELECT 1 FROM grievances_bodymember m
        WHERE m.body_id = NEW.body_id AND m.person_id = NEW.person_id AND m.id IS DISTINCT FROM NEW.id
          AND daterange(m.since, m.until, '[]') && daterange(NEW.since, NEW.until, '[]')
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'one_seat_at_a_time',
            MESSAGE = 'she has a seat already in that time';
    END IF;
    RETURN NEW;
"""


class BodyQuerySet(models.QuerySet["Body"]):
    def visible_to(self, user: User | AnonymousUser) -> BodyQuerySet:
        """Those whose meetings she keeps."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(pk__in=within(self, "division", user.reach("grievances.meetings")).values("pk"))


@remembers(
    pghistory.UpdateEvent(row=pghistory.Old),
    fields=["name", "quorum", "active", "by"],
    model_name="BodyEvent",
    words=_("从前的议事会"),
)
class Body(models.Model):
    """议事会: residents and offices of a community that meet; what it was: BodyEvent."""

    name = models.CharField(_("名称"), max_length=40)
    kind = models.CharField(_("哪一种"), max_length=5, choices=BodyKind, default=BodyKind.TALK)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("社区"))
    quorum = models.PositiveSmallIntegerField(
        _("至少到会几人"), default=QUORUM, help_text=_("不够也能开，要写明原因。")
    )
    active = models.BooleanField(_("在用"), default=True)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("谁定的")
    )

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("议事会")
        ordering = ("division", "kind", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["division", "kind"],
                condition=Q(active=True),
                name="body_once",
                violation_error_message=_("这个社区已经有一个这样的议事会了。"),
            ),
            models.CheckConstraint(condition=Q(quorum__gte=1), name="body_quorum"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_overdue(self, now: datetime) -> bool:
        """Whether it has not met for two months, and no day is set."""
        last = self.meetings.held().order_by("-starts_at").values_list("starts_at", flat=True).first()
        return last is not None and now - last > OFTEN and not self.meetings.ahead().exists()


class BodyMemberQuerySet(models.QuerySet["BodyMember"]):
    def valid_on(self, day: date) -> BodyMemberQuerySet:
        """Terms in force on a day (both ends included)."""
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day)

    def visible_to(self, user: User | AnonymousUser) -> BodyMemberQuerySet:
        return self.filter(body__in=Body.objects.visible_to(user).values("pk"))


class BodyMember(models.Model):
    """议事会成员: a person in a body, for a term; ended, never deleted."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="members", verbose_name=_("议事会"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="seats_in_bodies", verbose_name=_("居民"))
    # As whom: only those who hold an office are named in public.
    office = models.CharField(
        _("职务"),
        max_length=20,
        blank=True,
        help_text=_("例如：社区书记、物业经理。有职务的，公布的纪要里会写姓名；居民代表不填。"),
    )
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True, blank=True)

    objects = BodyMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("议事会成员")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="body_member_until_after_since"
            ),
            models.UniqueConstraint(
                fields=["body", "person"],
                condition=Q(until=None),
                name="body_member_once",
                violation_error_message=_("这一位已经是成员了。"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="guard_seat",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_SEAT_SQL,
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.office}" if self.office else str(self.person)
