"""The portal's words: found in the source, kept in step with locale/*.po, compiled to .mo.

Every string a person sees is written in Chinese in the source; locale/en carries the English. This
does the work of xgettext, msgmerge and msgfmt with the standard library, so that a machine with
nothing but Python can check and compile the translations (`manage.py check_messages`).
"""

from __future__ import annotations

import ast
import os
import re
import struct
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

_FUNCTIONS = {
    "gettext": ("id",),
    "gettext_lazy": ("id",),
    "gettext_noop": ("id",),
    "ngettext": ("id", "plural"),
    "ngettext_lazy": ("id", "plural"),
    "pgettext": ("context", "id"),
    "pgettext_lazy": ("context", "id"),
    "npgettext": ("context", "id", "plural"),
    "npgettext_lazy": ("context", "id", "plural"),
}
_TRANSLATION = "django.utils.translation"
_TEMPLATES = {".html", ".txt"}
_OUTSIDE = {"tests", "bench", "migrations", "node_modules", "__pycache__"}
_PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sd]")
_HEADER = (
    "Language: en\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"
    "Plural-Forms: nplurals=2; plural=(n != 1);\n"
)


@dataclass(frozen=True)
class Key:
    """What a translation is looked up by."""

    id: str
    plural: str = ""
    context: str = ""


@dataclass
class Entry:
    """One message of a .po file: its translations (two with a plural) and the files it stands in."""

    words: list[str]
    places: list[str] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return bool(self.words) and all(self.words)


Catalogue = dict[Key, Entry]


# --- Finding ----------------------------------------------------------------------------------


def extract(root: Path) -> dict[Key, list[str]]:
    """Every message below a folder, with the files it stands in.

    A text that stands somewhere with a plural and elsewhere without is one message: gettext finds
    the singular in the plural's entry, and a .po file may not hold both.
    """
    found: dict[Key, list[str]] = {}
    for path in sources(root):
        read = in_template if path.suffix in _TEMPLATES else in_python
        for key in read(path.read_text(encoding="utf-8")):
            places = found.setdefault(key, [])
            if (name := path.relative_to(root).as_posix()) not in places:
                places.append(name)
    for key in [key for key in found if key.plural]:
        found[key] += [name for name in found.pop(Key(key.id, "", key.context), []) if name not in found[key]]
    return found


def sources(root: Path) -> Iterator[Path]:
    """The Python files and templates that may hold words for people."""
    templates = root / "templates"
    for path in sorted(files_below(root, _OUTSIDE)):
        if path.suffix == ".py" or (path.suffix in _TEMPLATES and path.is_relative_to(templates)):
            yield path


def files_below(root: Path, outside: Collection[str]) -> Iterator[Path]:
    """The files of a folder and of those in it, but for what is hidden or named as outside."""

    def inside(names: list[str]) -> list[str]:
        return [name for name in names if name not in outside and not name.startswith(".")]

    for folder, folders, files in os.walk(root):
        folders[:] = inside(folders)  # os.walk goes on into these
        yield from (Path(folder, name) for name in inside(files))


def in_python(source: str) -> Iterator[Key]:
    """The messages of a Python file: calls of the gettext functions under whatever name."""
    tree = ast.parse(source)
    aliases = {
        alias.asname or alias.name: _FUNCTIONS[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == _TRANSLATION
        for alias in node.names
        if alias.name in _FUNCTIONS
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in aliases:
            yield _key(aliases[node.func.id], node.args, node.lineno)


def _key(names: Iterable[str], given: Iterable[ast.expr], line: int) -> Key:
    words = {}
    for name, node in zip(names, given, strict=False):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            raise SyntaxError(f"line {line}: only a plain string can be translated")
        words[name] = node.value
    return Key(**words)


def in_template(source: str) -> Iterator[Key]:
    """The messages of a template: translate, blocktranslate and _("…"), as Django itself reads them."""
    code = templatize(source)
    for match in re.finditer(r"(?<![\w\"'])(n?p?gettext|_)\(", code):
        node = _call(code, match.start())
        if node is not None:
            name = "gettext" if match[1] == "_" else match[1]
            yield _key(_FUNCTIONS[name], node.args, code.count("\n", 0, match.start()) + 1)


def _call(code: str, start: int) -> ast.Call | None:
    """The call that begins here; templatize leaves shreds of the template around it."""
    for end in re.finditer(r"\)", code[start : start + 5000]):
        try:
            tree = ast.parse(code[start : start + end.end()], mode="eval")
        except SyntaxError:
            continue
        return tree.body if isinstance(tree.body, ast.Call) else None
    return None


# --- Keeping ----------------------------------------------------------------------------------


def read_po(text: str) -> tuple[str, Catalogue]:
    """The header and the messages of a .po file; fuzzy ones count as missing."""
    catalogue: Catalogue = {}
    for block in re.split(r"\n\s*\n", text.strip()):
        fields = {
            match[1]: "".join(ast.literal_eval(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', match[2]))
            for match in re.finditer(r'^(msg\w+(?:\[\d\])?)((?:\s+"(?:[^"\\]|\\.)*")+)', block, re.MULTILINE)
        }
        if "msgid" in fields:
            key = Key(fields["msgid"], fields.get("msgid_plural", ""), fields.get("msgctxt", ""))
            words = [value for name, value in sorted(fields.items()) if name.startswith("msgstr")]
            fuzzy = re.search(r"^#,.*fuzzy", block, re.MULTILINE) and key.id
            places = re.findall(r"^#: (.+)$", block, re.MULTILINE)
            catalogue[key] = Entry([""] * len(words) if fuzzy else words, places)
    header = catalogue.pop(Key(""), Entry([_HEADER])).words[0]
    return header, catalogue


def write_po(header: str, catalogue: Mapping[Key, Entry]) -> str:
    """A .po file, ordered by place so that a change shows where it belongs."""
    blocks = [f'msgid ""\nmsgstr ""\n{_lines(header)}']
    for key, entry in sorted(catalogue.items(), key=lambda pair: (pair[1].places[:1], pair[0].id)):
        lines = [f"#: {place}" for place in entry.places]
        lines += [f"msgctxt {_quoted(key.context)}"] * bool(key.context)
        lines += [f"msgid {_quoted(key.id)}"]
        if key.plural:
            lines += [f"msgid_plural {_quoted(key.plural)}"]
            lines += [f"msgstr[{number}] {_quoted(word)}" for number, word in enumerate(entry.words)]
        else:
            lines += [f"msgstr {_quoted(entry.words[0])}"]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    if "\n" not in text.rstrip("\n"):
        return '"' + escaped.replace("\n", "\\n") + '"'
    return '""\n' + _lines(text)


def _lines(text: str) -> str:
    return "\n".join(_quoted(line) for line in text.splitlines(keepends=True))


def merge(found: Mapping[Key, list[str]], known: Mapping[Key, Entry]) -> Catalogue:
    """The catalogue for what was found: translations are kept, what is no longer used is dropped."""
    return {
        key: Entry(known[key].words if key in known else [""] * (1 + bool(key.plural)), places)
        for key, places in found.items()
    }


def faults(found: Mapping[Key, list[str]], known: Mapping[Key, Entry]) -> list[str]:
    """What is not translated, what is translated for nobody, and translations that lose a placeholder."""
    said = [
        f"missing: {key.id!r} ({found[key][0]})" for key in found if key not in known or not known[key].done
    ]
    said += [f"unused: {key.id!r}" for key in known if key not in found]
    for key, entry in known.items():
        wanted = {name for name in _PLACEHOLDER.findall(key.id + key.plural) if name}
        if key in found and entry.done and any(_named(word) - wanted for word in entry.words):
            said.append(f"unknown placeholder: {key.id!r}")
        elif key in found and entry.done and wanted - _named(" ".join(entry.words)):
            said.append(f"lost placeholder: {key.id!r}")
    return sorted(said)


def _named(text: str) -> set[str]:
    return {name for name in _PLACEHOLDER.findall(text) if name}


# --- Compiling --------------------------------------------------------------------------------


def compile_mo(po: str) -> bytes:
    """The .mo file of a .po file: sorted keys and texts, two tables of lengths and offsets."""
    header, catalogue = read_po(po)
    texts = {b"": header.encode()}
    for key, entry in catalogue.items():
        if entry.done:
            name = f"{key.context}\x04{key.id}" if key.context else key.id
            name = f"{name}\0{key.plural}" if key.plural else name
            texts[name.encode()] = "\0".join(entry.words).encode()
    keys = sorted(texts)
    start = 7 * 4 + 16 * len(keys)
    tables: list[list[int]] = [[], []]
    body = b""
    for table, strings in zip(tables, (keys, [texts[key] for key in keys]), strict=True):
        for string in strings:
            table += [len(string), start + len(body)]
            body += string + b"\0"
    numbers = [0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, start, *tables[0], *tables[1]]
    return struct.pack(f"<{len(numbers)}I", *numbers) + body


def catalogues(root: Path) -> list[Path]:
    """Every .po file of the portal."""
    return sorted((root / "locale").glob("*/LC_MESSAGES/*.po"))
