"""`manage.py check_messages`: whether every string has its English, and every .mo is up to date."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from common import messages

SHOWN = 60


class Command(BaseCommand):
    help = "Compares the strings in the source with locale/en; exits 1 and lists what is missing or unused."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--write", action="store_true", help="bring locale/en up to date and compile every .mo file"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        english = root / "locale/en/LC_MESSAGES/django.po"
        found = messages.extract(root)
        header, known = messages.read_po(english.read_text() if english.exists() else "")
        if options["write"]:
            known = messages.merge(found, known)
            english.parent.mkdir(parents=True, exist_ok=True)
            english.write_text(messages.write_po(header, known))
        said = messages.faults(found, known)
        for po in messages.catalogues(root):
            compiled, mo = messages.compile_mo(po.read_text()), po.with_suffix(".mo")
            if options["write"]:
                mo.write_bytes(compiled)
            elif not mo.exists() or mo.read_bytes() != compiled:
                said.append(f"not compiled: {po.relative_to(root)}")
        self._report(said, len(found))

    def _report(self, said: list[str], total: int) -> None:
        for line in said[:SHOWN]:
            self.stdout.write(line)
        if said:
            self.stderr.write(f"{len(said)} faults in {total} messages; --write updates locale/en.")
            raise SystemExit(1)
        self.stdout.write(f"{total} messages, all translated.")
