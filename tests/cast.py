"""Who lives and works in the tests; tests/conftest.py brings them to life."""

from dataclasses import dataclass
from datetime import date

from centers.models import Center, Division
from people.models import Person, User
from people.rules import Role
from tests.factories import centers, people


@dataclass
class Cast:
    """Who lives and works here."""

    city: dict[str, Division]
    center: Center
    other_center: Center
    guilan: Person  # a resident of 68 with a phone
    zixuan: Person  # her grandson, 8, with a guardian's consent
    elder: Person  # 81, no phone, no account
    stranger: Person  # a resident of the other street
    worker: User  # social worker of 花园路街道
    other_worker: User  # social worker of 紫荆路街道
    officer: User  # street officer of 花园路街道
    grid_worker: User
    admin: User


def bring_to_life() -> Cast:
    """Everybody, and the places where they live."""
    city = centers.city()
    centers.calendar(2026)
    centers.new_year_2027()
    guilan = people.resident("王桂兰", city["community"], born_on=date(1958, 3, 2), sex="F")
    return Cast(
        city=city,
        center=centers.center(city["community"]),
        other_center=centers.center(city["other_community"]),
        guilan=guilan,
        zixuan=people.child("王子轩", date(2018, 5, 6), guilan),
        elder=people.person("解福生", home=city["grid"], born_on=date(1945, 1, 9)),
        stranger=people.resident("曾小雨", city["other_community"], born_on=date(1990, 7, 1)),
        worker=people.staff("周敏", Role.SOCIAL_WORKER, city["street"]),
        other_worker=people.staff("郑佳", Role.SOCIAL_WORKER, city["other_street"]),
        officer=people.staff("刘主任", Role.STREET_OFFICER, city["street"]),
        grid_worker=people.staff("何强", Role.GRID_WORKER, city["grid"]),
        admin=people.user("管理员", is_staff=True, is_superuser=True),
    )
