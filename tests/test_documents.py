"""Documents link to what is there and name commands that exist; locks name no registry."""

from __future__ import annotations

import re
from pathlib import Path

from people.rules import MAY, Role
from tests import documents
from tests.fences import ROOT

DOCS = [ROOT / f"{name}.md" for name in ("README", "README.zh-CN", "CONTRIBUTING", "SECURITY", "CHANGELOG")]


def test_locks_name_no_registry(tmp_path: Path) -> None:
    dev = documents.load_dev(ROOT / "dev")
    assert dev.addresses_in_locks() == []
    lock = tmp_path / "requirements.txt"
    lock.write_text("--index-url https://mirror.example/simple\ndjango==5.2 \\\n    --hash=sha256:00\n")
    (tmp_path / "package-lock.json").write_text('{\n  "resolved": "https://mirror.example/a.tgz"\n}\n')
    assert [line.partition(":")[0] for line in dev.addresses_in_locks(tmp_path)] == [
        "requirements.txt",
        "package-lock.json",
    ]


def test_documents_link_only_to_what_is_there(tmp_path: Path) -> None:
    assert documents.dead_links([*DOCS, *sorted((ROOT / "docs").rglob("*.md"))]) == []
    page = tmp_path / "README.md"
    page.write_text('[here](README.md#top) [gone](gone.md) <img src="gone.png"> [out](https://example.org)')
    assert documents.dead_links([page]) == [f"{page}: gone.md", f"{page}: gone.png"]


def test_documents_name_only_commands_that_exist(tmp_path: Path) -> None:
    known = documents.load_dev(ROOT / "dev").COMMANDS
    pages = [*DOCS, *sorted((ROOT / "docs").rglob("*.md"))]
    assert documents.unknown_commands(pages, known) == []
    for readme in DOCS[:2]:
        missing = [name for name in known if f"./dev {name}" not in readme.read_text()]
        assert missing == [], f"{readme.name} does not say what these do"
    wrong = tmp_path / "README.md"
    wrong.write_text("Run `./dev up`, then `./dev lint`.")
    assert documents.unknown_commands([wrong], known) == [f"{wrong}: ./dev lint"]


def test_the_page_on_security_says_what_each_role_may() -> None:
    text = (ROOT / "docs/security.md").read_text()
    rows = re.findall(r"^\| `([a-z._]+)` \| .+ \| (.+) \|$", text, re.MULTILINE)
    assert [verb for verb, _roles in rows] == list(MAY)
    for verb, roles in rows:
        assert roles == "、".join(str(role.label) for role in Role if role in MAY[verb]), verb
