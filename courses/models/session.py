"""The dates of a class: those it meets on, those it skips."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from centers.models import Room
from common.guards import guards
from courses.models.catalogue import ClassGroup, Teacher
from courses.models.seats import SeatPool
from courses.rules import LIVE_SESSIONS, SESSIONS, Party, SessionMove, SessionState
from people.models import User


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


# From start to end, the end not included: one class may end when the next one begins.
SPAN = TsTzRange("starts_at", "ends_at", RangeBoundary())
_LIVE = Q(state__in=LIVE_SESSIONS)


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self) -> SessionQuerySet:
        """Sessions that take or took place."""
        return self.filter(_LIVE)

    def coming(self, now: datetime) -> SessionQuerySet:
        """Planned sessions that have not begun, the next one first."""
        return self.filter(state=SessionState.PLANNED, starts_at__gt=now).order_by("starts_at")

    def visible_to(self, user: User | AnonymousUser) -> SessionQuerySet:
        """Sessions of the classes that this user may see in the back office."""
        return self.filter(class_group__in=ClassGroup.objects.visible_to(user).values("pk"))


class Session(SeatPool):
    """课次: one meeting of a class. A moved one stays as it was and points at the new one."""

    class_group = models.ForeignKey(
        ClassGroup, models.CASCADE, related_name="sessions", verbose_name=_("班级")
    )
    number = models.PositiveSmallIntegerField(_("第几次"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    room = models.ForeignKey(
        Room, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("教室")
    )
    teacher = models.ForeignKey(
        Teacher, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("教师")
    )
    state = models.CharField(_("状态"), max_length=9, choices=SessionState, default=SessionState.PLANNED)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    moved_to = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="moved_from", verbose_name=_("改到")
    )
    # Only where people enrol by session; a class enrolled as a whole counts its seats itself.
    capacity = models.PositiveIntegerField(_("名额"), default=0)

    objects = SessionQuerySet.as_manager()

    class Meta(SeatPool.Meta):
        verbose_name = verbose_name_plural = _("课次")
        ordering = ("starts_at",)
        constraints = [
            *SeatPool.Meta.constraints,
            models.UniqueConstraint(
                fields=["class_group", "number"],
                condition=~Q(state=SessionState.MOVED),
                name="session_number_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_start",
                violation_error_message=_("下课时间要晚于上课时间。"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE_SESSIONS) | ~Q(reason=""),
                name="session_off_has_a_reason",
                violation_error_message=_("停课或改期要写明原因。"),
            ),
            ExclusionConstraint(
                name="session_room_free",
                expressions=[(SPAN, RangeOperators.OVERLAPS), ("room", RangeOperators.EQUAL)],
                condition=_LIVE & Q(room__isnull=False),
                violation_error_message=_("这间教室这个时间已经有课。"),
            ),
            ExclusionConstraint(
                name="session_teacher_free",
                expressions=[(SPAN, RangeOperators.OVERLAPS), ("teacher", RangeOperators.EQUAL)],
                condition=_LIVE & Q(teacher__isnull=False),
                violation_error_message=_("这位老师这个时间已经有课。"),
            ),
        ]
        indexes = [
            # The reminder pass looks only here, however many years of sessions there are.
            models.Index(
                fields=["starts_at"], name="session_coming", condition=Q(state=SessionState.PLANNED)
            ),
            models.Index(fields=["class_group", "starts_at"], name="session_of_class"),
        ]
        triggers = guards(SESSIONS)

    def __str__(self) -> str:
        return f"{self.class_group} · {self.number}"

    @property
    def moves(self) -> tuple[SessionMove, ...]:
        """What staff may do with it now."""
        return SESSIONS.offered(self.state, {Party.STAFF})


class SkippedDate(models.Model):
    """停课日: a date on which a class would meet but does not, and why."""

    class_group = models.ForeignKey(
        ClassGroup, models.CASCADE, related_name="skipped_dates", verbose_name=_("班级")
    )
    day = models.DateField(_("日期"))
    reason = models.CharField(_("原因"), max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = _("停课日")
        ordering = ("day",)
        constraints = [models.UniqueConstraint(fields=["class_group", "day"], name="skipped_date_once")]

    def __str__(self) -> str:
        return f"{self.day:%m-%d} {self.reason}"
