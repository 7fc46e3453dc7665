"""Threads that start together, each with its own database connection."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, connections

from common.errors import DomainError

# Numbers every enrolment as its transaction commits: the trigger is deferred to the very end.
COMMIT_ORDER = """
CREATE TABLE IF NOT EXISTS race_commit (enrolment bigint, n bigserial);
GRANT SELECT ON race_commit TO PUBLIC;
TRUNCATE race_commit RESTART IDENTITY;
CREATE OR REPLACE FUNCTION race_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN INSERT INTO race_commit (enrolment) VALUES (NEW.id); RETURN NULL; END $$;
DROP TRIGGER IF EXISTS race_note ON courses_enrolment;
CREATE CONSTRAINT TRIGGER race_note AFTER INSERT ON courses_enrolment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION race_note();
"""
UNCOMMITTED = "DROP TRIGGER race_note ON courses_enrolment; DROP TABLE race_commit; DROP FUNCTION race_note"
OUT_OF_ORDER = """
SELECT e.id FROM courses_enrolment e JOIN race_commit c ON c.enrolment = e.id
JOIN courses_enrolment f ON f.class_group_id = e.class_group_id AND f.position < e.position
JOIN race_commit d ON d.enrolment = f.id WHERE d.n > c.n
"""


def at_once(acts: Sequence[Callable[[], Any]], seconds: float = 60) -> list[Any]:
    """Runs every act in a thread of its own, all released together.

    Returns what each returned, or the DomainError it raised; any other exception is raised here.
    """
    results: list[Any] = [None] * len(acts)
    broken: list[BaseException] = []
    gate = threading.Barrier(len(acts))

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            gate.wait(seconds)
            results[index] = act()
        except DomainError as refusal:
            results[index] = refusal
        except BaseException as error:
            gate.abort()
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    if broken:
        raise broken[0]
    return results


def refusals(results: Sequence[Any]) -> list[str]:
    """The codes of the refusals among what `at_once` returned."""
    return [one.code for one in results if isinstance(one, DomainError)]


def query(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
