"""Terms, courses, teachers and class groups."""

from __future__ import annotations

from datetime import datetime

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from centers.models import Center, Division, Room
from centers.rules import WEEKDAYS
from common.guards import guards
from courses.models.seats import SeatPool
from courses.rules import CLASSES, OPEN_STATES, Audience, ClassState, CourseKind, EnrolBy, Makeup, Mode
from people.models import Person, User


class TermQuerySet(models.QuerySet["Term"]):
    def visible_to(self, user: User | AnonymousUser) -> TermQuerySet:
        """Staff: the terms of divisions in their reach, and of those above, which hold there too."""
        reach = Q(pk__in=[])
        for path in user.reach("courses.view") if isinstance(user, User) else []:
            if not path:
                return self.all()
            steps = path.rstrip("/").split("/")
            above = ["/".join(steps[:depth]) + "/" for depth in range(1, len(steps))]
            reach |= Q(division__path__startswith=path) | Q(division__path__in=above)
        return self.filter(reach)


class Term(models.Model):
    """学期: a span of dates for which a division offers classes."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="terms", verbose_name=_("所属区划"))
    name = models.CharField(_("名称"), max_length=40)
    starts_on = models.DateField(_("开始"))
    ends_on = models.DateField(_("结束"))

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("学期")
        ordering = ("-starts_on", "id")
        constraints = [
            models.UniqueConstraint(fields=["division", "name"], name="term_name_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="term_ends_after_start",
                violation_error_message=_("学期的结束日期不能早于开始日期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Course(models.Model):
    """课程: a subject that is taught; its class groups are what people enrol in."""

    name = models.CharField(_("名称"), max_length=40, unique=True)
    subject = models.CharField(_("科目"), max_length=40, blank=True)
    audience = models.CharField(_("适合"), max_length=5, choices=Audience, default=Audience.ALL)
    kind = models.CharField(_("类型"), max_length=12, choices=CourseKind, default=CourseKind.COURSE)
    about = models.TextField(_("学什么"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("课程")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class TeacherQuerySet(models.QuerySet["Teacher"]):
    def visible_to(self, user: User | AnonymousUser) -> TeacherQuerySet:
        """Staff: teachers who live in their reach or teach there."""
        return self.filter(
            Q(person__in=Person.objects.visible_to(user).values("pk"))
            | Q(pk__in=ClassGroup.objects.visible_to(user).values("teacher"))
        )


class Teacher(models.Model):
    """教师: a person who teaches; all of them are volunteers."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="teacher", verbose_name=_("居民"))
    about = models.CharField(_("介绍"), max_length=200, blank=True)

    objects = TeacherQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("教师")

    def __str__(self) -> str:
        return str(self.person)


class ClassGroupQuerySet(models.QuerySet["ClassGroup"]):
    def public(self) -> ClassGroupQuerySet:
        """What residents may see: published, running, and cancelled ones with their reason."""
        return self.exclude(state=ClassState.DRAFT)

    def current(self) -> ClassGroupQuerySet:
        """Classes that are offered now or running."""
        return self.filter(state__in=OPEN_STATES)

    def open_at(self, now: datetime) -> ClassGroupQuerySet:
        """Classes in which residents may enrol at `now`."""
        return self.current().filter(opens_at__lte=now, closes_at__gt=now)

    def with_seats(self, now: datetime) -> ClassGroupQuerySet:
        """Classes in which a resident gets a seat at `now`, without waiting."""
        return self.open_at(now).filter(waiting_taken=0, seats_taken__lt=F("capacity"))

    def visible_to(self, user: User | AnonymousUser) -> ClassGroupQuerySet:
        """Staff: the classes at centers in their reach, and those they teach. Others: none."""
        if not isinstance(user, User):
            return self.none()
        reach = Q(teacher__person__user=user)
        for path in user.reach("courses.view"):
            if not path:
                return self.all()
            reach |= Q(center__division__path__startswith=path)
        return self.filter(reach)

    def with_next(self, now: datetime) -> ClassGroupQuerySet:
        """Adds `next_starts_at` and `next_ends_at` of the next planned session; soonest first."""
        return self.annotate(**_next_session(now)).order_by(F("next_starts_at").asc(nulls_last=True), "name")

    def for_cards(self) -> ClassGroupQuerySet:
        """Everything a class card shows, in a constant number of queries."""
        return self.select_related("course", "center__division", "room", "teacher__person").prefetch_related(
            "slots"
        )


def _next_session(now: datetime) -> dict[str, models.Subquery]:
    sessions = apps.get_model("courses", "Session").objects.coming(now)
    coming = sessions.filter(class_group=models.OuterRef("pk"))
    return {
        f"next_{moment}": models.Subquery(coming.values(moment)[:1]) for moment in ("starts_at", "ends_at")
    }


class ClassGroup(SeatPool):
    """班级: one class of a course in a term; what people enrol in."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="classes", verbose_name=_("课程"))
    term = models.ForeignKey(Term, models.PROTECT, related_name="classes", verbose_name=_("学期"))
    name = models.CharField(_("班级名称"), max_length=40)
    center = models.ForeignKey(Center, models.PROTECT, related_name="classes", verbose_name=_("中心"))
    room = models.ForeignKey(
        Room, models.PROTECT, null=True, blank=True, related_name="classes", verbose_name=_("教室")
    )
    teacher = models.ForeignKey(
        Teacher, models.PROTECT, null=True, blank=True, related_name="classes", verbose_name=_("教师")
    )
    enrol_by = models.CharField(_("报名方式"), max_length=7, choices=EnrolBy, default=EnrolBy.CLASS)
    mode = models.CharField(_("名额怎么给"), max_length=10, choices=Mode, default=Mode.FIRST_COME)
    makeup = models.CharField(_("调休上班日"), max_length=4, choices=Makeup, default=Makeup.SKIP)
    opens_at = models.DateTimeField(_("报名开始"))
    closes_at = models.DateTimeField(_("报名截止"))
    starts_on = models.DateField(_("开课日期"))
    ends_on = models.DateField(_("结课日期"))
    min_size = models.PositiveSmallIntegerField(_("最低开班人数"), default=0)
    min_age = models.PositiveSmallIntegerField(_("最小年龄"), null=True, blank=True)
    max_age = models.PositiveSmallIntegerField(_("最大年龄"), null=True, blank=True)
    bring = models.CharField(_("要带什么"), max_length=120, blank=True)
    state = models.CharField(_("状态"), max_length=9, choices=ClassState, default=ClassState.DRAFT)
    state_reason = models.CharField(_("原因"), max_length=200, blank=True, editable=False)

    # What `with_next` adds.
    next_starts_at: datetime | None
    next_ends_at: datetime | None

    objects = ClassGroupQuerySet.as_manager()

    class Meta(SeatPool.Meta):
        verbose_name = verbose_name_plural = _("班级")
        ordering = ("term", "course", "name")
        constraints = [
            *SeatPool.Meta.constraints,
            models.UniqueConstraint(fields=["term", "name"], name="class_name_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on"), closes_at__gt=F("opens_at")),
                name="class_dates_in_order",
                violation_error_message=_("结课不能早于开课，报名截止不能早于报名开始。"),
            ),
            models.CheckConstraint(
                condition=Q(min_age=None) | Q(max_age=None) | Q(max_age__gte=F("min_age")),
                name="class_ages_in_order",
                violation_error_message=_("最大年龄不能小于最小年龄。"),
            ),
        ]
        indexes = [models.Index(fields=["state", "starts_on"], name="class_state")]
        triggers = guards(CLASSES)

    def __str__(self) -> str:
        return self.name

    def closed_because(self, now: datetime) -> str:
        """Why residents cannot enrol at `now`, as a sentence; "" while enrolment is open."""
        if self.state == ClassState.CANCELLED:
            return _t("这个班已取消：%(reason)s") % {"reason": self.state_reason or _t("请咨询服务台")}
        if self.state == ClassState.FINISHED:
            return _t("这个班已经结课，请看下学期的班。")
        if self.state == ClassState.DRAFT:
            return _t("这个班还没有开放报名。")
        if now < self.opens_at:
            opens = date_format(timezone.localtime(self.opens_at), _t("n月j日 H:i"))
            return _t("报名还没开始，%(opens)s 开放，请到时再来。") % {"opens": opens}
        if now >= self.closes_at:
            return _t("报名已经截止，请看其他班，或打电话问服务台。")
        return ""


class WeeklySlot(models.Model):
    """上课时间: a weekly slot of a class, Shanghai time."""

    class_group = models.ForeignKey(ClassGroup, models.CASCADE, related_name="slots", verbose_name=_("班级"))
    weekday = models.PositiveSmallIntegerField(_("星期"), choices=WEEKDAYS)
    starts = models.TimeField(_("开始"))
    ends = models.TimeField(_("结束"))

    class Meta:
        verbose_name = verbose_name_plural = _("上课时间")
        ordering = ("weekday", "starts")
        constraints = [
            models.UniqueConstraint(fields=["class_group", "weekday", "starts"], name="slot_once"),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), starts__lt=F("ends")),
                name="slot_ends_after_start",
                violation_error_message=_("下课时间要晚于上课时间。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"
