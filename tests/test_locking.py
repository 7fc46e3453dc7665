"""docs/locking.md says what the code does: the order row by row, and every verb that locks once."""

from collections import Counter

import pytest
from django.apps import apps
from django.conf import settings

from tests.fences import APPS
from tests.locking import order, row, written
from tests.reach import locking_verbs


def test_the_page_repeats_the_list() -> None:
    assert order() == [row(n, lock) for n, lock in enumerate(settings.LOCK_ORDER, 1)]


def test_every_table_of_the_list_is_there_and_once() -> None:
    tables = [lock.table for lock in settings.LOCK_ORDER]
    known = {model._meta.db_table for app in APPS for model in apps.get_app_config(app).get_models()}
    assert set(tables) <= known
    assert len(tables) == len(set(tables))
    assert {guard for lock in settings.LOCK_ORDER for guard in lock.under} <= set(tables)


def test_every_verb_that_locks_has_one_row() -> None:
    names = [name for name, _tables in written()]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert set(names) == locking_verbs()


@pytest.mark.parametrize(("verb", "tables"), written())
def test_a_row_goes_from_the_top_down(verb: str, tables: list[str]) -> None:
    known = [lock.table.partition("_")[2] for lock in settings.LOCK_ORDER]
    assert set(tables) <= set(known)
    assert tables == sorted(tables, key=known.index)
