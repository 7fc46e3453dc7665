"""The parts of ./dev that can be tried without setting anything up, on a copy in an empty folder."""

import ast
import importlib.machinery
import importlib.util
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

SCRIPT = Path(__file__).parent.parent / "dev"
KIT = SCRIPT.parent / "devkit"


def kit_modules() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] == "devkit"]


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A copy of the script and its package whose checkout is an empty folder."""
    shutil.copy(SCRIPT, tmp_path / "dev")
    shutil.copytree(KIT, tmp_path / "devkit", ignore=shutil.ignore_patterns("__pycache__"))
    loader = importlib.machinery.SourceFileLoader("dev_under_test", str(tmp_path / "dev"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, loader.name, module)
    for name in kit_modules():  # the real one, if another test has loaded it; put back at the end
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    assert tmp_path == module.places.ROOT
    monkeypatch.setattr(module.state, "DATA", tmp_path / "data")
    monkeypatch.setattr(module.processes, "SIGNALS", [])  # stop() would make pytest deaf to Ctrl-C
    yield module
    for name in kit_modules():
        del sys.modules[name]


@pytest.fixture
def service(dev: ModuleType, tmp_path: Path) -> Callable[..., object]:
    def build(*command: str) -> object:
        return dev.processes.Service("thing", list(command), os.environ, tmp_path / "thing.log", tmp_path)

    return build


def test_without_words_it_lists_every_command(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = [line.split()[0] for line in lines if line.startswith("  ")]
    assert listed == ["up", "down", "test", "check", "bench", "manage", "shots"]


def test_an_unknown_command_is_no_success(dev: ModuleType) -> None:
    assert dev.main(["upp"]) == 2


def test_an_old_python_gets_one_line() -> None:
    code = f"import sys, runpy; sys.version_info = (3, 10, 4); runpy.run_path({str(SCRIPT)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ./dev needs Python 3.11")
    assert len(done.stderr.splitlines()) == 1


def test_the_script_imports_nothing_that_must_be_installed() -> None:
    found = {
        name.partition(".")[0]
        for path in [SCRIPT, *KIT.glob("*.py")]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or node.names[0].name]
    }
    assert found - sys.stdlib_module_names == {"devkit"}


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("created successfully because ensurepip is not\navailable.", "python3-venv"),
        ("Temporary failure in name resolution", "could not be downloaded"),
        ("npm error code ENOTFOUND", "could not be downloaded"),
        ("error: Failed to fetch: something", "could not be downloaded"),
    ],
)
def test_a_known_cause_gets_advice(dev: ModuleType, output: str, advice: str) -> None:
    explained = dev.say.explain("installing", output, dev.packages.NO_PACKAGES)
    assert advice in explained
    assert len(explained.splitlines()) == 1


def test_an_unknown_cause_shows_the_line_with_the_error(dev: ModuleType) -> None:
    output = "Traceback\nImproperlyConfigured: error in FOO\n\nbye\n"
    assert dev.say.explain("migrate", output) == "migrate failed: ImproperlyConfigured: error in FOO"
    assert dev.say.explain("migrate", "") == "migrate failed: it said nothing"


def test_only_a_download_is_blamed_on_the_network(dev: ModuleType) -> None:
    assert "downloaded" not in dev.say.explain("migrate", "connection timed out")


def test_a_program_that_refuses_by_itself_is_quoted(dev: ModuleType, tmp_path: Path) -> None:
    said = "import sys; print('a warning', file=sys.stderr); sys.exit(print('换一个空的', file=sys.stderr) or {})"
    with pytest.raises(dev.say.Refusal) as caught:
        dev.processes.run("preparing", [sys.executable, "-c", said.format(dev.processes.REFUSED)])
    assert str(caught.value) == "换一个空的"
    with pytest.raises(dev.say.Refusal, match="preparing failed"):
        dev.processes.run("preparing", [sys.executable, "-c", said.format(1)])


def test_up_on_an_old_database_says_only_the_sentence(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A stand-in for Django in the copied checkout: what counts is how a refusal is handed on."""
    package = tmp_path / "django/core/management"
    package.mkdir(parents=True)
    (tmp_path / "django/__init__.py").write_text("def setup(): ...")
    (tmp_path / "django/core/__init__.py").touch()
    (package / "__init__.py").write_text(
        "class CommandError(Exception):\n    returncode = 1\n"
        "def call_command(name, *_):\n"
        "    refusal = CommandError('请运行 ./dev up --fresh')\n"
        "    refusal.returncode = 3 if name == 'migrate' else 1\n"
        "    raise refusal\n"
    )
    monkeypatch.setattr(dev.portal, "PYTHON", sys.executable)
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    with pytest.raises(dev.say.Refusal) as caught:
        dev.portal.prepare(env, "migrate --noinput")
    assert str(caught.value) == "请运行 ./dev up --fresh"
    with pytest.raises(dev.say.Refusal, match="preparing the database failed"):
        dev.portal.prepare(env, "demo_data")


def test_a_taken_port_names_another(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert dev.main(["up", "--port", str(port)]) == 1
    assert f"port {port} is taken" in capsys.readouterr().err


def test_a_full_disk_stops_the_set_up_before_it_starts(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: SimpleNamespace(free=0.2e9))
    with pytest.raises(dev.say.Refusal, match=r"0\.2 GB"):
        dev.packages.make(
            "thing", tmp_path / "thing", ["1"], lambda: pytest.fail("it was built all the same")
        )


def test_fresh_never_empties_a_database_of_somebody_else(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@elsewhere/theirs")
    assert dev.main(["up", "--fresh", "--port", str(dev.ports.free_port())]) == 1
    assert "unset DATABASE_URL" in capsys.readouterr().err


def test_a_second_up_says_where_the_first_one_is(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with dev.state.only_user_of_data() as note:
        dev.state.write_private(note, {"pid": 1, "url": "http://127.0.0.1:8000"})
        assert dev.main(["up"]) == 0
    assert "already running: http://127.0.0.1:8000" in capsys.readouterr().out


def test_manage_waits_for_an_up_that_is_starting(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with dev.state.only_user_of_data() as note:
        dev.state.write_private(note, {"pid": 1, "url": "http://127.0.0.1:8000"})
        assert dev.main(["manage", "check"]) == 1
    assert "still starting" in capsys.readouterr().err


def test_data_in_use_by_another_command_is_left_alone(
    dev: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with dev.state.only_user_of_data():
        assert dev.main(["up"]) == 1
    assert "another ./dev command" in capsys.readouterr().err


def test_down_without_up(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["down"]) == 0
    assert capsys.readouterr().out == "nothing is running\n"


def test_a_thing_is_built_once_and_again_when_its_source_changes(dev: ModuleType, tmp_path: Path) -> None:
    source, product, built = tmp_path / "lock", tmp_path / "product", []

    def build() -> None:
        product.touch()
        built.append(source.read_text())

    for content in ["1", "1", "2", "2"]:
        source.write_text(content)
        dev.packages.make("thing", product, [source], build)
    assert built == ["1", "2"]
    product.unlink()
    dev.packages.make("thing", product, [source], build)
    assert built == ["1", "2", "2"]


def test_a_build_that_failed_is_tried_again(dev: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "half").touch()

    def fail() -> None:
        raise dev.say.Refusal("no network")

    for _ in range(2):
        with pytest.raises(dev.say.Refusal):
            dev.packages.make("thing", tmp_path / "half", ["1"], fail)


def test_secrets_are_made_once_and_private(dev: ModuleType) -> None:
    first = dev.state.remembered()
    assert dev.state.remembered() == first
    assert (dev.state.DATA / "secret.json").stat().st_mode & 0o777 == 0o600
    assert first["SEAL_KEYS"].startswith("v1:")


def test_the_callers_settings_win_but_not_over_our_tools(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dev.portal, "postgres_programs", lambda: tmp_path)
    given = {"DEBUG": "1", "DATABASE_URL": "theirs", "PATH": "/bin"}
    env = dev.portal.environment(tmp_path, 8000, given, REDIS_URL="ours")
    assert (env["DEBUG"], env["DATABASE_URL"], env["REDIS_URL"]) == ("1", "theirs", "ours")
    assert env["PATH"].startswith(str(dev.places.PYTHON.parent))
    assert dev.portal.environment(tmp_path, 8000, {})["DEBUG"] == "0"


def test_nothing_that_keeps_running_knows_the_owner_of_the_tables(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dev.portal, "supervise", lambda *_, **__: None)
    owners = "postgres://linli:secret@127.0.0.1:1/linli"
    application = dev.servers.for_the_application(owners, "another")
    assert application == "postgres://linli_app:another@127.0.0.1:1/linli"
    env = {"DATABASE_URL": application, "OWNER_DATABASE_URL": owners}
    with dev.portal.running(env, tmp_path, 8000, []) as services:
        assert [service.name for service in services] == ["web", "worker", "beat"]
        assert all(service.env == {"DATABASE_URL": application} for service in services)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_program_that_dies_is_started_again_but_not_for_ever(
    dev: ModuleType, service: Callable[..., object]
) -> None:
    thing = service(sys.executable, "-c", "raise SystemExit('error: no data folder')")
    now = 100.0
    for _ in range(dev.processes.DEATHS_ALLOWED - 1):
        thing.recover(now)
        thing.process.wait()
        thing.recover(now)
        assert thing.process is None, "it waits a little before the next start"
        now += 5
    thing.recover(now)
    thing.process.wait()
    with pytest.raises(dev.say.Refusal, match="no data folder"):
        thing.recover(now)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_deaths_far_apart_are_forgiven(dev: ModuleType, service: Callable[..., object]) -> None:
    thing = service(sys.executable, "-c", "")
    for now in range(0, 2000, 100):
        thing.recover(float(now))
        if thing.process:
            thing.process.wait()
    assert len(thing.deaths) == 1


@pytest.mark.machine
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_stop_leaves_no_grandchild(dev: ModuleType, service: Callable[..., object], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    thing = service("sh", "-c", "(echo born; exec sleep 600) > pipe & exec sleep 600")
    thing.start()
    with (tmp_path / "pipe").open() as pipe:
        assert pipe.readline() == "born\n"
        dev.processes.stop([thing])
        closed, _, _ = select.select([pipe], [], [], 5)
        assert closed, "the grandchild still holds its end of the pipe"
        assert pipe.read() == ""


@pytest.mark.machine
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_stop_kills_what_does_not_listen(dev: ModuleType, service: Callable[..., object]) -> None:
    thing = service("sh", "-c", "trap '' TERM; echo started; while :; do sleep 600; done")
    thing.ready = lambda: "started" in thing.log.read_text()
    thing.start_and_wait()
    dev.processes.stop([thing], seconds=0.2)
    assert thing.process.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("lock", "line"),
    [
        ("requirements.txt", "--index-url https://mirror.example/simple"),
        ("requirements-dev.txt", "--find-links /somewhere"),
        ("requirements.txt", "thing @ https://mirror.example/thing.whl"),
        ("package-lock.json", '      "resolved": "https://mirror.example/thing.tgz",'),
    ],
)
def test_a_lock_that_names_an_index_is_found(dev: ModuleType, tmp_path: Path, lock: str, line: str) -> None:
    (tmp_path / lock).write_text(f"# made with a tool of https://docs.example\n{line}\n")
    assert dev.addresses_in_locks() == [f"{lock}:2: {line.strip()}"]


def test_our_locks_name_no_index(dev: ModuleType) -> None:
    assert dev.addresses_in_locks(SCRIPT.parent) == []


def test_our_npm_locks_hold_a_hash_for_every_package() -> None:
    for lock in ["package-lock.json", "browser/package-lock.json"]:
        packages = json.loads((SCRIPT.parent / lock).read_text())["packages"]
        assert all("integrity" in package for name, package in packages.items() if name)


@pytest.mark.parametrize("words", [["--on", "2028-02-29", "-k", "x"], ["-k", "x", "--on=2028-02-29"]])
def test_the_day_is_taken_out_of_the_words_for_pytest(dev: ModuleType, words: list[str]) -> None:
    assert dev.clock.day_asked(words) == ("2028-02-29", ["-k", "x"])
    assert dev.clock.day_asked(["-k", "x"]) == (None, ["-k", "x"])


def test_a_day_is_noon_and_a_moment_itself_in_shanghai(dev: ModuleType) -> None:
    assert dev.clock.moment("2028-02-29").isoformat() == "2028-02-29T12:00:00+08:00"
    assert dev.clock.moment("2026-12-31 23:50").isoformat() == "2026-12-31T23:50:00+08:00"


@pytest.mark.parametrize("words", [["--on"], ["--on", "2027-02-29"], ["--on", "tomorrow"], ["--on="]])
def test_what_is_no_day_is_refused_in_one_line(
    dev: ModuleType, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert dev.main(["test", *words]) == 1
    assert "a day like 2028-02-29" in capsys.readouterr().err


def test_without_faketime_another_day_is_refused_in_one_line(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(dev.clock, "ROOTS", [tmp_path])
    assert dev.main(["test", "--on", "2028-02-29"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: --on needs faketime")
    assert len(said.splitlines()) == 1


def test_every_program_gets_one_offset_from_the_machines_clock(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    library = tmp_path / "x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
    library.parent.mkdir(parents=True)
    library.touch()
    monkeypatch.setattr(dev.clock, "ROOTS", [tmp_path])
    monkeypatch.setattr(dev.clock.time, "time", lambda: dev.clock.moment("2026-11-25 12:00").timestamp())
    moved = dev.clock.moved_to("2026-11-26")
    assert moved["LD_PRELOAD"] == str(library)
    assert moved["FAKETIME"] == "+86400"
    for name, value in moved.items():
        monkeypatch.setenv(name, value)
    assert moved.items() <= dev.servers.plain().items()
