"""Another day than today for a whole command: PostgreSQL, Valkey, workers and tests under one moved clock."""

import os
import time
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

from devkit.say import Refusal

SHANGHAI = timezone(timedelta(hours=8))
NOON = 12
ROOTS = [Path("/usr/lib"), Path("/usr/lib64")]
LIBRARIES = ("*/faketime/libfaketimeMT.so.1", "faketime/libfaketimeMT.so.1")
VARIABLES = ("LD_PRELOAD", "FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC", "NO_FAKE_STAT")


def day_asked(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """What stands after `--on`, or None, and the words that are left."""
    left = [word for word in words if not word.startswith("--on=")]
    told = [word.removeprefix("--on=") for word in words if word.startswith("--on=")]
    while "--on" in left:
        at = left.index("--on")
        told += left[at + 1 : at + 2] or [""]
        del left[at : at + 2]
    return (told[-1] if told else None), left


def moment(words: str) -> datetime:
    """A day, at noon, or a moment of it, by the Shanghai clock."""
    try:
        told = datetime.fromisoformat(words)
    except ValueError:
        asked = "a day like 2028-02-29 or a moment like '2026-12-31 23:50'"
        raise Refusal(f"--on takes {asked}, by the Shanghai clock, and not {words!r}") from None
    if words == told.date().isoformat():
        told = told.replace(hour=NOON)
    return told if told.tzinfo else told.replace(tzinfo=SHANGHAI)


def library() -> Path:
    """The library that moves the clock of whatever loads it."""
    found = [path for root in ROOTS for pattern in LIBRARIES for path in root.glob(pattern)]
    if not found:
        raise Refusal(
            "--on needs faketime, which is not here; on Debian and Ubuntu install the package faketime"
        )
    return found[0]


def moved_to(words: str) -> dict[str, str]:
    """Variables under which every program, whenever it starts, reads this moment and the seconds since.

    An offset, so that all of them read one clock. What measures spans (timeouts, sleeps) goes on by
    the machine's own clock, and files keep the times that they have.
    """
    offset = moment(words).timestamp() - time.time()
    return dict(zip(VARIABLES, (str(library()), f"{offset:+.0f}", "1", "1"), strict=True))


def inherited() -> dict[str, str]:
    """The moved clock of this command, for programs that get an environment of their own."""
    return {name: os.environ[name] for name in VARIABLES if name in os.environ}
