"""Two roles of PostgreSQL: the owner of the tables, and the application's, which may do less.

The portal signs in as the application (DATABASE_URL). Whoever changes tables does it inside `owner`
(OWNER_DATABASE_URL) and calls `let_in` afterwards: `manage.py migrate` does both. What the application
may do with each table stands in config/rights.py, and `manage.py audit` compares.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from psycopg2.extensions import encrypt_password

_RIGHT = re.compile(r"(\w+)(?: \(([^)]*)\))?")
_GRANTED = """
    SELECT relname, privilege_type, '' FROM pg_class c, aclexplode(relacl)
    WHERE relnamespace = 'public'::regnamespace AND grantee IN (0, current_user::regrole)
    UNION ALL
    SELECT relname, privilege_type, attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid, aclexplode(attacl)
    WHERE relnamespace = 'public'::regnamespace AND grantee IN (0, current_user::regrole)
"""
# What no list of tables says: each of these would get round all of them.
_BEYOND = """
    SELECT said FROM pg_roles r, LATERAL (VALUES
        (rolsuper, '是超级用户'),
        (rolcreaterole, '可以建角色'),
        (rolcreatedb, '可以建数据库'),
        (rolreplication, '可以复制整个数据库'),
        (rolbypassrls, '不受行规则约束'),
        (EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid), '属于别的角色'),
        (EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid AND deptype = 'o'
                 AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))), '是表或函数的所有者'),
        (has_schema_privilege('public', 'CREATE'), '可以建表'),
        (has_database_privilege(current_database(), 'TEMP'), '可以建临时表')
    ) AS trait (there, said) WHERE rolname = current_user AND there
"""


@contextmanager
def owner(database: BaseDatabaseWrapper) -> Iterator[None]:
    """Inside, the connection is the owner's, where the settings name one. Not for use in a transaction."""
    told: dict[str, Any] = settings.OWNER or {}
    before = {part: database.settings_dict[part] for part in told}
    if before == told:
        yield
        return
    database.close()
    database.settings_dict.update(told)
    try:
        yield
    finally:
        database.close()
        database.settings_dict.update(before)


def let_in(database: BaseDatabaseWrapper, *, name: str, password: str) -> None:
    """Gives this role what the list says and takes whatever else it had; a superuser also makes the role."""
    quoted = database.ops.quote_name
    role, here, tables = quoted(name), quoted(database.settings_dict["NAME"]), sorted(_tables(database))
    with transaction.atomic(database.alias), database.cursor() as cursor:
        _sign_in(cursor, name, password)
        cursor.execute(
            f"REVOKE ALL ON {', '.join(map(quoted, tables))} FROM {role};"
            f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}; GRANT USAGE ON SCHEMA public TO {role};"
            # No table of its own whose trigger could speak for ours.
            f"REVOKE TEMPORARY ON DATABASE {here} FROM PUBLIC, {role};"
            + ";".join(f"GRANT {_listed(table)} ON {quoted(table)} TO {role}" for table in tables)
        )


def _sign_in(cursor: CursorWrapper, name: str, password: str) -> None:
    """The role may sign in with this password. Where the owner is no superuser somebody else sees to that."""
    cursor.execute(
        "SELECT rolsuper, to_regrole(quote_ident(%s)) IS NULL FROM pg_roles WHERE rolname = current_user",
        [name],
    )
    may_make_it, missing = cursor.fetchone()
    if may_make_it:
        verb = "CREATE" if missing else "ALTER"
        # A digest, so that the password stands in no log of the server.
        digest = encrypt_password(password, name, cursor.connection, "scram-sha-256")
        cursor.execute(f"{verb} ROLE {connection.ops.quote_name(name)} LOGIN PASSWORD %s", [digest])


def faults(*_moment: object) -> list[str]:
    """How the rights of whoever asks differ from the list, for `manage.py audit`."""
    with connection.cursor() as cursor:
        cursor.execute(_BEYOND)
        said = [f"{trait}" for (trait,) in cursor.fetchall()]
        cursor.execute(_GRANTED)
        granted = set(cursor.fetchall())
    tables = _tables(connection)
    listed = {(table, *right) for table in tables for right in _rights(_listed(table))}
    there = {right for right in granted if right[0] in tables}
    said += [f"{_written(right)} 多出来的权利" for right in sorted(there - listed)]
    return said + [f"{_written(right)} 缺少的权利" for right in sorted(listed - there)]


def _tables(database: BaseDatabaseWrapper) -> set[str]:
    """The tables of this release. Nobody is let in to what somebody else keeps beside them."""
    named = settings.RIGHTS.keys() & {*database.introspection.table_names()}
    return {*database.introspection.django_table_names(only_existing=True), *named}


def _listed(table: str) -> str:
    return str(settings.RIGHTS.get(table, settings.USUAL_RIGHTS))


def _rights(written: str) -> set[tuple[str, str]]:
    """(right, column), the column empty where the right is to the whole table."""
    found = _RIGHT.findall(written)
    return {(right, column.strip()) for right, columns in found for column in columns.split(",")}


def _written(right: tuple[str, str, str]) -> str:
    table, what, column = right
    return f"{table}{'.' * bool(column)}{column} {what}"
