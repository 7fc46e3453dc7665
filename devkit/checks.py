"""What `./dev check` asks, each question in its own process: style, types, layers, migrations, words."""

import re
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from devkit.places import DEV, ROOT
from devkit.portal import environment

ADDRESS_IN_LOCK = re.compile(r'^\s*"resolved"|^\s*--?[a-z-]*(index|links)|^[^#"]*://')
AS_IN_PRODUCTION = {  # for checks that ask no server
    "INSECURE_HTTP": "0",
    "PUBLIC_URL": "https://portal.example",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def failed_checks(*, fix: bool = False) -> list[str]:
    """Run every check, a line each, and give the titles of those that failed; `fix` mends style first."""
    templates = " ".join(str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("templates/**/*.html")))
    fixes = ["ruff check --fix --quiet . dev", "ruff format --quiet . dev", f"djade {templates}"]
    checks = {
        "ruff check": "ruff check --output-format concise . dev",
        "ruff format": "ruff format --check --output-format concise . dev",
        "mypy": "mypy . dev",
        "import-linter": "lint-imports --no-logo --cache-dir .dev/import-linter",
        "djade": f"djade --check {templates}",
        "migrations": "python manage.py makemigrations --check --dry-run",
        "deployment": "python manage.py check --deploy --fail-level WARNING",
        "messages": "python manage.py check_messages",
    }
    env = environment(DEV, 8000, {**AS_IN_PRODUCTION, "MYPY_CACHE_DIR": str(DEV / "mypy")})
    for command in fixes if fix else []:
        subprocess.run(command.split(), cwd=ROOT, env=env)
    return [title for title, command in checks.items() if not passes(title, command, env)]


def passes(title: str, command: str, env: Mapping[str, str]) -> bool:
    """Run one check; print its line, and what it said if it failed."""
    start = time.monotonic()
    done = subprocess.run(
        command.split(), cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    verdict = f"FAIL\n{done.stdout}" if done.returncode else "ok"
    print(f"  {title:.<44} {time.monotonic() - start:5.1f} s  {verdict}", flush=True)
    return done.returncode == 0


def addresses_in_locks(root: Path = ROOT) -> list[str]:
    """Lines of the lock files that name where a package is fetched from; there should be none."""
    locks = [
        *root.glob("requirements*.txt"),
        *root.glob("package-lock.json"),
        *root.glob("browser/*-lock.json"),
    ]
    return [
        f"{lock.relative_to(root)}:{number}: {line.strip()}"
        for lock in locks
        for number, line in enumerate(lock.read_text().splitlines(), 1)
        if ADDRESS_IN_LOCK.search(line)
    ]
