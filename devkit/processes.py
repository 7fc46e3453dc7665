"""Other programs: run to the end, run in the foreground, or kept running until they are stopped."""

import contextlib
import ctypes
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devkit.places import LOGS, ROOT
from devkit.say import Refusal, explain

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
REFUSED = 3  # exit code of our own commands that say in one sentence what a person can put right
DEATHS_ALLOWED, DEATHS_WITHIN = 5, 60.0


def with_parent(sign: int = signal.SIGTERM) -> Callable[[], None]:
    """For Popen's preexec_fn: the kernel sends the child this signal if ./dev dies, even by kill -9."""
    if sys.platform != "linux":
        return lambda: None
    prctl, set_parent_death_signal = ctypes.CDLL(None).prctl, 1

    def before_exec() -> None:
        prctl(set_parent_death_signal, int(sign))

    return before_exec


def run(what: str, command: Sequence[object], causes: Mapping[str, str] | None = None, **options: Any) -> str:
    """Run to the end and return the standard output; a failure is a Refusal, its output in setup.log.

    A program that refuses by itself (exit code 3) has said everything in its last line.
    """
    words = [str(word) for word in command]
    done: subprocess.CompletedProcess[str]
    done = subprocess.run(words, capture_output=True, text=True, preexec_fn=with_parent(), **options)
    if done.returncode == REFUSED and done.stderr.strip():
        raise Refusal(done.stderr.strip().splitlines()[-1])
    if done.returncode:
        LOGS.mkdir(parents=True, exist_ok=True)
        (LOGS / "setup.log").write_text(done.stdout + done.stderr)
        reason = explain(what, done.stdout + done.stderr, causes)
        raise Refusal(f"{reason} (all it said: .dev/log/setup.log)")
    return done.stdout


def foreground(command: Sequence[object], env: Mapping[str, str]) -> int:
    """Run with our terminal and return the exit code; Ctrl-C is the child's, which ends in its own way."""
    child = subprocess.Popen([str(word) for word in command], env=env, cwd=ROOT, preexec_fn=with_parent())
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return child.wait()
    finally:
        signal.signal(signal.SIGINT, before)
        if child.poll() is None:
            child.terminate()
            child.wait()


@dataclass
class Service:
    """A program that must keep running: how to start and stop it, and how often it died lately."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    log: Path
    cwd: Path = ROOT
    user: dict[str, Any] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    ready: Callable[[], bool] = lambda: True
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    not_before: float = 0.0

    def start(self) -> None:
        """Start in a process group of its own, which Ctrl-C does not reach and stop() ends whole."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.env, cwd=self.cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=with_parent(self.stop_signal), **self.user,
            )  # fmt: skip

    def dead(self) -> bool:
        """Whether it was started and has ended."""
        return self.process is not None and self.process.poll() is not None

    def clear_group(self) -> None:
        """Kill what the program's own children left of its group, so that nothing holds its port or data."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def last_words(self) -> str:
        """The end of the log as one line, and where to read the rest."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return f"{explain(self.name, ''.join(text.splitlines(keepends=True)[-3:]))} (log: {self.log})"

    def recover(self, now: float) -> None:
        """Restart after a death, a little later each time; five deaths within a minute are a Refusal."""
        if self.process is not None:
            self.clear_group()
            self.deaths = [*(past for past in self.deaths if now - past < DEATHS_WITHIN), now]
            if len(self.deaths) >= DEATHS_ALLOWED:
                raise Refusal(f"{self.last_words()}; it died {DEATHS_ALLOWED} times in a minute: all stops")
            self.not_before, code = now + 0.4 * len(self.deaths), self.process.returncode
            self.process = None
            print(f"  {self.name} ended with code {code}; starting it again", flush=True)
        if now >= self.not_before:
            self.start()

    def start_and_wait(self, seconds: float = 60) -> None:
        """The first start; a program that ends or takes too long is a Refusal."""
        self.start()
        deadline = time.monotonic() + seconds
        while not self.ready():
            if self.dead() or time.monotonic() > deadline:
                raise Refusal(self.last_words())
            time.sleep(0.03)


def stop(services: Sequence[Service], seconds: float = 15) -> None:
    """Ask all to end, give them time together, then kill what is left. Nothing interrupts this."""
    for sign in SIGNALS:
        signal.signal(sign, signal.SIG_IGN)
    for service in services:
        if service.process and not service.dead():
            service.process.send_signal(service.stop_signal)
    deadline = time.monotonic() + seconds
    for service in services:
        if service.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                service.process.wait(max(0.1, deadline - time.monotonic()))
            service.clear_group()
            service.process.wait()


def supervise(services: Sequence[Service], until: Callable[[], bool], seconds: float = math.inf) -> None:
    """Start and restart whatever does not run, until the condition holds; too late is a Refusal."""
    deadline = time.monotonic() + seconds
    while not until():
        for service in services:
            if service.process is None or service.dead():
                service.recover(time.monotonic())
        if time.monotonic() > deadline:
            raise Refusal("the portal does not answer; .dev/log/web.log says why")
        time.sleep(0.1)
