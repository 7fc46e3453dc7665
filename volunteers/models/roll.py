"""Who serves: volunteers and their skills, teams, partner units, shops of the neighbourhood."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.reach import within
from people.models import Person, User, acts_for
from volunteers.rules.roll import TeamKind, VolunteerState, insured_on


class Skill(models.Model):
    """特长: what a volunteer can do and a service asks for; offices name their own."""

    name = models.CharField(_("名称"), max_length=20, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = _("特长")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class VolunteerQuerySet(models.QuerySet["Volunteer"]):
    def visible_to(self, user: User | AnonymousUser) -> VolunteerQuerySet:
        """Staff: volunteers who live in their reach; everybody: those one acts for."""
        if not isinstance(user, User):
            return self.none()
        near = within(self, "person__home", user.reach("volunteers.view"))
        return self.filter(Q(pk__in=near.values("pk")) | Q(person__in=acts_for(user).values("pk")))

    def active(self) -> VolunteerQuerySet:
        return self.filter(state=VolunteerState.ACTIVE)


class Volunteer(models.Model):
    """志愿者: a resident who signed up to serve."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="volunteer", verbose_name=_("居民"))
    state = models.CharField(_("状态"), max_length=6, choices=VolunteerState, default=VolunteerState.ACTIVE)
    # The number of the national volunteer system, once the office has it; records move by it.
    national_number = models.CharField(_("全国志愿者编号"), max_length=30, blank=True)
    skills = models.ManyToManyField(Skill, blank=True, related_name="volunteers", verbose_name=_("特长"))
    insured_until = models.DateField(_("意外险到期日"), null=True, blank=True)
    # 志愿服务条例 art. 20: nothing about a volunteer is published without consent.
    honour_consent = models.BooleanField(_("同意上光荣榜"), default=False, editable=False)
    joined_at = models.DateTimeField(_("登记时间"))

    objects = VolunteerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("志愿者")
        ordering = ("person__pinyin", "id")

    def __str__(self) -> str:
        return str(self.person)

    @property
    def is_active(self) -> bool:
        return self.state == VolunteerState.ACTIVE

    @property
    def has_left(self) -> bool:
        return self.state == VolunteerState.LEFT

    def insured_on(self, day: date) -> bool:
        return insured_on(self.insured_until, day)


class Team(models.Model):
    """队伍: a volunteer team, a residents' club or a party branch."""

    kind = models.CharField(_("类别"), max_length=10, choices=TeamKind, default=TeamKind.TEAM)
    name = models.CharField(_("名称"), max_length=40)
    division = models.ForeignKey(Division, models.PROTECT, related_name="teams", verbose_name=_("所属区划"))
    leader = models.ForeignKey(
        Volunteer, models.SET_NULL, null=True, blank=True, related_name="led", verbose_name=_("负责人")
    )
    about = models.TextField(_("介绍"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("队伍")
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["division", "name"], name="team_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """队员: a volunteer in a team, from a day to a day."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="members", verbose_name=_("队伍"))
    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="teams", verbose_name=_("志愿者"))
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("队员")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "volunteer"], condition=Q(until=None), name="team_member_once"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="team_member_until_after_since"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} · {self.volunteer}"
