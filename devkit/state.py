"""What a checkout remembers between two commands: its secrets, its locks, and who runs `up`."""

import base64
import contextlib
import fcntl
import json
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from devkit.places import DATA, DEV
from devkit.say import Refusal

IN_USE = "another ./dev command uses the data of this checkout; try again when it is done"


def write_private(file: Path, content: Mapping[str, object]) -> None:
    """Write JSON that only we may read."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps(content))


@contextlib.contextmanager
def locked(name: str, *, wait: bool) -> Iterator[bool]:
    """Hold .dev/<name>.lock, which the kernel frees even after kill -9; yield whether we hold it."""
    DEV.mkdir(exist_ok=True)
    with (DEV / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


def remembered() -> dict[str, str]:
    """The secrets of this checkout, made once and kept beside the data that they open."""
    file = DATA / "secret.json"
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    seal_key = "v1:" + base64.b64encode(secrets.token_bytes(32)).decode()
    made = {"SECRET_KEY": secrets.token_urlsafe(64), "SEAL_KEYS": seal_key}
    made |= {"SERVER_PASSWORD": secrets.token_hex(16), "APPLICATION_PASSWORD": secrets.token_hex(16)}
    if made.keys() - kept.keys():
        kept = made | kept
        write_private(file, kept)
    return kept


def running_up() -> dict[str, Any] | None:
    """What the `./dev up` of this checkout wrote down, or None if none runs."""
    with locked("up", wait=False) as free:
        if free:
            return None
    try:
        state: dict[str, Any] = json.loads((DEV / "up.json").read_text())
    except (OSError, ValueError):
        raise Refusal(IN_USE) from None
    return state


@contextlib.contextmanager
def only_user_of_data() -> Iterator[Path]:
    """Keep every other ./dev off the servers' data; yield the file to write down who we are."""
    with locked("up", wait=False) as free:
        if not free:
            raise Refusal(IN_USE)
        (DEV / "up.json").unlink(missing_ok=True)
        yield DEV / "up.json"
