"""What the person at the keyboard reads: steps with their seconds, and refusals of one line."""

import contextlib
import re
import time
from collections.abc import Iterator, Mapping

FULL_DISK = {r"No space left on device|ENOSPC": "the disk is full; free 1.5 GB and start again"}


class Refusal(Exception):
    """Something the person at the keyboard can put right; shown as one line, exit code 1."""


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Print the title at once and the seconds when the work is done."""
    print(f"  {title:.<44} ", end="", flush=True)
    start, ending = time.monotonic(), "failed"
    try:
        yield
        ending = f"{time.monotonic() - start:5.1f} s"
    finally:
        print(ending, flush=True)


def explain(what: str, output: str, causes: Mapping[str, str] | None = None) -> str:
    """One line about a failure: the advice for a known cause, else the last line that tells of an error."""
    for pattern, advice in {**FULL_DISK, **(causes or {})}.items():
        if re.search(pattern, output, re.IGNORECASE):
            return f"{what} failed: {advice}"
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if re.search("error|fatal", line, re.IGNORECASE)] or lines
    return f"{what} failed: {telling[-1] if telling else 'it said nothing'}"
