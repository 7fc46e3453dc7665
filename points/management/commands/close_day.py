"""`manage.py close_day [--day YYYY-MM-DD]`: closes the ledger of a day that is over, yesterday's if none is named."""

from argparse import ArgumentTypeError
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common.days import day_of
from common.errors import DomainError
from points.actions.days import close_day


def a_day(text: str) -> date:
    """2026-11-25, or a plain refusal."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a day like 2026-11-25") from None


class Command(BaseCommand):
    help = "Closes the ledger of a day (Shanghai time), and every day before it that is still open."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=a_day, help="a day like 2026-11-25; yesterday if left out")

    def handle(self, *args: Any, day: date | None, **options: Any) -> None:
        now = timezone.now()
        try:
            closed = close_day(day=day or day_of(now) - timedelta(days=1), now=now)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{closed.day} {closed.postings} {closed.digest}")
