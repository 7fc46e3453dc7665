"""The back office speaks Chinese: what its packages lack is in locale/zh_Hans."""

from pathlib import Path

import unfold
from django.utils.translation import trans_real

from common import messages
from tests import fences

UNFOLD = Path(unfold.__file__).parent
# Parts of Unfold for packages that are not installed here.
UNSEEN = UNFOLD / "contrib" / "import_export"


def of_templates(root: Path) -> set[str]:
    """Every msgid in the templates below a directory."""
    return {
        key.id
        for path in root.rglob("*.html")
        if UNSEEN not in path.parents
        for key in messages.in_template(path.read_text())
    }


def of_modules(root: Path) -> set[str]:
    """Every msgid in the modules below a directory."""
    return {
        key.id
        for path in root.rglob("*.py")
        if UNSEEN not in path.parents
        for key in messages.in_python(path.read_text())
    }


def lacking(asked: set[str]) -> set[str]:
    catalogue = trans_real.translation("zh-hans")._catalog
    return {msgid for msgid in asked if not catalogue.get(msgid) and not catalogue.get((msgid, 0))}


def test_every_string_of_the_back_office_is_chinese():
    asked = of_templates(UNFOLD) | of_modules(UNFOLD)
    assert len(asked) > 100
    assert lacking(asked) == set()


def test_a_string_without_chinese_is_caught(tmp_path):
    (tmp_path / "page.html").write_text("{% load i18n %}{% translate 'No such words' %}")
    (tmp_path / "admin.py").write_text(
        "from django.utils.translation import gettext as _\ntitle = _('Nor these')"
    )
    assert lacking(of_templates(tmp_path) | of_modules(tmp_path)) == {"No such words", "Nor these"}


def test_a_text_that_is_not_wrapped_is_caught(tmp_path: Path) -> None:
    page, code = tmp_path / "page.html", tmp_path / "views.py"
    page.write_text('{# 注释 #}<p title="{% translate "好" %}">\n没有包</p>{{ x|default:_("无") }}\n')
    assert fences.unwrapped_in_template(page) == [f"{page}:2: 没有包"]
    code.write_text('"""文档"""\ndef f():\n    """文档"""\n    return _("好") + "没有包"\n')
    assert fences.unwrapped_in_python(code) == [f"{code}:4: 没有包"]
