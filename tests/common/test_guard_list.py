"""Guards that were dropped, changed or switched off in the live database are found, whoever made them."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from common import guard_list
from tests.common.faults import found
from tests.moments import guards_as_released
from tests.owner import as_owner

STALE = "the migrations install other guards than listed: ./dev manage guard_list --write"
SETTINGS = "守护：没有设置让触发器失效"


@pytest.fixture(autouse=True)
def _as_released(db):
    with guards_as_released():
        yield


def run(sql: str) -> None:
    with as_owner() as cursor:
        cursor.execute(sql)


def named(kind: str, part: str) -> tuple[str, str]:
    """(table, name) of the first listed guard with this in its name."""
    table, _dot, name = next(name for name in guard_list.expected(kind) if part in name).partition(".")
    return table, name


def check(kind: str) -> str:
    return f"守护：{guard_list.KINDS[kind][0]}与本版本所装的一致"


def test_the_list_is_what_the_migrations_install(db):
    for kind in guard_list.KINDS:
        assert guard_list.faults(kind) == [], STALE


def test_it_knows_guards_of_every_origin(db):
    triggers, functions = guard_list.expected("trigger"), guard_list.expected("function")
    assert any(".pgtrigger_" in name for name in triggers)
    assert any(name.endswith(".ledger_leg") for name in triggers)
    assert "ledger_leg()" in functions
    assert any(
        "seats_not_above_capacity" in name or "capacity" in name for name in guard_list.expected("constraint")
    )


@pytest.mark.parametrize("part", [".pgtrigger_count_seats", ".ledger_leg"])
@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("DROP TRIGGER {name} ON {table}", "不见了"),
        ("ALTER TABLE {table} DISABLE TRIGGER {name}", "被停用"),
        ("ALTER TABLE {table} ENABLE REPLICA TRIGGER {name}", "被停用"),
        ("ALTER TRIGGER {name} ON {table} RENAME TO asleep", "不见了"),
    ],
)
def test_a_trigger_that_guards_no_more_is_named(db, part, change, word):
    table, name = named("trigger", part)
    run(change.format(table=table, name=name))
    assert f"{table}.{name} {word}" in found()[check("trigger")]


def test_a_trigger_with_another_condition_is_named_whatever_its_comment_says(db):
    table, name = named("trigger", ".pgtrigger_count_seats")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid), obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE tgname = %s",
            [name],
        )
        written, comment = cursor.fetchone()
    run(f"DROP TRIGGER {name} ON {table}")
    run(written.replace("EXECUTE FUNCTION", "WHEN (pg_trigger_depth() > 99) EXECUTE FUNCTION"))
    run(f"COMMENT ON TRIGGER {name} ON {table} IS '{comment}'")
    assert found() == {check("trigger"): [f"{table}.{name} 被改过"]}


def test_a_trigger_that_always_fires_is_no_fault(db):
    table, name = named("trigger", ".ledger_leg")
    run(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    assert found() == {}


@pytest.mark.parametrize("part", ["pgtrigger_count_seats", "ledger_leg()"])
def test_a_function_with_another_body_is_named(db, part):
    name = next(name for name in guard_list.expected("function") if part in name)
    run(f"CREATE OR REPLACE FUNCTION {name} RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    assert found() == {check("function"): [f"{name} 被改过"]}


def test_a_function_with_other_rights_is_named(db):
    run("ALTER FUNCTION ledger_leg() SECURITY INVOKER")
    assert found() == {check("function"): ["ledger_leg() 被改过"]}


def test_a_function_beside_ours_is_named(db):
    run("CREATE FUNCTION ledger_refuse(rule text, said varchar) RETURNS void LANGUAGE sql AS ''")
    assert found() == {check("function"): ["ledger_refuse(rule text, said character varying) 不是本版本装的"]}


CHECKED = """
    SELECT relname, conname FROM pg_constraint JOIN pg_class c ON c.oid = conrelid
    WHERE contype = %s AND relname = 'courses_classgroup' ORDER BY conname LIMIT 1
"""


@pytest.mark.parametrize("contype", ["c", "f"])
def test_a_constraint_that_was_dropped_is_named(db, contype):
    with connection.cursor() as cursor:
        cursor.execute(CHECKED, [contype])
        table, name = cursor.fetchone()
    run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    assert found() == {check("constraint"): [f"{table}.{name} 不见了"]}
    if contype == "c":
        run(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (true)")
        assert found() == {check("constraint"): [f"{table}.{name} 被改过"]}


def test_a_foreign_key_whose_inner_triggers_are_off_is_named(db):
    with connection.cursor() as cursor:
        cursor.execute(CHECKED, ["f"])
        table, name = cursor.fetchone()
    run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    assert f"{table}.{name} 被停用" in found()[check("constraint")]


def test_a_unique_index_and_a_column_that_may_be_empty_are_named(db):
    table, name = named("index", "courses_")
    run(f"DROP INDEX {name}")
    run("ALTER TABLE courses_enrolment ALTER COLUMN state DROP NOT NULL")
    assert found() == {
        check("index"): [f"{table}.{name} 不见了"],
        check("filled"): ["courses_enrolment 被改过"],
    }


def test_what_nobody_installed_is_named(db):
    run("CREATE RULE swallow AS ON DELETE TO courses_enrolment DO INSTEAD NOTHING")
    run(
        "CREATE TRIGGER a_quiet_one BEFORE INSERT ON courses_enrolment"
        " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    )
    assert found() == {
        check("rule"): ["courses_enrolment.swallow 不是本版本装的"],
        check("trigger"): ["courses_enrolment.a_quiet_one 不是本版本装的"],
    }


def test_a_table_beside_ours_is_no_fault(db):
    run("CREATE TABLE of_the_county (id int PRIMARY KEY, name text NOT NULL UNIQUE CHECK (name <> ''))")
    assert found() == {}


@pytest.mark.parametrize("whose", ["DATABASE {0}", "ROLE {1}", "ROLE {1} IN DATABASE {0}"])
@pytest.mark.parametrize("setting", ["session_replication_role = replica", "pgtrigger.ignore = '{{all}}'"])
def test_a_setting_that_switches_triggers_off_is_named(db, whose, setting):
    run(f"ALTER {whose} SET {setting}".format('"' + connection.settings_dict["NAME"] + '"', "CURRENT_USER"))
    (line,) = found()[SETTINGS]
    assert setting.partition(" ")[0] in line


def test_the_search_path_of_whoever_asks_does_not_matter(db):
    run("SET LOCAL search_path = pg_catalog")
    assert [fault for kind in guard_list.KINDS for fault in guard_list.faults(kind)] == []


def test_a_restored_dump_is_clean_and_so_is_its_own_dump(db):
    """A dump holds each guard as PostgreSQL writes it, and restoring reads that."""
    for _time in range(2):
        with as_owner() as cursor:
            cursor.execute(guard_list.AS_RESTORED)
            statements = [row[0] for row in cursor.fetchall()]
            assert len(statements) > 100
            cursor.execute("; ".join(statements))
        assert [fault for kind in guard_list.KINDS for fault in guard_list.faults(kind)] == []


def test_a_database_of_another_major_version_is_not_compared(db, monkeypatch):
    monkeypatch.setattr(guard_list, "_server", lambda: 99)
    assert [len(guard_list.faults(kind)) for kind in guard_list.KINDS] == [1] * len(guard_list.KINDS)
    assert "PostgreSQL 99" in guard_list.faults("trigger")[0]


def of_a_new_database() -> str:
    with as_owner():
        return guard_list.text_of_new_database()


def test_the_command_tells_and_writes_a_list_that_is_behind(db, monkeypatch, tmp_path):
    monkeypatch.setattr("common.management.commands.guard_list._of_a_new_database", of_a_new_database)
    monkeypatch.setattr(guard_list, "LIST", tmp_path / "list.txt")
    guard_list.LIST.write_text("PostgreSQL 18\n")
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit):
        call_command("guard_list", stdout=out, stderr=err)
    assert "--write" in err.getvalue()
    call_command("guard_list", write=True, stdout=out)
    assert "all as the migrations" in out.getvalue()
    assert guard_list.faults("trigger") == []
