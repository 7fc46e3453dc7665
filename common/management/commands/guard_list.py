"""`manage.py guard_list`: is common/guard_list.txt what the migrations install? `--write` writes it anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from common import guard_list, roles


class Command(BaseCommand):
    help = "Migrates an empty database and compares its guards with common/guard_list.txt; exits 1 if they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="write the list anew")

    def execute(self, *args: Any, **options: Any) -> str | None:
        with roles.owner(connection):
            return super().execute(*args, **options)

    def handle(self, *_args: Any, write: bool, **_options: Any) -> None:
        made = _of_a_new_database()
        if write:
            guard_list.LIST.write_text(made, encoding="utf-8")
        count = sum(len(guard_list.expected(kind)) for kind in guard_list.KINDS)
        if made == guard_list.LIST.read_text(encoding="utf-8"):
            self.stdout.write(f"{count} guards, all as the migrations install them.")
            return
        self.stderr.write("The migrations install other guards than the list says; --write writes it anew.")
        raise SystemExit(1)


def _of_a_new_database() -> str:
    """From a database of its own: the one at hand may be the very one that somebody changed."""
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        return guard_list.text_of_new_database()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
