"""The fence against buttons that are decided by hand; tests/test_buttons.py asks it about the project."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_DECIDES = re.compile(r"_?(?:may|to)_")
_TAG = re.compile(r"{%-?\s*(if|elif|else|endif)\b(.*?)%}", re.DOTALL)
_BUTTON = re.compile(r"<form\b|<button\b(?![^>]*\btype=\"button\")")


def buttons_by_hand(path: Path) -> list[str]:
    """Where a button is offered by comparing a state by hand: the machine is asked, or a model's word.

    In Python: `offered=` of a verb, and what a page is told as `may_…` or `to_…`. In a template: a form,
    or a button that sends one, under `{% if row.state == … %}`.
    """
    if path.suffix == ".html":
        return [f"{path.name}:{line}: {words}" for line, words in _forms_by_state(path.read_text())]
    tree = ast.parse(path.read_text())
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    found = {
        node.lineno
        for decision in _decisions(tree, functions)
        for node in ast.walk(decision)
        if isinstance(node, ast.Compare) and any(map(_is_state, [node.left, *node.comparators]))
    }
    return [f"{path.name}:{line}: compares a state" for line in sorted(found)]


def _decisions(tree: ast.AST, functions: Mapping[str, ast.FunctionDef]) -> Iterator[ast.AST]:
    """What decides on a button: expressions, and the bodies of functions that are named for it."""
    yield from (function for name, function in functions.items() if _DECIDES.match(name))
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "offered":
            names = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
            yield node.value
            yield from (functions[name] for name in names & set(functions))
        elif isinstance(node, ast.Dict):
            named = zip(node.keys, node.values, strict=True)
            yield from (
                value for key, value in named if isinstance(key, ast.Constant) and _decides(key.value)
            )
        elif isinstance(node, ast.Assign) and any(map(_is_decision, node.targets)):
            yield node.value


def _decides(name: object) -> bool:
    return isinstance(name, str) and _DECIDES.match(name) is not None


def _is_decision(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and _decides(target.id)


def _is_state(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "state"


def _forms_by_state(text: str) -> Iterator[tuple[int, str]]:
    """Branches that a state opens and in which a form or a sending button stands."""
    open_ifs: list[list[tuple[str, int]]] = []  # of each chain: the conditions so far, where each begins
    for tag in _TAG.finditer(text):
        word, condition = tag[1], tag[2].strip()
        if word == "if":
            open_ifs.append([(condition, tag.end())])
            continue
        chain = open_ifs[-1]
        by_state = [told for told, _at in chain if re.search(r"\.state\b", told)]
        if by_state and _BUTTON.search(text, chain[-1][1], tag.start()):
            yield text.count("\n", 0, chain[-1][1]) + 1, by_state[-1]
        if word == "endif":
            open_ifs.pop()
        else:
            chain.append((condition, tag.end()))
