"""The portal itself: its environment, its database made ready, its three processes."""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from devkit import servers
from devkit.packages import set_up
from devkit.places import DATA, DEV, LOGS, PYTHON, ROOT
from devkit.ports import answers, free_port
from devkit.processes import REFUSED, Service, run, stop, supervise
from devkit.say import step
from devkit.servers import postgres_programs
from devkit.state import remembered

ONE_DAY = 86400
PUBLISH = ["collectstatic --noinput --verbosity=0", "migrate --noinput --verbosity=0"]
# A command that refuses by itself is not shown with a traceback: its sentence is all there is to say.
PREPARE = """
import sys, django
django.setup()
from django.core.management import CommandError, call_command
try:
    {calls}
except CommandError as refusal:
    if refusal.returncode != {refused}:
        raise
    sys.exit(print(refusal, file=sys.stderr) or {refused})
"""


def environment(home: Path, port: int, given: Mapping[str, str], **addresses: str) -> dict[str, str]:
    """What the application reads: production's way, but over plain http; `given` has the last word."""
    settings = {
        "SECRET_KEY": remembered()["SECRET_KEY"],
        "SEAL_KEYS": remembered()["SEAL_KEYS"],
        "DEBUG": "0",
        "INSECURE_HTTP": "1",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "STATIC_ROOT": str(home / "static"),
        "MEDIA_ROOT": str(home / "media"),
    }
    tools = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LINLI_PG_BIN": str(postgres_programs()),
        "PATH": f"{PYTHON.parent}:{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        # Compiled modules halve every start: keep them, whatever the caller prefers, but in .dev.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(DEV / "pycache"),
    }
    return {**os.environ, **settings, **given, **addresses, **tools}


def prepare(env: Mapping[str, str], *commands: str) -> str:
    """Run manage.py commands in one process, as Django takes longer to start than most of them to run."""
    calls = "".join(f"call_command(*{command.split()!r});" for command in commands)
    code = PREPARE.format(refused=REFUSED, calls=calls)
    with step(", ".join(command.split()[0] for command in commands)):
        return run("preparing the database", [PYTHON, "-c", code], env=env, cwd=ROOT)


@contextlib.contextmanager
def running(env: Mapping[str, str], home: Path, port: int, beside: list[Service]) -> Iterator[list[Service]]:
    """Start the web server, yield once it answers, with worker and beat to supervise; stop them all at the end.

    None of them gets to know how the owner of the tables signs in.
    """
    env = {name: value for name, value in env.items() if name != "OWNER_DATABASE_URL"}
    granian = "granian --interface wsgi --workers 2 --blocking-threads 4 --respawn-failed-workers"
    commands = {
        "web": f"{granian} --host 127.0.0.1 --port {port} config.wsgi:application",
        "worker": "celery -A config worker --concurrency 2 --loglevel INFO",
        "beat": "celery -A config beat --loglevel INFO --pidfile= --schedule",
    }
    own = [
        Service(name, [str(PYTHON), "-m", *words.split()], env, LOGS / f"{name}.log")
        for name, words in commands.items()
    ]
    own[-1].command.append(f"{home}/beat-schedule")
    try:
        with step("web"):  # alone, so that it answers sooner
            supervise([*beside, own[0]], until=lambda: answers(port), seconds=120)
        yield [*beside, *own]
    finally:
        stop(own)


@contextlib.contextmanager
def throwaway(tuning: Mapping[str, str]) -> Iterator[tuple[Path, list[Service], dict[str, str]]]:
    """A folder, servers and an environment for one command, whatever else runs; removed at the end."""
    set_up()
    for old in DATA.glob("run-*"):  # left by a kill -9
        if time.time() - old.stat().st_mtime > ONE_DAY:
            shutil.rmtree(old, ignore_errors=True)
    home = Path(tempfile.mkdtemp(prefix="run-", dir=DATA))
    home.chmod(0o755)
    try:
        with servers.running(home, home, {"max_connections": "300", **tuning}, {}) as (started, addresses):
            yield home, started, environment(home, free_port(), {}, **addresses)
    finally:
        shutil.rmtree(home, ignore_errors=True)
