"""Files that somebody handed in: sealed, under names that nobody guesses, outside whatever a server publishes.

They lie under MEDIA_ROOT, a folder a kind. A file is whole and on the disk before the row that names it
is committed, and goes after the row is gone; what a crash leaves in between is a file that no row names,
and the app's nightly pass takes that away once it is a day old. So no row is ever without its file.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.conf import settings

from common.sealed import seal_bytes, sealed_by_now, unseal_bytes

_KEY = re.compile(r"[0-9a-f]{32}")


class Shelf:
    """The files of one kind. Keys are ours: 128 bits, drawn."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def put(self, data: bytes, *, now: datetime) -> str:
        """Writes it down for good and says under what key; the file is as old as `now`."""
        key = secrets.token_hex(16)
        _write(self._path(key), seal_bytes(data), now.timestamp())
        return key

    def read(self, key: str) -> bytes | None:
        """What was put there; None where it is gone, was changed, or no key of today opens it."""
        path = self._path(key)
        try:
            return unseal_bytes(path.read_bytes())
        except (FileNotFoundError, InvalidTag, KeyError, ValueError):
            return None

    def drop(self, keys: Iterable[str]) -> None:
        """Takes files away; one that is gone already is fine."""
        for key in keys:
            self._path(key).unlink(missing_ok=True)

    def older_than(self, moment: datetime) -> Iterator[str]:
        """The keys of what was put here before a moment."""
        for key in self._keys():
            with suppress(FileNotFoundError):  # taken away meanwhile
                if self._path(key).stat().st_mtime < moment.timestamp():
                    yield key

    def reseal(self) -> tuple[int, int]:
        """Seals anew what an older key sealed: how many files were, and how many no key opens.

        A crash leaves a copy that no row names.
        """
        done = left = 0
        for key in self._keys():
            with suppress(FileNotFoundError):
                path = self._path(key)
                if sealed_by_now(path.read_bytes()):
                    continue
                if (data := self.read(key)) is None:
                    left += 1
                    continue
                fresh = self._path(secrets.token_hex(16))
                _write(fresh, seal_bytes(data), path.stat().st_mtime)
                fresh.replace(path)
                done += 1
        return done, left

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("no key of a file of ours")
        return self._root() / key[:2] / key

    def _keys(self) -> list[str]:
        return [path.name for path in self._root().glob("??/*") if _KEY.fullmatch(path.name)]

    def _root(self) -> Path:
        return Path(settings.MEDIA_ROOT, self.folder)


def shelves() -> list[Shelf]:
    """All that there are, whichever app's."""
    return [Shelf(path.name) for path in Path(settings.MEDIA_ROOT).glob("*") if path.is_dir()]


def _write(path: Path, data: bytes, moment: float) -> None:
    """A new file, readable by nobody else, that a power cut leaves whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(data)
        out.flush()
        os.utime(path, (moment, moment))
        os.fsync(out.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
