"""What the fences of the house look for: plain functions over paths and sources.

tests/test_house.py asks them about the project, and plants a fault in front of each to see it
caught. Every function gives the faults as lines of text; an empty list is a clean answer.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from django.db.models import Choices, ForeignKey, Model

from common.messages import files_below

ROOT = Path(__file__).resolve().parent.parent
# The house from the ground up; apps of one number stand side by side. docs/architecture.md
FLOOR = {
    "common": 0,
    "centers": 1,
    "journal": 2,
    "people": 3,
    "notices": 4,
    "volunteers": 5,
    "points": 6,
    "orders": 7,
    "grants": 8,
    "courses": 9,
    "grievances": 9,
    "visits": 10,
    "reports": 11,
    "portal": 12,
}
APPS = [app for app in FLOOR if (ROOT / app / "apps.py").exists()]
DOORS = {"actions", "models", "rules"}
FILES = {"__init__", "rules", "models", "actions", "forms", "serializers", "tasks", "views", "api"}
FILES |= {"admin", "urls", "apps", "audit", "parts", "migrations", "management"}
EXTRA_FILES = {
    "courses": {"registers": "reads hand-kept registers: pure, no records"},
    "visits": {"registers": "reads household books kept by hand: pure, no records"},
    "portal": {"demo": "the demo city"},
    "people": {
        "adapter": "django-allauth asks for a class of ours",
        "authority": "whether a post lets somebody do a verb: the verbs of every app ask it",
        "doors": "who may open a page, and whom its boxes find: the views and admins of every app ask it",
        "search": "what a clerk types, as a question: the models ask it",
        "sign_in": "what a session of staff needs before it counts: a middleware",
    },
}
# Modules of verbs in a package inside actions; what stands beside them there are their parts.
MOST_LINES = 400
OUTSIDE = {"node_modules", "__pycache__", "migrations"}
SIGNALS = re.compile(r"\b(?:pre|post)_(?:save|delete|init)\b|\bm2m_changed\b")
# Where the checker of types is told to look away: built of parts, or this line would be one.
LOOK_AWAY = re.compile("# type" + r": ignore\b")
LEFT_OVER = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"]) + r")\b")
# A page may still be on its way when it is read: only expect() waits until it says so.
HASTY_LOOK = re.compile(
    r"\bassert\b.*\.(?:(?:all_)?inner_texts?|(?:all_)?text_contents?|input_value|get_attribute|title"
    r"|is_(?:visible|hidden|checked|enabled|disabled))\b"
)
SQL_CLOCK = re.compile(
    r"\b(?:now|clock_timestamp|(?:transaction|statement)_timestamp)\(\)|\bCURRENT_(?:DATE|TIME)"
)
# What of Django may be known where: import-linter cannot name the subpackages of other packages.
WEB = re.compile(r"^django\.(?:http|views|forms|shortcuts|urls|contrib\.(?:admin|messages)|middleware)\b")
PURE = {
    "django.db.models": {"TextChoices", "IntegerChoices"},
    "django.utils.functional": {"Promise"},
    "django.utils.translation": None,
}


# --- Files ------------------------------------------------------------------------------------


def python_files(root: Path) -> list[Path]:
    """Every Python file we wrote by hand, `dev` included; migrations are generated."""
    found = [path for path in files_below(root, OUTSIDE) if path.suffix == ".py"]
    return sorted(found + [path for path in [root / "dev"] if path.is_file()])


@cache  # by the text itself: several fences read every file
def _nodes(text: str) -> list[ast.AST]:
    return [*ast.walk(ast.parse(text))]


def texts(root: Path) -> list[Path]:
    """Every text file we wrote by hand."""
    kinds = {".html", ".txt", ".md", ".css", ".js", ".toml", ".yml", ".sql"}
    hidden = OUTSIDE | {"requirements.txt", "requirements-dev.txt"}
    found = [path for path in files_below(root, hidden) if path.suffix in kinds]
    return [*python_files(root), *sorted(found)]


def too_long(files: Iterable[Path]) -> list[str]:
    """Files of more than 400 lines."""
    counted = ((path, len(path.read_text().splitlines())) for path in files)
    return [f"{path}: {lines} lines" for path, lines in counted if lines > MOST_LINES]


def strangers(app: Path, extra: Iterable[str] = ()) -> list[str]:
    """Modules of an app that the house has no room for."""
    allowed = FILES | set(extra)
    return [
        f"{app.name}/{path.name}"
        for path in sorted(app.iterdir())
        if path.stem not in allowed and (path.is_dir() or path.suffix == ".py") and path.name != "__pycache__"
    ]


def matches(files: Iterable[Path], pattern: re.Pattern[str]) -> list[str]:
    """Lines that hold what they should not."""
    return [
        f"{path}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]


# --- Imports ----------------------------------------------------------------------------------


def _imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.stmt, str, str]]:
    """(statement, module, name) of each import among nodes; the name is "" for `import x`."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, node.module or "", alias.name) for alias in node.names)


def out_of_a_test(path: Path) -> list[str]:
    """Imports from a module of tests or a conftest: what several share has a home that is neither."""
    found = _imports(_nodes(path.read_text()))
    taken = [
        (node, f"{module}.{name}") for node, module, name in found if module.partition(".")[0] == "tests"
    ]
    return [
        f"{path}:{node.lineno}: {imported.rstrip('.')}"
        for node, imported in taken
        if any(part.startswith("test_") or part == "conftest" for part in imported.split("."))
    ]


def clock_reads(path: Path) -> list[str]:
    """Readings of the clock that ruff does not see: today by default, and the database's own now."""
    found = []
    for node in _nodes(path.read_text()):
        if isinstance(node, ast.Call) and not node.args and not node.keywords:
            name = ast.unparse(node.func).rpartition(".")[2]
            found += [(node.lineno, name)] if name in {"localdate", "localtime", "Now"} else []
        elif (
            isinstance(node, ast.keyword) and node.arg == "default" and "timezone." in ast.unparse(node.value)
        ):
            found.append((node.value.lineno, ast.unparse(node.value)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_CLOCK.search(node.value):
            found.append((node.lineno, "SQL"))
    return [f"{path.name}:{line}: {what}" for line, what in sorted(found)]


def inner_imports(path: Path) -> list[str]:
    """Imports inside a function: nearly always a circle somebody walked around."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    nodes = [node for node in _nodes(path.read_text()) if isinstance(node, functions)]
    found = {(stmt.lineno, module) for node in nodes for stmt, module, _ in _imports(ast.walk(node))}
    return [f"{path.name}:{line}: {module}" for line, module in sorted(found)]


def web_imports(path: Path) -> list[str]:
    """What a verb or a record must not know of Django: requests, forms, pages, the admin."""
    names = (f"{module}.{name}" for _, module, name in _imports(_nodes(path.read_text())))
    return [f"{path}: {name}" for name in names if WEB.match(name)]


def impure_imports(path: Path) -> list[str]:
    """What pure rules must not know of Django: anything but choices and translation."""
    return [
        f"{path}: {module}.{name}"
        for _, module, name in _imports(_nodes(path.read_text()))
        if module.startswith("django")
        and not (module in PURE and (PURE[module] is None or name in PURE[module]))
    ]


def wrong_doors(imports: Iterable[tuple[str, str]]) -> list[str]:
    """(importer, imported) pairs of modules where an app is entered elsewhere than by its doors."""
    return [
        f"{importer} enters {imported}" for importer, imported in imports if _breaks_in(importer, imported)
    ]


def _breaks_in(importer: str, imported: str) -> bool:
    guest, (host, *rooms) = importer.split(".")[0], imported.split(".")
    if guest == host or host == "common" or host not in FLOOR:
        return False
    open_to = DOORS | ({"views", "urls"} if guest == "config" else set())
    if rooms[:1] == ["doors"] and host == "people":
        return importer.split(".")[1] not in {"views", "api", "admin"}
    if rooms[:1] == ["authority"] and host == "people":
        return importer.split(".")[1] not in {"actions", "views"}
    if rooms[:1] == ["parts"] and host == "people":
        return importer.split(".")[1] not in {"views", "parts", "actions", "models"}
    return not rooms or rooms[0] not in open_to


# --- Addresses --------------------------------------------------------------------------------

# "courses:class", and "admin:courses_classgroup_add" of the back office; an f-string's beginning too.
_ADDRESS = re.compile(r"(?:admin:([a-z]+)_|([a-z]+):[a-z])")
_URL_TAG = re.compile(r"\{% url ['\"]([\w:-]+)['\"]")


def upward_addresses(path: Path, root: Path) -> list[str]:
    """Names of addresses, in code or a template of one app, that belong to an app above or beside it."""
    app = _app_of(path.relative_to(root).parts)
    named = _url_tags(path) if path.suffix == ".html" else _address_strings(path)
    found = ((line, name, match[1] or match[2]) for line, name in named if (match := _ADDRESS.match(name)))
    return [
        f"{path}:{line}: {app} names {name}"
        for line, name, target in found
        if target in FLOOR and target != app and FLOOR[target] >= FLOOR[app]
    ]


def _app_of(parts: tuple[str, ...]) -> str:
    """The app that a file belongs to; the frame around all pages is as low as common."""
    if parts[0] != "templates":
        return parts[0]
    folders = [folder for folder in parts[1:-1] if folder != "admin"]
    owner = "people" if {*folders[:1]} & {"account", "mfa", "usersessions"} else (folders or ["common"])[0]
    return owner if owner in FLOOR else "common"


def _url_tags(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text().splitlines(), 1):
        yield from ((number, name) for name in _URL_TAG.findall(line))


def _address_strings(path: Path) -> Iterator[tuple[int, str]]:
    for node in _nodes(path.read_text()):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
            yield node.lineno, node.value


# --- Records ----------------------------------------------------------------------------------


def upward_keys(models: Iterable[type[Model]]) -> list[str]:
    """Foreign keys of ours that point at an app above their own, or beside it."""
    faults = []
    for model in models:
        app = model._meta.app_label
        for field in model._meta.get_fields():
            if app in FLOOR and isinstance(field, ForeignKey) and not field.auto_created:
                target = field.related_model._meta.app_label
                if target != app and target in FLOOR and FLOOR[target] >= FLOOR[app]:
                    faults.append(f"{model._meta.label}.{field.name} points up at {target}")
    return faults


# --- Verbs ------------------------------------------------------------------------------------


def verbs(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """What a module of actions offers: its public functions that take everything by keyword.

    What the verbs of an app share (locking a row, one step along a table) takes the row itself first.
    """
    return {name: thing for name, thing in _public(module).items() if _keyword_only(thing)}


def _public(module: ModuleType) -> dict[str, Callable[..., Any]]:
    return {
        name: thing
        for name, thing in vars(module).items()
        if inspect.isfunction(thing)
        and not name.startswith("_")
        and inspect.unwrap(thing).__module__ == module.__name__
    }


def _keyword_only(function: Callable[..., Any]) -> bool:
    named = {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}
    kinds = [given.kind for given in inspect.signature(function).parameters.values()]
    return bool(kinds) and named.issuperset(kinds)


def verb_modules(app: str) -> list[ModuleType]:
    """The modules of an app's actions, one a noun."""
    if not (ROOT / app / "actions").is_dir():
        return [importlib.import_module(f"{app}.actions")] if (ROOT / app / "actions.py").exists() else []
    files = sorted((ROOT / app / "actions").rglob("*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files]
    return [importlib.import_module(name.removesuffix(".__init__")) for name in names]


def verbs_of(app: str) -> dict[str, Callable[..., Any]]:
    """All verbs of an app by name; a name is given once."""
    found: dict[str, Callable[..., Any]] = {}
    for module in verb_modules(app):
        for name, verb in verbs(module).items():
            assert name not in found, f"{app} has two verbs {name}"
            found[name] = verb
    return found


def careless_verbs(module: ModuleType, timeless: Mapping[str, str]) -> list[str]:
    """Verbs without a promise or that read the clock themselves; transactions with positional arguments."""
    faults = []
    for name, verb in _public(module).items():
        where = f"{module.__name__}.{name}"
        if not _keyword_only(verb):
            own_transaction = hasattr(verb, "__wrapped__") and not inspect.isgeneratorfunction(
                inspect.unwrap(verb)
            )
            faults += [f"{where} takes positional arguments"] if own_transaction else []
            continue
        if not (verb.__doc__ or "").strip():
            faults.append(f"{where} promises nothing (no docstring)")
        if "now" not in inspect.signature(verb).parameters and where not in timeless:
            faults.append(f"{where} is not told the time")
    return faults


# --- Words ------------------------------------------------------------------------------------


def glossary(text: str) -> dict[str, str]:
    """code name -> 中文, from the tables of docs/glossary.md."""
    rows = re.findall(r"^\| `([^`|]+)` \| ([^|]+) \|", text, re.MULTILINE)
    return {name: chinese.strip() for name, chinese in rows}


def choices_of(app: str) -> list[type[Choices]]:
    """Every enum an app declares."""
    found: dict[str, type[Choices]] = {}
    for room in ("rules", "models"):
        files = [ROOT / app / f"{room}.py", *sorted((ROOT / app / room).glob("*.py"))]
        for path in (path for path in files if path.exists()):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            for thing in vars(importlib.import_module(name)).values():
                ours = inspect.isclass(thing) and thing.__module__ == name
                if ours and issubclass(thing, Choices) and len(thing):
                    found[f"{name}.{thing.__name__}"] = thing
    return list(found.values())


def unexplained(wanted: Mapping[str, str], rows: Mapping[str, str]) -> list[str]:
    """Names without a row in the glossary, or whose row says another Chinese word than the code."""
    faults = [f"{name} ({chinese}) has no row" for name, chinese in wanted.items() if name not in rows]
    return faults + [
        f"{name} is {chinese} in the code and {rows[name]} in the glossary"
        for name, chinese in wanted.items()
        if chinese and name in rows and chinese not in rows[name]
    ]


CHINESE = re.compile(r"[\u3400-\u9fff]+")
_WRAPPED = re.compile(
    r"\{#.*?#\}|\{% comment.*?endcomment %\}|\{% blocktranslate\b.*?endblocktranslate %\}"
    r"|\{% translate .*?%\}|_\((?:\"[^\"]*\"|'[^']*')\)",
    re.DOTALL,
)


def unwrapped_in_python(path: Path) -> list[str]:
    """Chinese text that is not handed to a gettext function; docstrings are not text for people."""
    nodes = _nodes(path.read_text())
    known: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            known |= {id(first.value)} if isinstance(first, ast.Expr) else set()
        if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith(("_", "_t", "gettext")):
            known |= {id(given) for given in node.args}
    return [
        f"{path}:{node.lineno}: {node.value}"
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CHINESE.search(node.value)
        and id(node) not in known
    ]


def unwrapped_in_template(path: Path) -> list[str]:
    """Chinese text outside translate, blocktranslate and _("…")."""
    left = _WRAPPED.sub(lambda match: "\n" * match[0].count("\n"), path.read_text())
    lines = enumerate(left.splitlines(), 1)
    return [f"{path}:{number}: {words}" for number, line in lines for words in CHINESE.findall(line)]
