"""Waking the worker: after the commit, never before it, and harmless while the broker is away."""

import logging
import socket
from typing import Any

import pytest
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from common.background import after_commit


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    calls: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, kwargs: calls.append((name, kwargs)))
    return calls


@pytest.mark.django_db(transaction=True)
def test_a_task_is_sent_once_the_transaction_has_committed(sent: list[tuple[str, dict[str, Any]]]) -> None:
    with transaction.atomic():
        after_commit("notices.deliver_due", batch=7)
        assert sent == []
    assert sent == [("notices.deliver_due", {"batch": 7})]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_wakes_nobody(sent: list[tuple[str, dict[str, Any]]]) -> None:
    with transaction.atomic():
        after_commit("notices.deliver_due")
        transaction.set_rollback(True)
    assert sent == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError("gone"), ConnectionRefusedError("gone")])
def test_a_broker_that_is_away_is_logged_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def refuse(_name: str, **_given: Any) -> None:
        raise error

    monkeypatch.setattr(current_app, "send_task", refuse)
    with caplog.at_level(logging.WARNING, "common.background"), transaction.atomic():
        after_commit("notices.deliver_due")
    assert "notices.deliver_due waits for the next beat pass" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_really_away_does_not_stop_the_page(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as probe:  # a port where nobody listens
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    before = current_app.conf.broker_url
    try:
        current_app.conf.broker_url = current_app.conf.broker_write_url = f"redis://127.0.0.1:{port}/0"
        current_app.amqp._producer_pool = None  # the pool of the broker that is there
        with caplog.at_level(logging.WARNING, "common.background"), transaction.atomic():
            after_commit("notices.deliver_due")
    finally:
        current_app.conf.broker_url = current_app.conf.broker_write_url = before
        current_app.amqp._producer_pool = None
    assert "waits for the next beat pass" in caplog.text
