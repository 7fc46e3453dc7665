"""A household book from the upload to the register and back: what is kept, recognised, refused, undone."""

import json
from datetime import date, timedelta

import pytest

from people.models import Person
from tests.data.books import narrow, wide
from tests.factories import people, visits
from tests.factories.books import (
    HOMES,
    WANG,
    ZHAO,
    doubts,
    everything,
    fates,
    faults,
    lives,
    said,
)
from tests.factories.centers import division
from tests.refusals import refused
from visits.actions import residents
from visits.actions.books import lifecycle
from visits.models.books import BookFile
from visits.models.register import Building, Residence
from visits.rules.books import BookState, RowFate


class TestPreview:
    def test_nothing_is_written_down_before_somebody_confirmed(self, send):
        before = everything()
        book = send()
        assert book.state == BookState.PREVIEW
        assert everything() == before
        assert [(row.building, row.unit, row.room) for row in book.rows.all()] == [
            ("3号楼", "2", "501"),
            ("3号楼", "2", "5楼东"),
            ("南院平房", "2排", "3"),
        ]
        assert not BookFile.objects.exists()

    def test_it_is_the_worker_who_reads(self, by, grid):
        book = lifecycle.send_book(division_id=grid.pk, data=wide(HOMES), file_name="台账.xlsx", **by)
        assert (book.state, book.rows.count(), BookFile.objects.count()) == (BookState.READING, 0, 1)
        assert "王建国" not in BookFile.objects.extra(select={"raw": "content"}).values_list("raw")[0][0]

    def test_what_no_one_can_read_says_why(self, send):
        book = send(data=b"\xd0\xcf\x11\xe0 what", name="台账.xls")
        assert book.state == BookState.UNREADABLE
        assert "另存为 .xlsx" in book.notes[0]
        assert not BookFile.objects.exists()

    def test_whose_post_ended_before_it_was_read_sends_it_again(self, cast, by, grid):
        book = lifecycle.send_book(division_id=grid.pk, data=wide(HOMES), file_name="台账.xlsx", **by)
        cast.worker.memberships.update(until=date(2026, 11, 1), since=date(2026, 1, 1))
        lifecycle.work_on_books(now=by["now"])
        book.refresh_from_db()
        assert (book.state, BookFile.objects.count()) == (BookState.UNREADABLE, 0)

    def test_a_book_in_gb18030_is_read_as_well(self, send, confirmed):
        book = confirmed(send(data=narrow(HOMES), name="台账.csv"))
        assert book.state == BookState.IMPORTED
        assert Residence.objects.now().count() == 5

    def test_what_may_not_be_kept_stands_nowhere(self, send):
        book = send()
        assert "秘密" not in json.dumps([*said(book), book.notes], ensure_ascii=False)
        assert any("没有读" in note for note in book.notes)

    def test_who_is_on_record_is_recognised_and_the_evidence_shown(self, cast, send, grid):
        known = people.person("王建国", None, cast.city["community"], phone="13800000001")
        book = send()
        assert said(book)[0]["members"][0]["person"] == known.pk
        assert "王建国：在册，同一个人（姓名、电话相同）" in doubts(book)

    def test_who_only_may_be_she_is_not_merged(self, cast, send, confirmed):
        people.person("赵秀英", None, cast.city["community"])
        book = send()
        assert said(book)[1]["members"][0]["person"] is None
        assert "可能是同一人，没有合并" in doubts(book)
        confirmed(book)
        assert Person.objects.filter(full_name="赵秀英").count() == 2

    def test_of_who_is_not_hers_nothing_is_said(self, cast, send):
        people.person("王建国", None, cast.city["other_community"], phone="13800000001")
        book = send()
        assert said(book)[0]["members"][0]["person"] is None
        assert "在册" not in doubts(book)

    def test_who_has_gone_or_is_crossed_out_is_left_out(self, send, confirmed):
        gone = ("王老太", "母", "女", "1920", None, None, None, None, "2019年去世")
        book = confirmed(send([("3号楼2单元501", [*WANG, gone])]))
        assert "王老太：这一行写着“去世”" in doubts(book)
        assert not Person.objects.filter(full_name="王老太").exists()

    def test_twice_in_a_book_is_once_in_the_register(self, send, confirmed):
        book = confirmed(send([("3号楼2单元501", WANG), ("3号楼1单元101", WANG[:1])]))
        assert "只登记那一行" in doubts(book)
        assert Person.objects.filter(full_name="王建国").count() == 1

    def test_a_door_nobody_can_read_is_refused_and_the_others_go_in(self, send, confirmed):
        book = confirmed(send([("就在那边", WANG), ("3号楼1单元101", ZHAO)]))
        assert fates(book) == [RowFate.REFUSED, RowFate.GOOD]
        assert [one.person.full_name for one in Residence.objects.all()] == ["赵秀英"]


class TestPlaces:
    def test_a_community_asks_in_which_grid_a_new_building_lies(self, cast, by, send, confirmed):
        other = division("GRID", "第二网格", cast.city["community"])
        book = send(place=cast.city["community"])
        assert set(book.unplaced()) == {"3号楼", "南院平房"}
        refused("NOT_PLACED", lifecycle.confirm_book, book_id=book.pk, **by)
        places = {"3号楼": cast.city["grid"].pk, "南院平房": other.pk}
        lifecycle.place_buildings(book_id=book.pk, grids=places, **by)
        confirmed(book)
        assert lives("孙大海").household.building.grid == other
        assert lives("孙大海").person.home == other

    def test_a_column_of_grids_says_it(self, cast, send):
        other = division("GRID", "第二网格", cast.city["community"])
        header = ["网格", "住址", "姓名", "与户主关系", "性别", "出生日期", "联系电话", "备注"]
        lines = [header, ["2网格", "5号楼1单元101", "赵秀英", "户主", "女", "1946", "", ""]]
        data = "\n".join(",".join(line) for line in lines).encode("gb18030")
        book = send(place=cast.city["community"], data=data, name="台账.csv")
        assert book.places == {"5号楼": other.pk}

    def test_a_building_on_record_is_found_where_it_lies(self, cast, now, send, confirmed):
        division("GRID", "第二网格", cast.city["community"])
        building = visits.building(cast.city["grid"], cast.worker, now, "幸福里3栋")
        home = visits.household(building, cast.worker, now)
        book = confirmed(send(HOMES[:2], place=cast.city["community"]))
        assert book.places == {}
        assert lives("王建国").household == home
        assert Building.objects.count() == 1

    def test_refused(self, cast, by, send, now):
        book = send()
        place = lifecycle.place_buildings
        refused("NO_SUCH_BUILDING", place, book_id=book.pk, grids={"9号楼": cast.city["grid"].pk}, **by)
        for wrong in (cast.city["community"].pk, 0):
            refused("NOT_ALLOWED", place, book_id=book.pk, grids={"3号楼": wrong}, **by)


class TestConfirm:
    def test_doors_people_and_who_lives_where(self, cast, grid, send, confirmed, now):
        book = confirmed(send())
        assert book.state == BookState.IMPORTED
        one = lives("王建国")
        assert (str(one.household), one.relation, one.since) == ("3号楼 2单元501", "HEAD", date(1998, 5, 1))
        assert one.person.home == grid
        assert (one.person.phone, one.person.contact_name, one.person.initials) == (
            "13800000001",
            "王芳",
            "wjg",
        )
        wife = lives("李桂花")
        assert (wife.relation, wife.since, wife.household) == ("SPOUSE", now.date(), one.household)
        assert one.household.note == ""
        assert one.household.door_key == "3/2/501"
        assert [b.walked for b in Building.objects.in_order()] == [1, 2]
        assert not faults(now)

    def test_twice_is_once(self, send, confirmed, by):
        book = confirmed(send())
        before = everything()
        lifecycle.confirm_book(book_id=book.pk, **by)
        assert lifecycle.work_on_books(now=by["now"]) == 0
        assert everything() == before

    def test_the_same_book_again_changes_nothing(self, send, confirmed, by):
        confirmed(send(HOMES[:1]))
        before = everything()
        book = send(HOMES[:1], now=by["now"] + timedelta(hours=1))
        assert (fates(book), doubts(book)) == ([RowFate.KNOWN], "")
        lifecycle.confirm_book(book_id=book.pk, **by)
        lifecycle.work_on_books(now=by["now"])
        assert everything() == before

    def test_whoever_is_known_moves_in_and_keeps_her_record(self, cast, send, confirmed, grid):
        known = people.person("王建国", None, cast.city["community"], phone="13800000001")
        confirmed(send())
        known.refresh_from_db()
        assert lives("王建国").person == known
        assert known.home == grid

    def test_who_lives_elsewhere_stays_there(self, cast, send, confirmed, now):
        known = people.person("王建国", None, cast.city["grid"], phone="13800000001")
        there = visits.household(
            visits.building(cast.city["grid"], cast.worker, now, "7号楼"), cast.worker, now
        )
        visits.lives(there, known, cast.worker, now)
        book = confirmed(send())
        assert "登记住在7号楼 2单元501" in doubts(book)
        assert lives("王建国").household == there
        assert lives("李桂花").household.building.name == "3号楼"

    def test_who_was_written_down_elsewhere_after_the_preview_stays_there(self, cast, send, confirmed, now):
        known = people.person("王建国", None, cast.city["grid"], phone="13800000001")
        book = send()
        there = visits.household(
            visits.building(cast.city["grid"], cast.worker, now, "7号楼"), cast.worker, now
        )
        visits.lives(there, known, cast.worker, now)
        confirmed(book)
        assert "刚刚登记到别的户" in doubts(book)
        assert lives("王建国").household == there

    def test_a_household_with_a_head_keeps_it(self, cast, send, confirmed, now):
        home = visits.guilans_home(cast, now)
        confirmed(send())
        assert lives("王建国").household == home
        assert lives("王建国").relation == "OTHER"
        assert home.residences.now().get(relation="HEAD").person == cast.guilan

    def test_who_moved_out_lives_there_from_that_day(self, cast, send, confirmed, now, by):
        home = visits.guilans_home(cast, now)
        until = date(2026, 1, 1)
        residents.move_out(residence_id=home.residences.get(person=cast.guilan).pk, until=until, **by)
        phone = people.reached_at(cast.guilan)
        line = (cast.guilan.full_name, "户主", "女", None, None, phone, None, "2019.1", None)
        confirmed(send([("3号楼1单元101", [line])]))
        assert lives(cast.guilan.full_name).since == until

    def test_oneself_is_written_down_by_somebody_else(self, cast, send, confirmed, grid):
        people.person("周敏", None, grid, phone=cast.worker.phone)
        line = ("周敏", "户主", "女", None, None, cast.worker.phone, None, None, None)
        book = confirmed(send([("3号楼1单元101", [line])]))
        assert "由另一位工作人员来办" in doubts(book)
        assert not Residence.objects.exists()

    def test_a_household_that_is_left_out_stays_out(self, send, confirmed, by):
        book = send()
        row = book.rows.first()
        for _twice in range(2):
            lifecycle.leave_out(row_id=row.pk, out=True, **by)
        assert fates(book)[0] == RowFate.LEFT_OUT
        other = book.rows.all()[1]
        lifecycle.leave_out(row_id=other.pk, out=True, **by)
        lifecycle.leave_out(row_id=other.pk, out=False, **by)
        confirmed(book)
        assert not Person.objects.filter(full_name="王建国").exists()
        assert lives("赵秀英")
        refused("NOT_PREVIEWED", lifecycle.leave_out, row_id=row.pk, out=False, **by)

    def test_the_worker_goes_on_where_it_was_killed(self, send, by, monkeypatch):
        monkeypatch.setattr(lifecycle, "PIECE", 1)
        book = send()
        lifecycle.confirm_book(book_id=book.pk, **by)
        take_in, pieces = lifecycle.take_in, []

        def killed(*given):
            take_in(*given)
            pieces.append(given)
            if len(pieces) == 2:
                raise MemoryError

        monkeypatch.setattr(lifecycle, "take_in", killed)
        with pytest.raises(MemoryError):
            lifecycle.work_on_books(now=by["now"])
        assert list(book.rows.values_list("done", flat=True)) == [True, False, False]
        monkeypatch.setattr(lifecycle, "take_in", take_in)
        lifecycle.work_on_books(now=by["now"])
        assert Residence.objects.count() == 5

    def test_refused(self, cast, by, send, now):
        book = send()
        for stranger in (cast.other_worker, cast.guilan.user):
            refused("NOT_ALLOWED", lifecycle.confirm_book, book_id=book.pk, by=stranger, now=now)
            refused("NOT_ALLOWED", lifecycle.undo_book, book_id=book.pk, by=stranger, now=now)
            refused("NOT_ALLOWED", lifecycle.drop_book, book_id=book.pk, by=stranger, now=now)
            refused(
                "NOT_ALLOWED",
                lifecycle.leave_out,
                row_id=book.rows.first().pk,
                out=True,
                by=stranger,
                now=now,
            )
        refused("NOT_UNDOABLE", lifecycle.undo_book, book_id=book.pk, **by)
        for _twice in range(2):
            lifecycle.drop_book(book_id=book.pk, **by)
        assert not book.rows.exists()
        refused("NOT_CONFIRMABLE", lifecycle.confirm_book, book_id=book.pk, **by)

    def test_a_book_that_was_overtaken_is_read_again(self, send, confirmed, by):
        first, second = send(), send()
        by["now"] += timedelta(minutes=1)
        lifecycle.confirm_book(book_id=second.pk, **by)
        refused("NOT_CONFIRMABLE", lifecycle.confirm_book, book_id=first.pk, **by)

    def test_sending_is_refused(self, cast, by, grid, now):
        send, told = lifecycle.send_book, {"data": b"x", "file_name": "x.csv"}
        refused("NOT_A_PLACE", send, division_id=cast.city["street"].pk, **told, by=cast.admin, now=now)
        bare = division("COMMUNITY", "没有网格的社区", cast.city["street"])
        refused("NO_GRID", send, division_id=bare.pk, **told, by=cast.admin, now=now)
        refused("EMPTY_FILE", send, division_id=grid.pk, **{**told, "data": b" "}, **by)
        refused("FILE_TOO_BIG", send, division_id=grid.pk, **{**told, "data": b"x" * 11_000_000}, **by)
        for stranger in (cast.other_worker, cast.guilan.user):
            refused("NOT_ALLOWED", send, division_id=grid.pk, **told, by=stranger, now=now)
        refused("NOT_ALLOWED", send, division_id=0, **told, **by)
