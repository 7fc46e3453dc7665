"""`manage.py migrate`, which first asks whether this release may go on from where the database stands.

It works as the owner of the tables and then lets the application's role in (common/roles.py).

A database that a later release has migrated, or one from before the migrations were made anew
(docs/operations.md, Upgrade), would stop half-way with a traceback, or worse: not stop at all. It is refused before
anything is done, with one sentence and an exit code of its own, by which ./dev knows it
(devkit/processes.py).
"""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from common import roles

REFUSED = 3
NAMED = 3  # of the migrations that are unknown here
# Labels of apps that a release took out for good: their rows in django_migrations mean nothing.
GONE: frozenset[str] = frozenset()


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        """All of it as the owner: the checks of the models connect before anything is handled."""
        connection = connections[options["database"]]
        name, password = connection.settings_dict["USER"], connection.settings_dict["PASSWORD"]
        with roles.owner(connection):
            said = super().execute(*args, **options)
            if connection.settings_dict["USER"] != name and not options["plan"]:
                roles.let_in(connection, name=name, password=password)
        return said

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["prune"]:  # which is how rows of squashed migrations are taken away
            refuse_another_history(connections[options["database"]])
        super().handle(*args, **options)


def refuse_another_history(connection: BaseDatabaseWrapper) -> None:
    """Refuses (CommandError, exit code 3) a database whose history is not this release's."""
    loader = MigrationLoader(connection)
    why = " ".join(unknown(loader)[:NAMED])
    try:
        loader.check_consistent_history(connection)
    except InconsistentMigrationHistory as other:
        why = why or str(other)
    if why:
        raise CommandError(
            _(
                "这个数据库是另一个版本建的，本版本不能接着用（%(why)s）：用 ./dev up 启动的，请运行 "
                "./dev up --fresh 清空重来；正式部署的，请用原来的版本继续运行或导出数据，给本版本一个空的数据库。"
            )
            % {"why": why},
            returncode=REFUSED,
        )


def unknown(loader: MigrationLoader) -> list[str]:
    """Migrations that the database went through and this release does not have.

    Packages may drop migrations that they squashed long ago, so those of installed packages are not asked.
    """
    ours = {
        config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR
    }
    packages = {config.label for config in apps.get_app_configs()} - ours
    known = set(loader.disk_migrations)
    known |= {old for migration in loader.disk_migrations.values() for old in migration.replaces}
    return sorted(
        f"{label}.{name}"
        for label, name in set(loader.applied_migrations) - known
        if label not in packages | GONE
    )
