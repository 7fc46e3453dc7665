"""The outbox: what the portal has to tell whom, and how it got there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.guards import guards
from notices.rules import DELIVERIES, Channel, DeliveryState
from people.models import Person, User, acts_for
from people.parts import parts


def letter_kinds() -> dict[str, tuple[Promise | str, str]]:
    """Every kind of letter that the apps send -> its words, and the app whose letter it is."""
    sent = [(part.app, kind) for part in parts() for kind in part.letters or ()]
    return {kind.value: (kind.label, app) for app, kind in sent}


def phoned_kinds() -> set[str]:
    """The kinds about which who reads no inbox is rung."""
    return {str(kind) for part in parts() for kind in part.phoned}


class NoticeQuerySet(models.QuerySet["Notice"]):
    def due(self, now: datetime) -> NoticeQuerySet:
        """What must go out now: due, not yet handed to its channels, not withdrawn."""
        return self.filter(due_at__lte=now, dispatched_at=None, withdrawn_at=None)

    def inbox_of(self, user: User) -> NoticeQuerySet:
        """What a user reads: delivered notices to herself and to whom she acts for, newest first."""
        return (
            self.filter(recipient__in=acts_for(user).values("pk"), dispatched_at__isnull=False)
            .select_related("recipient")
            .order_by("-due_at", "-pk")
        )


class Notice(models.Model):
    """通知: one thing to tell one person. `key` is what it is about, so it is said once."""

    # Each app names its own kinds: people.parts, `letters`.
    kind = models.CharField(_("类型"), max_length=40)
    key = models.CharField(max_length=120, unique=True)
    recipient = models.ForeignKey(Person, models.CASCADE, related_name="notices", verbose_name=_("收件人"))
    # A soft link: apps above notices are named, never imported.
    about_type = models.CharField(max_length=40)
    about_id = models.BigIntegerField()
    due_at = models.DateTimeField(_("应送达时间"))
    quiet = models.BooleanField(default=True)
    # The words of the letter: each app shapes its own (<app>/actions/letters.py).
    body_data: models.JSONField[Mapping[str, object], dict[str, Any]] = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("产生时间"))
    dispatched_at = models.DateTimeField(_("送出时间"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("通知")
        ordering = ("-id",)
        indexes = [
            models.Index(
                fields=["due_at"],
                name="notice_outbox",
                condition=Q(dispatched_at=None, withdrawn_at=None),
            ),
            models.Index(fields=["about_type", "about_id"], name="notice_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind_label} #{self.pk}"

    @property
    def kind_label(self) -> str:
        """The kind in words."""
        return str(letter_kinds().get(self.kind, (self.kind, ""))[0])

    @cached_property
    def _words(self) -> tuple[str, str]:
        if not self.body_data:  # its reader's record was closed
            return self.kind_label, ""
        data = {
            name: parse_datetime(value) if name.endswith("_at") else value
            for name, value in self.body_data.items()
        }
        text = render_to_string(f"{letter_kinds()[self.kind][1]}/letters/{self.kind}.txt", data)
        title, _newline, body = text.strip().partition("\n")
        return title.strip(), body.strip()

    @property
    def title(self) -> str:
        return self._words[0]

    @property
    def body(self) -> str:
        return self._words[1]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def to_phone(self) -> DeliveryQuerySet:
        """The call list: who must be phoned because no other channel reaches them."""
        return (
            self.filter(channel=Channel.CALL_LIST, state=DeliveryState.OPEN)
            .select_related("notice__recipient__home")
            .order_by("notice__due_at", "pk")
        )

    def visible_to(self, user: User) -> DeliveryQuerySet:
        """Deliveries to people who live in the user's reach for the call list."""
        reach = Q(pk__in=[])
        for path in user.reach("notices.call_list"):
            if not path:
                return self.all()
            reach |= Q(notice__recipient__home__path__startswith=path)
        return self.filter(reach)


class Delivery(models.Model):
    """送达: one notice on one channel."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel)
    state = models.CharField(_("状态"), max_length=5, choices=DeliveryState)
    at = models.DateTimeField(_("时间"))
    done_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("送达")
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["channel", "at"], name="delivery_open", condition=Q(state=DeliveryState.OPEN)
            )
        ]
        triggers = guards(DELIVERIES)

    def __str__(self) -> str:
        return f"{self.get_channel_display()} · {self.get_state_display()}"
