"""Where people find a verb: everybody's pages, staff pages, buttons of the back office.

Read from what the functions behind addresses and buttons name; tests/test_doors.py judges what is found.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dis import Instruction, get_instructions
from functools import partial
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.urls import URLPattern, URLResolver, get_resolver

from tests import fences

PAGE, STAFF, OFFICE = "a page", "a staff page", "the back office"
# Rooms whose functions are read on: what a view calls there still is the view's doing.
ROOMS = {"views", "admin", "forms"}


class Door(NamedTuple):
    """One address or button: what kind, its name, the verbs that it leads to, why it is a second one."""

    kind: str
    name: str
    verbs: frozenset[str]
    why_twice: str = ""


def the_verbs() -> dict[Callable[..., Any], str]:
    """Every verb of the house by its function: `orders.cancel_order`."""
    return {verb: f"{app}.{name}" for app in fences.APPS for name, verb in fences.verbs_of(app).items()}


def verbs_named(thing: Any, verbs: Mapping[Callable[..., Any], str]) -> set[str]:
    """The verbs that a function names, itself or through functions of views, forms and admin."""
    found, seen, left = set(), set(), [thing]
    while left:
        here = left.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        if inspect.isroutine(here) and here in verbs:
            found.add(verbs[here])
        else:
            left.extend(_parts(here))
    return found


def _parts(thing: Any) -> Iterable[Any]:
    """What may lead on to a verb: the steps of a function, of a class of ours, of a table."""
    if isinstance(thing, Mapping):
        return thing.values()
    if isinstance(thing, list | tuple | set | frozenset):
        return thing
    if isinstance(thing, type):
        return vars(thing).values() if _is_ours(thing) else ()
    if isinstance(thing, property | partial):
        return [thing.fget if isinstance(thing, property) else thing.func]
    return _named(inspect.unwrap(thing)) if callable(thing) else ()


def _named(function: Any) -> Iterator[Any]:
    """What a function of ours names, and what it closes over."""
    function = getattr(function, "__func__", function)
    if not isinstance(function, FunctionType) or not _is_ours(function):
        return
    steps = [*_steps(function.__code__)]
    attributes = {step.argval for step in steps if step.opname in {"LOAD_ATTR", "LOAD_METHOD"}}
    for value in (function.__globals__.get(step.argval) for step in steps if step.opname == "LOAD_GLOBAL"):
        if isinstance(value, ModuleType):
            yield from (vars(value)[name] for name in attributes & set(vars(value)))
        else:
            yield value
    yield from (cell.cell_contents for cell in function.__closure__ or ())


def _is_ours(thing: Any) -> bool:
    app, _dot, rest = thing.__module__.partition(".")
    return app == "tests" or (app in fences.APPS and rest.split(".")[0] in ROOMS)


def _steps(code: CodeType) -> Iterator[Instruction]:
    yield from get_instructions(code)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _steps(constant)


def pages(verbs: Mapping[Callable[..., Any], str]) -> Iterator[Door]:
    """Every address that leads to a verb; the API is for programs."""
    for name, route, view in _views(get_resolver()):
        if not route.startswith(("admin/", "api/")) and (found := verbs_named(view, verbs)):
            yield Door(STAFF if route.startswith("staff/") else PAGE, name, frozenset(found))


def calls() -> Iterator[str]:
    """Every address of the API that does something."""
    for name, route, view in _views(get_resolver()):
        if route.startswith("api/") and {"post", "put", "patch", "delete"} & set(
            getattr(view, "actions", ())
        ):
            yield name


def _views(patterns: URLResolver, route: str = "", space: str = "") -> Iterator[tuple[str, str, Any]]:
    for entry in patterns.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _views(entry, here, space + (f"{entry.namespace}:" if entry.namespace else ""))
        elif isinstance(entry, URLPattern):
            yield space + (entry.name or ""), here, entry.callback


def buttons(verbs: Mapping[Callable[..., Any], str]) -> Iterator[Door]:
    """Every button of the back office that leads to a verb, and every record that is saved by one."""
    for model, modeladmin in admin.site._registry.items():
        label = model._meta.label_lower
        for button in getattr(modeladmin, "verbs", ()):
            if found := verbs_named(button.call, verbs):
                yield Door(OFFICE, f"{label} {button.name}", frozenset(found), button.why_twice)
        if found := _saving(modeladmin, verbs):
            yield Door(OFFICE, label, frozenset(found))


def _saving(modeladmin: ModelAdmin[Any], verbs: Mapping[Callable[..., Any], str]) -> set[str]:
    parts = [thing for thing in type(modeladmin).__mro__ if _is_ours(thing)]
    steps = [step for part in parts for name, step in vars(part).items() if name != "verbs"]
    return verbs_named(steps, verbs)
