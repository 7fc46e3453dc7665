"""import-linter's contracts (pyproject.toml): each one catches a violation planted in a copy of the code."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.fences import APPS, ROOT

# (contract, file, line to plant)
PLANTS = [
    ("apps", "centers/models.py", "import people.models"),
    ("inside", "courses/rules.py", "import courses.models"),
    ("verbs", "courses/actions/enrolment.py", "import rest_framework"),
    ("rules", "people/rules.py", "import centers.models"),
    ("registers", "courses/registers/slots.py", "import people.models"),
    ("registers", "common/sheets/text.py", "import people.models"),
    ("producer", "courses/actions/enrolment.py", "import celery"),
    ("settings", "common/masking.py", "import config.settings"),
]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def _lint(house: Path, contract: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--config", house / "pyproject.toml"]
    command += ["--contract", contract, "--no-cache", "--no-logo"]
    env = {**os.environ, "PYTHONPATH": str(house), "COLUMNS": "200"}
    return subprocess.run(command, cwd=house, env=env, capture_output=True, text=True)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own Python files, and the contracts."""
    house = tmp_path_factory.mktemp("house")
    only_python = shutil.ignore_patterns("__pycache__", "migrations", "*.json", "*.sql")
    for package in ("config", *APPS):
        shutil.copytree(ROOT / package, house / package, ignore=only_python)
    shutil.copy(ROOT / "pyproject.toml", house)
    return house


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract["id"] for contract in CONTRACTS} == {plant[0] for plant in PLANTS}


def test_every_app_is_under_contract() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    by_id = {contract["id"]: contract for contract in CONTRACTS}
    assert set(settings["root_packages"]) == {"config", *APPS}
    floors = by_id["apps"]["layers"]
    assert {app for floor in floors for app in floor.split(" | ")} == {"config", *APPS}
    assert set(by_id["inside"]["containers"]) == set(APPS) - {"common"}


@pytest.mark.sweep
@pytest.mark.parametrize("contract", [contract["id"] for contract in CONTRACTS])
def test_the_contract_is_kept(copy: Path, contract: str) -> None:
    done = _lint(copy, contract)
    assert done.returncode == 0, done.stdout


@pytest.mark.sweep
@pytest.mark.parametrize(("contract", "name", "line"), PLANTS)
def test_the_contract_catches_a_violation(copy: Path, contract: str, name: str, line: str) -> None:
    file = copy / name
    clean = file.read_text()
    file.write_text(f"{clean}\n{line}\n")
    try:
        done = _lint(copy, contract)
    finally:
        file.write_text(clean)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
    importer = name.removesuffix(".py").replace("/", ".")
    assert f"{importer} -> {line.removeprefix('import ')}" in done.stdout


def test_a_module_that_stands_in_no_layer_is_caught(copy: Path) -> None:
    stranger = copy / "people/helpers.py"
    stranger.touch()
    done = _lint(copy, "inside")
    stranger.unlink()
    assert done.returncode == 1
    assert "- people.helpers" in done.stdout
