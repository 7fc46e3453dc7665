"""Certificates of hours."""

from __future__ import annotations

from typing import TypedDict

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.reach import within
from people.models import User, acts_for
from volunteers.models.roll import Volunteer


class ServiceLine(TypedDict):
    """What a certificate says of one kind of service."""

    title: str
    times: int
    minutes: int


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, user: User | AnonymousUser) -> CertificateQuerySet:
        if not isinstance(user, User):
            return self.none()
        near = within(self, "division", user.reach("volunteers.view"))
        own = Q(volunteer__person__in=acts_for(user).values("pk"))
        return self.filter(Q(pk__in=near.values("pk")) | own)


class Certificate(models.Model):
    """志愿服务证明: what was done between two days, as it stood when issued; it can be revoked.

    Fields: 2015 joint opinion on records and certificates of volunteering, MCA Order 67.
    """

    number = models.CharField(_("证明编号"), max_length=24, unique=True)
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="certificates", verbose_name=_("志愿者")
    )
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("开具单位区划"))
    since = models.DateField(_("起"))
    until = models.DateField(_("止"))
    minutes = models.PositiveIntegerField(_("分钟"))
    # [{"title", "times", "minutes"}, ...] as it stood: a later reversal revokes, it does not rewrite.
    services: models.JSONField[list[ServiceLine], list[ServiceLine]] = models.JSONField(
        _("服务内容"), default=list
    )
    issuer = models.CharField(_("开具单位"), max_length=60)
    in_charge = models.CharField(_("负责人"), max_length=30)
    handler = models.CharField(_("经办人"), max_length=30)
    contact = models.CharField(_("联系电话"), max_length=30)
    noticed_from = models.DateField(_("公示开始"))
    note = models.CharField(_("备注"), max_length=200, blank=True)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("开具人"))
    issued_at = models.DateTimeField(_("开具时间"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤销人")
    )
    revoke_reason = models.CharField(_("撤销原因"), max_length=200, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("志愿服务证明")
        ordering = ("-issued_at", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="certificate_until_after_since"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None, revoke_reason="")
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoke_reason="")),
                name="certificate_revoked_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number
