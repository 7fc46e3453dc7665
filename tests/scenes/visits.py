"""The register and visits: a building, a home, who moves in and out, who comes to see them."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from grievances.actions.tickets import accept_ticket, assign_ticket
from people.rules import Role
from tests.cast import Cast
from tests.data.books import wide
from tests.factories import grievances, people, visits
from tests.scenes import Play, story
from visits.actions.books.lifecycle import (
    confirm_book,
    drop_book,
    forget_books,
    leave_out,
    place_buildings,
    send_book,
    undo_book,
    work_on_books,
)
from visits.actions.callbacks import answer_callback
from visits.actions.care import (
    change_level,
    close_case,
    open_case,
    pause_case,
    read_group,
    resume_case,
    settle_care,
)
from visits.actions.handover import hand_over_grid
from visits.actions.lateness import escalate_care
from visits.actions.register import (
    add_building,
    add_household,
    describe_building,
    note_household,
    number_buildings,
)
from visits.actions.residents import change_relation, move_in, move_out, settle_homes
from visits.actions.tightening import end_tightening, tighten_care
from visits.actions.visits import Found, correct_visit, record_visit
from visits.models.callbacks import VisitCallback
from visits.rules.visits import FindingKind

WAS_SINCE = date(2026, 11, 1)


@story(
    add_building, describe_building, number_buildings, add_household, note_household,
    move_in, change_relation, move_out, record_visit, correct_visit, settle_homes,
)  # fmt: skip
def a_family_moves_in_and_is_visited(play: Play, cast: Cast, now: datetime) -> None:
    grid = {"grid_id": cast.city["grid"].pk, "by": cast.worker, "now": now}
    first = play(add_building, **grid, name="3号楼")
    second = play(add_building, **grid, name="南院平房")
    it = {"building_id": first.pk, "by": cast.worker, "now": now}
    play(describe_building, **it, name="3号楼", floors=6, lift=False, step_free=False)
    play(number_buildings, **grid, building_ids=[second.pk, first.pk])
    play.locked(number_buildings, "centers_division", "visits_building")
    home = play(add_household, **it, unit="2", room="501", floor=5)
    old = visits.household(first, cast.worker, now, room="101")
    here = {"household_id": home.pk, "by": cast.worker, "now": now}
    play(describe_building, **it, name="三号楼", floors=6, lift=False, step_free=False)
    play(note_household, **here, note="耳背，要大声敲")
    newcomer = people.person("马秀兰", home=cast.city["grid"])
    visits.lives(old, newcomer, cast.worker, now)
    lived = play(move_in, **here, person_id=newcomer.pk, relation="HEAD", since=WAS_SINCE)
    play.locked(move_in, "visits_household", "visits_residence", "people_person")
    one = {"residence_id": lived.pk, "by": cast.worker, "now": now}
    play(change_relation, **one, relation="PARENT")
    draft = visits.draft(home)
    seen = play(record_visit, op_id=uuid4(), draft=draft, by=cast.worker, now=now)
    wish = visits.draft(home, "MATTER", "想要一根拐杖", finding=Found(FindingKind.WISH, newcomer.pk))
    play(record_visit, op_id=uuid4(), draft=wish, by=cast.worker, now=now)
    again = visits.draft(home, "NOT_HOME")
    play(correct_visit, op_id=uuid4(), visit_id=seen.pk, draft=again, by=cast.worker, now=now)
    newcomer.home = cast.city["other_community"]
    newcomer.save()
    play(settle_homes, now=now)
    play(move_out, **one, until=now.date())


@story(place_buildings, leave_out, confirm_book, undo_book, drop_book, work_on_books, forget_books)
def a_household_book_is_read_in_and_undone(play: Play, cast: Cast, now: datetime) -> None:
    known = people.person("王建国", home=cast.city["grid"], phone="13800000001")
    family = [
        ("王建国", "户主", "男", None, None, "13800000001", None, None, None),
        ("李桂花", "妻", "女", "1949-12-31", None, None, None, None, None),
    ]
    told = {"data": wide([("3号楼2单元501", family)]), "file_name": "台账.xlsx"}
    here = {"division_id": cast.city["grid"].pk, "by": cast.worker, "now": now}
    book = play(send_book, **told, **here)
    play(work_on_books, now=now)
    it = {"book_id": book.pk, "by": cast.worker, "now": now}
    play(place_buildings, **it, grids={"3号楼": cast.city["grid"].pk})
    row = book.rows.get()
    play(leave_out, row_id=row.pk, out=True, by=cast.worker, now=now)
    play(leave_out, row_id=row.pk, out=False, by=cast.worker, now=now)
    play(confirm_book, **it)
    play(work_on_books, now=now)
    play.locked(work_on_books, "visits_householdbook", "centers_division", "people_person")
    assert known.residences.exists()
    play(undo_book, **it)
    play(work_on_books, now=now)
    other = send_book(**told, **here)
    play(work_on_books, now=now)
    play(drop_book, book_id=other.pk, by=cast.worker, now=now)
    play(forget_books, now=now + timedelta(days=100))


@story(answer_callback, hand_over_grid)
def a_visit_is_asked_about_and_the_grid_handed_over(play: Play, cast: Cast, now: datetime) -> None:
    home = visits.guilans_home(cast, now)
    drawn = VisitCallback.objects.get_or_create(visit=visits.visited(home, cast.grid_worker, now))[0]
    play(answer_callback, callback_id=drawn.pk, answer="CAME", text="来过", by=cast.worker, now=now)
    head = grievances.director(cast)
    grievances.category()
    ticket = grievances.told(cast, now, people.resident("马秀兰", cast.city["grid"]))
    accept_ticket(ticket_id=ticket.pk, by=head, now=now)
    assign_ticket(ticket_id=ticket.pk, handler_id=cast.grid_worker.pk, by=head, now=now)
    to = people.staff("接手的", Role.GRID_WORKER, cast.city["community"])
    over = {"grid_id": cast.city["grid"].pk, "from_id": cast.grid_worker.pk, "to_id": to.pk, "until": None}
    play(hand_over_grid, **over, leaving=True, by=head, now=now)
    play.locked(hand_over_grid, "grievances_ticket", "people_user")


@story(
    open_case, close_case, change_level, pause_case, resume_case, read_group, settle_care, escalate_care,
    tighten_care, end_tightening,
)  # fmt: skip
def somebody_is_visited_regularly(play: Play, cast: Cast, now: datetime) -> None:
    home = visits.household(visits.building(cast.city["grid"], cast.worker, now), cast.worker, now)
    visits.lives(home, cast.elder, cast.worker, now)
    case = play(
        open_case, person_id=cast.elder.pk, group="LIVES_ALONE", level="MONTHLY", by=cast.worker, now=now
    )
    it = {"case_id": case.pk, "by": cast.worker, "now": now}
    play(change_level, **it, level="WEEKLY")
    play(read_group, **it)
    play(escalate_care, now=now + timedelta(days=12))
    seen = {"op_id": uuid4(), "draft": visits.draft(home), "by": cast.worker, "now": now}
    play(record_visit, **seen)
    play.locked(record_visit, "visits_household", "visits_carecase")
    play(pause_case, **it, kind="NOT_NOW", until=date(2026, 12, 20), reason="住女儿家")
    play(settle_care, now=now)
    place = {"division_id": cast.city["community"].pk, "days": 3, "until": date(2026, 12, 20)}
    tight = play(tighten_care, **place, reason="高温预警", by=cast.officer, now=now)
    play(end_tightening, tightening_id=tight.pk, by=cast.officer, now=now)
    play(resume_case, **it)
    play(close_case, **it)
