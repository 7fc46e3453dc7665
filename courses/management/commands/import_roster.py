"""`manage.py import_roster FILE [--dry-run]`: learners and their seats."""

from courses.management.commands._register import RegisterCommand
from courses.models.register import RegisterKind


class Command(RegisterCommand):
    help = "Reads a roster (.xlsx, .csv) in; what could not be read is listed, never guessed."
    kind = RegisterKind.ROSTER
