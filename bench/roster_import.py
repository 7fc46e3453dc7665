"""The import of the street's roster: 518 learners, 657 seats, from the file as people keep it."""

import time
from pathlib import Path

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from openpyxl import load_workbook  # noqa: E402

from bench._report import Report  # noqa: E402
from courses.actions.registers.lifecycle import confirm_register, upload_register  # noqa: E402
from courses.models.enrolment import Enrolment  # noqa: E402
from courses.models.register import RegisterImport, RegisterKind  # noqa: E402
from people.models import User  # noqa: E402

DATA = Path(__file__).parent.parent / "tests" / "data"
ROUNDS = 3


def read_in(name: str, kind: RegisterKind, by: User) -> RegisterImport:
    """What a social worker does: upload, look, confirm."""
    now = timezone.now()
    data = (DATA / name).read_bytes()
    register = upload_register(kind=kind, data=data, file_name=name, by=by, now=now)
    return confirm_register(register_id=register.pk, by=by, now=now)


def bare_reading() -> float:
    start = time.perf_counter()
    for row in load_workbook(DATA / "roster.xlsx", read_only=True).active.iter_rows(values_only=True):
        tuple(row)
    return time.perf_counter() - start


def main() -> None:
    report = Report()
    by = User.objects.create_superuser("16000000010", "bench")
    read_in("timetable.xlsx", RegisterKind.TIMETABLE, by)
    took = []
    for number in range(ROUNDS):
        with transaction.atomic():
            start = time.perf_counter()
            read_in("roster.xlsx", RegisterKind.ROSTER, by)
            connection.check_constraints()
            took.append(time.perf_counter() - start)
            seats = Enrolment.objects.count()
            transaction.set_rollback(number < ROUNDS - 1)
    report.figure("limit: reading the file's cells", [bare_reading() * 1000 for _ in range(ROUNDS)], "ms")
    middle = report.figure("the roster through the verbs", took, "s")
    report.target("enrolments", seats, "==", 657)
    report.target("roster import", middle, "<=", 5, " s")
    report.finish()


if __name__ == "__main__":
    main()
