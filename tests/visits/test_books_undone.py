"""A household book undone, and what is kept of one: what was used since stays, nothing else does."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from people.actions.family import give_consent
from people.actions.records import erase_person
from people.models import Person
from people.rules import Purpose
from tests.factories import people, visits
from tests.factories.books import WANG, ZHAO, everything, fates, faults, lives, undone
from tests.refusals import refused, rule
from visits.actions import residents
from visits.actions.books import lifecycle
from visits.models.books import BookRow, HouseholdBook
from visits.models.changes import Change
from visits.models.register import Building, Household, Residence
from visits.rules.books import BookState, RowFate


class TestUndo:
    def test_all_is_as_it_was(self, cast, send, confirmed, by, now):
        known = people.person("王建国", None, cast.city["community"], phone="13800000001")
        visits.guilans_home(cast, now)
        before = everything()
        book = confirmed(send())
        assert everything() != before
        assert undone(book, by).state == BookState.UNDONE
        assert everything() == before
        assert Person.objects.get(pk=known.pk).home == cast.city["community"]
        lifecycle.undo_book(book_id=book.pk, **by)
        assert lifecycle.work_on_books(now=by["now"]) == 0
        assert not faults(now)

    def test_what_went_is_told_to_whoever_was_away(self, send, confirmed, by):
        book = confirmed(send())
        home = lives("王建国").household_id
        last = Change.objects.last().pk
        undone(book, by)
        assert Change.objects.filter(pk__gt=last, kind="household", number=home).exists()

    def test_where_somebody_has_been_all_stays(self, cast, send, confirmed, by, now):
        book = confirmed(send())
        home = lives("王建国").household
        visits.visited(home, cast.worker, now + timedelta(minutes=5))
        undone(book, by)
        assert fates(book) == [RowFate.STAYED, RowFate.GOOD, RowFate.GOOD]
        assert {one.person.full_name for one in Residence.objects.all()} == {"王建国", "李桂花"}
        assert list(Building.objects.values_list("name", flat=True)) == ["3号楼"]
        assert not faults(now)

    def test_who_moved_out_or_in_or_is_cared_for_stays(self, cast, send, confirmed, by, now):
        book = confirmed(send())
        residents.move_out(residence_id=lives("王建国").pk, until=now.date(), **by)
        visits.case(lives("赵秀英").person, cast.worker, now)
        visits.lives(lives("孙大海").household, cast.guilan, cast.worker, now, "OTHER")
        undone(book, by)
        assert set(fates(book)) == {RowFate.STAYED}

    def test_who_is_used_elsewhere_stays_on_record_without_a_home(self, cast, send, confirmed, by, now):
        book = confirmed(send())
        person = lives("王建国").person
        give_consent(person_id=person.pk, purpose=Purpose.COURSES, by=cast.worker, now=now)
        undone(book, by)
        assert not Residence.objects.exists()
        assert [one.full_name for one in Person.objects.filter(full_name__in=["王建国", "李桂花"])] == [
            "王建国"
        ]

    def test_two_families_behind_one_door(self, send, confirmed, by, monkeypatch):
        monkeypatch.setattr(lifecycle, "PIECE", 1)
        before = everything()
        book = confirmed(send([("3号楼1单元101", WANG), ("3号楼1单元101", ZHAO)]))
        assert len(fates(book)) == 2
        assert Household.objects.count() == 1
        undone(book, by)
        assert everything() == before
        assert "STAYED" not in fates(book)

    def test_in_the_middle(self, send, by, monkeypatch):
        monkeypatch.setattr(lifecycle, "PIECE", 1)
        before = everything()
        book = send()
        lifecycle.confirm_book(book_id=book.pk, **by)
        lifecycle._work(book.pk, by["now"])  # one household is written down
        assert Residence.objects.exists()
        undone(book, by)
        assert everything() == before

    def test_no_more_after_ninety_days(self, send, confirmed, by):
        book = confirmed(send())
        late = {**by, "now": by["now"] + timedelta(days=91)}
        refused("NOT_UNDOABLE", lifecycle.undo_book, book_id=book.pk, **late)
        lifecycle.forget_books(now=late["now"])
        assert not book.rows.exists()

    def test_nobody_takes_anything_else_out_of_the_register(self, send, confirmed, cast, now):
        visits.guilans_home(cast, now)
        book = confirmed(send())
        for table in ("residence", "household", "building"):
            with rule("register_stays"), connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM visits_{table}")
        with rule("book_stands"):
            Household.objects.filter(book=None).update(book=book)


class TestWhatIsKept:
    def test_a_book_nobody_confirmed_is_dropped(self, send, by):
        book = send()
        assert lifecycle.forget_books(now=by["now"] + timedelta(days=29)) == 0
        assert lifecycle.forget_books(now=by["now"] + timedelta(days=31)) == 1
        book.refresh_from_db()
        assert (book.state, book.rows.count()) == (BookState.DROPPED, 0)

    def test_who_is_erased_stands_in_no_book(self, cast, send, confirmed, by):
        known = people.person("王建国", None, cast.city["grid"], phone="13800000001")
        book, again = confirmed(send()), send(now=by["now"] + timedelta(hours=1))
        erase_person(person_id=known.pk, **by)
        for one in (book, again):
            assert "王建国" not in " ".join(row.said for row in one.rows.all())
        confirmed_again = lifecycle.confirm_book(book_id=again.pk, **by)
        lifecycle.work_on_books(now=by["now"])
        assert not Person.objects.filter(full_name="王建国").exists()
        assert confirmed_again.pk == again.pk

    def test_states_only_move_by_the_table(self, send):
        book = send()
        with pytest.raises(DatabaseError), transaction.atomic():
            HouseholdBook.objects.filter(pk=book.pk).update(state="UNDONE")
        with pytest.raises(DatabaseError), transaction.atomic():
            BookRow.objects.filter(book=book).update(fate="KNOWN_NOT")
