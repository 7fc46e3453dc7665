"""What the application's role may do in the database is what config/rights.py lists, to the letter.

All tests run in that role; here it also signs in for itself, as web, worker and beat do.
"""

import re

import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from psycopg2.errors import InsufficientPrivilege

from common import roles
from tests.common.faults import found
from tests.databases import APPLICATION, OWNER
from tests.owner import as_owner

CHECK = "守护：应用的数据库角色只有清单上的权利"
ON_TABLES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
ON_COLUMNS = ("SELECT", "INSERT", "UPDATE", "REFERENCES")
# Triggers that refuse whatever they are asked about; bit 4 of tgtype is UPDATE, bit 3 DELETE.
REFUSING = """
    SELECT DISTINCT relname, word FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
    JOIN pg_proc p ON p.oid = tgfoid, (VALUES ('UPDATE', 16), ('DELETE', 8)) AS kind (word, bit)
    WHERE NOT tgisinternal AND tgtype & bit <> 0
    AND (proname = 'ledger_append_only' OR prosrc ~ 'Cannot .* rows from')
"""


def asked(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


COLUMNS = """
    SELECT relname, attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
    AND attnum > 0 AND NOT attisdropped AND relname <> 'tests_known'
"""


def columns():
    """table -> its columns, of everything that the migrations made."""
    made = {}
    for table, column in asked(COLUMNS):
        made.setdefault(table, []).append(column)
    return made


def listed(table):
    """The rights to a table as a whole, and those to single columns, as the list is written."""
    written = settings.RIGHTS.get(table, settings.USUAL_RIGHTS)
    some = {
        (right, column) for right, of in re.findall(r"(\w+) \((.*?)\)", written) for column in of.split(", ")
    }
    return set(re.sub(r"\w+ \(.*?\)", "", written).replace(" ", "").strip(",").split(",")) - {""}, some


def test_everything_is_tested_in_the_application_s_role(cast):
    ((user, superuser),) = asked("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
    assert (user, superuser) == (APPLICATION["USER"], False)
    assert user != OWNER["USER"]
    assert asked("SELECT FROM pg_class WHERE pg_get_userbyid(relowner) = current_user") == []
    assert roles.faults() == []


def test_every_right_to_every_table_and_column_is_as_listed(cast):
    wrong, tried = [], 0
    for table, names in columns().items():
        whole, some = listed(table)
        for right in ON_TABLES:
            ((may,),) = asked("SELECT has_table_privilege(%s, %s)", table, right)
            wrong += [f"{table} {right}"] * (may is not (right in whole))
        for column in names:
            for right in ON_COLUMNS:
                ((may,),) = asked("SELECT has_column_privilege(%s, %s, %s)", table, column, right)
                wrong += [f"{table}.{column} {right}"] * (
                    may is not (right in whole or (right, column) in some)
                )
                tried += 1
    assert wrong == []
    assert tried > 2000


def test_the_list_names_tables_that_there_are(cast):
    assert set(settings.RIGHTS) - set(columns()) == set()
    assert {c for t in settings.RIGHTS for _r, c in listed(t)[1] if c not in columns()[t]} == set()


def test_what_a_trigger_always_refuses_is_granted_to_nobody(cast):
    kept = asked(REFUSING)
    assert len(kept) > 30
    assert [f"{table}: {right}" for table, right in kept if right in listed(table)[0]] == []


def test_no_function_that_writes_for_the_owner_looks_up_names_elsewhere(cast):
    found = asked(
        "SELECT proname, proconfig::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    assert len(found) > 5
    assert [name for name, told in found if not re.search(r"search_path=public,.* pg_temp", told or "")] == []


# --- Signed in by itself -----------------------------------------------------------------------


@pytest.fixture
def application(cast):
    """What web, worker and beat have: a connection with the application's own password."""
    told = {name.lower(): part for name, part in APPLICATION.items()}
    mine = psycopg2.connect(dbname=connection.settings_dict["NAME"], **told)
    yield mine
    mine.close()


def refused(application, statement):
    """Whether PostgreSQL refuses it for want of rights; what is not refused is taken back."""
    with application.cursor() as cursor:
        try:
            cursor.execute(statement)
        except InsufficientPrivilege:
            return True
        finally:
            application.rollback()
    return False


GUARDS = ("ALTER TABLE {0} DISABLE TRIGGER ALL", "DROP TABLE {0} CASCADE", "ALTER TABLE {0} OWNER TO {1}")
GUARDS += ("TRUNCATE {0} CASCADE", "CREATE RULE mine AS ON DELETE TO {0} DO INSTEAD NOTHING")
GUARDS += ("CREATE TRIGGER mine BEFORE INSERT ON {0} EXECUTE FUNCTION suppress_redundant_updates_trigger()",)


def test_no_table_is_changed_and_no_guard_of_one_switched_off(application):
    told = [guard.format(table, APPLICATION["USER"]) for table in columns() for guard in GUARDS]
    assert len(told) > 500
    assert [statement for statement in told if not refused(application, statement)] == []


def test_history_is_not_rewritten(application):
    told = []
    for table, names in columns().items():
        whole, some = listed(table)
        told += [f"DELETE FROM {table}"] * ("DELETE" not in whole)
        free = {column for right, column in some if right == "UPDATE"}
        told += [
            f'UPDATE {table} SET "{name}" = "{name}"'
            for name in names
            if "UPDATE" not in whole and name not in free
        ]
    assert len(told) > 100
    assert [statement for statement in told if not refused(application, statement)] == []


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "DROP FUNCTION ledger_leg() CASCADE",
        "CREATE OR REPLACE FUNCTION ledger_leg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "ALTER FUNCTION ledger_leg() RENAME TO asleep",
        "DROP TRIGGER ledger_leg ON points_leg",
        "ALTER TABLE points_leg DROP CONSTRAINT points_leg_pkey",
        "SELECT setval('points_leg_id_seq', 1)",
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "ALTER ROLE {application} SUPERUSER",
        "ALTER ROLE {owner} PASSWORD 'mine'",
        "SET ROLE {owner}",
        "SET SESSION AUTHORIZATION {owner}",
        "GRANT {owner} TO {application}",
        "COPY points_leg TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT rolpassword FROM pg_authid",
        "ALTER ROLE {application} SET session_replication_role = replica",
    ],
)
def test_no_way_round_the_guards(application, statement):
    assert refused(application, statement.format(application=APPLICATION["USER"], owner=OWNER["USER"]))


# --- The list is granted, and kept ----------------------------------------------------------------


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ("GRANT DELETE ON points_leg TO {0}", "points_leg DELETE 多出来的权利"),
        ("GRANT UPDATE (amount) ON points_leg TO {0}", "points_leg.amount UPDATE 多出来的权利"),
        ("GRANT UPDATE ON points_posting TO PUBLIC", "points_posting UPDATE 多出来的权利"),
        ("REVOKE INSERT ON people_person FROM {0}", "people_person INSERT 缺少的权利"),
        ("REVOKE UPDATE (key) ON points_hold FROM {0}", "points_hold.key UPDATE 缺少的权利"),
        ("GRANT CREATE ON SCHEMA public TO {0}", "可以建表"),
        ("ALTER TABLE points_leg OWNER TO {0}", "是表或函数的所有者"),
        ("ALTER ROLE {0} CREATEROLE", "可以建角色"),
        ("GRANT pg_write_server_files TO {0}", "属于别的角色"),
    ],
)
def test_the_audit_finds_another_right(cast, planted, said):
    assert found() == {}
    with as_owner() as cursor:
        cursor.execute(planted.format(APPLICATION["USER"]))
    assert said in found()[CHECK]


def test_migrating_grants_the_list_and_takes_the_rest(cast):
    with as_owner() as cursor:
        cursor.execute("GRANT ALL ON points_leg TO linli_app; REVOKE ALL ON people_person FROM linli_app")
        cursor.execute("GRANT CREATE ON SCHEMA public TO linli_app; CREATE TABLE of_the_county (id int)")
    assert len(roles.faults()) > 5
    with as_owner():
        roles.let_in(connection, name="linli_app", password=APPLICATION["PASSWORD"])
    assert roles.faults() == []
    assert asked("SELECT has_table_privilege('of_the_county', 'SELECT')") == [(False,)]


def test_a_missing_role_is_made_and_its_password_stands_nowhere(cast):
    name = f"of_{connection.settings_dict['NAME']}"[:63]
    with as_owner() as cursor:
        roles.let_in(connection, name=name, password="a secret")
        cursor.execute("SELECT rolcanlogin, rolsuper, rolpassword FROM pg_authid WHERE rolname = %s", [name])
        may_sign_in, superuser, digest = cursor.fetchone()
    assert (may_sign_in, superuser) == (True, False)
    assert digest.startswith("SCRAM-SHA-256$")
