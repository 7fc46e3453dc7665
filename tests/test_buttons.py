"""No button is decided by a state that somebody compares by hand."""

from pathlib import Path

from tests.buttons import buttons_by_hand
from tests.fences import ROOT, python_files

# Where it is decided what a person is offered.
DOORS = {"views", "admin", "parts", "api", "serializers"}


def test_no_button_is_decided_by_a_state_that_somebody_compares() -> None:
    """The table of moves is asked, or the model: docs/adr/0020-state-machines-are-tables.md"""
    pages = [*(ROOT / "templates").rglob("*.html")]
    doors = [path for path in python_files(ROOT) if DOORS & {*path.relative_to(ROOT).parts, path.stem}]
    assert [fault for path in [*doors, *pages] for fault in buttons_by_hand(path)] == []


def test_a_button_by_hand_is_caught(tmp_path: Path) -> None:
    views, page = tmp_path / "views.py", tmp_path / "page.html"
    views.write_text(
        "V = Verb(offered=lambda row: row.state == S.OPEN)\nW = Verb(offered=_open)\n"
        "def _open(row):\n    return row.state in {S.OPEN}\n"
        "def _may_end(row):\n    return not (done or row.state == S.OVER)\n"
        "told = {'may_end': row.state == S.OPEN, 'word': row.state == S.OPEN}\nto_end = row.state in OPEN\n"
        "fine = {'may_end': Move.END in MACHINE.offered(row.state, hats)}\nX = Verb(offered=MACHINE.offers(END))\n"
    )
    page.write_text(
        "<b>{% if a.state == 'X' %}x{% endif %}</b>\n{% if a.state == 'X' %}{% if may %}<form>{% endif %}{% endif %}\n"
        "{% if not a.state %}{% elif own %}own{% else %}<button>y</button>{% endif %}\n"
        "<form>{% if a.state == 'X' %}word<button type=\"button\">print</button>{% endif %}</form>\n"
    )
    assert buttons_by_hand(views) == [f"views.py:{n}: compares a state" for n in (1, 4, 6, 7, 8)]
    assert buttons_by_hand(page) == ["page.html:2: a.state == 'X'", "page.html:3: not a.state"]
