"""`manage.py audit`: checks every invariant that spans rows; exits 1 if any is broken."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common import audit

SHOWN = 5


class Command(BaseCommand):
    help = "Checks every cross-row invariant; prints each with its count of faults; exits 1 on any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", help="the moment to ask for, like 2026-11-25T14:00 (Shanghai); else now")

    def handle(self, *_args: Any, now: str | None = None, **_options: Any) -> None:
        broken, asked = 0, _moment(now) if now else timezone.now()
        for check in audit.checks():
            faults = list(check.find(asked))
            broken += bool(faults)
            self.stdout.write(f"{len(faults):>6}  {check.name}")
            for line in faults[:SHOWN]:
                self.stdout.write(f"        {line}")
        if broken:
            self.stderr.write(f"{broken} invariants are broken.")
            raise SystemExit(1)


def _moment(words: str) -> datetime:
    """A moment as it is typed; without an offset it is Shanghai's."""
    try:
        told = datetime.fromisoformat(words)
    except ValueError as error:
        raise CommandError(f"{words!r} is not a moment like 2026-11-25T14:00") from error
    return told if told.tzinfo else timezone.make_aware(told)
