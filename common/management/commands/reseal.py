"""`manage.py reseal`: seals every sealed column and file anew with the newest key and the cipher of today.

To change a key: put the new one first in SEAL_KEYS, restart, reseal. The old key may then be taken
out; as the last key also keys the blind indexes, reseal once more after that: it writes those anew.
"""

from collections.abc import Iterator
from typing import Any

from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import connection, transaction

from common.sealed import SealedTextField, blind_index, prefix, seal, unseal
from common.stored import shelves

BATCH = 500
PASSES = 5


class Command(BaseCommand):
    help = (
        "Seals every sealed column and file with the first key of SEAL_KEYS. Stop it whenever you like and run it "
        "again: what is done stays done. Exits 1 while something is left under an older key."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        left = 0
        for table, column, index in sealed_columns():
            done = sum(_one_pass(table, column) for _ in range(PASSES) if _stale(table, column))
            remaining = _stale(table, column)
            left += remaining
            self.stdout.write(f"{done:>8} sealed anew, {remaining} left  {table}.{column}")
            if index:
                fixed, missed = _reindex(table, column, index)
                left += missed
                self.stdout.write(f"{fixed:>8} indexes written anew  {table}.{index}")
        for shelf in shelves():
            done, remaining = shelf.reseal()
            left += remaining
            self.stdout.write(f"{done:>8} sealed anew, {remaining} left  files of {shelf.folder}")
        if left:
            self.stderr.write(
                f"{left} texts or files are left: their rows were locked (run it again), "
                "or SEAL_KEYS lacks the key that sealed them (put it back at the end)."
            )
            raise SystemExit(1)


def sealed_columns() -> Iterator[tuple[str, str, str]]:
    """(table, column, its blind index or "") of every sealed field of every app."""
    for model in apps.get_models():
        names = {field.name for field in model._meta.local_concrete_fields}
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SealedTextField):
                index = f"{field.name.rpartition('_')[0]}_index"
                yield model._meta.db_table, field.name, index if index in names else ""


def _where(column: str) -> str:
    return f"{column} <> '' AND NOT starts_with({column}, %s)"


def _stale(table: str, column: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {_where(column)}", [prefix()])  # noqa: S608 - our own names
        return int(cursor.fetchone()[0])


def _one_pass(table: str, column: str) -> int:
    """Walks the table by id, a batch a transaction; returns how many texts were sealed anew."""
    done, last = 0, 0
    while True:
        count, last = _batch(table, column, last)
        if not last:
            return done
        done += count


@transaction.atomic
def _batch(table: str, column: str, after: int) -> tuple[int, int]:
    """Seals the next rows after an id: (how many, the last id looked at, 0 at the end).

    Locked rows are skipped and come again in the next pass: a row held by a verb is never waited
    for, so this cannot stand in anybody's lock order.
    """
    select = f"SELECT id, {column} FROM {table} WHERE id > %s AND {_where(column)}"  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        cursor.execute(f"{select} ORDER BY id LIMIT {BATCH} FOR NO KEY UPDATE SKIP LOCKED", [after, prefix()])
        rows = cursor.fetchall()
        fresh = [(seal(text), pk) for pk, text in ((pk, _opened(sealed)) for pk, sealed in rows) if text]
        cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE id = %s", fresh)  # noqa: S608 - our own names
    return len(fresh), rows[-1][0] if rows else 0


def _reindex(table: str, column: str, index: str) -> tuple[int, int]:
    """Writes every blind index that the text no longer gives: (how many, how many had to be left).

    Row by row, each only if its text is still the one that was read and nobody holds the row: a row
    held by a verb is not waited for here either.
    """
    fixed, missed, last = 0, 0, 0
    select = f"SELECT id, {column}, {index} FROM {table} WHERE id > %s AND {column} <> '' ORDER BY id"  # noqa: S608 - our own names
    free = f"SELECT id FROM {table} WHERE id = %s AND {column} = %s FOR NO KEY UPDATE SKIP LOCKED"  # noqa: S608 - our own names
    update = f"UPDATE {table} SET {index} = %s WHERE id = ({free})"  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        while True:
            cursor.execute(f"{select} LIMIT {BATCH}", [last])
            rows = cursor.fetchall()
            if not rows:
                return fixed, missed
            last = rows[-1][0]
            for pk, sealed, found in rows:
                wanted = blind_index(_opened(sealed))
                if wanted and wanted != found:
                    cursor.execute(update, [wanted, pk, sealed])
                    fixed += cursor.rowcount
                    missed += 1 - cursor.rowcount


def _opened(sealed: str) -> str:
    """The text, or "" if no configured key opens it."""
    try:
        return unseal(sealed)
    except (KeyError, InvalidTag):
        return ""
