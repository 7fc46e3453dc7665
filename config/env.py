"""Typed readers for environment variables: a misspelt value refuses to start, with one clear line."""

import os
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str | None = None) -> str:
    """The variable's text; without a default it must be set and not empty."""
    value = os.environ.get(name) or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. docs/operations.md says what it holds.")
    return value


def flag(name: str, *, default: bool) -> bool:
    """1/true/yes/on or 0/false/no/off; anything else refuses."""
    value = os.environ.get(name, "").strip().lower() or ("1" if default else "0")
    if value not in _TRUE | _FALSE:
        raise ImproperlyConfigured(f"{name}={value!r} is neither 1 nor 0.")
    return value in _TRUE


def number(name: str, default: int) -> int:
    """A whole number."""
    value = os.environ.get(name, "").strip() or str(default)
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from None


def items(name: str, default: str = "") -> list[str]:
    """A comma-separated list, blanks dropped."""
    return [item.strip() for item in text(name, default or " ").split(",") if item.strip()]


def another_role(name: str, *, than: Mapping[str, object]) -> dict[str, str] | None:
    """Who else signs in to the same database, as Django's parts of that; None where nobody is named."""
    if not os.environ.get(name):
        return None
    told = database(name)
    if told["USER"] == than["USER"]:
        raise ImproperlyConfigured(f"{name} names the same role as the application's: leave it out.")
    return {part: told[part] for part in ("USER", "PASSWORD", "HOST", "PORT")}


def database(name: str) -> dict[str, str]:
    """`postgres://user:password@host:port/name` as Django's DATABASES parts."""
    url = urlsplit(text(name))
    if url.scheme not in {"postgres", "postgresql"} or not url.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must read postgres://user:password@host:port/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.strip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
    }
