"""What happens to an order: whom it was offered, every step, the calls made afterwards; shop cards."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.masking import mask_bearer
from common.reach import within
from orders.models.orders import ServiceOrder
from orders.rules.orders import CallBackAnswer, CallBackWhy, OfferAnswer, OrderMove, OrderParty, OrderState
from people.models import Person, User, Words, acts_for
from volunteers.models.takers import HasTaker, answered_for_by, one_taker
from volunteers.rules.roll import Trade


class OrderOfferQuerySet(models.QuerySet["OrderOffer"]):
    def pending(self) -> OrderOfferQuerySet:
        return self.filter(answer=OfferAnswer.PENDING)

    def asked_of(self, user: User) -> OrderOfferQuerySet:
        """Offers that this account may answer."""
        return self.pending().filter(answered_for_by(user))


class OrderOffer(HasTaker):
    """派单: an order held out to one taker. Not taking it costs nothing and is counted nowhere."""

    order = models.ForeignKey(ServiceOrder, models.PROTECT, related_name="offers", verbose_name=_("服务单"))
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("派单人"))
    at = models.DateTimeField(_("派单时间"))
    until = models.DateTimeField(_("等到"))
    answer = models.CharField(_("回音"), max_length=9, choices=OfferAnswer, default=OfferAnswer.PENDING)
    answered_at = models.DateTimeField(_("回音时间"), null=True, blank=True)

    objects = OrderOfferQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("派单")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(answer=OfferAnswer.PENDING), name="one_pending_offer"
            ),
            models.CheckConstraint(condition=one_taker(), name="offer_has_one_taker"),
            models.CheckConstraint(
                condition=Q(answer=OfferAnswer.PENDING, answered_at=None)
                | (~Q(answer=OfferAnswer.PENDING) & Q(answered_at__isnull=False)),
                name="offer_answered_by_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["until"], name="offer_to_expire", condition=Q(answer=OfferAnswer.PENDING)),
        ]
        triggers = [pgtrigger.Protect(name="keep_offer", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.order} → {self.taker_name}"


class OrderEvent(models.Model):
    """服务单历史: one step of an order, with who and why; appended, never changed."""

    order = models.ForeignKey(ServiceOrder, models.PROTECT, related_name="events", verbose_name=_("服务单"))
    event = models.CharField(_("动作"), max_length=10, choices=OrderMove)
    frm = models.CharField(_("从"), max_length=21, choices=OrderState, blank=True)
    to = models.CharField(_("到"), max_length=21, choices=OrderState)
    party = models.CharField(_("身份"), max_length=9, choices=OrderParty)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人")
    )
    words = models.OneToOneField(
        Words, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("原因")
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("服务单历史")
        ordering = ("id",)
        triggers = [pgtrigger.Protect(name="keep_order_event", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_event_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def reason(self) -> str:
        return self.words.text if self.words else ""


class CallBackQuerySet(models.QuerySet["CallBack"]):
    def visible_to(self, user: User | AnonymousUser) -> CallBackQuerySet:
        """Those of orders that the user dispatches."""
        if not isinstance(user, User):
            return self.none()
        near = within(self, "order__division", user.reach("orders.dispatch"))
        return self.filter(pk__in=near.values("pk"))

    def to_make(self) -> CallBackQuerySet:
        """Who was not reached stays on the list."""
        return self.filter(answer__in=["", CallBackAnswer.UNREACHED]).order_by("at", "pk")


class CallBack(models.Model):
    """回访: a call to somebody who was served: was it done? No stars, no marks."""

    order = models.ForeignKey(
        ServiceOrder, models.PROTECT, related_name="callbacks", verbose_name=_("服务单")
    )
    why = models.CharField(_("为什么回访"), max_length=6, choices=CallBackWhy)
    at = models.DateTimeField(_("列入时间"))
    answer = models.CharField(_("结果"), max_length=9, choices=CallBackAnswer, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("回访人")
    )
    answered_at = models.DateTimeField(_("回访时间"), null=True, blank=True)

    objects = CallBackQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("回访")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["order", "why"], name="callback_once"),
            models.CheckConstraint(
                condition=Q(answer="", by=None, answered_at=None)
                | (~Q(answer="") & Q(by__isnull=False, answered_at__isnull=False)),
                name="callback_answered_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["at"], name="callback_to_make", condition=Q(answer=""))]
        triggers = [pgtrigger.Protect(name="keep_callback", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.order} {self.get_why_display()}"


class ServiceCardQuerySet(models.QuerySet["ServiceCard"]):
    def visible_to(self, user: User | AnonymousUser) -> ServiceCardQuerySet:
        """Staff: cards of people who live in their reach; everybody: those of whom one acts for."""
        if not isinstance(user, User):
            return self.none()
        near = within(self, "person__home", user.reach("volunteers.view"))
        return self.filter(Q(pk__in=near.values("pk")) | Q(person__in=acts_for(user).values("pk")))


class ServiceCard(models.Model):
    """爱心服务卡: so many services of neighbourhood shops for one person; never money."""

    number = models.CharField(_("卡号"), max_length=10, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="service_cards", verbose_name=_("持卡人"))
    trades = ArrayField(models.CharField(max_length=7, choices=Trade), verbose_name=_("可用的行业"))
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("发卡人"))
    issued_at = models.DateTimeField(_("发卡时间"))
    valid_until = models.DateField(_("有效期至"))
    uses_left = models.PositiveSmallIntegerField(_("还能用几次"))
    stopped_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = ServiceCardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("爱心服务卡")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(trades__len__gte=1), name="card_names_a_trade"),
        ]
        triggers = [pgtrigger.Protect(name="keep_card", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.masked} {self.person}"

    @property
    def masked(self) -> str:
        """The number as it is shown: whole it was once, to whoever issued the card."""
        return mask_bearer(self.number)

    @property
    def trades_words(self) -> str:
        return "、".join(str(Trade(one).label) for one in self.trades)

    def good_on(self, day: date) -> bool:
        """Whether it still serves on a day, the last one included."""
        return self.stopped_at is None and self.uses_left > 0 and day <= self.valid_until
