"""The browser that ./dev found (LINLI_CHROMIUM*), for the tests and for the pictures. Knows no Django."""

import json
import os
from typing import Any

from playwright.sync_api import Browser

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


def launch(playwright: Any) -> Browser:
    """The Chromium that ./dev found, with what it needs to run anywhere."""
    env = {**os.environ, **json.loads(os.environ.get("LINLI_CHROMIUM_ENV", "{}"))}
    arguments = json.loads(os.environ.get("LINLI_CHROMIUM_ARGS", "[]"))
    return playwright.chromium.launch(executable_path=os.environ["LINLI_CHROMIUM"], args=arguments, env=env)
