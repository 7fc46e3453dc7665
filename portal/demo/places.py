"""The demo's places: divisions and grids, centers with stations, rooms and hours, the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from centers.actions import CalendarNotPublished, load_calendar
from centers.models import CalendarDay, Center, Division, OpeningHours, Room, Station
from centers.rules import CenterKind, DayKind, DivisionKind
from people.models import User
from portal.demo.data import read

LATE_HOURS = (time(8, 30), time(21, 0))


@dataclass(frozen=True)
class Places:
    """What was made, by name; centers and rooms by the name of their community."""

    divisions: dict[str, Division]
    grids: dict[str, list[Division]]
    centers: dict[str, Center]
    rooms: dict[tuple[str, str], Room]

    def home(self, community: str, number: int) -> Division:
        """One of the grids of a community."""
        grids = self.grids[community]
        return grids[number % len(grids)]


def make_places() -> Places:
    """Every division and center of places.json; what is there already is used as it is."""
    data = read("places")
    divisions: dict[str, Division] = {}
    for row in [*data["divisions"], *data["communities"]]:
        kind = DivisionKind.COMMUNITY if "lat" in row else DivisionKind(row["kind"])
        parent = divisions.get(row.get("parent", ""))
        divisions[row["name"]] = _division(kind, row["name"], parent, row.get("official_code"))
    places = Places(divisions, {}, {}, {})
    for row in data["communities"]:
        community = divisions[row["name"]]
        places.grids[row["name"]] = [
            _division(DivisionKind.GRID, name, community, None) for name in data["grids"]
        ]
        center = _center(community, row)
        places.centers[row["name"]] = center
        for room in center.rooms.all():
            places.rooms[row["name"], room.name] = room
    return places


def _division(kind: DivisionKind, name: str, parent: Division | None, code: str | None) -> Division:
    defaults = {"kind": kind, "official_code": code}
    return Division.objects.get_or_create(name=name, parent=parent, defaults=defaults)[0]


def _center(community: Division, row: dict[str, object]) -> Center:
    data = read("places")
    kind = CenterKind(str(row.get("kind", CenterKind.PARTY_MASS)))
    ending = "邻里中心" if kind == CenterKind.NEIGHBORHOOD else "党群服务中心"
    fields = {name: row[name] for name in ("lat", "lng", "address", "phone")}
    center, _made = Center.objects.get_or_create(
        name=f"{community.name}{ending}", defaults={"division": community, "kind": kind, **fields}
    )
    Station.objects.bulk_create(
        [Station(center=center, **station) for station in data["stations"]], ignore_conflicts=True
    )
    Room.objects.bulk_create([Room(center=center, **room) for room in data["rooms"]], ignore_conflicts=True)
    opens, closes = LATE_HOURS
    OpeningHours.objects.bulk_create(
        [
            OpeningHours(center=center, weekday=day, opens=opens if day < 6 else time(9), closes=closes)
            for day in range(1, 8)
        ],
        ignore_conflicts=True,
    )
    return center


def load_calendars(years: Iterable[int]) -> None:
    """Holidays and make-up working days of these years, save those that are loaded already.

    A year that the State Council has not published yet gets only the fixed dates of the law
    (全国年节及纪念日放假办法 art. 2), each marked 暂定, so that terms over New Year can be planned.
    """
    for year in years:
        if CalendarDay.objects.has_year(year):
            continue
        try:
            load_calendar(year=year, by=User.objects.system())
        except CalendarNotPublished:
            CalendarDay.objects.bulk_create(_provisional(year))


def _provisional(year: int) -> list[CalendarDay]:
    return [
        CalendarDay(day=date(year, row["month"], row["day"]), kind=DayKind.HOLIDAY, name=row["name"])
        for row in read("places")["fixed_holidays"]
    ]
