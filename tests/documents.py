"""What the documents and the locks of packages are held to: plain functions over paths."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType


def load_dev(path: Path) -> ModuleType:
    """The ./dev script as a module."""
    loader = SourceFileLoader("dev_script", str(path))
    spec = spec_from_loader("dev_script", loader)
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules["dev_script"] = module  # dataclasses look their module up
    loader.exec_module(module)
    return module


def dead_links(files: Iterable[Path]) -> list[str]:
    """Links of a document that lead to no file of ours."""
    link = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)|(?:src|href)=\"([^\":]+)\"")
    return [
        f"{path}: {found[1] or found[2]}"
        for path in files
        for found in link.finditer(path.read_text())
        if not (path.parent / (found[1] or found[2])).exists()
    ]


def unknown_commands(files: Iterable[Path], known: Iterable[str]) -> list[str]:
    """`./dev word` in a document where there is no such command."""
    return [
        f"{path}: ./dev {word}"
        for path in files
        for word in re.findall(r"\./dev ([a-z]+)", path.read_text())
        if word not in set(known)
    ]
