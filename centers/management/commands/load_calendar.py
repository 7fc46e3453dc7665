"""`manage.py load_calendar [YEAR… | FILE.json | FILE.csv]`: holidays and make-up working days."""

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from centers import actions
from centers.models import CalendarDay
from common.errors import DomainError


class Command(BaseCommand):
    help = "Loads years from the chinesecalendar package (this year without arguments), or a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sources", nargs="*", metavar="YEAR|FILE")

    def handle(self, *args: Any, sources: list[str], **options: Any) -> None:
        for source in sources or [str(timezone.localdate().year)]:
            try:
                days = self._load(source)
            except (DomainError, OSError) as error:
                raise CommandError(str(error)) from error
            years = ", ".join(str(year) for year in sorted({day.day.year for day in days}))
            self.stdout.write(f"{years}: {len(days)} days")

    def _load(self, source: str) -> list[CalendarDay]:
        by = get_user_model().objects.system()
        if source.isdigit():
            return actions.load_calendar(year=int(source), by=by)
        return actions.load_calendar_file(content=Path(source).read_bytes(), by=by)
