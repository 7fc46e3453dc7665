"""What a household book brought, taken back: whatever has been used since stays, and its row says so."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from common.days import day_of
from people.models import Person
from visits.models.books import BookRow, HouseholdBook
from visits.models.care import CareCase
from visits.models.changes import lock_logs
from visits.models.register import Building, Household, Residence
from visits.models.visits import HomeVisit, Visited
from visits.rules.books import RowFate


def take_back(book: HouseholdBook, rows: Sequence[BookRow]) -> None:
    """Takes these rows of a book out of the register, under its lock: who lived there by it, people whom nothing
    else knows, doors that nobody has. Who was on record before is again where she was."""
    homes = Household.objects.filter(pk__in={row.made["household"] for row in rows}).order_by("pk")
    homes = homes.select_related("building").select_for_update(no_key=True, of=("self",))
    doors = {one.pk: one for one in homes}
    made = [pk for row in rows for pk in row.made["residences"]]
    list(Residence.objects.filter(pk__in=made).order_by("pk").select_for_update(no_key=True))
    ids = {pk for row in rows for pk in (*row.made["people"], *(known for known, _home in row.made["known"]))}
    locked = Person.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True, of=("self",))
    people = {one.pk: one for one in locked}
    used = _Used(book, doors, people)
    stays = [row for row in rows if used.is_used(row)]
    gone = [row for row in rows if row not in stays]
    lock_logs(Household.objects.filter(pk__in=doors).values_list("building__grid", flat=True))
    Residence.objects.filter(pk__in=[pk for row in gone for pk in row.made["residences"]]).delete()
    _put_back(gone, doors, people)
    brought = Person.objects.filter(pk__in=[pk for row in gone for pk in row.made["people"]])
    Person.objects.filter(pk__in=list(brought.unused().values_list("pk", flat=True))).delete()
    empty = Household.objects.filter(pk__in=doors, book=book, residences=None, visits=None)
    Household.objects.filter(pk__in=list(empty.values_list("pk", flat=True))).delete()
    for row in gone:
        row.done, row.made = False, {}
    for row in stays:
        row.fate = RowFate.STAYED
    BookRow.objects.bulk_update(rows, ["done", "made", "fate"])


def take_back_houses(book: HouseholdBook) -> None:
    """Takes the buildings back that a book brought and in which nobody else has written a door."""
    made = Building.objects.filter(book=book).order_by("pk").select_for_update(no_key=True)
    lock_logs([one.grid_id for one in made])
    empty = Building.objects.filter(book=book, households=None)
    Building.objects.filter(pk__in=list(empty.values_list("pk", flat=True))).delete()


def _put_back(rows: Sequence[BookRow], doors: dict[int, Household], people: dict[int, Person]) -> None:
    """Those on record before, to the place that was theirs, unless another has become so."""
    moved = []
    for row in rows:
        for known, home_id in row.made["known"]:
            door = doors.get(row.made["household"])
            if door is not None and known in people and people[known].home_id == door.building.grid_id:
                people[known].home_id = home_id
                moved.append(people[known])
    Person.objects.bulk_update(moved, ["home"])


class _Used:
    """What somebody has done since with the doors and people of some rows."""

    def __init__(self, book: HouseholdBook, doors: dict[int, Household], people: dict[int, Person]) -> None:
        self.doors, self.book = doors, book
        since = book.confirmed_at
        assert since is not None  # noqa: S101 - nothing else is undone
        visits = HomeVisit.objects.filter(household__in=doors, received_at__gte=since)
        self.visited = set(visits.values_list("household_id", flat=True))
        met = Visited.objects.filter(person__in=people, visit__received_at__gte=since)
        cared = CareCase.objects.filter(person__in=people, opened_on__gte=day_of(since))
        self.met = {*met.values_list("person_id", flat=True), *cared.values_list("person_id", flat=True)}
        lives = Residence.objects.filter(Q(household__in=doors) | Q(person__in=people))
        self.lives = {one.pk: one for one in lives}

    def is_used(self, row: BookRow) -> bool:
        """Whether a household stays: somebody was there, or is cared for; moved out, or in; its note was changed."""
        door = self.doors.get(row.made["household"])
        made = set(row.made["residences"])
        hers = {*row.made["people"], *(known for known, _home in row.made["known"])}
        if door is None:  # another row of the same door was taken back before
            return False
        if door.pk in self.visited or hers & self.met:
            return True
        if any(self.lives[pk].until for pk in made if pk in self.lives):
            return True
        if door.book_id != self.book.pk:
            return False
        others = [
            one for one in self.lives.values() if one.household_id == door.pk and one.book_id != door.book_id
        ]
        return bool(others or door.note)
