"""Who takes an order, or is asked to: a volunteer, a team, a unit or a shop; one of the four."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Person, User, acts_for
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Team, Volunteer
from volunteers.rules.takers import Taker, TakerKind


def one_taker() -> Q:
    """Exactly one of the four columns is filled."""
    found = Q(pk__in=[])
    for kind in TakerKind:
        found |= Q(**{f"{other.value}__isnull": other is not kind for other in TakerKind})
    return found


def no_taker() -> Q:
    return Q(**{f"{kind.value}__isnull": True for kind in TakerKind})


def answered_for_by(user: User) -> Q:
    """Rows whose taker this account answers for: itself, its team, its unit, its shop."""
    return (
        Q(volunteer__person__in=acts_for(user).values("pk"))
        | Q(team__leader__person__user=user)
        | Q(unit__contact=user)
        | Q(shop__keeper=user)
    )


class HasTaker(models.Model):
    """The four columns, and what they say."""

    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name=_("志愿者")
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name=_("队伍")
    )
    unit = models.ForeignKey(
        PartnerUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("共建单位"),
    )
    shop = models.ForeignKey(
        PartnerShop,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("爱心商户"),
    )

    class Meta:
        abstract = True

    @property
    def taker(self) -> Taker | None:
        """Who it is, as the verbs name her."""
        for kind in TakerKind:
            pk = getattr(self, f"{kind.value}_id")
            if pk is not None:
                return Taker(kind, pk)
        return None

    def give_to(self, taker: Taker | None) -> None:
        """Fills one of the four columns and empties the others; the caller saves."""
        for kind in TakerKind:
            setattr(self, f"{kind.value}_id", taker.pk if taker and taker.kind == kind else None)

    @property
    def taker_name(self) -> str:
        """ "王桂兰" or "红马甲服务队"; "" while nobody has it."""
        found = self.taker
        return str(getattr(self, found.kind.value)) if found else ""

    @property
    def taker_person(self) -> Person | None:
        """The resident whom letters to the taker reach; a unit's contact may be none."""
        if self.volunteer_id is not None:
            return _person(self.volunteer)
        if self.team_id is not None:
            return _person(self.team.leader if self.team else None)
        account = self.unit.contact if self.unit else self.shop.keeper if self.shop else None
        return Person.objects.filter(user=account).first() if account else None


def _person(volunteer: Volunteer | None) -> Person | None:
    return volunteer.person if volunteer else None


TAKER_COLUMNS = [kind.value for kind in TakerKind]
# What a page prefetches to say who has an order. Joined they are eight tables more, and PostgreSQL
# plans for 15 ms what it does in one; fetched apart, only the kinds that occur cost a query.
WITH_TAKER: tuple[Any, ...] = ("volunteer__person", "team__leader__person", "unit__contact", "shop__keeper")
