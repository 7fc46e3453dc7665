"""Files lie sealed under names that nobody guesses; a new key opens the old ones, and writes them anew."""

import os
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from common.stored import Shelf, shelves
from tests.moments import NOW

OLD, NEW = "v1:" + "MTEx" * 10 + "MTE=", "v2:" + "MjIy" * 10 + "MjI="
DATA = b"\xff\xd8\xff" + b"picture" * 100


@pytest.fixture(autouse=True)
def _room(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.SEAL_KEYS, settings.SEAL_CIPHER = tmp_path, [OLD], "AES-GCM"


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("cipher", ["AES-GCM", "SM4-GCM"])
def test_what_is_put_is_read_again_and_lies_sealed(settings: Any, tmp_path: Path, cipher: str) -> None:
    settings.SEAL_CIPHER = cipher
    shelf = Shelf("things")
    one, two = shelf.put(DATA, now=NOW), shelf.put(DATA, now=NOW)
    assert one != two
    assert shelf.read(one) == shelf.read(two) == DATA
    for path in files(tmp_path):
        assert b"picture" not in path.read_bytes()
        assert not path.suffix
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.stat().st_mtime == NOW.timestamp()


def test_what_is_gone_changed_or_locked_for_good_is_none(settings: Any, tmp_path: Path) -> None:
    shelf = Shelf("things")
    gone, changed, short, kept = (shelf.put(DATA, now=NOW) for _each in range(4))
    shelf.drop([gone, gone])
    for key, data in ((changed, b"v1:" + b"x" * 400), (short, b"v1:x")):
        next(path for path in files(tmp_path) if path.name == key).write_bytes(data)
    assert [shelf.read(key) for key in (gone, changed, short, kept)] == [None, None, None, DATA]
    settings.SEAL_KEYS = [NEW]
    assert shelf.read(kept) is None


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "/etc/passwd", "A" * 32, "a" * 31, "a" * 32 + "\n"])
def test_a_name_that_is_none_of_ours_opens_nothing(key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        Shelf("things").read(key)


def test_how_old_a_file_is_is_told(tmp_path: Path) -> None:
    shelf = Shelf("things")
    assert list(shelf.older_than(NOW)) == []
    old = shelf.put(DATA, now=NOW - timedelta(days=2))
    shelf.put(DATA, now=NOW)
    (tmp_path / "things" / old[:2] / "readme").write_text("none of ours")
    assert list(shelf.older_than(NOW - timedelta(days=1))) == [old]


def test_what_a_full_disk_leaves_is_found_by_its_age(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody was told its key."""

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    shelf = Shelf("things")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            shelf.put(DATA, now=NOW)
    assert len(list(shelf.older_than(NOW + timedelta(days=1)))) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("cipher", ["AES-GCM", "SM4-GCM"])
def test_reseal_writes_files_anew_and_as_old_as_they_were(
    settings: Any, tmp_path: Path, cipher: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf, moment = Shelf("things"), datetime(2026, 1, 2, tzinfo=NOW.tzinfo)
    keys = [shelf.put(DATA, now=moment) for _each in range(3)]
    settings.SEAL_KEYS, settings.SEAL_CIPHER = [NEW, OLD], cipher
    call_command("reseal")
    assert "3 sealed anew, 0 left  files of things" in capsys.readouterr().out
    settings.SEAL_KEYS = [NEW]
    assert [shelf.read(key) for key in keys] == [DATA] * 3
    assert {path.stat().st_mtime for path in files(tmp_path)} == {moment.timestamp()}
    assert len(files(tmp_path)) == 3
    call_command("reseal")
    assert "0 sealed anew, 0 left  files of things" in capsys.readouterr().out


@pytest.mark.django_db
def test_reseal_says_what_no_key_opens(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    Shelf("things").put(DATA, now=NOW)
    settings.SEAL_KEYS = [NEW]
    with pytest.raises(SystemExit):
        call_command("reseal")
    assert "0 sealed anew, 1 left  files of things" in capsys.readouterr().out
    assert [shelf.folder for shelf in shelves()] == ["things"]
