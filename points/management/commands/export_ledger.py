"""`manage.py export_ledger --from DAY --to DAY DIR`: the closed days as text, one file a day.

`sha256sum DIR/*.txt` prints the digests that stand in the portal, so that the files, kept
elsewhere, prove years later that nothing in them was changed.
"""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from points.management.commands.close_day import a_day
from points.models.days import DayHash, ledger_of_day


class Command(BaseCommand):
    help = "Writes the ledger of each closed day to a file whose sha256sum is the digest of the day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", type=a_day, required=True, dest="since")
        parser.add_argument("--to", type=a_day, required=True, dest="until")
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *args: Any, since: date, until: date, folder: Path, **options: Any) -> None:
        days = list(DayHash.objects.filter(day__range=(since, until)).order_by("day"))
        if not days:
            raise CommandError(f"No day between {since} and {until} is closed: run close_day first.")
        folder.mkdir(parents=True, exist_ok=True)
        spoilt = [str(day.day) for day in days if not self._write(day, folder)]
        if spoilt:
            raise CommandError(f"The ledger no longer is what was closed: {', '.join(spoilt)}")

    def _write(self, day: DayHash, folder: Path) -> bool:
        """Writes a day as it stands now; False where that is not what its digest says."""
        ledger = ledger_of_day(day=day.day, previous=day.previous).encode()
        (folder / f"{day.day}.txt").write_bytes(ledger)
        self.stdout.write(f"{day.digest}  {day.day}.txt")
        return hashlib.sha256(ledger).hexdigest() == day.digest
