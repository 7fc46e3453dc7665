"""Who is asked, and what a row of the table of access says."""

from typing import Any, NamedTuple

# guilan owns what is looked at, and the staff of 花园路街道 look after it; stranger and
# other_worker belong to the other street.
ROLES = ("nobody", "guilan", "stranger", "worker", "other_worker", "officer", "grid_worker", "admin")
ALL = " ".join(ROLES)
SIGNED_IN = "guilan stranger worker other_worker officer grid_worker admin"
STAFF = "worker other_worker officer grid_worker admin"
DESK = "worker admin"
NONE = ""


class Row(NamedTuple):
    """Who gets in by GET and by POST; None: not asked, since the view tells no methods apart."""

    get: str = ALL
    post: str | None = None
    data: dict[str, Any] = {}


def button(who: str, **data: Any) -> Row:
    """An address that only acts: GET is 405 for everybody."""
    return Row("405", who, data)
