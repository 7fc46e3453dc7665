"""What keeps the rows of this release true in the database, and whether all of it is there.

A guard is a trigger, a function, a constraint, a unique index or a NOT NULL, whoever declared it:
Django, pgtrigger, or SQL beside a migration. `guard_list.txt` has a line for each: a hash of how
PostgreSQL writes it down once everything is migrated, and another where a restored dump is written
otherwise. `manage.py guard_list --write` makes the file
from a database migrated from nothing and a test holds it to that, so each release brings the list
of what it installs, however many migrations a guard went through. `manage.py audit` compares: a
guard that was dropped, changed or switched off has no rows that would show it.
"""

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction

LIST = Path(__file__).with_suffix(".txt")
_HERE = "relnamespace = 'public'::regnamespace"

# kind -> its Chinese name, and a SELECT of (name, as PostgreSQL writes it, whether it is switched off).
# Other packages' tables too: they hold our accounts.
KINDS = {
    "trigger": (
        "触发器",
        f"""
        SELECT relname || '.' || tgname, pg_get_triggerdef(t.oid), tgenabled IN ('D', 'R')
        FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE {_HERE} AND NOT tgisinternal
        """,  # noqa: S608 - our own words
    ),
    "rule": (
        "改写规则",
        f"""
        SELECT relname || '.' || rulename, pg_get_ruledef(r.oid), ev_enabled IN ('D', 'R')
        FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class WHERE {_HERE} AND rulename <> '_RETURN'
        """,  # noqa: S608
    ),
    "function": (
        "函数",
        """
        SELECT proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', pg_get_functiondef(p.oid), false
        FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p') AND NOT EXISTS (
            SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
        """,
    ),
    # A constraint trigger is a trigger above. Foreign keys and deferred constraints are kept by inner triggers.
    "constraint": (
        "约束",
        f"""
        SELECT relname || '.' || conname, pg_get_constraintdef(k.oid), EXISTS (
            SELECT FROM pg_trigger WHERE tgconstraint = k.oid AND tgisinternal AND tgenabled IN ('D', 'R'))
        FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid WHERE {_HERE} AND contype NOT IN ('n', 't')
        """,  # noqa: S608
    ),
    "index": (
        "唯一索引",
        f"""
        SELECT c.relname || '.' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid), NOT indisvalid
        FROM pg_index i JOIN pg_class c ON c.oid = indrelid WHERE c.{_HERE} AND indisunique
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))
        """,  # noqa: S608
    ),
    "filled": (
        "必填栏",
        f"""
        SELECT relname, string_agg(attname, ' ' ORDER BY attname), false
        FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
        WHERE {_HERE} AND relkind IN ('r', 'p') AND attnum > 0 AND attnotnull AND NOT attisdropped GROUP BY relname
        """,  # noqa: S608
    ),
}
# Each guard with a condition, dropped and made from its own text, as restoring a dump does: what is
# read back is written a little otherwise, ANY (ARRAY[...]) with other casts, ANDs without parentheses.
AS_RESTORED = """
    SELECT format('ALTER TABLE %I DROP CONSTRAINT %I; ALTER TABLE %I ADD CONSTRAINT %I ',
        relname, conname, relname, conname) || pg_get_constraintdef(k.oid)
    FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid
    WHERE relnamespace = 'public'::regnamespace AND contype IN ('c', 'x')
    UNION ALL
    SELECT format('DROP INDEX %I; ', i.indexrelid::regclass) || pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = indrelid
    WHERE relnamespace = 'public'::regnamespace AND indisunique AND indpred IS NOT NULL
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
    UNION ALL
    SELECT format('DROP TRIGGER %I ON %I; ', tgname, relname) || pg_get_triggerdef(t.oid)
    FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal
"""
# Settings that switch triggers off without touching one: for this role from wherever, for others as altered.
UNGUARDED = """
    SELECT name, reset_val FROM pg_settings WHERE name = 'session_replication_role' AND reset_val <> 'origin'
    UNION ALL
    SELECT coalesce(setrole::regrole::text, '-'), setting FROM pg_db_role_setting, unnest(setconfig) setting
    WHERE split_part(setting, '=', 1) IN ('session_replication_role', 'pgtrigger.ignore')
"""


class Guard(NamedTuple):
    """`digest` of the guard's text; one that is `off` is there and does nothing."""

    digest: str
    off: bool = False


def installed(kind: str) -> dict[str, Guard]:
    """The guards of a kind that the database has now."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Names outside the search path are written with their schema: the path must not matter.
        cursor.execute("SELECT set_config('search_path', 'public', true)")
        cursor.execute(KINDS[kind][1])
        return {name: Guard(_digest(text), off) for name, text, off in cursor.fetchall()}


def _digest(written: str) -> str:
    return hashlib.sha256(written.encode()).hexdigest()[:20]


def text_of_new_database() -> str:
    """The list as the file holds it. Only for a database migrated from nothing: its guards are made anew."""
    rows = _rows()
    with connection.cursor() as cursor:
        cursor.execute(AS_RESTORED)
        cursor.execute("; ".join(statement for (statement,) in cursor.fetchall()))
    lines = "".join(f"{kind} {digest} {name}\n" for kind, name, digest in sorted(rows | _rows()))
    return f"PostgreSQL {_server()}\n{lines}"


def _rows() -> set[tuple[str, str, str]]:
    return {(kind, name, guard.digest) for kind in KINDS for name, guard in installed(kind).items()}


def _server() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def expected(kind: str) -> dict[str, set[str]]:
    """name -> digests of the guards of a kind that this release installs."""
    wanted: dict[str, set[str]] = {}
    for line in LIST.read_text(encoding="utf-8").splitlines()[1:]:
        of_kind, digest, name = line.split(" ", 2)
        if of_kind == kind:
            wanted.setdefault(name, set()).add(digest)
    return wanted


def faults(kind: str) -> list[str]:
    """What is not as this release installed it, by name."""
    listed = LIST.read_text(encoding="utf-8").partition("\n")[0]
    if listed != f"PostgreSQL {_server()}":  # each major version has a spelling of its own
        return [f"清单来自 {listed}，数据库是 PostgreSQL {_server()}，无法比较"]
    # Tables that somebody keeps beside ours are nobody's fault; what hangs on one of ours is.
    wanted, tables = expected(kind), expected("filled")
    there = {
        name: guard
        for name, guard in installed(kind).items()
        if kind == "function" or name.partition(".")[0] in tables
    }
    said = dict.fromkeys(wanted.keys() - there.keys(), "不见了")
    said |= dict.fromkeys(there.keys() - wanted.keys(), "不是本版本装的")
    both = wanted.keys() & there.keys()
    said |= {name: "被改过" for name in both if there[name].digest not in wanted[name]}
    said |= {name: "被停用" for name, guard in there.items() if guard.off}
    return [f"{name} {word}" for name, word in sorted(said.items())]


def checks() -> dict[str, Callable[..., list[str]]]:
    """One check a kind for `manage.py audit`; what holds does not depend on the moment."""

    def find(kind: str, *_moment: object) -> list[str]:
        return faults(kind)

    return {f"守护：{chinese}与本版本所装的一致": partial(find, kind) for kind, (chinese, _) in KINDS.items()}
