"""What there is to do: activities, and the shifts in which they take place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centers.models import Center, Division
from centers.rules import WEEKDAYS
from common.counters import Counted
from common.guards import guards
from common.reach import within
from people.models import User
from volunteers.models.roll import Skill, Team, Volunteer
from volunteers.rules.shifts import (
    ACTIVITIES,
    SHIFTS,
    ActivityState,
    Repeats,
    Rhythm,
    ShiftState,
    SignupState,
)


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, user: User | AnonymousUser) -> ActivityQuerySet:
        """Staff: activities of divisions in their reach; a volunteer: those she organises."""
        if not isinstance(user, User):
            return self.none()
        near = within(self, "division", user.reach("volunteers.view"))
        return self.filter(Q(pk__in=near.values("pk")) | Q(organiser__person__user=user))


class Activity(models.Model):
    """志愿活动: something volunteers do together, once or again and again."""

    title = models.CharField(_("名称"), max_length=40)
    about = models.TextField(_("做什么"), blank=True)
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="activities", verbose_name=_("所属区划")
    )
    center = models.ForeignKey(
        Center, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name=_("中心")
    )
    place = models.CharField(_("地点"), max_length=100, blank=True)
    meeting_point = models.CharField(_("集合地点"), max_length=100, blank=True)
    # A volunteer leads; staff may do everything she may.
    organiser = models.ForeignKey(
        Volunteer, models.SET_NULL, null=True, blank=True, related_name="organises", verbose_name=_("组织者")
    )
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="activities", verbose_name=_("队伍")
    )
    skill = models.ForeignKey(
        Skill,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("需要的特长"),
    )
    dangerous = models.BooleanField(_("有危险（须有意外险）"), default=False)
    min_age = models.PositiveSmallIntegerField(_("最小年龄"), null=True, blank=True)
    repeats = models.CharField(_("频率"), max_length=6, choices=Repeats, default=Repeats.NONE)
    weekday = models.PositiveSmallIntegerField(_("星期"), choices=WEEKDAYS, null=True, blank=True)
    starts = models.TimeField(_("开始时间"))
    ends = models.TimeField(_("结束时间"))
    places = models.PositiveSmallIntegerField(_("每次人数"))
    waiting_limit = models.PositiveSmallIntegerField(_("候补上限"), default=20)
    starts_on = models.DateField(_("从哪天起"))
    ends_on = models.DateField(_("到哪天止"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=9, choices=ActivityState, default=ActivityState.DRAFT)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("志愿活动")
        ordering = ("title", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="activity_ends_after_start",
                violation_error_message=_("结束时间要晚于开始时间。"),
            ),
            models.CheckConstraint(
                condition=Q(repeats=Repeats.NONE) | Q(weekday__isnull=False, weekday__range=(1, 7)),
                name="activity_has_a_weekday",
                violation_error_message=_("每周或每月办的活动，请选星期几。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="activity_ends_on_after_start",
                violation_error_message=_("最后一天不能早于第一天。"),
            ),
            models.CheckConstraint(
                condition=Q(places__gte=1),
                name="activity_has_places",
                violation_error_message=_("每次至少要有 1 个人。"),
            ),
        ]
        triggers = guards(ACTIVITIES)

    def __str__(self) -> str:
        return self.title

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(self.repeats, self.weekday, self.starts_on, self.ends_on)

    @property
    def where(self) -> str:
        """ "通信花园社区党群服务中心 门前广场"."""
        return " ".join(filter(None, [self.center.name if self.center else "", self.place]))

    def is_led_by(self, user: User) -> bool:
        """Whether this account is the organiser's own; needs organiser__person."""
        return self.organiser is not None and self.organiser.person.user_id == user.pk


# A shift that is moved takes its sign-ups along: the constraint that keeps a volunteer out of two
# places at once looks at their copy of the time.
_FOLLOW_SQL = """
    UPDATE volunteers_shiftsignup SET during = tstzrange(NEW.starts_at, NEW.ends_at)
    WHERE shift_id = NEW.id;
    RETURN NULL;
"""


class ShiftQuerySet(models.QuerySet["Shift"]):
    def visible_to(self, user: User | AnonymousUser) -> ShiftQuerySet:
        """The shifts of the activities that this user may see behind the counter."""
        return self.filter(activity__in=Activity.objects.visible_to(user).values("pk"))

    def public(self) -> ShiftQuerySet:
        """What everybody may see: shifts of activities that have been published."""
        return self.exclude(activity__state=ActivityState.DRAFT)

    def coming(self, now: datetime) -> ShiftQuerySet:
        """Shifts one can still join, the next one first."""
        return self.filter(state=ShiftState.PLANNED, ends_at__gt=now).order_by("starts_at", "pk")

    def next_of_each(self, now: datetime) -> ShiftQuerySet:
        """Of every activity going on, the next shift one can join, the soonest first."""
        coming = self.coming(now).filter(activity__state=ActivityState.PUBLISHED)
        first = coming.order_by("activity_id", "starts_at", "pk").distinct("activity_id").values("pk")
        return self.filter(pk__in=first).order_by("starts_at", "pk")

    def for_cards(self) -> ShiftQuerySet:
        return self.select_related("activity__center", "activity__skill", "activity__division")


class Shift(Counted):
    """班次: one date of an activity, with places.

    A trigger on sign-ups keeps the counters (volunteers/models/signups.py); the constraint refuses
    one place too many, whoever writes. Saving a shift never writes them.
    """

    COUNTERS = frozenset({"places_taken", "waiting_taken", "last_position"})

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="shifts", verbose_name=_("志愿活动"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    # Where the plan put it: a shift that was moved is not planned a second time.
    planned_at = models.DateTimeField(_("原定开始"), editable=False)
    places = models.PositiveIntegerField(_("人数"))
    places_taken = models.PositiveIntegerField(_("已报名"), default=0, editable=False)
    waiting_limit = models.PositiveIntegerField(_("候补上限"), default=20)
    waiting_taken = models.PositiveIntegerField(_("候补人数"), default=0, editable=False)
    last_position = models.PositiveIntegerField(default=0, editable=False)
    state = models.CharField(_("状态"), max_length=9, choices=ShiftState, default=ShiftState.PLANNED)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    # Volunteers serve on holidays too; the note lets them see that the day is one.
    note = models.CharField(_("提示"), max_length=60, blank=True)
    closed_at = models.DateTimeField(_("关闭时间"), null=True, blank=True, editable=False)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("班次")
        ordering = ("starts_at",)
        constraints = [
            models.UniqueConstraint(fields=["activity", "starts_at"], name="shift_once"),
            models.UniqueConstraint(fields=["activity", "planned_at"], name="shift_planned_once"),
            models.CheckConstraint(condition=Q(places_taken__lte=F("places")), name="shift_not_overfull"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(state=ShiftState.CANCELLED) | ~Q(reason=""), name="shift_off_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state=ShiftState.CLOSED, closed_at__isnull=False)
                | (~Q(state=ShiftState.CLOSED) & Q(closed_at=None)),
                name="shift_closed_at",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], name="shift_coming", condition=Q(state=ShiftState.PLANNED)),
        ]
        triggers = [
            *guards(SHIFTS),
            pgtrigger.Trigger(
                name="signups_follow",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("starts_at", "ends_at"),
                func=_FOLLOW_SQL,
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%Y-%m-%d %H:%M} {self.activity}"

    @property
    def places_left(self) -> int:
        """Free places a newcomer could take now: none while others wait."""
        return 0 if self.waiting_taken else max(0, self.places - self.places_taken)

    @property
    def source_key(self) -> str:
        """What its service records are known by."""
        return f"shift:{self.pk}"

    def is_open_at(self, now: datetime) -> bool:
        """Whether one may still join: not called off, not closed, not over."""
        return self.state == ShiftState.PLANNED and now < self.ends_at

    def roster(self) -> models.QuerySet[Any]:
        """Who is on the list, in the order of signing up; who waits comes last."""
        listed = self.signups.listed().select_related("volunteer__person", "listed_by")
        return listed.annotate(
            waits=models.Case(models.When(state=SignupState.WAITING, then=1), default=0)
        ).order_by("waits", "position", "pk")
