"""What a household book brought, taken back: whatever has been used or changed since stays, and its row says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q

from common.days import day_of
from people.authority import kin_of, with_absorbed
from people.models import Person
from visits.models.books import BookRow, HouseholdBook, Moved
from visits.models.care import CareCase
from visits.models.changes import lock_logs
from visits.models.register import Building, Household, Residence
from visits.models.visits import HomeVisit, Visited
from visits.rules.books import RowFate

# Of a new record what the line said; whoever has put it right since has used it.
_WRITTEN = ("full_name", "sex", "phone", "contact_name", "contact_phone", "document_no")


def take_back(book: HouseholdBook, rows: Sequence[BookRow]) -> None:
    """Takes these rows of a book out of the register, under its lock: who lived there by it, people whom nothing
    else knows, doors that nobody has. Who was on record before is again where she was."""
    homes = Household.objects.filter(pk__in={row.made["household"] for row in rows}).order_by("pk")
    homes = homes.select_related("building").select_for_update(no_key=True, of=("self",))
    doors = {one.pk: one for one in homes}
    moves = [move for row in rows for move in row.made["moves"]]
    made = Residence.objects.filter(pk__in=[move["residence"] for move in moves])
    residences = {one.pk: one for one in made.order_by("pk").select_for_update(no_key=True)}
    locked = Person.objects.filter(pk__in={move["person"] for move in moves}).order_by("pk")
    people = {one.pk: one for one in locked.select_for_update(no_key=True, of=("self",))}
    used = _Used(book, doors, residences, people)
    stays = [row for row in rows if used.is_used(row)]
    gone = [row for row in rows if row not in stays]
    lock_logs(one.building.grid_id for one in doors.values())
    Residence.objects.filter(pk__in=[move["residence"] for move in _moves(gone)]).delete()
    _put_back(gone, doors, people)
    brought = Person.objects.filter(pk__in=[move["person"] for move in _moves(gone) if move["new"]])
    Person.objects.filter(pk__in=list(brought.unused().values_list("pk", flat=True))).delete()
    empty = Household.objects.filter(pk__in=doors, book=book, residences=None, visits=None)
    Household.objects.filter(pk__in=list(empty.values_list("pk", flat=True))).delete()
    for row in gone:
        row.done, row.made = False, {}
    for row in stays:
        row.fate = RowFate.STAYED
    BookRow.objects.bulk_update(rows, ["done", "made", "fate"])


def take_back_houses(book: HouseholdBook) -> None:
    """Takes the buildings back that a book brought, in which nobody else has written a door and which nobody
    has described."""
    made = Building.objects.filter(book=book).order_by("pk").select_for_update(no_key=True)
    lock_logs([one.grid_id for one in made])
    plain = {"floors": None, "lift": None, "step_free": None}
    empty = Building.objects.filter(book=book, households=None, **plain)
    Building.objects.filter(pk__in=list(empty.values_list("pk", flat=True))).delete()


def _moves(rows: Iterable[BookRow]) -> list[Moved]:
    return [move for row in rows for move in row.made["moves"]]


def _put_back(rows: Sequence[BookRow], doors: dict[int, Household], people: dict[int, Person]) -> None:
    """Those on record before, to the place that was theirs, unless another has become so."""
    moved = []
    for row in rows:
        door = doors.get(row.made["household"])
        for move in row.made["moves"]:
            person = people.get(move["person"])
            if door and person and not move["new"] and person.home_id == door.building.grid_id:
                person.home_id = move["home"]
                moved.append(person)
    Person.objects.bulk_update(moved, ["home"])


class _Used:
    """What somebody has done since with the doors and people of some rows."""

    def __init__(
        self,
        book: HouseholdBook,
        doors: dict[int, Household],
        residences: dict[int, Residence],
        people: dict[int, Person],
    ) -> None:
        self.book, self.doors, self.residences, self.people = book, doors, residences, people
        since = book.confirmed_at
        assert since is not None  # noqa: S101 - nothing else is undone
        visits = HomeVisit.objects.filter(household__in=doors, received_at__gte=since)
        self.visited = set(visits.values_list("household_id", flat=True))
        met = Visited.objects.filter(person__in=people, visit__received_at__gte=since)
        cared = CareCase.objects.filter(person__in=people, opened_on__gte=day_of(since))
        self.met = {*met.values_list("person_id", flat=True), *cared.values_list("person_id", flat=True)}
        others = Residence.objects.filter(
            Q(household__in=doors) & ~Q(book=book) | Q(household__in=doors, book=None)
        )
        self.shared = set(others.values_list("household_id", flat=True))
        by = book.undone_by
        own = kin_of(by).values_list("pk", flat=True) if by else ()
        self.own = set(with_absorbed(*own).values_list("pk", flat=True)) if own else set()

    def is_used(self, row: BookRow) -> bool:
        """Whether a household stays: somebody was there, or is cared for; moved out, or in; somebody put something
        right; or it is own of whoever takes the book back."""
        door = self.doors.get(row.made["household"])
        if door is None:  # another row of the same door was taken back before
            return False
        lines = {one["line"]: one for one in row.told["members"]}
        if door.pk in self.visited or any(self._is_changed(move, lines) for move in row.made["moves"]):
            return True
        return door.book_id == self.book.pk and bool(door.pk in self.shared or door.note)

    def _is_changed(self, move: Moved, lines: Mapping[int, Mapping[str, object]]) -> bool:
        lives, person = self.residences.get(move["residence"]), self.people.get(move["person"])
        if lives is None or person is None or move["person"] in self.met | self.own:
            return True
        as_made = (lives.person_id, lives.relation, lives.until) == (move["person"], move["relation"], None)
        if not as_made or person.merged_into_id is not None:
            return True
        said = lines.get(move["line"])
        if not move["new"]:
            return False
        return said is None or any(getattr(person, name) != said[name] for name in _WRITTEN)
