"""The one order engine: what is on the menu, who asked for what, who has it, how it went."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.guards import guards
from common.reach import within
from common.sealed import SealedTextField
from orders.rules.orders import (
    A_DAY,
    FINISHED,
    FOR_ALL,
    IN_HAND,
    MOST_POINTS,
    OF_A_CARD,
    OPEN,
    ORDERS,
    ConfirmedBy,
    OfferAnswer,
    OrderKind,
    OrderState,
    reference_of,
)
from people.models import Person, User, acts_for
from points.models.ledger import Hold
from volunteers.models.roll import Skill
from volunteers.models.takers import HasTaker, answered_for_by, no_taker, one_taker

# What was ordered stays what it was, and nobody serves herself.
_GUARD_SQL = """
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.kind, NEW.item_id, NEW.division_id, NEW.points) IS DISTINCT FROM
           (OLD.kind, OLD.item_id, OLD.division_id, OLD.points)
           OR (OLD.hold_id IS NOT NULL AND NEW.hold_id IS DISTINCT FROM OLD.hold_id) THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'order_is_not_rewritten',
                MESSAGE = 'what was ordered is not rewritten: cancel it and order anew';
        END IF;
    END IF;
    IF NEW.volunteer_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.volunteer_id IS DISTINCT FROM OLD.volunteer_id)
       AND EXISTS (SELECT 1 FROM volunteers_volunteer v WHERE v.id = NEW.volunteer_id
                   AND v.person_id IN (NEW.requester_id, NEW.for_person_id)) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'order_is_not_ones_own',
            MESSAGE = 'nobody takes their own order';
    END IF;
    RETURN NEW;
"""

# At commit the points of an order stand as the order does: set aside while it is open, spent once
# it is confirmed, back with their owner where it came to nothing. Looked up anew, as one
# transaction may take several steps.
_PAID_SQL = """
    IF EXISTS (
        SELECT 1 FROM orders_serviceorder o
        LEFT JOIN points_hold h ON h.id = o.hold_id
        LEFT JOIN points_holdend e ON e.hold_id = h.id
        WHERE o.id = NEW.id AND (
            h.amount IS DISTINCT FROM o.points OR e.outcome IS DISTINCT FROM CASE
                WHEN o.state = 'CONFIRMED' THEN 'COMMITTED'
                WHEN o.state IN ('REFUSED', 'CANCELLED') THEN 'RELEASED' END)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'order_points_stand_as_it_does',
            MESSAGE = 'the points of an order are held, spent and given back with it';
    END IF;
    RETURN NULL;
"""


class ServiceItemQuerySet(models.QuerySet["ServiceItem"]):
    def visible_to(self, user: User | AnonymousUser) -> ServiceItemQuerySet:
        """Staff: the items of their reach; the public menu is `on_menu`."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(pk__in=within(self, "division", user.reach("volunteers.view")).values("pk"))

    def on_menu(self) -> ServiceItemQuerySet:
        return self.filter(active=True).select_related("division").order_by("division__path", "name", "pk")

    def offered_in(self, division: Division) -> ServiceItemQuerySet:
        """What somebody who lives there may order: items of her divisions, from the grid up."""
        above = division.with_above
        return self.on_menu().filter(division__in=above)


class ServiceItem(models.Model):
    """服务项目: one thing on the public menu of services."""

    name = models.CharField(_("名称"), max_length=30)
    about = models.TextField(_("做什么、不做什么"), blank=True)
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="service_items", verbose_name=_("哪里的居民可以点")
    )
    skill = models.ForeignKey(
        Skill,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="service_items",
        verbose_name=_("需要的特长"),
    )
    # 志愿服务条例 art. 17: accident insurance before dangerous work.
    dangerous = models.BooleanField(
        _("有危险（要保险）"), default=False, help_text=_("登高、用电、搬重物等，接单人在那天要有意外险。")
    )
    minutes = models.PositiveSmallIntegerField(_("大约多少分钟"), default=60)
    points = models.PositiveIntegerField(
        _("要用多少积分"),
        default=0,
        help_text=_("0：不用积分。用积分换的，下单时先留出积分，确认做好才扣，取消就退。"),
    )
    active = models.BooleanField(_("在菜单上"), default=True)

    objects = ServiceItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("服务项目")
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["division", "name"], name="service_item_once"),
            models.CheckConstraint(condition=Q(minutes__range=(1, A_DAY)), name="service_item_minutes"),
            models.CheckConstraint(condition=Q(points__lte=MOST_POINTS), name="service_item_points"),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceOrderQuerySet(models.QuerySet["ServiceOrder"]):
    def asked_by(self, user: User) -> ServiceOrderQuerySet:
        """Orders for the people whom this account acts for."""
        return self.filter(for_person__in=acts_for(user).values("pk"))

    def had_by(self, user: User) -> ServiceOrderQuerySet:
        """Orders that this account, its team, unit or shop has taken."""
        return self.filter(answered_for_by(user))

    def visible_to(self, user: User | AnonymousUser) -> ServiceOrderQuerySet:
        """Staff: those of their reach; everybody: their own, and what they took or are asked to."""
        if not isinstance(user, User):
            return self.none()
        near = within(self, "division", user.reach("volunteers.view"))
        # Named through the relation: the offers' module stands above this one.
        offers = ServiceOrder._meta.get_field("offers").related_model._default_manager
        asked = offers.filter(answered_for_by(user), answer=OfferAnswer.PENDING)
        return self.filter(
            Q(pk__in=near.values("pk"))
            | Q(pk__in=self.asked_by(user).values("pk"))
            | Q(pk__in=self.had_by(user).values("pk"))
            | Q(pk__in=asked.values("order"))
        )

    def dispatched_by(self, user: User) -> ServiceOrderQuerySet:
        """Those of the user's desk."""
        return self.filter(pk__in=within(self, "division", user.reach("orders.dispatch")).values("pk"))

    def live(self) -> ServiceOrderQuerySet:
        return self.filter(state__in=OPEN)

    def on_wall(self, kinds: Iterable[str]) -> ServiceOrderQuerySet:
        """What anybody may read and adopt: never the names, never the text itself."""
        return (
            self.filter(kind__in=list(kinds), state=OrderState.ACCEPTED_FOR_DISPATCH)
            .exclude(public_text="")
            .select_related("division")
            .defer("text", "place")
            .order_by("requested_at", "pk")
        )

    def overdue(self, now: datetime) -> ServiceOrderQuerySet:
        return self.filter(state=OrderState.REQUESTED, answer_due_at__lte=now)


class ServiceOrder(HasTaker):
    """服务单: one thing asked for, from the asking to the confirmation. History: OrderEvent."""

    kind = models.CharField(_("类别"), max_length=9, choices=OrderKind)
    item = models.ForeignKey(
        ServiceItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("服务项目"),
    )
    # Who asked, and whom it is for: an agent orders for the elder who named her.
    requester = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("下单人")
    )
    for_person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("服务对象")
    )
    title = models.CharField(_("要办什么"), max_length=40)
    # May speak of health, and says where somebody lives: sealed.
    text = SealedTextField(_("说明"), blank=True, default="")
    place = SealedTextField(_("地点"), blank=True, default="")
    # What the wall of wishes shows instead of text and names (志愿服务条例 art. 20).
    public_text = models.CharField(_("公开的说法"), max_length=200, blank=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="orders", verbose_name=_("所属区划"))
    wanted_on = models.DateField(_("希望哪天"), null=True, blank=True)
    wanted_words = models.CharField(_("什么时间方便"), max_length=60, blank=True)
    state = models.CharField(
        _("状态"), max_length=21, choices=OrderState, default=OrderState.REQUESTED, editable=False
    )
    # Service for service: what it costs, as the menu said that day, and the points set aside for it.
    points = models.PositiveIntegerField(_("积分"), default=0, editable=False)
    hold = models.OneToOneField(
        Hold,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="order",
        verbose_name=_("预留"),
    )
    # The card whose use this is; given back where it comes to nothing.
    card = models.ForeignKey(
        "orders.ServiceCard",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="uses",
        verbose_name=_("爱心服务卡"),
    )
    # Pressing the button twice is one order.
    key = models.CharField(max_length=64, blank=True, default="", editable=False)
    requested_at = models.DateTimeField(_("下单时间"))
    answer_due_at = models.DateTimeField(_("最晚答复"))
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("上报时间"), null=True, blank=True)
    agreement_no = models.CharField(_("协议编号"), max_length=40, blank=True)
    agreement_until = models.DateField(_("协议到期"), null=True, blank=True)
    taken_at = models.DateTimeField(_("接单时间"), null=True, blank=True)
    done_at = models.DateTimeField(_("做完时间"), null=True, blank=True)
    done_minutes = models.PositiveIntegerField(_("用时（分钟）"), null=True, blank=True)
    done_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("登记做完的人")
    )
    done_note = models.CharField(_("做得怎样"), max_length=200, blank=True)
    # Values of EvidenceKind.
    done_evidence: models.JSONField[list[str], list[str]] = models.JSONField(
        _("凭据种类"),
        default=list,
        blank=True,
    )
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    confirmed_by_kind = models.CharField(_("谁确认的"), max_length=9, choices=ConfirmedBy, blank=True)

    objects = ServiceOrderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("服务单")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=(Q(state__in=IN_HAND) & one_taker())
                | (Q(state=OrderState.CANCELLED) & (one_taker() | no_taker()))
                | (~Q(state__in=[*IN_HAND, OrderState.CANCELLED]) & no_taker()),
                name="order_taker_by_state",
            ),
            models.CheckConstraint(
                # What a grant brought is told in its reports, not in minutes.
                condition=Q(state__in=FINISHED, done_at__isnull=False)
                & (Q(done_minutes__isnull=False) | Q(kind=OrderKind.GRANT))
                | (~Q(state__in=FINISHED) & Q(done_at=None, done_minutes=None)),
                name="order_done_by_state",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=OrderState.CONFIRMED, confirmed_at__isnull=False) & ~Q(confirmed_by_kind="")
                )
                | (~Q(state=OrderState.CONFIRMED) & Q(confirmed_at=None, confirmed_by_kind="")),
                name="order_confirmed_by_state",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=FOR_ALL) | Q(requester__isnull=False, for_person__isnull=False),
                name="order_for_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(kind=OrderKind.SERVICE) | Q(item__isnull=False), name="order_service_has_item"
            ),
            models.CheckConstraint(
                condition=Q(kind=OrderKind.SHOP_CARD, state__in=OF_A_CARD)
                | (~Q(kind=OrderKind.SHOP_CARD) & Q(card=None)),
                name="order_of_card_waits_nowhere",
            ),
            models.CheckConstraint(
                condition=Q(points=0, hold=None) | Q(points__gt=0, kind=OrderKind.SERVICE),
                name="order_points_for_service",
            ),
            models.CheckConstraint(
                condition=Q(done_minutes=None)
                | Q(volunteer=None, done_minutes__gte=1)
                | Q(volunteer__isnull=False, done_minutes__range=(1, A_DAY)),
                name="order_minutes",
            ),
            models.CheckConstraint(
                condition=Q(answer_due_at__gte=F("requested_at")), name="order_answered_after_asked"
            ),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="order_key_once"),
            models.UniqueConstraint(
                fields=["item", "for_person", "wanted_on"],
                condition=Q(state__in=OPEN, kind=OrderKind.SERVICE),
                nulls_distinct=False,
                name="order_once_a_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["answer_due_at"], name="order_to_answer", condition=Q(state=OrderState.REQUESTED)
            ),
            models.Index(fields=["division", "state"], name="order_board", condition=Q(state__in=OPEN)),
            models.Index(fields=["done_at"], name="order_done", condition=Q(done_at__isnull=False)),
        ]
        triggers = [
            *guards(ORDERS),
            pgtrigger.Trigger(
                name="guard_order",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_GUARD_SQL,
            ),
            pgtrigger.Trigger(
                name="paid_order",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__points__gt=0),
                func=_PAID_SQL,
            ),
            pgtrigger.Protect(name="keep_order", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def reference(self) -> str:
        return reference_of(self.kind, self.pk)

    @property
    def whom(self) -> str:
        """For whom it is: a name, or the place where it is everybody's."""
        return self.for_person.full_name if self.for_person else str(self.division)

    def day(self, today: date) -> date:
        """The day on which it is done, as far as known."""
        return self.wanted_on or today
