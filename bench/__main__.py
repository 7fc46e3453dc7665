"""`python -m bench [--city] [names]`: runs the benches against the servers of the settings.

Each bench is a module of this folder, run in a process of its own on a database of its own, copied
from one migrated template. It prints its figures with the limit measured in the same run, and
fails when a ratio misses its target. With --city the benches that have one build their large stage:
minutes and gigabytes, which they state.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from bench._database import fresh_copy, named, template

FOLDER = Path(__file__).parent
ALL = sorted(
    file.stem
    for file in FOLDER.glob("*.py")
    if file.stem[0] != "_" and "def main(" in file.read_text("utf-8")
)


def run(words: list[str], env: dict[str, str], database: str) -> int:
    """Runs Python on this database, whose address is the owner's."""
    application = named(os.environ["DATABASE_URL"], urlsplit(database).path.strip("/"))
    env = {**env, "OWNER_DATABASE_URL": database, "DATABASE_URL": application}
    return subprocess.run([sys.executable, *words], env=env, cwd=FOLDER.parent).returncode


def main(words: list[str]) -> int:
    """Runs the named benches, or all; returns 1 if one missed its target."""
    options = [word for word in words if word == "--city"]
    names = [word for word in words if word not in options]
    if unknown := set(names) - set(ALL):
        print(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(ALL)}")
        return 2
    missed = []
    with tempfile.TemporaryDirectory() as static, template(os.environ["OWNER_DATABASE_URL"]) as source:
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings", "STATIC_ROOT": static}
        for command in ("migrate --noinput --run-syncdb", "collectstatic --noinput"):
            words = ["manage.py", *command.split(), "--verbosity=0"]
            if code := run(words, env, source):
                return code
        for name in names or ALL:
            print(f"\n{name}", flush=True)
            with fresh_copy(source) as url:
                if run(["-W", "ignore", "-m", f"bench.{name}", *options], env, url):
                    missed.append(name)
    print(f"\nmissed: {', '.join(missed)}" if missed else "\nall targets met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
