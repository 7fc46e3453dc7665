"""Which tickets take pictures, how many, and from whom: pure decisions."""

from grievances.rules.tickets import OPEN, Hat, Kind

MOST_PICTURES = 6
ADDED_BY = frozenset({Hat.RESIDENT, Hat.INTAKE, Hat.HANDLER})


def takes_pictures(state: str, kind: str, title: str) -> bool:
    """Whether it is under way and its words were not taken off; of an EVENT nothing is kept that shows somebody."""
    return state in OPEN and kind != Kind.EVENT and bool(title)
