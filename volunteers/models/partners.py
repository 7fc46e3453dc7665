"""Who serves beside the volunteers: member units of the 大工委, shops that give."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from people.models import User
from volunteers.rules.roll import Trade


class PartnerUnit(models.Model):
    """共建单位: a member unit of the community's 大工委; claims projects by agreement."""

    name = models.CharField(_("名称"), max_length=60)
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="partner_units", verbose_name=_("所属区划")
    )
    # Who answers for the unit in the portal.
    contact = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="partner_units",
        verbose_name=_("联络人账号"),
    )
    contact_name = models.CharField(_("联系人"), max_length=30, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=20, blank=True)
    is_member = models.BooleanField(_("大工委成员"), default=True)
    about = models.TextField(_("能提供什么"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("共建单位")
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["division", "name"], name="partner_unit_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class PartnerShop(models.Model):
    """爱心商户: a shop that serves neighbours at risk."""

    name = models.CharField(_("名称"), max_length=40)
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="partner_shops", verbose_name=_("所属区划")
    )
    trade = models.CharField(_("行业"), max_length=7, choices=Trade, default=Trade.OTHER)
    address = models.CharField(_("地址"), max_length=100, blank=True)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    keeper = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="partner_shops", verbose_name=_("店主账号")
    )
    about = models.TextField(_("能做什么"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("爱心商户")
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["division", "name"], name="partner_shop_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
