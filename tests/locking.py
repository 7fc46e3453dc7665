"""docs/locking.md as data."""

import re

from common.locks import Lock
from tests.fences import APPS, ROOT, verbs_of

PAGE = (ROOT / "docs/locking.md").read_text()
_ORDER = re.compile(r"^\| (\d+) \| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_VERBS = re.compile(r"^\| (`[^|]+`) \| ([^|]*)\| ([^|]*)\|$", re.MULTILINE)


def row(number: int, lock: Lock) -> tuple[str, str, str, str]:
    """A place of the list as the page writes it."""
    under = f"; under {' or '.join(f'`{table}`' for table in lock.under)}" if lock.under else ""
    return str(number), lock.table, lock.among, lock.why + under


def written() -> list[tuple[str, list[str]]]:
    """Every verb of the second part and the tables of its row; a name without an app stands for one verb."""
    homes: dict[str, list[str]] = {}
    for app in APPS:
        for name in verbs_of(app):
            homes.setdefault(name, []).append(app)
    found = []
    for verbs, tables, _remark in _VERBS.findall(PAGE.partition("## Who locks what")[2]):
        for name in re.findall(r"`([\w.]+)`", verbs):
            app = homes.get(name, [])
            found.append((name if len(app) != 1 else f"{app[0]}.{name}", re.findall(r"`(\w+)`", tables)))
    return found


def order() -> list[tuple[str, ...]]:
    """The first table of the page."""
    return _ORDER.findall(PAGE)
