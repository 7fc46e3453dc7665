from datetime import date

import chinese_calendar

from centers.models import CalendarDay, Center, Division, Room
from centers.rules import DayKind, DivisionKind


def division(kind: str, name: str, parent: Division | None = None) -> Division:
    return Division.objects.create(kind=kind, name=name, parent=parent)


def center(community: Division, name: str = "", rooms: int = 2) -> Center:
    made = Center.objects.create(
        division=community, name=name or f"{community.name}党群服务中心", address="1 号"
    )
    for number in range(1, rooms + 1):
        Room.objects.create(center=made, name=f"教室{number}", capacity=40, step_free=True)
    return made


def calendar(*years: int) -> None:
    """The real holidays of these years (chinesecalendar knows them to 2026)."""
    rows = []
    for day, holiday in chinese_calendar.holidays.items():
        if day.year in years:
            rows.append(CalendarDay(day=day, kind=DayKind.HOLIDAY, name=holiday_name(holiday)))
    for day, holiday in chinese_calendar.workdays.items():
        if day.year in years:
            rows.append(CalendarDay(day=day, kind=DayKind.MAKEUP_WORKDAY, name=holiday_name(holiday)))
    CalendarDay.objects.bulk_create(rows, ignore_conflicts=True)


def holiday_name(english: str) -> str:
    return {"National Day": "国庆节", "Mid-autumn Festival": "中秋节"}.get(english, "节日")


def city() -> dict[str, Division]:
    """One city, one district, two streets with a community each, and a grid."""
    kinds = DivisionKind
    root = division(kinds.CITY, "郑州市")
    district = division(kinds.DISTRICT, "金水区", root)
    street = division(kinds.STREET, "花园路街道", district)
    other = division(kinds.STREET, "紫荆路街道", district)
    community = division(kinds.COMMUNITY, "通信花园社区", street)
    other_community = division(kinds.COMMUNITY, "学院路社区", other)
    grid = division(kinds.GRID, "通信花园第一网格", community)
    return {
        "root": root,
        "district": district,
        "street": street,
        "other_street": other,
        "community": community,
        "other_community": other_community,
        "grid": grid,
    }


def new_year_2027() -> None:
    """2027's holidays as an office would type them in (not published when this was written)."""
    for day, name in ((date(2027, 1, 1), "元旦"), (date(2027, 2, 6), "春节"), (date(2027, 10, 1), "国庆节")):
        CalendarDay.objects.get_or_create(day=day, defaults={"kind": DayKind.HOLIDAY, "name": name})
