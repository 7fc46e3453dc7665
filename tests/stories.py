"""All stories of tests/scenes, for the tests that tell them."""

from importlib import import_module

import pytest

from tests.scenes import Story

STORIES = [
    pytest.param(found, id=f"{app}-{name}")
    for app in ("courses", "grants", "grievances", "orders", "people", "points", "visits", "volunteers")
    for name, found in vars(import_module(f"tests.scenes.{app}")).items()
    if isinstance(found, Story)
]
