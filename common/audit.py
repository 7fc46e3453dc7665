"""Drift finders: every invariant that spans rows, as one query each. `manage.py audit` runs them.

An app registers its checks in `<app>/audit.py`. A check takes the moment for which it asks and
returns one line of text per offending row; an empty answer is a clean one. Each has a test that
plants the fault and sees it found.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.module_loading import autodiscover_modules

from common import guard_list, roles


@dataclass(frozen=True)
class Check:
    name: str
    find: Callable[[datetime], Iterable[str]]


_checks: dict[str, Check] = {}


def sql_check(name: str, sql: str) -> None:
    """Registers a check that is one SELECT: each row it returns is a fault, its columns the line.

    `%(now)s` in it is the moment handed in; the SELECT never reads the database's clock.
    """

    def find(now: datetime) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(sql, {"now": now} if "%(now)s" in sql else None)  # other % signs stay as they are
            return [" ".join(str(value) for value in row) for row in cursor.fetchall()]

    _checks[name] = Check(name, find)


def check(name: str, find: Callable[[datetime], Iterable[str]]) -> None:
    """Registers a check that no SELECT can make: of what lies outside the database."""
    _checks[name] = Check(name, find)


def checks() -> list[Check]:
    """All registered checks, by name."""
    autodiscover_modules("audit")
    return [_checks[name] for name in sorted(_checks)]


_checks |= {name: Check(name, find) for name, find in guard_list.checks().items()}
_checks["守护：应用的数据库角色只有清单上的权利"] = Check(
    "守护：应用的数据库角色只有清单上的权利", roles.faults
)
sql_check("守护：没有设置让触发器失效", guard_list.UNGUARDED)
