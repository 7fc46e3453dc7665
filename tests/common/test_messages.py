"""Finding, keeping and compiling translations with the standard library."""

import gettext
import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from common import messages
from common.messages import Entry, Key

PYTHON = '''
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
label = _("报名")
def words(n, name):
    """_("不是")"""
    print("不翻译", other("也不"))
    return _t("第一行"
              "第二行") + ngettext("%(n)s 人", "%(n)s 们", n) + pgettext("历", "月")
'''
TEMPLATE = """{% load i18n %}{# {% translate "注释" %} #}
<p title="{% translate "标题" %}">{% translate '单引号' as x %}{{ y|default:_("没有") }}</p>
{% include "a.html" with label=_("回去") %}{% translate "月" context "历" %}
{% blocktranslate trimmed with a=b|date:"H" count n=c %}
  有 {{ n }} 人，100%
{% plural %}
  有 {{ n }} 们，{{ a }}
{% endblocktranslate %}{% comment %}{% translate "不要" %}{% endcomment %}"""


def test_python_is_read_under_whatever_name_the_function_has() -> None:
    assert set(messages.in_python(PYTHON)) == {
        Key("报名"),
        Key("第一行第二行"),
        Key("%(n)s 人", "%(n)s 们"),
        Key("月", context="历"),
    }


def test_templates_are_read_as_django_reads_them() -> None:
    assert set(messages.in_template(TEMPLATE)) == {
        Key("标题"),
        Key("单引号"),
        Key("没有"),
        Key("回去"),
        Key("月", context="历"),
        Key("有 %(n)s 人，100%%", "有 %(n)s 们，%(a)s"),
    }


@pytest.mark.parametrize("source", ["_(name)", '_(f"你好{name}")', '_("你" + name)'])
def test_a_text_that_is_not_plain_is_refused(source: str) -> None:
    with pytest.raises(SyntaxError, match="line 2"):
        list(messages.in_python(f"from django.utils.translation import gettext as _\n{source}"))


def test_tests_and_migrations_hold_no_messages(tmp_path: Path) -> None:
    line = "from django.utils.translation import gettext as _\n_('报名')\n"
    for name in ("people/models.py", "tests/test_people.py", "people/migrations/0001.py", ".venv/x.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(line)
    assert messages.extract(tmp_path) == {Key("报名"): ["people/models.py"]}


def test_a_text_with_and_without_plural_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from django.utils.translation import gettext as _\n_('%(n)s 人')\n")
    (tmp_path / "b.py").write_text(
        "from django.utils.translation import ngettext\nngettext('%(n)s 人', '%(n)s 们', 2)\n"
    )
    assert messages.extract(tmp_path) == {Key("%(n)s 人", "%(n)s 们"): ["b.py", "a.py"]}


CATALOGUE = {
    Key("报名"): Entry(["Enrol"], ["a.py"]),
    Key('说"好"\\\n第二行\n'): Entry(['Say "yes"\\\nsecond line\n'], ["a.py", "b.html"]),
    Key("%(n)s 人", "%(n)s 们"): Entry(["%(n)s person", "%(n)s people"], ["a.py"]),
    Key("月", context="历"): Entry(["month"], ["b.html"]),
    Key("没有译"): Entry([""], ["c.py"]),
}


def test_a_po_file_is_read_as_it_was_written() -> None:
    text = messages.write_po("Language: en\n", CATALOGUE)
    assert messages.read_po(text) == ("Language: en\n", CATALOGUE)


def test_a_fuzzy_translation_counts_as_missing() -> None:
    text = '#: a.py\n#, fuzzy\nmsgid "报名"\nmsgstr "Sign"\n'
    assert messages.read_po(text)[1][Key("报名")].words == [""]


def test_a_compiled_file_is_read_by_the_standard_gettext() -> None:
    header = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
    compiled = messages.compile_mo(messages.write_po(header, CATALOGUE))
    found = gettext.GNUTranslations(io.BytesIO(compiled))
    assert found.gettext("报名") == "Enrol"
    assert found.gettext('说"好"\\\n第二行\n') == 'Say "yes"\\\nsecond line\n'
    assert [found.ngettext("%(n)s 人", "%(n)s 们", n) for n in (1, 2)] == ["%(n)s person", "%(n)s people"]
    assert found.pgettext("历", "月") == "month"
    assert found.gettext("没有译") == "没有译"


def test_what_is_missing_unused_or_loses_a_placeholder_is_listed() -> None:
    found = {Key("报名"): ["a.py"], Key("%(n)s 人"): ["a.py"], Key("%(m)s 元"): ["a.py"], Key("新"): ["b.py"]}
    known = {
        Key("报名"): Entry(["Enrol"]),
        Key("%(n)s 人"): Entry(["people"]),
        Key("%(m)s 元"): Entry(["%(m)s yuan, %(x)s"]),
        Key("旧"): Entry(["Old"]),
    }
    assert messages.faults(found, known) == [
        "lost placeholder: '%(n)s 人'",
        "missing: '新' (b.py)",
        "unknown placeholder: '%(m)s 元'",
        "unused: '旧'",
    ]


def test_merging_keeps_what_is_translated_and_drops_what_is_gone() -> None:
    merged = messages.merge({Key("报名"): ["b.py"], Key("新", "新们"): ["b.py"]}, CATALOGUE)
    assert merged == {Key("报名"): Entry(["Enrol"], ["b.py"]), Key("新", "新们"): Entry(["", ""], ["b.py"])}


# --- The portal's own -------------------------------------------------------------------------


def test_every_string_has_its_english_and_is_compiled() -> None:
    call_command("check_messages")


def test_the_command_says_what_is_missing(
    tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "people").mkdir()
    (tmp_path / "people/models.py").write_text(
        "from django.utils.translation import gettext as _\n_('报名')\n"
    )
    with pytest.raises(SystemExit):
        call_command("check_messages", "--write")
    po = tmp_path / "locale/en/LC_MESSAGES/django.po"
    assert "missing: '报名' (people/models.py)" in capsys.readouterr().out
    po.write_text(
        po.read_text().replace('msgstr ""\n', 'msgstr "Enrol"\n').replace('msgstr "Enrol"\n"', 'msgstr ""\n"')
    )
    with pytest.raises(SystemExit):
        call_command("check_messages")
    assert "not compiled: locale/en/LC_MESSAGES/django.po" in capsys.readouterr().out
    call_command("check_messages", "--write")
    call_command("check_messages")
    with po.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("报名") == "Enrol"


def test_the_portal_speaks_english_to_who_asked_for_it(client: Client, db: None) -> None:
    assert "找课程、老师、地点" in client.get("/").content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get("/").content.decode()
    assert "Find a course, teacher, place" in page
    assert "找课程、老师、地点" not in page
