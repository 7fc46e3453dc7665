"""What the log says of somebody: numbers of rows, whatever went well or wrong."""

import inspect
import logging
import sys
from contextlib import suppress
from importlib import import_module

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client

from common.log_lines import Lines
from people.actions.records import erase_person
from people.models import User
from tests.fences import APPS, ROOT
from tests.stages.marked import MARKS, PHONE, Marked


def line_of(error: BaseException) -> str:
    """The line that a server or a worker writes when an error leaves a page or a task."""
    made = logging.LogRecord("x", logging.ERROR, __file__, 1, "went wrong: %s", (error,), sys.exc_info())
    return Lines("{levelname} {message}", style="{").format(made)


def test_the_log_is_written_in_these_lines():
    assert settings.LOGGING["formatters"]["line"]["()"] == "common.log_lines.Lines"


def test_what_the_database_refuses_is_logged_without_the_row(cast):
    User.objects.create(phone=PHONE, name="马可漪")
    wrong = [{"phone": PHONE}, {"phone": "1", "name": "马可漪\n\t第二行"}]
    for fields in wrong:
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            User.objects.create(**fields)
        assert "DETAIL" in str(caught.value)
        try:
            raise ValueError("after it") from caught.value
        except ValueError as error:
            line = line_of(error)
        assert PHONE not in line
        assert "马可漪" not in line
        assert "第二行" not in line
        assert "IntegrityError" in line
        assert line.endswith("ValueError: after it")


@pytest.mark.sweep
def test_whatever_is_done_logs_no_name(cast, now, clock, caplog, capsys):
    """A whole life, every page's refusal and the closing; the audit beside it."""
    with caplog.at_level(logging.DEBUG):
        marked = Marked(cast, now)
        client = Client(raise_request_exception=False)
        client.force_login(cast.worker)
        for path in (f"/staff/people/{marked.person.pk}/", "/staff/people/0/", "/my/orders/999999/"):
            client.get(path)
        with suppress(SystemExit):  # some of it was written past the verbs
            call_command("audit")
        erase_person(person_id=marked.person.pk, by=cast.worker, now=now)
    told = "\n".join([*(record.getMessage() for record in caplog.records), *capsys.readouterr()])
    assert caplog.records
    assert [mark for mark in MARKS if mark in told] == []


def test_tasks_give_back_numbers_for_the_worker_to_log():
    wrong = []
    for app in APPS:
        if (ROOT / app / "tasks.py").exists():
            for name, task in vars(import_module(f"{app}.tasks")).items():
                if hasattr(task, "run") and inspect.signature(task.run).return_annotation not in {
                    "int",
                    "None",
                    int,
                    None,
                }:
                    wrong.append(f"{app}.{name}")
    assert wrong == []


@pytest.mark.parametrize("word", ["full_name", "phone", "document_no", "contact_", "grounds", "reason"])
def test_no_invariant_prints_what_somebody_is_called(word):
    sources = {path: path.read_text() for path in ROOT.glob("*/audit.py")}
    assert len(sources) > 5
    shown = [
        f"{path}: {line.strip()}"
        for path, text in sources.items()
        for line in text.splitlines()
        if line.strip().startswith("SELECT") and word in line
    ]
    assert shown == []
