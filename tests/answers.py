"""What every answer has to say of itself: whose scripts may run on it, and who may keep it."""

import re
from typing import Any

# Addresses whose answer is the same for everybody, so a browser may ask whether its own is still good.
EVERYBODYS = {
    "home",
    "center",
    "courses:list",
    "courses:centers",
    "grants:calls",
    "grants:call",
    "grievances:home",
    "grievances:meeting",
    "grievances:meetings",
    "grievances:promises",
    "orders:services",
    "orders:wishes",
    "orders:markets",
    "points:coverage",
    "points:gifts",
    "points:honour",
}
SOURCES = {
    "default-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "object-src": {"'none'"},
    "base-uri": {"'self'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
}
PICTURE = {**SOURCES, "default-src": {"'none'"}, "img-src": {"'self'"}, "style-src": {"'unsafe-inline'"}}
PICTURE["sandbox"] = set()
BACK_OFFICE = {**SOURCES, "script-src": {"'self'", "'unsafe-eval'"}, "style-src": {"'self'", "sha256"}}


def policy(response: Any) -> dict[str, set[str]]:
    """directive -> where its things may come from; a hash is a hash."""
    told = [one.split() for one in response.headers.get("Content-Security-Policy", "").split(";") if one]
    return {name: {re.sub(r"^'sha256-.{44}'$", "sha256", source) for source in of} for name, *of in told}


def faults(response: Any, path: str) -> list[str]:
    """What an answer forgot to say of itself."""
    wanted = BACK_OFFICE if path.startswith("/admin/") else SOURCES
    if response.headers.get("Content-Type", "").startswith("image/"):
        wanted = PICTURE
    wrong = [] if policy(response) == wanted else [f"{path}: {response.status_code} {policy(response)}"]
    kept = "no-store" not in response.headers.get("Cache-Control", "")
    if kept and response.resolver_match.view_name not in EVERYBODYS:
        wrong.append(f"{path}: {response.status_code} may be kept")
    return wrong
