"""Sealed columns: opened only with a key, found only by an exact match, rotated without a stop."""

import base64
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, transaction

from common import sealed
from common.management.commands.reseal import sealed_columns
from people.models import Person
from tests.cast import Cast

OLD = "v1:" + base64.b64encode(b"1" * 32).decode()
NEW = "v2:" + base64.b64encode(b"2" * 32).decode()
DOCUMENT = "410105195803020021"
TEXTS = [DOCUMENT, "䶮𠅤", "高血压，膝盖不好", "a" * 5000, " "]


@pytest.fixture(autouse=True)
def _keys(settings: Any, tmp_path: Path) -> None:
    """With no files of others about, which these keys do not open."""
    settings.SEAL_KEYS, settings.SEAL_CIPHER, settings.MEDIA_ROOT = [OLD], "AES-GCM", tmp_path


@pytest.mark.parametrize("cipher", ["AES-GCM", "SM4-GCM"])
@pytest.mark.parametrize("text", TEXTS)
def test_what_is_sealed_opens_again_and_looks_different_each_time(
    settings: Any, cipher: str, text: str
) -> None:
    settings.SEAL_CIPHER = cipher
    first, second = sealed.seal(text), sealed.seal(text)
    assert first != second
    assert text not in first
    assert first.startswith(sealed.prefix())
    assert sealed.unseal(first) == sealed.unseal(second) == text


def test_nothing_stays_nothing() -> None:
    assert sealed.seal("") == sealed.unseal("") == sealed.blind_index("") == ""


@pytest.mark.parametrize("cipher", ["AES-GCM", "SM4-GCM"])
def test_a_changed_text_does_not_open(settings: Any, cipher: str) -> None:
    settings.SEAL_CIPHER = cipher
    version, _, encoded = sealed.seal(DOCUMENT).partition(":")
    raw = bytearray(base64.b64decode(encoded))
    raw[14] ^= 1
    with pytest.raises(InvalidTag):
        sealed.unseal(f"{version}:{base64.b64encode(bytes(raw)).decode()}")


def test_a_new_key_seals_and_the_old_one_still_opens(settings: Any) -> None:
    before = sealed.seal(DOCUMENT)
    index = sealed.blind_index(DOCUMENT)
    settings.SEAL_KEYS = [NEW, OLD]
    assert sealed.unseal(before) == DOCUMENT
    assert sealed.seal(DOCUMENT).startswith("v2:")
    assert sealed.blind_index(DOCUMENT) == index, "a rotation must not lose the search"


def test_a_text_opens_whatever_cipher_is_set_today(settings: Any) -> None:
    by_aes = sealed.seal(DOCUMENT)
    settings.SEAL_CIPHER = "SM4-GCM"
    by_sm4 = sealed.seal(DOCUMENT)
    assert by_sm4.startswith("v1.sm4:")
    assert sealed.unseal(by_aes) == DOCUMENT
    settings.SEAL_CIPHER = "AES-GCM"
    assert sealed.unseal(by_sm4) == DOCUMENT


def test_the_index_tells_nothing_without_the_key(settings: Any) -> None:
    index = sealed.blind_index(DOCUMENT)
    assert index == sealed.blind_index(DOCUMENT)
    assert index != sealed.blind_index(DOCUMENT[:-1] + "2")
    settings.SEAL_KEYS = [NEW]
    assert index != sealed.blind_index(DOCUMENT)


@pytest.mark.parametrize("keys", [[], ["v1:short"], ["v1:" + base64.b64encode(b"16 bytes are few").decode()]])
def test_a_wrong_key_refuses(settings: Any, keys: list[str]) -> None:
    settings.SEAL_KEYS = keys
    with pytest.raises((ImproperlyConfigured, ValueError)):
        sealed.seal(DOCUMENT)


def test_the_database_holds_no_plain_text(cast: Cast) -> None:
    cast.guilan.document_no = DOCUMENT
    cast.guilan.save()
    assert DOCUMENT not in _stored(cast.guilan)
    assert Person.objects.get(pk=cast.guilan.pk).document_no == DOCUMENT


@pytest.mark.parametrize("lookup", ["document_no", "document_no__contains", "document_no__in"])
def test_nobody_filters_on_a_sealed_column(db: None, lookup: str) -> None:
    with pytest.raises(TypeError, match="blind index"):
        Person.objects.filter(**{lookup: [DOCUMENT] if lookup.endswith("in") else DOCUMENT}).exists()


def _stored(person: Person) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT document_no FROM people_person WHERE id = %s", [person.pk])
        return str(cursor.fetchone()[0])


# --- manage.py reseal -------------------------------------------------------------------------


def _sealed_people(count: int) -> list[Person]:
    return Person.objects.bulk_create(
        [Person(full_name=f"居民{n}", document_no=f"{DOCUMENT}{n}") for n in range(count)]
    )


def test_every_sealed_column_is_known() -> None:
    assert {
        ("people_person", "document_no", "document_index"),
        ("courses_enrolment", "remark", ""),
        ("courses_registerrow", "raw", ""),
    } <= set(sealed_columns())


def test_reseal_moves_everything_to_the_newest_key(
    db: None, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    people = _sealed_people(1203)  # more than two batches
    settings.SEAL_KEYS = [NEW, OLD]
    call_command("reseal")
    assert "1203 sealed anew, 0 left  people_person.document_no" in capsys.readouterr().out
    settings.SEAL_KEYS = [NEW]
    fresh = Person.objects.in_bulk([person.pk for person in people])
    assert all(fresh[p.pk].document_no == f"{DOCUMENT}{n}" for n, p in enumerate(people))


def test_reseal_twice_changes_nothing(db: None, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    person = _sealed_people(1)[0]
    settings.SEAL_KEYS = [NEW, OLD]
    call_command("reseal")
    once = _stored(person)
    capsys.readouterr()
    call_command("reseal")
    assert _stored(person) == once
    assert "0 sealed anew, 0 left  people_person.document_no" in capsys.readouterr().out


def test_reseal_goes_on_where_it_was_stopped(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    people = _sealed_people(600)
    settings.SEAL_KEYS = [NEW, OLD]
    opened, unseal = [0], sealed.unseal

    def killed_at_550(text: str) -> str:
        opened[0] += 1
        if opened[0] == 550:
            raise KeyboardInterrupt
        return unseal(text)

    with monkeypatch.context() as patch:
        patch.setattr("common.management.commands.reseal.unseal", killed_at_550)
        with pytest.raises(KeyboardInterrupt):
            call_command("reseal")
    done = [person for person in people if _stored(person).startswith("v2:")]
    assert len(done) == 500, "the first batch stays, the second one is undone as a whole"
    call_command("reseal")
    assert "100 sealed anew, 0 left  people_person.document_no" in capsys.readouterr().out


def test_after_the_old_key_is_gone_the_search_works_again(db: None, settings: Any) -> None:
    person = _sealed_people(1)[0]
    number = f"{DOCUMENT}0"
    Person.objects.filter(pk=person.pk).update(document_index=sealed.blind_index(number))
    settings.SEAL_KEYS = [NEW, OLD]
    call_command("reseal")
    assert Person.objects.filter(document_index=sealed.blind_index(number)).exists()
    settings.SEAL_KEYS = [NEW]
    assert not Person.objects.filter(document_index=sealed.blind_index(number)).exists()
    call_command("reseal")
    assert Person.objects.get(document_index=sealed.blind_index(number)) == person


def test_reseal_changes_the_cipher_too(db: None, settings: Any) -> None:
    person = _sealed_people(1)[0]
    settings.SEAL_CIPHER = "SM4-GCM"
    call_command("reseal")
    assert _stored(person).startswith("v1.sm4:")
    assert Person.objects.get(pk=person.pk).document_no == f"{DOCUMENT}0"


def test_reseal_leaves_what_no_key_opens_and_says_so(
    db: None, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    lost, found = _sealed_people(2)
    Person.objects.filter(pk=found.pk).delete()
    settings.SEAL_KEYS = [NEW]
    mine = _sealed_people(1)[0]
    with pytest.raises(SystemExit) as stopped:
        call_command("reseal")
    assert stopped.value.code == 1
    assert "SEAL_KEYS lacks the key" in capsys.readouterr().err
    assert _stored(lost).startswith("v1:")
    assert _stored(mine).startswith("v2:")


@pytest.mark.django_db(transaction=True)
def test_reseal_does_not_wait_for_a_locked_row(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    held, free = _sealed_people(2)
    settings.SEAL_KEYS = [NEW, OLD]
    locked, over = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Person.objects.select_for_update(no_key=True).get(pk=held.pk)
                locked.set()
                over.wait(30)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(30)
    with pytest.raises(SystemExit):
        call_command("reseal")
    assert holder.is_alive(), "it waited until the row was let go"
    assert _stored(held).startswith("v1:")
    assert _stored(free).startswith("v2:")
    over.set()
    holder.join()
    call_command("reseal")
    assert _stored(held).startswith("v2:")
