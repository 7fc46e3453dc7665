"""The look keeps its promises: contrast of every pair of tokens, no inline code, only icons that exist.

Reads files and renders components; no database.
"""

import re
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CSS = (ROOT / "static/css/portal.css").read_text(encoding="utf-8")
SPRITE = (ROOT / "static/img/icons.svg").read_text(encoding="utf-8")
PAGES = sorted((ROOT / "templates").rglob("*.html"))
# Unfold's own admin brings Alpine and inline attributes; the resident pages do not.
RESIDENT_PAGES = [page for page in PAGES if "admin" not in page.relative_to(ROOT).parts]
STATIONS = ("red", "orange", "yellow", "green", "cyan", "blue", "purple")
HEX = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6})\s*[;}]")


def _block(selector: str, *, dark: bool) -> dict[str, str]:
    """The colour tokens of the first rule of this selector, outside or inside the dark query."""
    light_part, _, rest = CSS.partition("@media (prefers-color-scheme: dark)")
    part = rest.partition("/* sizes in rem")[0] if dark else light_part
    body = part.split(selector + " {", 1)[1].split("}", 1)[0]
    return dict(HEX.findall(body + "}"))


def _tokens(mode: str) -> dict[str, str]:
    elder, dark = "elder" in mode, "dark" in mode
    tokens = _block(":root", dark=False)
    if elder:
        tokens |= _block('[data-mode="elder"]', dark=False)
    if dark:
        tokens |= _block(":root", dark=True)
    if elder and dark:
        tokens |= _block('[data-mode="elder"]', dark=True)
    return tokens


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two colours written #rrggbb."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ("paper", "card", "red-tint", "pine-tint", "amber-tint", "slate-tint")
WORDS = ("ink", "muted", "red", "pine", "amber", "slate")
# Text on strong grounds: the main button, a chosen chip, a button that is switched off.
STRONG = (("on-red", "red"), ("on-red", "red-deep"), ("paper", "ink"), ("paper", "slate"))
LINKS = (("red-deep", "paper"), ("red-deep", "card"))
MODES = ("normal", "elder", "normal dark", "elder dark")


def _pairs_written_together() -> set[tuple[str, str]]:
    """Every rule of the stylesheet that names both a text and a ground token."""
    pairs = set()
    for body in re.findall(r"\{([^{}]*)\}", CSS):
        text = re.search(r"(?<![\w-])color:\s*var\(--([\w-]+)\)", body)
        ground = re.search(r"(?<![\w-])background(?:-color)?:\s*var\(--([\w-]+)\)", body)
        if text and ground and "st-" not in text[1] + ground[1]:
            pairs.add((text[1], ground[1]))
    return pairs


@pytest.mark.parametrize("mode", MODES)
def test_every_text_has_enough_contrast_with_every_ground(mode: str) -> None:
    tokens, least = _tokens(mode), 7.0 if "elder" in mode else 4.5
    pairs = {*product(WORDS, GROUNDS), *STRONG, *LINKS, *_pairs_written_together()}
    weak = {
        pair: round(ratio, 2)
        for pair in pairs
        if (ratio := contrast(tokens[pair[0]], tokens[pair[1]])) < least
    }
    assert weak == {}


@pytest.mark.parametrize("mode", MODES)
def test_each_station_has_a_readable_twin_and_a_visible_colour(mode: str) -> None:
    tokens, least = _tokens(mode), 7.0 if "elder" in mode else 4.5
    for name in STATIONS:
        for ground in (f"st-{name}-tint", "card", "paper"):
            assert contrast(tokens[f"st-{name}-ink"], tokens[ground]) >= least, (name, ground)
    assert len({tokens[f"st-{name}"] for name in STATIONS}) == 7


@pytest.mark.parametrize("mode", MODES)
def test_edges_of_fields_can_be_seen(mode: str) -> None:
    tokens = _tokens(mode)
    for ground in ("card", "paper"):
        assert contrast(tokens["edge"], tokens[ground]) >= 3


def test_sizes_keep_the_elder_promise() -> None:
    elder = CSS.split("--wide: 1080px", 1)[1].split('[data-mode="elder"] {', 1)[1].split("}", 1)[0]
    sizes = {name: float(value) * 16 for name, value in re.findall(r"--(\w+): ([\d.]+)rem", elder)}
    assert sizes["size"] >= 21
    assert min(sizes.values()) >= 18
    assert "--tap: max(60px" in elder
    # Text follows the reader's own size: px only for lines, never for letters (print uses pt).
    assert re.findall(r"font-size:[^;]*\dpx", CSS) == []


def test_every_token_used_is_declared() -> None:
    declared = set(re.findall(r"--([\w-]+):", CSS))
    used = {name for name in re.findall(r"var\(--([\w-]+)", CSS) if not name.startswith("bs-")}
    assert used - declared == set()


@pytest.mark.parametrize("page", RESIDENT_PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_holds_no_inline_code_and_no_foreign_address(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"\sstyle\s*=", text) == []
    assert re.findall(r"<style\b", text) == []
    assert re.findall(r"\son[a-z]+\s*=\s*[\"']", text) == []
    scripts = re.findall(r"<script\b[^>]*>", text)
    assert [tag for tag in scripts if "src=" not in tag and "application/json" not in tag] == []
    hosts = set(re.findall(r"(?:https?:)?//([\w.-]+\.\w+)", text))
    assert hosts <= {"beian.miit.gov.cn"}


def _icons_named() -> set[str]:
    named: set[str] = set()
    for page in RESIDENT_PAGES:
        text = page.read_text(encoding="utf-8")
        named.update(re.findall(r"(?:#|icons\.svg' %}#)([a-z][a-z0-9-]+)\"></use>", text))
        named.update(re.findall(r"_icon\.html\" with name=\"([\w-]+)\"", text))
        named.update(re.findall(r"_fact\.html\" with icon=\"([\w-]+)\"", text))
        named.update(re.findall(r"icon\|default:'([\w-]+)'", text))
        for chosen in re.findall(r"#(\{% if .*?\{% endif %\})\"></use>", text):
            named.update(re.findall(r"%\}([a-z][a-z0-9-]+)(?=\{%)", chosen))
    return named


def test_every_icon_named_in_a_page_is_in_the_sprite() -> None:
    held = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))
    named = _icons_named()
    assert {"house-heart", "check2-circle", "chevron-left", "search"} <= named
    assert named - held == set()


def test_navigation_icons_are_in_the_sprite() -> None:
    frame = pytest.importorskip("portal.views.frame")
    held = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))
    assert {place.icon for place in frame.places()} <= held


def test_scripts_are_small_modules_that_reach_nobody() -> None:
    for script in (ROOT / "static/js").glob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert "innerHTML" not in text, script.name
        assert re.findall(r"https?://", text) == [], script.name


SEATS = [
    ({"seats_left": 15, "capacity": 24, "waiting": 0}, "还有 15 个名额", "f6"),
    ({"seats_left": 3, "capacity": 20, "waiting": 0}, "只剩 3 个名额", "f2"),
    ({"seats_left": 0, "capacity": 20, "waiting": 5}, "已满，可候补（前面 5 人）", "f0"),
    ({"seats_left": 0, "capacity": 20, "waiting": 0}, "已满，可候补（前面没有人）", "f0"),
    ({"seats_left": 0, "capacity": 20, "waiting": None}, ">已满<", "f0"),
    ({"seats_left": 9, "capacity": 20, "waiting": 0, "state_word": "报名未开始"}, "报名未开始", ""),
]


@pytest.mark.parametrize(("seats", "words", "dots"), SEATS)
def test_seats_say_the_same_words_alone_and_on_a_card(
    seats: dict[str, object], words: str, dots: str
) -> None:
    from django.template.loader import render_to_string
    from django.utils import translation

    with translation.override("zh-hans"):
        alone = render_to_string("components/_seats.html", seats)
        card = render_to_string("components/_class_card.html", {"card": seats})
    for html in (alone, card):
        assert words in html
        assert (f'class="dots {dots}"' in html) == bool(dots)
