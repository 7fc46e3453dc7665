"""Who lives and works in the tests; tests/conftest.py brings them to life."""

from dataclasses import dataclass

from centers.models import Center, Division
from people.models import Person, User


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
