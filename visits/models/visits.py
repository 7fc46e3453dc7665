"""A visit: somebody stood at a door, or rang; what came of it for each person. Rows are added, none changes."""

from __future__ import annotations

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, OuterRef, Prefetch, Q, Subquery
from django.utils.translation import gettext_lazy as _

from common.reach import within
from grievances.models.tickets import Ticket
from orders.models.orders import ServiceOrder
from people.models import Person, User, Words
from visits.models.changes import OF_HOUSEHOLD, logged
from visits.models.register import Household
from visits.rules.visits import FindingKind, Result, Way


class HomeVisitQuerySet(models.QuerySet["HomeVisit"]):
    def visible_to(self, user: User | AnonymousUser) -> HomeVisitQuerySet:
        """Those in the grids of her posts."""
        reach = user.reach("visits.view") if isinstance(user, User) else []
        return self.filter(pk__in=within(self, "household__building__grid", reach).values("pk"))

    def standing(self) -> HomeVisitQuerySet:
        """Those that no correction has replaced."""
        return self.filter(corrected_by=None)

    def told(self) -> HomeVisitQuerySet:
        """With what was said, by whom, and what came of it for each."""
        people = Visited.objects.select_related("person")
        findings = Finding.objects.select_related("ticket", "order")
        return self.select_related("words", "by", "corrects").prefetch_related(
            Prefetch("people", queryset=people),
            Prefetch("findings", queryset=findings),
            Prefetch("corrects__findings", queryset=findings),
        )


class HomeVisit(models.Model):
    """走访: one visit or call at a household. `op_id` is the mark of the page that sent it, once."""

    id = models.BigAutoField(primary_key=True)
    op_id = models.UUIDField(unique=True, editable=False)
    content_hash = models.CharField(max_length=64, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="visits", verbose_name=_("户"))
    way = models.CharField(_("怎样联系的"), max_length=5, choices=Way)
    visited_at = models.DateTimeField(_("什么时候"))
    received_at = models.DateTimeField(_("收到时间"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("谁去的"))
    words = models.OneToOneField(
        Words, models.PROTECT, null=True, related_name="+", verbose_name=_("说了什么")
    )
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("更正的是哪一次"),
    )

    objects = HomeVisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("走访")
        ordering = ("-visited_at", "-id")
        constraints = [
            models.CheckConstraint(condition=~Q(corrects=F("id")), name="visit_corrects_another"),
        ]
        indexes = [models.Index(fields=["household", "-visited_at"], name="visit_of_household")]
        triggers = [
            pgtrigger.Protect(name="keep_visit", operation=pgtrigger.Update | pgtrigger.Delete),
            logged("household", OF_HOUSEHOLD, number="{row}.household_id"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.visited_at:%Y-%m-%d}"

    @property
    def text(self) -> str:
        return self.words.text if self.words else ""

    @property
    def first(self) -> HomeVisit:
        """The visit as it was first written down, before it was corrected, and corrected again."""
        return self.corrects.first if self.corrects else self

    def writers(self) -> set[int]:
        """Whoever wrote it down or corrected it."""
        return {self.by_id, *(self.corrects.writers() if self.corrects else ())}

    def came_up(self) -> list[Finding]:
        """What came up at it, and at those that it corrects: a ticket does not go with a correction."""
        before = self.corrects.came_up() if self.corrects else []
        return [*before, *self.findings.all()]


def last_at() -> Subquery:
    """When somebody was last in touch with a household; one look at the index, however often they came."""
    visits = HomeVisit.objects.standing().filter(household=OuterRef("pk")).order_by("-visited_at")
    return Subquery(visits.values("visited_at")[:1])


class Finding(models.Model):
    """发现的事: what came up at a visit, and what it became; how far that is is asked there."""

    id = models.BigAutoField(primary_key=True)
    visit = models.ForeignKey(HomeVisit, models.PROTECT, related_name="findings", verbose_name=_("走访"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="findings", verbose_name=_("居民"))
    kind = models.CharField(_("变成什么"), max_length=6, choices=FindingKind)
    ticket = models.OneToOneField(
        Ticket, models.PROTECT, null=True, related_name="finding", verbose_name=_("诉求")
    )
    order = models.OneToOneField(
        ServiceOrder, models.PROTECT, null=True, related_name="finding", verbose_name=_("服务单")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("发现的事")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=FindingKind.TICKET, ticket__isnull=False, order=None)
                | (~Q(kind=FindingKind.TICKET) & Q(ticket=None, order__isnull=False)),
                name="finding_became_what_it_says",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="keep_finding", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="keep_outcome", operation=pgtrigger.UpdateOf("visit_id", "kind", "ticket_id", "order_id")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.visit_id}"

    @property
    def became(self) -> Ticket | ServiceOrder:
        """What it became."""
        found = self.ticket or self.order
        assert found is not None  # noqa: S101 - the constraint above
        return found


class Visited(models.Model):
    """走访结果: what came of a visit for one person of the household."""

    id = models.BigAutoField(primary_key=True)
    visit = models.ForeignKey(HomeVisit, models.PROTECT, related_name="people", verbose_name=_("走访"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="visited", verbose_name=_("居民"))
    result = models.CharField(_("结果"), max_length=8, choices=Result)

    class Meta:
        verbose_name = verbose_name_plural = _("走访结果")
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["visit", "person"], name="visited_once")]
        triggers = [
            pgtrigger.Protect(name="keep_visited", operation=pgtrigger.Delete),
            pgtrigger.Protect(name="keep_result", operation=pgtrigger.UpdateOf("visit_id", "result")),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} · {self.person_id}"
