"""The household register: buildings of a grid, homes in them, who lives there since when."""

from __future__ import annotations

from datetime import date
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Min, Prefetch, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from centers.models import Division
from common.reach import within
from common.sealed import SealedTextField
from people.models import Person, User
from visits.models.changes import OF_HOUSEHOLD, logged
from visits.registers.addresses import door_key, side_of
from visits.rules.register import LONGEST_DOOR, LONGEST_NAME, Relation, door

_IN_A_GRID_SQL = """
    IF (SELECT d.kind FROM centers_division d WHERE d.id = NEW.grid_id) <> 'GRID' THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'building_in_a_grid',
            MESSAGE = 'a building lies in a grid';
    END IF;
    RETURN NEW;
"""
# What stands in the register is not taken out of it, but what a household book brought, while that is undone.
_STAYS_SQL = """
    IF TG_OP = 'UPDATE' THEN
        IF NEW.book_id IS DISTINCT FROM OLD.book_id THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'book_stands',
                MESSAGE = 'what brought a row into the register is not rewritten';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM visits_householdbook b WHERE b.id = OLD.book_id AND b.state = 'UNDOING') THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'register_stays',
            MESSAGE = 'what stands in the register is not taken out';
    END IF;
    RETURN OLD;
"""
# When somebody came and who it was stands; what may change is how she belongs to the others, and that she left.
_STANDS_SQL = """
    IF (NEW.household_id, NEW.since) IS DISTINCT FROM (OLD.household_id, OLD.since)
       OR OLD.until IS NOT NULL AND NEW.until IS DISTINCT FROM OLD.until THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'residence_stands',
            MESSAGE = 'where somebody lived is not rewritten';
    END IF;
    RETURN NEW;
"""


def _stays() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="register_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("book_id") | pgtrigger.Delete,
        func=_STAYS_SQL,
    )


def _book() -> models.ForeignKey[Any, Any]:
    """The household book that brought a row, if one did."""
    return models.ForeignKey(
        "visits.HouseholdBook",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("从哪本台账来"),
    )


class BuildingQuerySet(models.QuerySet["Building"]):
    def visible_to(self, user: User | AnonymousUser) -> BuildingQuerySet:
        """Those in the grids of her posts."""
        reach = user.reach("visits.view") if isinstance(user, User) else []
        return self.filter(pk__in=within(self, "grid", reach).values("pk"))

    def in_order(self) -> BuildingQuerySet:
        """As they are walked, grid by grid."""
        return self.order_by("grid__path", "walked", "pk")


class Building(models.Model):
    """楼栋: a house of a grid, or a yard of low houses."""

    grid = models.ForeignKey(Division, models.PROTECT, related_name="buildings", verbose_name=_("网格"))
    name = models.CharField(_("叫什么"), max_length=LONGEST_NAME)
    floors = models.PositiveSmallIntegerField(_("几层"), null=True, blank=True)
    # None: nobody has looked yet.
    lift = models.BooleanField(_("有电梯"), null=True, blank=True)
    step_free = models.BooleanField(_("进门没有台阶"), null=True, blank=True)
    walked = models.PositiveSmallIntegerField(_("走访次序"), default=0)
    book = _book()

    objects = BuildingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("楼栋")
        ordering = ("walked", "id")
        constraints = [models.UniqueConstraint(fields=["grid", "name"], name="building_name_once")]
        triggers = [
            pgtrigger.Trigger(
                name="building_in_a_grid",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("grid_id"),
                func=_IN_A_GRID_SQL,
            ),
            logged("building", "{row}.grid_id"),
            _stays(),
        ]

    def __str__(self) -> str:
        return self.name


class HouseholdQuerySet(models.QuerySet["Household"]):
    def visible_to(self, user: User | AnonymousUser) -> HouseholdQuerySet:
        """Those in the grids of her posts."""
        reach = user.reach("visits.view") if isinstance(user, User) else []
        return self.filter(pk__in=within(self, "building__grid", reach).values("pk"))

    def in_order(self) -> HouseholdQuerySet:
        """Door by door, as a building is walked: by unit, then from the lowest floor up."""
        return self.order_by("unit", F("floor").asc(nulls_first=True), "room", "pk")

    def with_lives(self) -> HouseholdQuerySet:
        """With whoever lives there (`lives`)."""
        lives = Residence.objects.now().select_related("person")
        return self.prefetch_related(Prefetch("residences", queryset=lives, to_attr="lives"))

    def with_due(self) -> HouseholdQuerySet:
        """With the first day by which somebody who lives there is to be visited (`due_on`)."""
        lives = Q(residences__until=None, residences__person__care__closed_on=None)
        return self.annotate(due_on=Min("residences__person__care__next_due_on", filter=lives))

    def behind(self, text: str) -> HouseholdQuerySet:
        """The door that somebody means: "3-2-501", "三号楼二单元501", or only "东户"."""
        if key := door_key(text):
            return self.filter(door_key=key)
        return self.filter(room__in=side_of(text))

    def to_visit(self, by: date) -> HouseholdQuerySet:
        """Where somebody lives whose turn comes by the end of a day."""
        turn = Q(residences__person__care__closed_on=None, residences__person__care__next_due_on__lte=by)
        return self.filter(turn, residences__until=None)


class Household(models.Model):
    """户: a home in a building, and whoever lives in it."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="households", verbose_name=_("楼栋"))
    unit = models.CharField(_("单元或排"), max_length=LONGEST_DOOR, blank=True)
    floor = models.SmallIntegerField(_("楼层"), null=True, blank=True)
    room = models.CharField(_("房号"), max_length=LONGEST_DOOR, db_index=True)
    # The door in the normal form in which it is asked for, "3/2/501" (visits.registers.addresses).
    door_key = models.CharField(max_length=80, blank=True, default="", editable=False, db_index=True)
    note = SealedTextField(_("备注"), blank=True, default="")
    book = _book()

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("户")
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["building", "unit", "room"], name="door_once")]
        triggers = [
            logged("household", "(SELECT b.grid_id FROM visits_building b WHERE b.id = {row}.building_id)"),
            _stays(),
        ]

    def __str__(self) -> str:
        return f"{self.building} {self.door}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves; a door that is new, or called otherwise, gets its normal form."""
        self.name_door()
        super().save(*args, **kwargs)

    def name_door(self) -> None:
        """Gives the door its normal form, "" where none is read."""
        with override(settings.LANGUAGE_CODE):  # whatever language the page was in
            self.door_key = door_key(f"{self.building}{self.door}")

    @property
    def door(self) -> str:
        return door(self.unit, self.room)


class ResidenceQuerySet(models.QuerySet["Residence"]):
    def now(self) -> ResidenceQuerySet:
        """Who lives there; whoever moved out is not among them, nor a record that was merged into another."""
        return self.filter(until=None, person__merged_into=None)

    def moved_away(self) -> ResidenceQuerySet:
        """Whose place, as the desk has it, is neither the grid of the home nor above it."""
        grid, home = "household__building__grid__path", "person__home__path"
        within = Q(**{f"{home}__startswith": F(grid)}) | Q(**{f"{grid}__startswith": F(home)})
        return self.now().filter(person__home__isnull=False).exclude(within)


class DaysLived(Func):
    """From the day she came to the day before she left."""

    function = "DATERANGE"
    output_field = DateRangeField()


class Residence(models.Model):
    """居住: who lives in a home since when, until when; moving out ends it, nothing deletes it."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="residences", verbose_name=_("户"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="residences", verbose_name=_("居民"))
    relation = models.CharField(_("与户主的关系"), max_length=11, choices=Relation)
    since = models.DateField(_("住进来"))
    until = models.DateField(_("搬走"), null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("谁登记的"))
    book = _book()

    objects = ResidenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("居住")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="residence_ends_after_it_began",
                violation_error_message=_("搬走的日子不能早于住进来的日子。"),
            ),
            ExclusionConstraint(
                name="one_home_at_a_time",
                expressions=[
                    (DaysLived("since", "until"), RangeOperators.OVERLAPS),
                    ("person", RangeOperators.EQUAL),
                ],
                violation_error_message=_("这个人这段时间已经住在另一户。"),
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(until=None, relation=Relation.HEAD),
                name="one_head_of_a_household",
                violation_error_message=_("这一户已经有户主。"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="residence_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_STANDS_SQL,
            ),
            logged("household", OF_HOUSEHOLD, number="{row}.household_id"),
            _stays(),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} · {self.person_id}"

    def is_on(self, day: date) -> bool:
        """Whether she lived there on a day."""
        return self.since <= day and (self.until is None or day < self.until)
