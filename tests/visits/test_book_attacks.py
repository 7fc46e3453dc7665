"""What an attack on household books found, each with the right value."""

from datetime import date, timedelta

import pytest

from people.actions.persons import add_person
from people.actions.records import erase_person, merge_persons
from people.models import Person
from people.rules import Role
from tests.data.books import wide
from tests.factories import people, visits
from tests.factories.books import HOMES, WANG, doubts, fates, lives, undone
from tests.factories.centers import division
from tests.refusals import refused
from visits.actions import residents
from visits.actions.books import lifecycle
from visits.actions.register import describe_building
from visits.models.register import Building, Residence
from visits.rules.books import BookState, RowFate

HEAD = ["网格", "住址", "姓名", "与户主关系", "性别", "出生日期", "联系电话"]
SECOND = timedelta(seconds=5)


def csv_of(*lines):
    return "\n".join(",".join(line) for line in [HEAD, *lines]).encode("gb18030")


def line(name="王建国", phone="13800000001", born=None, relation="户主", contact=None, remark=None):
    return (name, relation, "男", born, None, phone, contact, None, remark)


def on_record(place, name="王建国", **told):
    return people.person(name, None, place, **{"phone": "13800000001", **told})


@pytest.fixture
def second(cast):
    return division("GRID", "第二网格", cast.city["community"])


@pytest.fixture
def mate(cast):
    return people.staff("周丽", Role.SOCIAL_WORKER, cast.city["community"])


class TestWhatStopsNobody:
    def test_a_long_contact_is_doubted(self, send, confirmed):
        book = confirmed(send([("3号楼2单元501", [line(contact="王" * 70 + " 13900000001")])]))
        assert (book.state, lives("王建国").person.contact_name) == (BookState.IMPORTED, "")
        assert "太长" in doubts(book)

    def test_a_long_name_of_a_building_is_refused(self, send):
        book = send([("幸福里小区" * 9 + "3号楼2单元501", [line()])])
        assert fates(book) == [RowFate.REFUSED]
        assert "太长" in doubts(book)

    def test_one_book_that_fails_leaves_the_others_alone(self, send, by, grid, monkeypatch):
        book = send()
        lifecycle.confirm_book(book_id=book.pk, **by)
        other = division("GRID", "别处", division("COMMUNITY", "别的社区", grid.parent.parent))
        told = {"division_id": other.pk, "data": wide(HOMES), "file_name": "b.xlsx", "now": by["now"]}
        head = people.staff("管事的", Role.SOCIAL_WORKER, grid.parent.parent)
        waits = lifecycle.send_book(**told, by=head)
        monkeypatch.setattr(lifecycle, "take_in", lambda *_given: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            lifecycle.work_on_books(now=by["now"])
        waits.refresh_from_db()
        assert waits.state == BookState.PREVIEW


class TestWhere:
    def test_two_grids_with_a_building_of_one_name(self, cast, send, confirmed, second, grid, now):
        for one in (grid, second):
            visits.building(one, cast.worker, now, "3号楼")
        lines = [
            [grid.name, "3号楼1单元101", "赵秀英", "户主", "女", "1946", "13800000011"],
            [second.name, "3号楼1单元102", "钱秀英", "户主", "女", "1947", "13800000012"],
        ]
        confirmed(send(place=cast.city["community"], data=csv_of(*lines), name="a.csv"))
        found = {name: lives(name).household.building.grid for name in ("赵秀英", "钱秀英")}
        assert found == {"赵秀英": grid, "钱秀英": second}

    def test_a_building_that_lies_elsewhere_is_doubted_and_not_made_again(
        self, cast, send, confirmed, second, grid, now
    ):
        visits.building(grid, cast.worker, now, "3号楼")
        told = [second.name, "3号楼1单元101", "赵秀英", "户主", "女", "1946", "13800000011"]
        book = confirmed(send(place=cast.city["community"], data=csv_of(told), name="a.csv"))
        assert "按登记的办" in doubts(book)
        assert lives("赵秀英").household.building.grid == grid

    def test_a_building_that_was_renamed_is_the_same(self, cast, send, confirmed, by, now):
        building = visits.building(cast.city["grid"], cast.worker, now)
        book = send(HOMES[:1])
        plain = {"floors": None, "lift": None, "step_free": None}
        describe_building(building_id=building.pk, name="幸福里3号楼", **plain, **by)
        confirmed(book)
        assert Building.objects.count() == 1

    def test_a_grid_is_chosen_for_a_building_by_its_name(self, client, cast, send, now, clock, second, grid):
        place = cast.city["community"]
        book = send([("5号楼1单元101", [line("甲某")]), ("6号楼1单元101", [line("乙某", "")])], place=place)
        client.force_login(cast.worker)
        visits.building(grid, cast.worker, now, "5号楼")
        url = f"/staff/visits/books/{book.pk}/"
        assert 'name="grid 5号楼"' in client.get(url).content.decode()
        client.post(f"{url}places/", {"grid 6号楼": second.pk, "grid 5号楼": grid.pk})
        book.refresh_from_db()
        assert book.places == {"5号楼": grid.pk, "6号楼": second.pk}
        client.post(f"{url}confirm/")
        lifecycle.work_on_books(now=now)
        assert Building.objects.count() == 2


class TestWhoMeanwhile:
    def test_who_was_written_down_by_hand_is_not_doubled(self, cast, send, confirmed, now):
        book = send(HOMES[:1])
        home = visits.household(visits.building(cast.city["grid"], cast.worker, now), cast.worker, now)
        visits.lives(home, on_record(cast.city["grid"], born_on=date(1951, 3, 2), sex="M"), cast.worker, now)
        confirmed(book)
        assert home.residences.filter(person__full_name="王建国").count() == 1
        assert "上传以后有了她的档案" in doubts(book)

    def test_a_book_is_not_read_while_another_is_written_down(self, send, by, grid, monkeypatch):
        monkeypatch.setattr(lifecycle, "PIECE", 1)
        first = send()
        lifecycle.confirm_book(book_id=first.pk, **by)
        lifecycle._work(first.pk, by["now"])
        later = {"by": by["by"], "now": by["now"] + SECOND}
        other = lifecycle.send_book(division_id=grid.pk, data=wide(HOMES), file_name="b.xlsx", **later)
        assert not lifecycle._work(other.pk, later["now"])
        lifecycle.work_on_books(now=later["now"])
        other.refresh_from_db()
        assert fates(other)[0] == RowFate.KNOWN

    def test_a_book_of_the_next_grid_overtakes_as_well(self, send, by, second):
        first, other = send([("3号楼2单元501", WANG)]), send([("9号楼2单元501", WANG)], place=second)
        by["now"] += SECOND
        lifecycle.confirm_book(book_id=first.pk, **by)
        lifecycle.work_on_books(now=by["now"])
        refused("NOT_CONFIRMABLE", lifecycle.confirm_book, book_id=other.pk, **by)

    def test_so_does_one_that_was_undone(self, send, confirmed, by):
        first = confirmed(send(HOMES[:1]))
        by["now"] += SECOND
        other = send(HOMES[:2], now=by["now"])
        undone(first, by)
        refused("NOT_CONFIRMABLE", lifecycle.confirm_book, book_id=other.pk, **by)

    def test_who_left_the_community_is_not_dragged_back(self, cast, send, confirmed):
        known = on_record(cast.city["community"])
        book = send()
        Person.objects.filter(pk=known.pk).update(home=cast.city["other_community"])
        confirmed(book)
        known.refresh_from_db()
        assert known.home == cast.city["other_community"]

    def test_of_other_places_of_the_sender_nothing_is_said(self, client, cast, send, now, clock):
        on_record(cast.city["other_community"])
        book = send(by=cast.admin)
        client.force_login(cast.worker)
        assert "在册" not in client.get(f"/staff/visits/books/{book.pk}/").content.decode()

    def test_who_moved_within_the_book_lives_in_the_new_home(self, send, confirmed):
        gone = ("3号楼2单元501", [line(born="1951-03-02", remark="已搬走")])
        nowhere = ("住址不详", [line("赵大", "13800000009")])
        now_here = ("5号楼1单元101", [line(born="1951-03-02"), line("赵大", "13800000009", relation="其他")])
        confirmed(send([gone, nowhere, now_here]))
        assert {lives(name).household.building.name for name in ("王建国", "赵大")} == {"5号楼"}

    def test_father_and_son_behind_one_telephone_are_two(self, cast, send, confirmed):
        known = on_record(cast.city["grid"])
        family = [line(born="1950-01-01"), line(born="1980-02-02", relation="子")]
        book = confirmed(send([("3号楼2单元501", family)]))
        assert "可能是同一人，没有合并" in doubts(book)
        assert Residence.objects.exclude(person=known).count() == 2


class TestOnesOwn:
    def test_is_not_written_down_by_who_confirms(self, cast, send, grid, now, mate):
        own = on_record(grid, "周丽", phone=mate.phone)
        book = send([("3号楼1单元101", [line("周丽", mate.phone)])])
        lifecycle.confirm_book(book_id=book.pk, by=mate, now=now)
        lifecycle.work_on_books(now=now)
        assert not own.residences.exists()

    def test_nor_taken_away_by_who_undoes(self, cast, send, confirmed, now, mate):
        own = on_record(cast.city["community"], "周丽", phone=mate.phone)
        book = confirmed(send([("3号楼1单元101", [line("周丽", mate.phone)])]))
        undone(book, {"by": mate, "now": now})
        assert own.residences.now().exists()

    def test_nor_made_by_her_own_number(self, cast, send, confirmed):
        confirmed(send([("3号楼1单元101", [line("周敏", cast.worker.phone)])]))
        assert not Person.objects.filter(phone=cast.worker.phone).exists()


class TestErased:
    def test_nobody_comes_back(self, cast, send, confirmed, by):
        book = send(HOMES[:1])
        told = {"full_name": "王建国", "home": cast.city["grid"], "phone": "13800000001"}
        erase_person(person_id=add_person(**told, **by).pk, **by)
        confirmed(book)
        assert not Person.objects.filter(phone="13800000001").exists()

    def test_nobody_is_named_who_only_may_be_she(self, cast, send, by, now):
        twice = [on_record(cast.city["grid"]) for _number in range(2)]
        home = visits.household(visits.building(cast.city["grid"], cast.worker, now), cast.worker, now)
        twin = on_record(cast.city["grid"], "王建囯", born_on=date(1951, 3, 2), sex="M")
        visits.lives(home, twin, cast.worker, now)
        book = send(HOMES[:1])
        for one in (*twice, twin):
            erase_person(person_id=one.pk, **by)
        said = " ".join(row.said for row in book.rows.all())
        assert "王建" not in said


class TestUndone:
    def test_what_somebody_put_right_stays(self, cast, send, confirmed, by):
        book = confirmed(send())
        Person.objects.filter(pk=lives("李桂花").person_id).update(phone="13911112222")
        residents.change_relation(residence_id=lives("周翠花").pk, relation="SIBLING", **by)
        plain = {"floors": 6, "lift": False, "step_free": True}
        describe_building(building_id=lives("赵秀英").household.building_id, name="3号楼", **plain, **by)
        undone(book, by)
        assert fates(book) == [RowFate.STAYED, RowFate.GOOD, RowFate.STAYED]
        assert Building.objects.filter(floors=6).exists()

    def test_a_building_that_was_described_stays_without_doors(self, send, confirmed, by):
        book = confirmed(send(HOMES[:1]))
        plain = {"floors": 6, "lift": False, "step_free": True}
        describe_building(building_id=Building.objects.get().pk, name="3号楼", **plain, **by)
        undone(book, by)
        assert Building.objects.get().floors == 6

    def test_who_was_merged_keeps_her_home(self, cast, send, confirmed, by):
        book = confirmed(send())
        kept = people.person("李桂花", None, cast.city["grid"])
        merge_persons(kept_id=kept.pk, merged_id=lives("李桂花").person_id, **by)
        undone(book, by)
        assert kept.residences.now().exists()
