"""What import_timetable and import_roster share."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from centers.models import Division
from common.errors import DomainError
from courses.actions.registers.lifecycle import confirm_register, upload_register
from courses.models.register import RegisterImport, RegisterKind, RowVerdict
from people.models import User


class RegisterCommand(BaseCommand):
    """Reads a register in; prints each line that was not simply imported, with its reason."""

    kind: RegisterKind

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="look, and write nothing")
        parser.add_argument("--division", help="name of the street, where the title does not say it")

    def handle(self, *_args: Any, file: Path, dry_run: bool, division: str | None, **_options: Any) -> None:
        try:
            with transaction.atomic():
                register = self._import(file, division)
                self._report(register, dry_run=dry_run)
                transaction.set_rollback(dry_run)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None

    def _import(self, file: Path, division: str | None) -> RegisterImport:
        where = Division.objects.filter(name=division).first() if division else None
        if division and where is None:
            raise CommandError(f"没有叫“{division}”的区划。")
        by, now = User.objects.system(), timezone.now()
        register = upload_register(
            kind=self.kind, data=file.read_bytes(), file_name=file.name, by=by, now=now, division=where
        )
        return confirm_register(register_id=register.pk, by=by, now=now)

    def _report(self, register: RegisterImport, *, dry_run: bool) -> None:
        rows = list(register.rows.all())
        for row in rows:
            if row.verdict != RowVerdict.GOOD or row.doubts:
                doubts = " ".join(row.doubts)
                self.stdout.write(f"第 {row.line} 行 {row.label}：{row.get_verdict_display()}。{doubts}")
        for note in register.notes:
            self.stdout.write(note)
        counts = {label: sum(row.verdict == value for row in rows) for value, label in RowVerdict.choices}
        words = "，".join(f"{label} {count}" for label, count in counts.items() if count)
        people = sum(bool(row.made.get("person")) for row in rows)
        seats = sum(len(row.made.get("enrolments", [])) for row in rows)
        classes = sum("class" in row.made for row in rows)
        made = (
            f"新建班级 {classes}"
            if self.kind == RegisterKind.TIMETABLE
            else f"新建居民 {people}，报名 {seats}"
        )
        self.stdout.write(f"{'（试运行，什么都没有写）' if dry_run else ''}{words}。{made}。")
