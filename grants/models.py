"""公益创投: a call, what was pitched, what residents and experts said, what was promised and reported."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.guards import guards
from common.reach import within
from grants.rules import (
    CALLS,
    PITCHES,
    WHOLE,
    CallState,
    PitchMove,
    PitchParty,
    PitchState,
    ReportKind,
    Totals,
    is_late,
    survey_totals,
)
from orders.models.orders import ServiceOrder
from people.models import Person, User, Words
from volunteers.models.partners import PartnerUnit
from volunteers.models.roll import Team

# Nobody judges what her own team or unit pitched.
_GUARD_SCORE_SQL = """
    IF EXISTS (
        SELECT 1 FROM grants_pitch p
        LEFT JOIN volunteers_partnerunit u ON u.id = p.unit_id
        LEFT JOIN volunteers_team t ON t.id = p.team_id
        LEFT JOIN volunteers_volunteer v
          ON v.id = t.leader_id OR v.id IN (SELECT m.volunteer_id FROM volunteers_teammember m
                                            WHERE m.team_id = t.id AND m.until IS NULL)
        LEFT JOIN people_person n ON n.id = v.person_id
        WHERE p.id = NEW.pitch_id AND NEW.expert_id IN (u.contact_id, n.user_id, p.pitched_by_id)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'expert_is_independent',
            MESSAGE = 'an expert does not judge a pitch of their own';
    END IF;
    RETURN NEW;
"""
# The parts of a contract are a whole, whoever writes them; asked at the end of the transaction.
_WHOLE_SQL = f"""
    IF (SELECT coalesce(sum(share), 0) FROM grants_tranche
        WHERE pitch_id = coalesce(NEW.pitch_id, OLD.pitch_id)) NOT IN (0, {WHOLE}) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'tranches_are_a_whole',
            MESSAGE = 'the shares of a contract do not sum to a hundred';
    END IF;
    RETURN NULL;
"""  # noqa: S608 - our own number
# In order; and the last one only once the closing report has passed.
_RELEASE_SQL = """
    IF NEW.released_at IS NULL OR OLD.released_at IS NOT NULL THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT 1 FROM grants_tranche t WHERE t.pitch_id = NEW.pitch_id
               AND t.number < NEW.number AND t.released_at IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'tranches_in_order',
            MESSAGE = 'an earlier tranche has not been released';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM grants_tranche t WHERE t.pitch_id = NEW.pitch_id AND t.number > NEW.number)
       AND NOT EXISTS (SELECT 1 FROM grants_pitchreport r WHERE r.pitch_id = NEW.pitch_id
                       AND r.kind = 'CLOSING' AND r.accepted_at IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'last_tranche_after_report',
            MESSAGE = 'the last tranche waits for the closing report';
    END IF;
    RETURN NEW;
"""


class GrantCallQuerySet(models.QuerySet["GrantCall"]):
    def visible_to(self, user: User | AnonymousUser) -> GrantCallQuerySet:
        """Staff: the calls of their reach; the public list shows all."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(pk__in=within(self, "division", user.reach("grants.change")).values("pk"))


class GrantCall(models.Model):
    """公益创投征集: a call for projects that a place's residents need."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="calls", verbose_name=_("所属区划"))
    title = models.CharField(_("名称"), max_length=40)
    text = models.TextField(_("征集什么"), max_length=2000)
    opens_at = models.DateTimeField(_("开始征集"))
    closes_at = models.DateTimeField(_("截止"))
    state = models.CharField(_("状态"), max_length=6, choices=CallState, default=CallState.OPEN)
    experts = models.ManyToManyField(User, blank=True, related_name="+", verbose_name=_("评审专家"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("发起人"))

    objects = GrantCallQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("公益创投征集")
        ordering = ("-closes_at", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="call_opens_before_close"),
        ]
        triggers = guards(CALLS)

    def __str__(self) -> str:
        return self.title

    def open_at(self, now: datetime) -> bool:
        return self.state == CallState.OPEN and self.opens_at <= now < self.closes_at


class PitchQuerySet(models.QuerySet["Pitch"]):
    def public(self) -> PitchQuerySet:
        """What everybody may see: all but what was taken back."""
        return self.exclude(state=PitchState.WITHDRAWN).select_related("call", "team", "unit")

    def pitched_by(self, user: User) -> PitchQuerySet:
        """Pitches of the teams and units that this account answers for."""
        return self.filter(Q(team__leader__person__user=user) | Q(unit__contact=user))

    def in_reach(self, user: User) -> PitchQuerySet:
        near = within(self, "call__division", user.reach("grants.change"))
        return self.filter(pk__in=near.values("pk"))

    def visible_to(self, user: User | AnonymousUser) -> PitchQuerySet:
        """Staff: those of their reach; experts: those of their calls; everybody: their own."""
        if not isinstance(user, User):
            return self.none()
        own = Q(pk__in=self.pitched_by(user).values("pk"))
        near = Q(pk__in=self.in_reach(user).values("pk"))
        return self.filter(own | near | Q(call__in=GrantCall.objects.filter(experts=user).values("pk")))


class Pitch(models.Model):
    """创投项目: what a team or a unit offers to do, from the pitch to the closing."""

    call = models.ForeignKey(GrantCall, models.PROTECT, related_name="pitches", verbose_name=_("征集"))
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="pitches", verbose_name=_("队伍")
    )
    unit = models.ForeignKey(
        PartnerUnit, models.PROTECT, null=True, blank=True, related_name="pitches", verbose_name=_("单位")
    )
    title = models.CharField(_("项目名称"), max_length=40)
    text = models.TextField(_("做什么、给谁做、怎么做"), max_length=2000)
    state = models.CharField(
        _("状态"), max_length=11, choices=PitchState, default=PitchState.PITCHED, editable=False
    )
    pitched_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("申报人"))
    pitched_at = models.DateTimeField(_("申报时间"))
    contract_no = models.CharField(_("协议编号"), max_length=40, blank=True)
    # What the contract promises is an order like any other; it ends when the pitch is closed.
    order = models.OneToOneField(
        ServiceOrder, models.PROTECT, null=True, blank=True, related_name="pitch", verbose_name=_("服务单")
    )

    objects = PitchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("创投项目")
        ordering = ("pitched_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(team__isnull=False, unit=None) | Q(team=None, unit__isnull=False),
                name="pitch_of_team_or_unit",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["CONTRACTED", "RUNNING", "CLOSED"], order__isnull=False)
                | (~Q(state__in=["CONTRACTED", "RUNNING", "CLOSED"]) & Q(order=None)),
                name="pitch_order_by_state",
            ),
            models.UniqueConstraint(fields=["call", "title"], name="pitch_once"),
        ]
        triggers = [
            *guards(PITCHES),
            pgtrigger.Protect(name="keep_pitch", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def pitcher(self) -> str:
        return str(self.team or self.unit)

    @property
    def speaker(self) -> Person | None:
        """The resident whom letters to the pitcher reach; a unit's contact may be none."""
        if self.team is not None:
            return self.team.leader.person if self.team.leader else None
        contact = self.unit.contact if self.unit else None
        return Person.objects.filter(user=contact).first() if contact else None

    def survey_for_all(self) -> Totals | None:
        """What everybody may see of the survey; None while residents are still asked.

        Two looks at running totals, a moment apart, would tell what the person in between said.
        """
        return None if self.state == PitchState.PITCHED else self.survey()

    def survey(self) -> Totals:
        """What staff may see of the survey: totals only, cells under five left out."""
        counted = self.votes.aggregate(
            yes=models.Count("pk", filter=Q(needed=True)), no=models.Count("pk", filter=Q(needed=False))
        )
        return survey_totals(counted["yes"], counted["no"])


class PitchEvent(models.Model):
    """创投项目历史: one step of a pitch; appended, never changed."""

    pitch = models.ForeignKey(Pitch, models.PROTECT, related_name="events", verbose_name=_("创投项目"))
    event = models.CharField(_("动作"), max_length=9, choices=PitchMove)
    frm = models.CharField(_("从"), max_length=11, choices=PitchState)
    to = models.CharField(_("到"), max_length=11, choices=PitchState)
    party = models.CharField(_("身份"), max_length=7, choices=PitchParty)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("操作人"))
    words = models.OneToOneField(
        Words, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("原因")
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("创投项目历史")
        ordering = ("id",)
        triggers = [pgtrigger.Protect(name="keep_pitch_event", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_event_display()} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"

    @property
    def reason(self) -> str:
        return self.words.text if self.words else ""


class PitchVote(models.Model):
    """居民征询: one resident's word on whether a project is needed; only totals are shown."""

    pitch = models.ForeignKey(Pitch, models.PROTECT, related_name="votes", verbose_name=_("创投项目"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("居民"))
    needed = models.BooleanField(_("需要"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("居民征询")
        constraints = [models.UniqueConstraint(fields=["pitch", "person"], name="vote_once")]

    def __str__(self) -> str:
        return str(self.pitch)


class ExpertScore(models.Model):
    """专家评分: three criteria, 0 to 100 each; given once, never changed."""

    pitch = models.ForeignKey(Pitch, models.PROTECT, related_name="scores", verbose_name=_("创投项目"))
    expert = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("评审专家"))
    need = models.PositiveSmallIntegerField(_("居民需要"))
    plan = models.PositiveSmallIntegerField(_("做法可行"))
    means = models.PositiveSmallIntegerField(_("人手和经验"))
    words = models.OneToOneField(
        Words, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("意见")
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("专家评分")
        constraints = [
            models.UniqueConstraint(fields=["pitch", "expert"], name="score_once"),
            models.CheckConstraint(
                condition=Q(need__lte=WHOLE, plan__lte=WHOLE, means__lte=WHOLE), name="score_within_100"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="guard_score",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_GUARD_SCORE_SQL,
            ),
            pgtrigger.Protect(name="keep_score", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.pitch} · {self.expert}"

    @property
    def note(self) -> str:
        return self.words.text if self.words else ""


class Tranche(models.Model):
    """分期: one part of the support, in percent of the whole; amounts are not kept here."""

    pitch = models.ForeignKey(Pitch, models.PROTECT, related_name="tranches", verbose_name=_("创投项目"))
    number = models.PositiveSmallIntegerField(_("第几期"))
    share = models.PositiveSmallIntegerField(_("占百分之几"))
    due_on = models.DateField(_("应付日期"))
    condition = models.CharField(_("条件"), max_length=100, blank=True)
    released_at = models.DateTimeField(_("放行时间"), null=True, blank=True)
    released_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("放行人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("分期")
        ordering = ("pitch", "number")
        constraints = [
            models.UniqueConstraint(fields=["pitch", "number"], name="tranche_once"),
            models.CheckConstraint(condition=Q(share__range=(1, WHOLE)), name="tranche_share"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="tranches_whole",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                func=_WHOLE_SQL,
            ),
            pgtrigger.Trigger(
                name="guard_tranche",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_RELEASE_SQL,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pitch} {self.number}"


class PitchReport(models.Model):
    """创投报告: what was done, in services and attendances; a late one is shown as late."""

    pitch = models.ForeignKey(Pitch, models.PROTECT, related_name="reports", verbose_name=_("创投项目"))
    kind = models.CharField(_("类别"), max_length=7, choices=ReportKind)
    due_on = models.DateField(_("应交日期"))
    services = models.PositiveIntegerField(_("服务场次"), null=True, blank=True)
    attendances = models.PositiveIntegerField(_("服务人次"), null=True, blank=True)
    text = models.TextField(_("做了什么"), max_length=2000, blank=True)
    handed_in_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("通过时间"), null=True, blank=True)
    # A late report stops what follows until staff decide, and say why.
    excused_at = models.DateTimeField(_("裁定时间"), null=True, blank=True)
    excuse = models.CharField(_("裁定理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("创投报告")
        ordering = ("due_on", "id")
        constraints = [
            models.UniqueConstraint(fields=["pitch", "kind"], name="report_once"),
            models.CheckConstraint(
                condition=Q(handed_in_at=None, accepted_at=None)
                | Q(handed_in_at__isnull=False, services__isnull=False, attendances__isnull=False),
                name="report_accepted_after_handed_in",
            ),
            models.CheckConstraint(
                condition=Q(excused_at=None, excuse="") | (Q(excused_at__isnull=False) & ~Q(excuse="")),
                name="report_excused_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pitch} {self.get_kind_display()}"

    def late_at(self, now: datetime) -> bool:
        return is_late(self.due_on, self.handed_in_at, now)
