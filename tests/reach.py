"""Which verbs lock, read from the code: whatever of theirs, or of the verbs below, writes a row that exists."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.fences import APPS, ROOT, verbs_of

_LOCKS = {"select_for_update", "save", "delete", "bulk_update"}
_SQL = ("INSERT INTO", "FOR UPDATE", "LOCK TABLE")

Name = tuple[str, str]  # module, function


def _sources() -> Iterator[tuple[str, Path]]:
    rooms = ["actions", "actions/**/*", "parts", "parts/*"]
    found = [path for app in APPS for room in rooms for path in (ROOT / app).glob(f"{room}.py")]
    for path in [*found, *(ROOT / "common").glob("*.py")]:
        yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


def locks_itself(function: ast.AST) -> bool:
    """Whether a function's own words lock rows: a SELECT that says so, or a write of what is there."""
    return any(_locks(node) for node in ast.walk(function))


def _locks(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr=name):
            return name in _LOCKS
        case ast.Call(func=ast.Attribute(attr="update"), args=[], keywords=[_, *_]):
            return True  # of rows; a dict is handed another one
        case ast.Constant(value=str(words)):
            return words.startswith(_SQL)
    return False


def _imported(tree: ast.Module) -> dict[str, Name]:
    return {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _named(function: ast.AST, imported: dict[str, Name], module: str) -> set[Name]:
    """What a function names, called or handed on: functions of its module, imported ones, module.function."""
    found: set[Name] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            found.add(imported.get(node.id, (module, node.id)))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            where = imported.get(node.value.id)
            found |= {(".".join(where), node.attr)} if where else set()
    return found


@cache
def _house() -> tuple[dict[Name, set[Name]], set[Name]]:
    """Who names whom, and who locks."""
    names: dict[Name, set[Name]] = {}
    locking = set()
    for module, path in _sources():
        tree = ast.parse(path.read_text())
        imported = _imported(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names[module, node.name] = _named(node, imported, module)
                locking |= {(module, node.name)} if locks_itself(node) else set()
    return names, locking


def _reaches(start: Name) -> bool:
    names, locking = _house()
    seen, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        if here in locking:
            return True
        ahead += [one for one in names.get(here, ()) if one in names and one not in seen]
        seen |= names.get(here, set())
    return False


def locking_verbs() -> set[str]:
    """All verbs that reach a lock, as points.approve_service."""
    return {
        f"{app}.{name}"
        for app in APPS
        for name, verb in verbs_of(app).items()
        if _reaches((verb.__module__, name))
    }
