"""Who may do what by the addresses of visits: rows for tests/test_access.py."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from people.rules import Role
from tests.access import DESK, Row, button, verb
from tests.cast import Cast
from tests.factories import people, visits
from visits.models.callbacks import VisitCallback

HERS = "worker officer grid_worker admin"
KEEPERS = "worker grid_worker admin"
TEAM = "worker other_worker grid_worker admin"

TABLE: dict[str, Row] = {
    "visits:walk": Row("worker other_worker officer grid_worker admin"),
    "visits:books": Row("worker other_worker admin", "worker other_worker admin"),
    "visits:book": Row("worker admin"),
    "visits:book_progress": Row("worker admin"),
    "visits:place_buildings": verb(DESK, {"grid_0": "$grid_id"}, about={"book_id": "community_book_id"}),
    "visits:leave_out": verb(DESK, {"out": "on"}),
    "visits:confirm_book": verb(DESK),
    "visits:undo_book": verb(DESK, about={"book_id": "imported_book_id"}),
    "visits:drop_book": verb(DESK),
    "visits:add_building": verb(KEEPERS, {"name": "9号楼"}, get=TEAM),
    "visits:number_buildings": verb(KEEPERS, {"building_ids": "$building_id"}),
    "visits:callbacks": Row("worker other_worker admin"),
    "visits:answer_callback": verb(DESK, {"answer": "CAME"}),
    "visits:hand_over": verb("admin", {"from_id": "$walker", "to_id": "$deputy"}, get="admin"),
    "visits:tighten": verb(
        "officer admin",
        {"division_id": "$grid_id", "days": "3", "until": "2026-12-20", "reason": "高温"},
        get="officer admin",
    ),
    "visits:end_tightening": verb("officer admin"),
    "visits:figures": Row("worker other_worker officer grid_worker admin"),
    "visits:building": Row(HERS),
    "visits:describe_building": verb(KEEPERS, {"name": "三号楼"}),
    "visits:add_household": verb(KEEPERS, {"unit": "1", "room": "102"}),
    "visits:household": Row(HERS),
    "visits:fine": verb(KEEPERS, {"op_id": "$op_id"}),
    "visits:visit": verb(KEEPERS, "$visit_form"),
    "visits:correct": verb(KEEPERS, "$visit_form", get=KEEPERS),
    "visits:note": verb(KEEPERS, {"note": "耳背"}),
    "visits:care": Row("worker other_worker officer grid_worker admin"),
    "visits:case": Row(HERS),
    "visits:open_case": verb(DESK, {"person_id": "$visited_id", "group": "OTHER", "level": "MONTHLY"}),
    "visits:level": verb(DESK, {"level": "WEEKLY"}),
    "visits:close_case": verb(DESK),
    "visits:group": button(DESK),
    "visits:pause": verb(KEEPERS, {"kind": "PHONE_ONLY", "until": "2026-12-20", "reason": "住女儿家"}),
    "visits:resume": verb(KEEPERS),
    "visits:move_in": verb(
        KEEPERS, {"who": "$moving", "relation": "OTHER", "since": "2026-11-01"}, get=KEEPERS
    ),
    "visits:move_out": verb(KEEPERS, {"until": "2026-11-20"}, get=KEEPERS),
    "visits:ring": verb(HERS),
    "visits:relation": verb(KEEPERS, {"relation": "SIBLING"}, get=KEEPERS),
}


def world(cast: Cast, now: datetime) -> dict[str, Any]:
    """王桂兰's home, where her neighbour lives as well."""
    building = visits.building(cast.city["grid"], cast.worker, now)
    home = visits.household(building, cast.worker, now)
    neighbour = people.person("邻居", home=cast.city["grid"], phone="13866667777")
    lived = visits.lives(home, neighbour, cast.worker, now)
    return {
        "grid_id": cast.city["grid"].pk,
        "building_id": building.pk,
        "household_id": home.pk,
        "residence_id": lived.pk,
        "moving": f"#{people.person('搬来的', home=cast.city['grid']).pk}",
        "visit_form": {"op_id": uuid4().hex, "way": "DOOR", f"result_{neighbour.pk}": "FINE"},
        "op_id": uuid4().hex,
        "case_id": visits.case(neighbour, cast.worker, now).pk,
        "visited_id": neighbour.pk,
        "book_id": visits.book(cast.city["grid"], cast.worker, now).pk,
        "community_book_id": visits.book(cast.city["community"], cast.worker, now).pk,
        "row_id": visits.book(cast.city["grid"], cast.worker, now).rows.get().pk,
        "imported_book_id": visits.book(
            cast.city["grid"], cast.worker, now - timedelta(days=1), "IMPORTED"
        ).pk,
        "visit_id": visits.visited(home, cast.worker, now).pk,
        "callback_id": VisitCallback.objects.create(visit=visits.visited(home, cast.grid_worker, now)).pk,
        "walker": cast.grid_worker.pk,
        "tightening_id": visits.tightened(cast, now).pk,
        "deputy": people.staff("接手的", Role.GRID_WORKER, cast.city["community"]).pk,
    }
