"""A whole portal of real processes on servers of its own, so that killing them harms nobody.

PostgreSQL and Valkey are started as `./dev` starts them: the functions of devkit are used.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2

from devkit.places import DATA
from devkit.ports import answers, free_port
from devkit.processes import Service
from devkit.servers import for_the_application, postgres, valkey

ROOT = Path(__file__).resolve().parent.parent.parent


def eventually(condition: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """Asks again and again until the answer is true; returns it."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"never came: {what}"
        breathe(0.03)
    return answer


def breathe(seconds: float) -> None:
    """Lets other processes have the cores between two questions; nothing depends on how long."""
    threading.Event().wait(seconds)


class Stack:
    """Servers, web, workers and beats, and ways to kill and revive them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.services: dict[str, Any] = {}
        self.database, self.url = postgres(home / "pg", home / "postgres.log", "secret", {})
        self.broker, redis = valkey(home / "valkey", home / "valkey.log", "secret")
        self.port = free_port()
        self.env = {
            **{name: value for name, value in os.environ.items() if name != "OWNER_DATABASE_URL"},
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": for_the_application(self.url, "another secret"),
            "REDIS_URL": redis,
            "STATIC_ROOT": str(home / "static"),
            "INSECURE_HTTP": "1",
            "DEBUG": "0",
            "LOG_LEVEL": "INFO",
        }

    def serve(self) -> None:
        """Starts the servers and makes the tables."""
        for service in (self.database, self.broker):
            service.start_and_wait()
        self.run("manage.py", "migrate", "--noinput", "--verbosity=0", OWNER_DATABASE_URL=self.url)
        self.manage("collectstatic", "--noinput", "--verbosity=0")

    def manage(self, *words: str) -> str:
        return self.run("manage.py", *words)

    def run(self, *words: str, **env: str) -> str:
        command, env = [sys.executable, *words], {**self.env, **env}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{words}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def stage(self, *words: str) -> Any:
        """Runs tests.races.stage inside this portal; returns what it printed."""
        return json.loads(self.run("-W", "ignore", "-m", "tests.races.stage", *words))

    def start(self, name: str, *words: str) -> Any:
        """Starts a process of the portal; a second one of a kind has a name of its own."""
        log = self.home / f"{name}.log"
        service = Service(name, [sys.executable, "-m", *words], self.env, log)
        self.services[name] = service
        service.start()
        return service

    def web(self, *options: str) -> Any:
        words = "granian --interface wsgi --workers 2 --blocking-threads 4 --host 127.0.0.1 --port"
        service = self.start("web", *words.split(), str(self.port), *options, "config.wsgi:application")
        eventually(lambda: answers(self.port), "the portal answers")
        return service

    def worker(self, name: str = "worker") -> Any:
        return self.start(
            name, *["celery", "-A", "tests.races.quick", "worker", "--concurrency", "2", "--loglevel", "INFO"]
        )

    def beat(self, name: str = "beat") -> Any:
        words = [
            "celery",
            "-A",
            "tests.races.quick",
            "beat",
            "--loglevel",
            "INFO",
            "--pidfile=",
            "--schedule",
        ]
        return self.start(name, *words, str(self.home / name))

    def kill(self, service: Any) -> None:
        """kill -9, with all its children."""
        if service.process is None:
            return
        service.process.send_signal(signal.SIGKILL)
        service.process.wait()
        service.clear_group()

    def revive(self, service: Any) -> None:
        """Starts again what was killed, as a supervisor does: until it stays up."""

        def up() -> bool:
            if service.dead() or service.process is None:
                service.start()
            return bool(service.ready()) and not service.dead()

        eventually(up, f"{service.name} is up again")

    def keep_alive(self) -> None:
        """What a supervisor does all the time: whatever ended is started again."""
        for service in self.services.values():
            if service.process is not None and service.dead():
                service.start()

    def query(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(self.url, connect_timeout=5)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql, params)
                return cursor.fetchall()
        finally:
            connection.close()

    def halt(self, *names: str) -> None:
        """Ends processes of the portal (all of them without names)."""
        for name in names or list(self.services):
            service = self.services.pop(name)
            if not service.dead():
                self.kill(service)

    def passes(self, task: str) -> int:
        """How often the workers have finished a task, by their logs."""
        done = re.compile(rf"Task {re.escape(task)}\[[^\]]+\] succeeded")
        return sum(
            len(done.findall(file.read_text(errors="replace"))) for file in self.home.glob("worker*.log")
        )


@contextlib.contextmanager
def stack() -> Iterator[Stack]:
    """A portal of one's own; everything ends and is removed afterwards."""
    DATA.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="faults-", dir=DATA))
    home.chmod(0o755)
    made = Stack(home)
    try:
        made.serve()
        yield made
    finally:
        made.halt()
        for service in (made.broker, made.database):
            made.kill(service)
        shutil.rmtree(home, ignore_errors=True)
