"""A meeting: who was there, what was on its agenda, what was said of it, what was voted."""

from __future__ import annotations

from datetime import date, timedelta

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.days import day_of, midnight
from common.guards import guards
from common.reach import within
from grievances.models.bodies import Body, BodyMember
from grievances.models.categories import Category
from grievances.models.commitments import Commitment
from grievances.models.meeting_guards import CORRECTION_SQL, ITEM_SQL, PRESENT_SQL, PUBLISH_SQL, voices
from grievances.models.tickets import Ticket
from grievances.rules.meetings import (
    AHEAD,
    LONGEST_DECISION,
    LONGEST_ITEM,
    MEETINGS,
    MeetingState,
    Outcome,
    RecordKind,
    Verdict,
    may_be_judged,
)
from people.models import Person, User


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User | AnonymousUser) -> MeetingQuerySet:
        """Those that she keeps."""
        if not isinstance(user, User):
            return self.none()
        reach = user.reach("grievances.meetings")
        return self.filter(pk__in=within(self, "body__division", reach).values("pk"))

    def held(self) -> MeetingQuerySet:
        """Those that took place, or do now."""
        return self.exclude(state__in=[MeetingState.SCHEDULED, MeetingState.CANCELLED])

    def ahead(self) -> MeetingQuerySet:
        """Those whose agenda is open."""
        return self.filter(state__in=AHEAD)


class Meeting(models.Model):
    """会议: one day of a body, from the invitation to the minutes."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="meetings", verbose_name=_("议事会"))
    starts_at = models.DateTimeField(_("什么时候"))
    place = models.CharField(_("在哪里"), max_length=40)
    state = models.CharField(
        _("状态"), max_length=10, choices=MeetingState, default=MeetingState.SCHEDULED, editable=False
    )
    # Why it was moved, called off, or held with too few; everybody reads it.
    reason = models.CharField(_("原因"), max_length=100, blank=True)
    guests = models.PositiveSmallIntegerField(_("列席人数"), default=0)
    correct_until = models.DateField(_("哪天以前可以提纪要的错"), null=True, blank=True)
    published_at = models.DateTimeField(_("公布时间"), null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("谁召集的"))

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("会议")
        ordering = ("-starts_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["body"], condition=Q(state__in=AHEAD), name="one_meeting_ahead_a_body"
            ),
            models.CheckConstraint(
                condition=Q(state=MeetingState.PUBLISHED, published_at__isnull=False)
                | (~Q(state=MeetingState.PUBLISHED) & Q(published_at=None)),
                name="meeting_published_by_state",
            ),
        ]
        triggers = [
            *guards(MEETINGS),
            pgtrigger.Trigger(
                name="guard_meeting", when=pgtrigger.Before, operation=pgtrigger.Update, func=PUBLISH_SQL
            ),
            pgtrigger.Protect(name="keep_meeting", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.starts_at:%Y-%m-%d}"


class Presence(models.Model):
    """到会: a member who was there."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="present", verbose_name=_("会议"))
    member = models.ForeignKey(BodyMember, models.PROTECT, related_name="+", verbose_name=_("成员"))

    class Meta:
        verbose_name = verbose_name_plural = _("到会")
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["meeting", "member"], name="present_once")]
        triggers = [
            pgtrigger.Trigger(
                name="guard_presence",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=PRESENT_SQL,
            )
        ]

    def __str__(self) -> str:
        return f"{self.meeting} · {self.member}"


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def in_order(self) -> AgendaItemQuerySet:
        """What was promised before comes first, then what came to the agenda first."""
        return self.order_by(F("commitment").asc(nulls_last=True), "pk")

    def lacking(self, day: date) -> AgendaItemQuerySet:
        """Promises of before that have neither a verdict nor a deferral on the day of their meeting."""
        due = Q(commitment__due_on__lt=day) | Q(commitment__claimed_at__lt=midnight(day + timedelta(days=1)))
        return self.filter(due, commitment__isnull=False, outcome="")


class AgendaItem(models.Model):
    """议题: a promise to be judged, a ticket, or what is raised so often; and what came of it."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items", verbose_name=_("会议"))
    # Written for everybody to read, of nobody by name.
    title = models.CharField(_("什么事"), max_length=LONGEST_ITEM)
    ticket = models.ForeignKey(
        Ticket, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("诉求")
    )
    commitment = models.ForeignKey(
        Commitment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
        verbose_name=_("从前答应的"),
    )
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("类别")
    )
    outcome = models.CharField(_("议得怎样"), max_length=8, choices=Outcome, blank=True, editable=False)
    words = models.CharField(_("纪要里写的"), max_length=LONGEST_DECISION, blank=True)
    # The promise that came of it.
    promise = models.OneToOneField(
        Commitment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="made_by_item",
        verbose_name=_("答应的"),
    )

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("议题")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "ticket"],
                condition=Q(commitment=None, ticket__isnull=False),
                name="ticket_once_on_an_agenda",
            ),
            models.UniqueConstraint(fields=["meeting", "commitment"], name="commitment_once_on_an_agenda"),
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(outcome=Outcome.DEFERRED), name="commitment_deferred_once"
            ),
            models.UniqueConstraint(
                fields=["meeting", "category"],
                condition=Q(category__isnull=False),
                name="category_once_on_an_agenda",
            ),
            models.CheckConstraint(
                condition=Q(commitment=None) & ~Q(outcome__in=[Outcome.JUDGED, Outcome.DEFERRED])
                | Q(commitment__isnull=False, outcome__in=["", Outcome.JUDGED, Outcome.DEFERRED]),
                name="promises_and_only_they_are_judged",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.PROMISED, promise__isnull=False)
                | (~Q(outcome=Outcome.PROMISED) & Q(promise=None)),
                name="item_promised_by_outcome",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="guard_item",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=ITEM_SQL,
            ),
            pgtrigger.Protect(name="keep_item", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title

    def is_due(self, day: date) -> bool:
        """Whether those present have to say what became of this promise."""
        made = self.commitment
        if made is None:
            return False
        return may_be_judged(day_of(made.claimed_at) if made.claimed_at else None, made.due_on, day)


class Vote(models.Model):
    """表决: how many of those present were for it. Only sums: who voted how is written nowhere."""

    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="vote", verbose_name=_("议题"))
    question = models.CharField(_("表决什么"), max_length=LONGEST_ITEM)
    secret = models.BooleanField(_("无记名"), default=False)
    yes = models.PositiveSmallIntegerField(_("赞成"))
    no = models.PositiveSmallIntegerField(_("反对"))
    abstained = models.PositiveSmallIntegerField(_("弃权"))

    class Meta:
        verbose_name = verbose_name_plural = _("表决")
        triggers = [
            pgtrigger.Trigger(
                name="guard_vote",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=voices("NEW.yes + NEW.no + NEW.abstained"),
            ),
            pgtrigger.Protect(name="keep_vote", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def voices(self) -> int:
        return self.yes + self.no + self.abstained


class Judgement(models.Model):
    """到会的人评: what those present said of a promise, once; what who raised it says stands apart."""

    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="judgement", verbose_name=_("议题"))
    commitment = models.OneToOneField(
        Commitment, models.PROTECT, related_name="judgement", verbose_name=_("承诺")
    )
    verdict = models.CharField(_("到会的人说"), max_length=8, choices=Verdict)
    secret = models.BooleanField(_("无记名"), default=False)
    done = models.PositiveSmallIntegerField(_("说做到了"))
    partly = models.PositiveSmallIntegerField(_("说做到一部分"))
    not_done = models.PositiveSmallIntegerField(_("说没有做到"))

    class Meta:
        verbose_name = verbose_name_plural = _("到会的人评")
        triggers = [
            pgtrigger.Trigger(
                name="guard_judgement",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=voices("NEW.done + NEW.partly + NEW.not_done"),
            ),
            pgtrigger.Protect(name="keep_judgement", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.get_verdict_display()

    @property
    def voices(self) -> int:
        return self.done + self.partly + self.not_done


class ItemFollower(models.Model):
    """关注议题: who wants to be told what came of it, and may want to speak."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="followers", verbose_name=_("议题"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="followed_items", verbose_name=_("居民"))
    speaks = models.BooleanField(_("想到会上说"), default=False)
    since = models.DateTimeField(_("起"))

    class Meta:
        verbose_name = verbose_name_plural = _("关注议题的人")
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["item", "person"], name="item_follower_once")]

    def __str__(self) -> str:
        return f"{self.item} · {self.person_id}"


class Correction(models.Model):
    """纪要更正: what a member says is wrong in the minutes, and what became of that."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="corrections", verbose_name=_("议题"))
    member = models.ForeignKey(BodyMember, models.PROTECT, related_name="+", verbose_name=_("成员"))
    text = models.CharField(_("应该怎么写"), max_length=LONGEST_DECISION)
    made_at = models.DateTimeField(_("提出时间"))
    taken = models.BooleanField(_("改了"), null=True, blank=True)
    answer = models.CharField(_("为什么不改"), max_length=100, blank=True)
    settled_at = models.DateTimeField(_("定下时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("纪要更正")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["item", "member"], condition=Q(settled_at=None), name="one_open_correction_each"
            ),
            models.CheckConstraint(
                condition=Q(taken=None, settled_at=None) | Q(taken__isnull=False, settled_at__isnull=False),
                name="correction_settled_with_a_word",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="guard_correction",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=CORRECTION_SQL,
            )
        ]

    def __str__(self) -> str:
        return f"{self.item} · {self.pk}"


class MeetingRecord(models.Model):
    """会上记的: what the page of the day sent, once; a page without a network sends it later."""

    op_id = models.UUIDField(unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="records", verbose_name=_("会议"))
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="records", verbose_name=_("议题")
    )
    kind = models.CharField(_("记什么"), max_length=7, choices=RecordKind)
    content_hash = models.CharField(max_length=64, editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("谁记的"))
    at = models.DateTimeField(_("收到时间"))
    # Once the meeting was over; whoever reads the minutes is told so.
    late = models.BooleanField(_("会散以后记的"), default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("会上记的")
        ordering = ("id",)
        triggers = [pgtrigger.Protect(name="keep_record", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
