"""The only producer of Celery tasks."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def after_commit(task_name: str, **ids: int | str) -> None:
    """Wakes the worker for `task_name` once the surrounding transaction has committed.

    A hurry-up, never the only way: what the task does is also found by a beat pass, so a broker
    that is away costs minutes and loses nothing. That is why its absence is logged, not raised.
    """
    transaction.on_commit(partial(_send, task_name, ids))


def _send(task_name: str, ids: dict[str, int | str]) -> None:
    try:
        current_app.send_task(task_name, kwargs=ids)
    except (OperationalError, OSError) as error:
        log.warning("broker away, %s waits for the next beat pass: %s", task_name, error)
