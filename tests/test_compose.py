"""docker-compose.yml and the image agree with the settings; there is no Docker engine in the tests."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

from devkit.servers import WITHOUT_ROWS

ROOT = Path(__file__).parent.parent
SETTINGS = (ROOT / "config" / "settings.py").read_text()
READ_BY_SETTINGS = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", SETTINGS))
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ["migrate", "web", "worker", "beat"]
APPS = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"bench", "devkit", "tests"}
SECRET_NAME = re.compile(r"PASSWORD|SECRET|KEY|TOKEN")


def test_the_readers_were_found() -> None:
    assert {"SECRET_KEY", "SEAL_KEYS", "DATABASE_URL", "REDIS_URL"} <= READ_BY_SETTINGS


@pytest.mark.parametrize("name", OURS)
def test_every_variable_given_is_read_by_the_settings(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= READ_BY_SETTINGS


@pytest.mark.parametrize("name", OURS)
def test_what_has_no_default_in_the_settings_is_given(name: str) -> None:
    required = set(re.findall(r"env\.\w+\(\"([A-Z_]+)\"\)", SETTINGS)) - {"CSRF_TRUSTED_ORIGINS"}
    assert required <= set(SERVICES[name]["environment"])


def test_only_migrate_signs_in_as_the_owner_of_the_tables() -> None:
    owner = SERVICES["db"]["environment"]["POSTGRES_USER"]
    assert [name for name in OURS if "OWNER_DATABASE_URL" in SERVICES[name]["environment"]] == ["migrate"]
    assert f"//{owner}:" in SERVICES["migrate"]["environment"]["OWNER_DATABASE_URL"]
    addresses = {SERVICES[name]["environment"]["DATABASE_URL"] for name in OURS}
    assert len(addresses) == 1
    assert f"//{owner}:" not in addresses.pop()
    for name in {*OURS} - {"migrate"}:
        assert not any("POSTGRES_PASSWORD" in value for value in SERVICES[name]["environment"].values())


@pytest.mark.parametrize("name", SERVICES)
def test_no_password_is_written_down(name: str) -> None:
    for variable, value in SERVICES[name].get("environment", {}).items():
        if SECRET_NAME.search(variable):
            assert re.fullmatch(r"\$\{[A-Z_]+(:\?[^}]+)?\}", value), variable
        if "://" in value and "@" in value:
            assert re.search(r":\$\{[A-Z_]+:\?[^}]+\}@", value), variable


def test_every_value_without_a_default_stops_compose_with_a_message() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))
    demanded = set(re.findall(r"\$\{([A-Z_]+):\?[^}]+\}", text))
    optional = set(re.findall(r"\$\{([A-Z_]+):-[^}]*\}", text))
    assert used == demanded | optional


def test_the_example_lists_every_value_that_is_demanded_and_fills_in_none() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    demanded = set(re.findall(r"\$\{([A-Z_]+):\?", text))
    lines = (ROOT / "deploy" / "env.example").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert demanded <= set(example)
    assert not any(example.values())


@pytest.mark.parametrize("name", SERVICES)
def test_every_lasting_service_has_a_health_check(name: str) -> None:
    if SERVICES[name]["restart"] != "no":
        assert SERVICES[name]["healthcheck"]["test"]


def test_nothing_starts_before_what_it_needs() -> None:
    assert SERVICES["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    for name in ["web", "worker", "beat"]:
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert SERVICES[name]["depends_on"]["queue"] == {"condition": "service_healthy"}
    assert SERVICES["proxy"]["depends_on"] == {"web": {"condition": "service_healthy"}}


@pytest.mark.parametrize("name", OURS)
def test_our_services_have_no_rights_they_do_not_need(name: str) -> None:
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert "privileged" not in SERVICES[name]


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_every_volume_used_is_declared_or_a_file_of_ours() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    named = {source for source in used if not source.startswith("./")}
    assert named == set(COMPOSE["volumes"])
    assert (ROOT / "deploy" / "Caddyfile").is_file()


def test_the_image_runs_as_nobody_in_particular_and_installs_only_what_is_locked() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    final = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM")) :]
    assert "USER linli" in final
    installs = [line for line in lines if re.search(r"(pip|npm) (install|ci)", line)]
    assert all("--require-hashes" in line or "npm ci" in line for line in installs)
    assert (ROOT / "requirements.txt").read_text().count("--hash=sha256:") > 100


def _imported() -> Iterator[tuple[str, Path]]:
    """Every module that the image's Python files import, by its first name, and where."""
    for folder in (ROOT / name for name in APPS):
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    yield from ((alias.name.partition(".")[0], path) for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield node.module.partition(".")[0], path


@pytest.mark.sweep
def test_the_image_has_every_package_that_its_code_imports() -> None:
    locked = set(
        re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    )
    distributions = packages_distributions()
    missing = {
        f"{path.relative_to(ROOT)}: {name}"
        for name, path in _imported()
        if name not in sys.stdlib_module_names and name not in APPS
        if locked.isdisjoint(d.lower().replace("_", "-") for d in distributions.get(name, []))
    }
    assert missing == set()


def test_what_the_image_copies_is_not_ignored() -> None:
    ignored = set((ROOT / ".dockerignore").read_text().splitlines())
    assert ignored.isdisjoint({"requirements.txt", "package.json", "package-lock.json", ".npmrc", "config"})
    assert {".env", ".dev", ".git", "dev", "devkit", "tests"} <= ignored


def test_no_log_holds_a_row_that_was_refused_or_the_page_before() -> None:
    """PostgreSQL quotes both the row and the statement; a proxy writes the address that led here."""
    said = SERVICES["db"]["command"]
    assert [f"{name}={value}" for name, value in WITHOUT_ROWS.items()] == [
        word for word in said if "=" in word
    ]
    fields = (ROOT / "deploy" / "Caddyfile").read_text().partition("fields {")[2].partition("}")[0]
    assert fields.strip() == "request>headers>Referer delete"
