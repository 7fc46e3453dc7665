"""The fences of the house, and a planted fault in front of each."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from types import ModuleType

import grimp
import pytest
from django.apps import apps
from django.db import models, transaction
from django.test.utils import isolate_apps
from django.urls import URLPattern, get_resolver
from django.utils import translation

from tests import fences
from tests.fences import APPS, ROOT

# Verbs that are not told the time, and why.
TIMELESS = {
    "people.actions.records.export_my_data": "changes nothing",
    "notices.actions.queue_from": "its rows carry the time",
    "centers.actions.load_calendar": "a calendar is the same whenever it is loaded",
    "centers.actions.load_calendar_file": "a calendar is the same whenever it is loaded",
}
# "file.py: module" -> why it cannot stand at the top.
INNER_IMPORTS: dict[str, str] = {}
# Chinese in the code that no page shows, and why.
NOT_FOR_PEOPLE = {
    "centers/actions.py": "words of the calendar files it reads",
    "common/guard_list.py": "for whoever runs manage.py audit",
    "common/letters.py": "kept in the notice as it was said: in Chinese",
    "common/numerals.py": "numerals",
    "common/phones.py": "what people write between digits",
    "common/pinyin.py": "surnames",
    "common/roles.py": "for whoever runs manage.py audit",
    "common/redaction.py": "what is written beside names and numbers",
    "common/surnames.py": "surnames",
    "common/sheets/": "words of the tables it reads",
    "courses/actions/registers/": "words of the registers it reads",
    "courses/registers/": "words of the registers it reads",
    "visits/registers/": "words of the books it reads",
    "people/search.py": "what an old man on the street says",
    "portal/demo/": "invented data",
    "portal/views/gallery.py": "sample data",
    **{f"{app}/audit.py": "for whoever runs manage.py audit" for app in APPS},
    **{f"{app}/management/": "for whoever sits at the terminal" for app in APPS},
    **{f"{app}/actions/letters.py": "kept in the notice as it was said: in Chinese" for app in APPS},
}
NAMES_OF_THEIR_OWN = {
    "Linli 邻里": "the product",
    "社区服务中心门户的接口：课程、报名、通知。": "the API's description, in one language",
    "社区党群服务中心": "a setting's example",
    "命令行": "the name of an account",
    "%Y年%m月%d日": "how people type dates",
    "中文": "a language's own name",
}
# Pages of an app whose names any app may name: config/urls.py.
HALL = {
    *("home", "mine", "workbench", "desk_person", "center", "gallery", "elder_mode"),
    *("account_set_password", "usersessions_list"),  # ours in place of django-allauth's
}
# The files that may read the clock.
EDGES = {"views", "api", "tasks", "admin", "adapter", "sign_in", "management"}
CLOCK_READERS = {
    "people/models.py": "posts valid today, asked once a request; dates of accounts made by hand",
}


@pytest.fixture(scope="module")
def rows() -> dict[str, str]:
    return fences.glossary((ROOT / "docs/glossary.md").read_text())


# --- Arrows -----------------------------------------------------------------------------------


def test_no_foreign_key_points_upward() -> None:
    assert fences.upward_keys(apps.get_models()) == []


@isolate_apps("centers", "courses")
def test_a_foreign_key_that_points_upward_is_caught() -> None:
    class Attic(models.Model):  # noqa: DJ008
        class Meta:
            app_label = "courses"

    class Cellar(models.Model):  # noqa: DJ008
        attic = models.ForeignKey("courses.Attic", models.CASCADE)

        class Meta:
            app_label = "centers"

    assert fences.upward_keys([Attic, Cellar]) == ["centers.Cellar.attic points up at courses"]


def test_apps_are_entered_only_by_their_doors() -> None:
    graph = grimp.build_graph("config", *APPS, include_external_packages=False, cache_dir=None)
    pairs = [(m, seen) for m in sorted(graph.modules) for seen in graph.find_modules_directly_imported_by(m)]
    assert fences.wrong_doors(pairs) == []


@pytest.mark.parametrize(
    ("importer", "imported", "caught"),
    [
        ("courses.views.seats", "people.views", True),
        ("courses.actions.seats", "notices.tasks", True),
        ("courses.actions", "people", True),
        ("config.urls", "people.forms", True),
        ("config.urls", "people.views", False),
        ("courses.actions", "people.models", False),
        ("courses.views", "common.pages", False),
        ("courses.views.seats", "people.doors", False),
        ("courses.actions.seats", "people.doors", True),
        ("courses.views", "courses.forms", False),
        ("courses.parts.work", "people.parts", False),
        ("portal.views.mine", "people.parts", False),
        ("portal.views.mine", "courses.parts", True),
        ("courses.models.session", "people.parts", False),
        ("courses.rules", "people.parts", True),
    ],
)
def test_a_wrong_door_is_caught(importer: str, imported: str, caught: bool) -> None:
    assert bool(fences.wrong_doors([(importer, imported)])) is caught


def test_no_app_names_an_address_of_one_above_it() -> None:
    code = [path for path in fences.python_files(ROOT) if _room(path)]
    pages = sorted((ROOT / "templates").rglob("*.html"))
    assert [fault for path in [*code, *pages] for fault in fences.upward_addresses(path, ROOT)] == []


@pytest.mark.parametrize(
    ("name", "text", "caught"),
    [
        ("people/views.py", 'redirect("mine" if known else "courses:list")\n', "people names courses:list"),
        ("people/views.py", 'redirect("mine")\n', ""),
        ("courses/views/seats.py", 'reverse("portal:inbox")\n', "courses names portal:inbox"),
        ("courses/views/seats.py", 'redirect("grievances:new")\n', "courses names grievances:new"),
        ("centers/admin.py", 'f"admin:people_{x}"\n', "centers names admin:people_"),
        ("portal/views/mine.py", 'reverse("courses:list")\n', ""),
        ("templates/people/family.html", "{% url 'courses:list' %}\n", "people names courses:list"),
        ("templates/account/login.html", "{% url 'people:desk_login' %}\n", ""),
        ("templates/account/login.html", "{% url 'portal:desk' %}\n", "people names portal:desk"),
        ("templates/base.html", '{% url "people:family" as x %}\n', "common names people:family"),
        ("templates/admin/people/slip.html", "{% url 'portal:desk' %}\n", "people names portal:desk"),
    ],
)
def test_an_address_that_points_upward_is_caught(tmp_path: Path, name: str, text: str, caught: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert fences.upward_addresses(path, tmp_path) == ([f"{path}:1: {caught}"] if caught else [])


def test_few_pages_have_a_name_without_a_room() -> None:
    """Those that many rooms lead to; a name without a namespace hides an arrow."""
    found = set()
    for entry in get_resolver().url_patterns:
        room = entry.callback.__module__.split(".")[0] if isinstance(entry, URLPattern) else ""
        if room in APPS:
            found.add(entry.name)
    assert found == HALL


def test_verbs_and_records_know_nothing_of_the_web() -> None:
    inner = [path for path in fences.python_files(ROOT) if _room(path) in {"actions", "models", "rules"}]
    assert [fault for path in inner for fault in fences.web_imports(path)] == []


def test_rules_are_pure() -> None:
    inner = [
        path for path in fences.python_files(ROOT) if _room(path) in {"rules", "registers", "sheets", "moves"}
    ]
    assert [fault for path in inner for fault in fences.impure_imports(path)] == []


def _room(path: Path) -> str:
    """ "actions" for courses/actions.py and for courses/actions/seats.py; "" outside the apps."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if len(parts) > 1 and parts[0] in APPS else ""


def test_the_web_in_a_verb_and_the_database_in_a_rule_are_caught(tmp_path: Path) -> None:
    path = tmp_path / "rules.py"
    path.write_text("from django.shortcuts import render\nfrom django.db import connection\n")
    assert fences.web_imports(path) == [f"{path}: django.shortcuts.render"]
    assert fences.impure_imports(path) == [
        f"{path}: django.shortcuts.render",
        f"{path}: django.db.connection",
    ]
    path.write_text("from django.db.models import F, TextChoices\n")
    assert fences.impure_imports(path) == [f"{path}: django.db.models.F"]


# --- Files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("app", [app for app in APPS if app != "common"])
def test_an_app_has_only_the_files_of_the_house(app: str) -> None:
    assert fences.strangers(ROOT / app, fences.EXTRA_FILES.get(app, ())) == []


def test_a_strange_file_is_caught(tmp_path: Path) -> None:
    for name in ("rules.py", "services.py", "actions.py", "helpers"):
        (tmp_path / name).mkdir() if "." not in name else (tmp_path / name).touch()
    found = fences.strangers(tmp_path)
    assert found == [f"{tmp_path.name}/helpers", f"{tmp_path.name}/services.py"]


def test_no_file_is_longer_than_400_lines() -> None:
    assert fences.too_long(fences.python_files(ROOT)) == []


def test_a_long_file_is_caught(tmp_path: Path) -> None:
    (tmp_path / "right.py").write_text("x = 1\n" * 400)
    (tmp_path / "long.py").write_text("x = 1\n" * 401)
    (tmp_path / "dev").write_text("x = 1\n" * 401)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations/0001_initial.py").write_text("x = 1\n" * 401)
    found = fences.too_long(fences.python_files(tmp_path))
    assert found == [f"{tmp_path}/dev: 401 lines", f"{tmp_path}/long.py: 401 lines"]


def test_nobody_listens_to_save_signals() -> None:
    files = [path for path in fences.python_files(ROOT) if path.name != "fences.py"]
    assert fences.matches([path for path in files if "tests" not in path.parts], fences.SIGNALS) == []


def test_a_signal_receiver_is_caught(tmp_path: Path) -> None:
    path = tmp_path / "models.py"
    path.write_text("@receiver(post_save, sender=Person)\ndef greet(**kwargs): ...\n")
    assert fences.matches([path], fences.SIGNALS) == [f"{path}:1: @receiver(post_save, sender=Person)"]


def test_nothing_is_left_for_later() -> None:
    assert fences.matches(fences.texts(ROOT), fences.LEFT_OVER) == []


def test_a_left_over_is_caught(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<p>fine</p>\n<!-- TO" + "DO: finish -->\n")
    assert len(fences.matches(fences.texts(tmp_path), fences.LEFT_OVER)) == 1


def test_the_checker_of_types_is_rarely_told_to_look_away(tmp_path: Path) -> None:
    path = tmp_path / "views.py"
    path.write_text("x = y  # type" + ": ignore[attr-defined]\nz = 1  # type of thing: ignored\n")
    assert len(fences.matches([path], fences.LOOK_AWAY)) == 1
    assert len(fences.matches(fences.python_files(ROOT), fences.LOOK_AWAY)) < 10


def test_imports_stand_at_the_top() -> None:
    files = [path for path in fences.python_files(ROOT) if _room(path) or path.parts[-2] == "config"]
    found = [fault for path in files for fault in fences.inner_imports(path)]
    assert [fault for fault in found if re.sub(r":\d+", "", fault) not in INNER_IMPORTS] == []


def test_an_import_inside_a_function_is_caught(tmp_path: Path) -> None:
    path = tmp_path / "actions.py"
    path.write_text("import os\ndef enrol():\n    from courses import tasks\n    tasks.x()\n")
    assert fences.inner_imports(path) == ["actions.py:3: courses"]


def test_tests_import_from_no_test() -> None:
    files = fences.python_files(ROOT / "tests") + fences.python_files(ROOT / "bench")
    assert [fault for path in files for fault in fences.out_of_a_test(path)] == []


def test_an_import_from_a_test_is_caught(tmp_path: Path) -> None:
    path = tmp_path / "thing.py"
    path.write_text(
        "from tests.courses.test_actions import refused\nfrom tests import conftest\n"
        "import tests.test_look\nfrom tests.refusals import refused\nfrom app.tests import test_x\n"
    )
    caught = [fault.partition("thing.py:")[2] for fault in fences.out_of_a_test(path)]
    assert caught == ["1: tests.courses.test_actions.refused", "2: tests.conftest", "3: tests.test_look"]


def test_browser_tests_wait_for_what_they_look_at() -> None:
    files = fences.python_files(ROOT / "tests" / "browser")
    assert fences.matches(files, fences.HASTY_LOOK) == []


def test_a_look_at_a_page_on_its_way_is_caught(tmp_path: Path) -> None:
    path = tmp_path / "test_page.py"
    path.write_text(
        'assert page.locator("h3").all_inner_texts() == ["x"]\nassert visitor.title == "x"\n'
        'expect(visitor.title).to_have_text("x")\ncode = page.locator("b").inner_text()\n'
    )
    assert [fault.split(":")[1] for fault in fences.matches([path], fences.HASTY_LOOK)] == ["1", "2"]


# --- The clock --------------------------------------------------------------------------------


def test_only_the_edges_read_the_clock() -> None:
    inside = [
        path for path in fences.python_files(ROOT) if _room(path) and not EDGES & {*path.parts, path.stem}
    ]
    found = [(str(path.relative_to(ROOT)), fault) for path in inside for fault in fences.clock_reads(path)]
    assert {path for path, _fault in found} == set(CLOCK_READERS)


def test_a_hidden_reading_of_the_clock_is_caught(tmp_path: Path) -> None:
    path = tmp_path / "audit.py"
    path.write_text(
        "from django.utils import timezone\ntoday = timezone.localdate()\nday = timezone.localdate(moment)\n"
        "field = DateField(default=timezone.now)\nother = DateField(db_default=Now())\n"
        "sql_check('late', 'WHERE due_at < now() - span')\nsql_check('x', 'WHERE due_at < %(now)s')\n"
    )
    assert fences.clock_reads(path) == [
        "audit.py:2: localdate",
        "audit.py:4: timezone.now",
        "audit.py:5: Now",
        "audit.py:6: SQL",
    ]


# --- Verbs and words --------------------------------------------------------------------------


@pytest.mark.parametrize("app", APPS)
def test_verbs_promise_and_are_told_the_time(app: str) -> None:
    assert [f for module in fences.verb_modules(app) for f in fences.careless_verbs(module, TIMELESS)] == []


def test_a_careless_verb_is_caught() -> None:
    def enrol(class_id: int, *, now: datetime) -> None:
        """报名: gives a seat."""

    def withdraw(*, enrolment_id: int) -> None:
        pass

    def lock_class(class_id: int) -> None:
        """What verbs share takes the row first."""

    module = ModuleType(__name__)
    vars(module).update(enrol=transaction.atomic(enrol), withdraw=withdraw, lock_class=lock_class)
    assert fences.careless_verbs(module, {}) == [
        f"{__name__}.enrol takes positional arguments",
        f"{__name__}.withdraw promises nothing (no docstring)",
        f"{__name__}.withdraw is not told the time",
    ]
    assert len(fences.careless_verbs(module, {f"{__name__}.withdraw": "for the test"})) == 2
    assert list(fences.verbs(module)) == ["withdraw"]


def test_the_glossary_has_every_record(rows: dict[str, str]) -> None:
    ours = [model for model in apps.get_models() if model._meta.app_label in APPS]
    with translation.override("zh-hans"):
        wanted = {model.__name__: str(model._meta.verbose_name) for model in ours}
    assert fences.unexplained(wanted, rows) == []


@pytest.mark.parametrize("app", APPS)
def test_the_glossary_has_every_state_in_the_words_of_the_code(app: str, rows: dict[str, str]) -> None:
    with translation.override("zh-hans"):
        wanted = {
            f"{kind.__name__}.{one.name}": str(one.label) for kind in fences.choices_of(app) for one in kind
        }
    assert fences.unexplained(wanted, rows) == []


@pytest.mark.parametrize("app", APPS)
def test_the_glossary_has_every_verb_by_the_name_in_its_promise(app: str, rows: dict[str, str]) -> None:
    found = fences.verbs_of(app)
    named = {name: re.match(r"([\u4e00-\u9fff]+):", verb.__doc__ or "") for name, verb in found.items()}
    wanted = {f"{app}.{name}": chinese[1] if chinese else "" for name, chinese in named.items()}
    assert fences.unexplained(wanted, rows) == []


def test_a_gap_and_a_wrong_word_in_the_glossary_are_caught() -> None:
    rows = fences.glossary("| `Enrolment` | 报名 | one person in one class | 订单 |\n| `Term` | 年 | x | |\n")
    assert fences.unexplained({"Enrolment": "报名", "Term": "学期", "Room": "教室"}, rows) == [
        "Room (教室) has no row",
        "Term is 学期 in the code and 年 in the glossary",
    ]


def test_the_glossary_knows_no_name_that_is_gone(rows: dict[str, str]) -> None:
    known = {model.__name__ for model in apps.get_models()}
    known |= {f"{k.__name__}.{one.name}" for app in APPS for k in fences.choices_of(app) for one in k}
    for app in APPS:
        known |= {f"{app}.{name}" for name in fences.verbs_of(app)}
    assert sorted(set(rows) - known) == []


def test_every_text_for_people_is_wrapped_for_translation() -> None:
    files = [
        path for path in fences.python_files(ROOT) if path.relative_to(ROOT).parts[0] in {*APPS, "config"}
    ]
    pages = [path for path in sorted((ROOT / "templates").rglob("*.*")) if path.name != "gallery.html"]
    found = [fault for path in pages for fault in fences.unwrapped_in_template(path)]
    for path in files:
        if not path.relative_to(ROOT).as_posix().startswith(tuple(NOT_FOR_PEOPLE)):
            found += fences.unwrapped_in_python(path)
    assert [fault for fault in found if not fault.endswith(tuple(NAMES_OF_THEIR_OWN))] == []
