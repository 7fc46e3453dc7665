"""`manage.py import_timetable FILE [--dry-run]`: classes, centers, rooms and teachers of a term."""

from courses.management.commands._register import RegisterCommand
from courses.models.register import RegisterKind


class Command(RegisterCommand):
    help = "Reads a timetable (.xlsx, .csv) in."
    kind = RegisterKind.TIMETABLE
