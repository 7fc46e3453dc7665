"""A word that somebody told, and where it stands."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.guards import guards
from common.reach import covered
from common.sealed import SealedTextField
from grievances.models.categories import Category
from grievances.rules.tickets import (
    AT_INTAKE,
    CLOSED,
    FOR_ABOVE,
    GIVEN_ON,
    HIGHEST,
    IN_HAND,
    OPEN,
    TICKETS,
    Kind,
    Privacy,
    Source,
    TicketState,
    reference_of,
)
from people.models import Membership, Person, User, acts_for
from people.rules import Number, number_to_ring

# What was told stays what it was told as; of what kind it is its category says, whoever writes.
_GUARD_SQL = """
    SELECT kind INTO NEW.kind FROM grievances_category WHERE id = NEW.category_id;
    IF TG_OP = 'UPDATE' AND (NEW.source, NEW.source_key, NEW.content_hash, NEW.opened_at)
       IS DISTINCT FROM (OLD.source, OLD.source_key, OLD.content_hash, OLD.opened_at) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'ticket_is_not_rewritten',
            MESSAGE = 'where a word came from is not rewritten';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.privacy = 'CONFIDENTIAL' AND NEW.privacy = 'NAMED' THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'ticket_stays_confidential',
            MESSAGE = 'what was told in confidence stays so';
    END IF;
    IF NEW.merged_into_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM grievances_ticket t WHERE t.id = NEW.merged_into_id
            AND (t.merged_into_id IS NOT NULL OR t.id = NEW.id)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'ticket_is_merged_into_a_live_one',
            MESSAGE = 'a ticket is merged into one that is merged into none';
    END IF;
    IF NEW.merged_into_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM grievances_ticket t WHERE t.merged_into_id = NEW.id
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'ticket_with_others_is_not_merged',
            MESSAGE = 'others were merged into this one: take these apart first';
    END IF;
    RETURN NEW;
"""


# What everybody may read: text that staff wrote for it, of nobody by name.
_ON_WALL = ~Q(public_text="") & ~Q(kind=Kind.EVENT) & ~Q(state=TicketState.MERGED)


# Who sees what, as conditions on one row: as subqueries joined by OR each of them would be read whole,
# with all that was ever closed there.


def _near(user: User, *verbs: str) -> Q:
    return covered("division", [path for verb in verbs for path in user.reach(verb)])


def _at_desk(user: User) -> Q:
    posts = ("grievances.intake", "grievances.supervise", "grievances.street")
    whole = tuple(path for verb in posts for path in user.reach(verb))
    # What she has in hand within these lies in them already.
    beside = [path for path in user.reach("grievances.handle") if not path.startswith(whole)]
    return covered("division", whole) | (Q(handler=user) & covered("division", beside))


def _left_behind(day: date) -> Q:
    """Whoever has it in hand has no post on a day that lets her deal with it where it lies.

    Place by place only those are asked about who had a post that ended: it is asked of every open ticket.
    """
    posts = Membership.objects.allowing("grievances.handle", day)
    place = ExpressionWrapper(OuterRef("division__path"), models.TextField())
    hers = posts.filter(user=OuterRef("handler")).annotate(place=place)
    here = Exists(hers.filter(place__startswith=F("division__path")))
    ended = Q(handler__in=Membership.objects.filter(until__lt=day).values("user")) & ~Q(here)
    return Q(handler__is_superuser=False) & (~Q(handler__in=posts.values("user")) | ended)


def _told_by(user: User) -> Q:
    hers = Q(person__in=acts_for(user).values("pk"))
    return hers & ~Q(privacy=Privacy.CONFIDENTIAL) if user.by_code else hers


class TicketQuerySet(models.QuerySet["Ticket"]):
    def told_by(self, user: User) -> TicketQuerySet:
        """Those of the people whom this account acts for.

        What was told in confidence stays shut while it may be open before whoever printed a code for it.
        """
        return self.filter(_told_by(user))

    def followed_by(self, user: User) -> TicketQuerySet:
        """Those of others that somebody she acts for has met as well."""
        return self.filter(followers__person__in=acts_for(user).values("pk"))

    def at_desk(self, user: User) -> TicketQuerySet:
        """Those of her posts and in her hands: what she told herself she reads as everybody does."""
        return self.filter(_at_desk(user))

    def near(self, user: User, *verbs: str) -> TicketQuerySet:
        """Those that lie where a post of hers allows one of these verbs."""
        return self.filter(_near(user, *verbs))

    def visible_to(self, user: User | AnonymousUser) -> TicketQuerySet:
        """Staff: those of their desk, and those in their own hands; everybody: their own.

        Seeing a ticket is not seeing who told it: `Ticket.tells_who`.
        """
        return self.filter(_at_desk(user) | _told_by(user)) if isinstance(user, User) else self.none()

    def in_hands_of(self, user: User) -> TicketQuerySet:
        """Those that she was given, as long as a post lets her deal with them there."""
        return self.near(user, "grievances.handle").filter(handler=user)

    def at_intake(self, user: User, day: date) -> TicketQuerySet:
        """Those that her desk has to take on, or to give to somebody: also who has it works there no more."""
        waits = Q(state__in=AT_INTAKE) | (Q(state__in=GIVEN_ON) & _left_behind(day))
        return self.near(user, "grievances.intake").filter(waits)

    def to_decide(self, user: User) -> TicketQuerySet:
        """Those about which she decides who stands above: the director, or the street."""
        above = _near(user, "grievances.supervise", "grievances.street") & Q(state__in=FOR_ABOVE)
        street = _near(user, "grievances.street") & Q(state=TicketState.TO_PARK)
        return self.filter(above | street)

    def live(self) -> TicketQuerySet:
        return self.filter(state__in=OPEN)

    def on_wall(self) -> TicketQuerySet:
        return self.filter(_ON_WALL)


class Caller(NamedTuple):
    """Who has no record here, as far as she said: what to call her, where to ring. `pk` is the ticket's."""

    pk: int
    full_name: str
    phone: str

    @property
    def ringing(self) -> Number:
        return number_to_ring(self.phone, "")


class Ticket(models.Model):
    """诉求: one word that somebody told, from the telling to the verdict. History: Transition."""

    source = models.CharField(_("来源"), max_length=8, choices=Source)
    # Another app's, or a page's: the same key is one ticket.
    source_key = models.CharField(max_length=80, blank=True, default="", editable=False)
    content_hash = models.CharField(max_length=64, editable=False)
    category = models.ForeignKey(Category, models.PROTECT, related_name="tickets", verbose_name=_("类别"))
    kind = models.CharField(_("性质"), max_length=8, choices=Kind, default=Kind.ORDINARY, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="tickets", verbose_name=_("所属区划"))
    # All that was typed may name somebody: sealed.
    title = SealedTextField(_("什么事"), default="")
    text = SealedTextField(_("情况"), blank=True, default="")
    place = SealedTextField(_("在哪里"), blank=True, default="")
    public_text = models.CharField(_("公开的说法"), max_length=200, blank=True)
    privacy = models.CharField(_("怎么留名"), max_length=12, choices=Privacy)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("反映人")
    )
    # Who has no record here: what to call her, and where to ring.
    contact_name = SealedTextField(_("称呼"), blank=True, default="")
    contact_phone = SealedTextField(_("联系电话"), blank=True, default="")
    # Whoever holds the code reads how it stands, and answers; lost is lost.
    code_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    state = models.CharField(
        _("状态"), max_length=17, choices=TicketState, default=TicketState.REGISTERED, editable=False
    )
    level = models.PositiveSmallIntegerField(_("层级"), default=0, editable=False)
    handler = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办人")
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("并到")
    )
    review_on = models.DateField(_("暂缓到哪天再看"), null=True, blank=True, editable=False)
    opened_at = models.DateTimeField(_("登记时间"))
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    # When something happens next, by whomever: the earliest of its clocks.
    due_at = models.DateTimeField(_("下一步期限"), null=True, blank=True, editable=False)
    # Keyed hashes of the pairs of letters of its public text, by which others like it are found.
    pairs = ArrayField(models.IntegerField(), default=list, editable=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("诉求")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["source_key"], condition=~Q(source_key=""), name="ticket_key_once"
            ),
            models.UniqueConstraint(
                fields=["code_hash"], condition=~Q(code_hash=""), name="ticket_code_once"
            ),
            models.CheckConstraint(
                condition=~Q(privacy=Privacy.ANONYMOUS) | Q(person=None), name="anonymous_is_nobody"
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.EVENT) | Q(person=None, privacy=Privacy.ANONYMOUS, code_hash=""),
                name="event_is_linked_to_nobody",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.HAZARD) | ~Q(state__in=[TicketState.TO_PARK, TicketState.PARKED]),
                name="hazard_is_never_parked",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=IN_HAND) | Q(handler__isnull=False), name="ticket_in_hand_has_a_hand"
            ),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED, closed_at__isnull=False)
                | (~Q(state__in=CLOSED) & Q(closed_at=None)),
                name="ticket_closed_by_state",
            ),
            models.CheckConstraint(
                condition=Q(state=TicketState.MERGED, merged_into__isnull=False)
                | (~Q(state=TicketState.MERGED) & Q(merged_into=None)),
                name="ticket_merged_by_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, due_at__isnull=False) | ~Q(state__in=OPEN),
                name="open_ticket_has_a_next_step",
            ),
            models.CheckConstraint(condition=Q(level__lte=HIGHEST), name="ticket_level"),
        ]
        indexes = [
            models.Index(fields=["handler", "due_at"], name="ticket_in_hand", condition=Q(state__in=OPEN)),
            # All that a list counts and sorts by, so that no row is read which it does not show.
            models.Index(
                fields=["division", "due_at", "id"],
                include=["state"],
                name="ticket_of_a_place",
                condition=Q(state__in=OPEN),
            ),
            models.Index(fields=["-id"], name="ticket_on_wall", condition=_ON_WALL),
        ]
        triggers = [
            *guards(TICKETS),
            pgtrigger.Trigger(
                name="guard_ticket",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_GUARD_SQL,
            ),
            pgtrigger.Protect(name="keep_ticket", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference_of(self.pk)

    @property
    def followed(self) -> Ticket:
        """Whose progress is hers: that of what it was merged into, else its own."""
        return self.merged_into or self

    @property
    def caller(self) -> Caller | None:
        """Who left a number and has no record."""
        return Caller(self.pk, self.contact_name, self.contact_phone) if self.contact_phone else None

    @property
    def is_to_ring(self) -> bool:
        """Whether she is rung about the answer: she left a way to be reached and reads no inbox."""
        if self.privacy == Privacy.ANONYMOUS:
            return False
        return self.person is None or self.person.user_id is None

    @property
    def can_be_asked(self) -> bool:
        """Whether somebody is known who told it: in person, or by the number that she left."""
        return self.person_id is not None or bool(self.contact_phone)

    def is_told_by(self, user: User) -> bool:
        return self.person_id is not None and Ticket.objects.told_by(user).filter(pk=self.pk).exists()

    def tells_who(self, user: User) -> bool:
        """Whether this account may learn who told it.

        What was told in confidence only the desk that took it in learns; what is not confidential also
        who has it in hand and who stands above.
        """
        if self.is_told_by(user):
            return True
        if user.may("grievances.intake", self.division):
            return True
        if self.privacy != Privacy.NAMED:
            return False
        above = user.may("grievances.supervise", self.division) or user.may(
            "grievances.street", self.division
        )
        return above or (self.handler_id == user.pk and user.may("grievances.handle", self.division))


class Follower(models.Model):
    """同样遇到: somebody who met the same, and is told what becomes of it."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="followers", verbose_name=_("诉求"))
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="followed_tickets", verbose_name=_("居民")
    )
    since = models.DateTimeField(_("起"))

    class Meta:
        verbose_name = verbose_name_plural = _("同样遇到的人")
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="follower_once")]

    def __str__(self) -> str:
        return f"{self.ticket} · {self.person_id}"
