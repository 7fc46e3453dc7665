"""Who has a seat, who waits, who came."""

from __future__ import annotations

from datetime import datetime

import pghistory
import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.guards import guards
from common.history import remembers
from common.sealed import SealedTextField
from courses.models.catalogue import ClassGroup
from courses.models.session import Session
from courses.rules import ENROLMENTS, LIVE, EnrolChannel, EnrolmentState, Mark
from people.models import Person, User, acts_for

# Keeps the counters of the class, or of the session where people enrol by session. `seats` and
# `line` say how much a row counts; the UPDATE takes the pool's row lock if the verb has not.
_COUNT_SQL = """
    IF TG_OP <> 'INSERT' THEN
        seats := -(OLD.state IN ('SEATED', 'OFFERED'))::int;
        line := -(OLD.state = 'WAITING')::int;
        IF TG_OP = 'UPDATE' AND NEW.class_group_id = OLD.class_group_id
           AND NEW.session_id IS NOT DISTINCT FROM OLD.session_id THEN
            seats := seats + (NEW.state IN ('SEATED', 'OFFERED'))::int;
            line := line + (NEW.state = 'WAITING')::int;
        END IF;
        IF seats <> 0 OR line <> 0 THEN
            IF OLD.session_id IS NULL THEN
                UPDATE courses_classgroup SET seats_taken = seats_taken + seats,
                    waiting_taken = waiting_taken + line WHERE id = OLD.class_group_id;
            ELSE
                UPDATE courses_session SET seats_taken = seats_taken + seats,
                    waiting_taken = waiting_taken + line WHERE id = OLD.session_id;
            END IF;
        END IF;
        IF TG_OP = 'DELETE' OR (NEW.class_group_id = OLD.class_group_id
           AND NEW.session_id IS NOT DISTINCT FROM OLD.session_id) THEN
            RETURN NULL;
        END IF;
    END IF;
    seats := (NEW.state IN ('SEATED', 'OFFERED'))::int;
    line := (NEW.state = 'WAITING')::int;
    IF NEW.session_id IS NULL THEN
        UPDATE courses_classgroup SET seats_taken = seats_taken + seats,
            waiting_taken = waiting_taken + line,
            last_position = greatest(last_position, NEW.position) WHERE id = NEW.class_group_id;
    ELSE
        UPDATE courses_session SET seats_taken = seats_taken + seats,
            waiting_taken = waiting_taken + line,
            last_position = greatest(last_position, NEW.position) WHERE id = NEW.session_id;
    END IF;
    RETURN NULL;
"""


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def live(self) -> EnrolmentQuerySet:
        """Enrolments that hold a seat or a place in line."""
        return self.filter(state__in=LIVE)

    def seated(self) -> EnrolmentQuerySet:
        return self.filter(state=EnrolmentState.SEATED)

    def pool(self, class_id: int, session_id: int | None) -> EnrolmentQuerySet:
        """Enrolments in one pool of seats: a class, or one session of it."""
        where = Q(session=None) if session_id is None else Q(session=session_id)
        return self.filter(where, class_group=class_id)

    def visible_to(self, user: User | AnonymousUser) -> EnrolmentQuerySet:
        """Staff: those in classes in their reach. Everybody: their own and of whom they act for."""
        if not isinstance(user, User):
            return self.none()
        own = Q(person__in=acts_for(user).values("pk"))
        if not user.is_superuser and not user.posts:
            return self.filter(own)
        return self.filter(own | Q(class_group__in=ClassGroup.objects.visible_to(user).values("pk")))

    def for_roster(self) -> EnrolmentQuerySet:
        """Who sits or waits, in order, with `marked` and `came`: sessions marked, and attended."""
        return self.live().select_related("person").annotate(**_ATTENDED).order_by("position", "pk")


_ATTENDED = {
    "marked": models.Count("attendances"),
    "came": models.Count("attendances", filter=Q(attendances__mark__in=[Mark.PRESENT, Mark.LATE])),
}


@remembers(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    fields=[
        "class_group",
        "session",
        "person",
        "state",
        "channel",
        "by",
        "changed_at",
        "offer_until",
    ],  # no reason: words lie in the enrolment, where closing a record empties them
    model_name="EnrolmentEvent",
    words=_("报名历史"),
)
class Enrolment(models.Model):
    """报名: one person in one class (or one session of it). Its history is in EnrolmentEvent."""

    class_group = models.ForeignKey(
        ClassGroup, models.PROTECT, related_name="enrolments", verbose_name=_("班级")
    )
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="enrolments", verbose_name=_("课次")
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="enrolments", verbose_name=_("学员"))
    state = models.CharField(_("状态"), max_length=9, choices=EnrolmentState)
    channel = models.CharField(_("渠道"), max_length=7, choices=EnrolChannel, default=EnrolChannel.WEB)
    # The order in which people came, from 1; the waiting line is sorted by it.
    position = models.PositiveIntegerField(_("序号"))
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("操作人")
    )
    created_at = models.DateTimeField(_("报名时间"))
    changed_at = models.DateTimeField(_("变更时间"))
    offer_until = models.DateTimeField(_("名额保留至"), null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    # A register's remark may speak of health: sealed.
    remark = SealedTextField(_("备注"), blank=True, default="")

    # What a roster adds: `for_roster` counts, its page tells the age on the day.
    marked: int
    came: int
    age: int | None

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报名")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(
                fields=["class_group", "person"],
                condition=Q(state__in=LIVE, session=None),
                name="one_live_enrolment_a_class",
            ),
            models.UniqueConstraint(
                fields=["session", "person"],
                condition=Q(state__in=LIVE, session__isnull=False),
                name="one_live_enrolment_a_session",
            ),
            models.CheckConstraint(
                condition=Q(state=EnrolmentState.OFFERED, offer_until__isnull=False)
                | (~Q(state=EnrolmentState.OFFERED) & Q(offer_until=None)),
                name="offer_has_an_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["class_group", "session", "position"],
                name="enrolment_line",
                condition=Q(state=EnrolmentState.WAITING),
            ),
            models.Index(
                fields=["offer_until"], name="enrolment_offers", condition=Q(state=EnrolmentState.OFFERED)
            ),
        ]
        triggers = [
            *guards(ENROLMENTS),
            pgtrigger.Trigger(
                name="count_seats",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("seats", "int"), ("line", "int")],
                func=_COUNT_SQL,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.class_group}"

    def ahead(self) -> int:
        """How many people wait before this one."""
        return (
            Enrolment.objects.pool(self.class_group_id, self.session_id)
            .filter(state=EnrolmentState.WAITING, position__lt=self.position)
            .count()
        )

    @property
    def waits(self) -> bool:
        """Whether it is a place in line, and no seat."""
        return self.state == EnrolmentState.WAITING

    def offer_open_at(self, now: datetime) -> bool:
        return self.offer_until is not None and now < self.offer_until


@remembers(
    pghistory.UpdateEvent(row=pghistory.Old),  # the former mark; the present one is in Attendance
    fields=["mark", "by", "at"],
    model_name="AttendanceEvent",
    words=_("考勤更正"),
)
class Attendance(models.Model):
    """考勤: whether a learner came to a session; corrections are kept in AttendanceEvent."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="attendances", verbose_name=_("课次"))
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, related_name="attendances", verbose_name=_("报名")
    )
    mark = models.CharField(_("考勤"), max_length=7, choices=Mark)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("登记人"))
    at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("考勤")
        constraints = [models.UniqueConstraint(fields=["session", "enrolment"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.get_mark_display()}"
