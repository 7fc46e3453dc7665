"""The bare views' own tables, and a stage made empty again."""

from django.db import connection

from bench.models import BareClass, BareSeat


def make_tables() -> None:
    """The bare views' tables."""
    with connection.schema_editor() as editor:
        for model in (BareClass, BareSeat):
            editor.create_model(model)


def empty_seats() -> None:
    """Nobody enrolled, nothing written: as before the rush."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE courses_enrolment, courses_enrolmentevent, notices_notice, bench_bareseat CASCADE"
        )
        cursor.execute("UPDATE courses_classgroup SET seats_taken = 0, waiting_taken = 0, last_position = 0")
        cursor.execute("UPDATE bench_bareclass SET taken = 0")
        cursor.execute("SELECT to_regclass('bench_commit')")
        if cursor.fetchone()[0]:
            cursor.execute("TRUNCATE bench_commit RESTART IDENTITY")
        cursor.execute("VACUUM ANALYZE")
