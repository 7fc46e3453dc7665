"""Who is visited regularly, and why; how often, as dated rows; what she asked for meanwhile."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from common.reach import within
from common.sealed import SealedTextField
from people.models import Person, User, Words
from visits.models.register import Residence
from visits.rules.care import Group, Level, PauseKind


class CarePolicyQuerySet(models.QuerySet["CarePolicy"]):
    def days(self, day: date) -> dict[str, int]:
        """Within how many days somebody of each level is visited again, by the rows that hold on a day."""
        held = self.filter(valid_from__lte=day).order_by("valid_from", "pk")
        return {row.level: row.days for row in held}

    def ruling(self, day: date) -> list[int]:
        """The row of each level that holds on a day."""
        held = self.filter(valid_from__lte=day).order_by("valid_from", "pk")
        return list({row.level: row.pk for row in held}.values())


class CarePolicy(models.Model):
    """走访周期: within how many days somebody of a level is visited again, from a day on, and on what ground.

    Appended, never changed: of two for one day the later written holds.
    """

    level = models.CharField(_("多久一次"), max_length=9, choices=Level)
    days = models.PositiveSmallIntegerField(_("天数"))
    basis = models.CharField(_("依据"), max_length=200)
    valid_from = models.DateField(_("从哪天起"))
    # Nobody set those that the portal began with.
    by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("谁定的")
    )

    objects = CarePolicyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("走访周期")
        ordering = ("level", "-valid_from", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=366), name="care_days_within_a_year")
        ]
        triggers = [pgtrigger.Protect(name="keep_care_policy", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.days}"


class CareCaseQuerySet(models.QuerySet["CareCase"]):
    def open(self) -> CareCaseQuerySet:
        return self.filter(closed_on=None)

    def visible_to(self, user: User | AnonymousUser) -> CareCaseQuerySet:
        """Those of people who belong to the grids of her posts."""
        reach = user.reach("visits.view") if isinstance(user, User) else []
        return self.filter(pk__in=within(self, "person__home", reach).values("pk"))

    def due_by(self, day: date) -> CareCaseQuerySet:
        """Those whose turn has come by the end of a day."""
        return self.open().filter(next_due_on__lte=day)

    def with_home(self) -> CareCaseQuerySet:
        """With whether anybody knows where she lives (`has_home`): else she stands on nobody's walk."""
        return self.annotate(has_home=Exists(Residence.objects.now().filter(person=OuterRef("person"))))


class CareCase(models.Model):
    """关心对象: somebody who is visited regularly. The group is sealed, as it says what nobody need know."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="care", verbose_name=_("居民"))
    group_name = SealedTextField(_("哪一类"))
    level = models.CharField(_("多久一次"), max_length=9, choices=Level)
    opened_on = models.DateField(_("起"))
    closed_on = models.DateField(_("止"), null=True, blank=True)
    # The day of the last visit or call that found her, else the one on which it began.
    counted_from = models.DateField(_("从哪天算"))
    next_due_on = models.DateField(_("最晚哪天去"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("谁定的"))

    objects = CareCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("关心对象")
        ordering = ("next_due_on", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="care_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(counted_from__gte=F("opened_on"), next_due_on__gt=F("counted_from")),
                name="care_is_due_after_the_last_visit",
            ),
        ]
        indexes = [
            models.Index(fields=["next_due_on"], name="care_due", condition=Q(closed_on=None)),
        ]
        triggers = [pgtrigger.Protect(name="keep_care", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_level_display()} · {self.person_id}"

    @property
    def group_label(self) -> str:
        return str(Group(self.group_name).label)


class CarePauseQuerySet(models.QuerySet["CarePause"]):
    def on(self, day: date) -> CarePauseQuerySet:
        """Those that hold on a day."""
        return self.filter(since__lte=day, until__gte=day, ended_on=None)


class CarePause(models.Model):
    """暂缓走访: what she asked for, since when, until when: only to be rung, or not to be called on for a while."""

    case = models.ForeignKey(CareCase, models.PROTECT, related_name="pauses", verbose_name=_("关心对象"))
    kind = models.CharField(_("怎么办"), max_length=10, choices=PauseKind)
    words = models.OneToOneField(Words, models.PROTECT, null=True, related_name="+", verbose_name=_("为什么"))
    since = models.DateField(_("起"))
    until = models.DateField(_("到哪天"))
    ended_on = models.DateField(_("提前结束"), null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("谁记的"))

    objects = CarePauseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("暂缓走访")
        ordering = ("-since", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="pause_ends_after_it_began"),
            models.UniqueConstraint(fields=["case"], condition=Q(ended_on=None), name="one_pause_of_a_case"),
        ]
        triggers = [pgtrigger.Protect(name="keep_pause", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.until}"

    @property
    def text(self) -> str:
        return self.words.text if self.words else ""
