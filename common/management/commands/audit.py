"""`manage.py audit`: checks every invariant that spans rows; exits 1 if any is broken."""

from typing import Any

from django.core.management.base import BaseCommand

from common import audit

SHOWN = 5


class Command(BaseCommand):
    help = "Checks every cross-row invariant; prints each with its count of faults; exits 1 on any."

    def handle(self, *_args: Any, **_options: Any) -> None:
        broken = 0
        for check in audit.checks():
            faults = list(check.find())
            broken += bool(faults)
            self.stdout.write(f"{len(faults):>6}  {check.name}")
            for line in faults[:SHOWN]:
                self.stdout.write(f"        {line}")
        if broken:
            self.stderr.write(f"{broken} invariants are broken.")
            raise SystemExit(1)
