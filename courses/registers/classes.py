"""声乐(1)班, 声乐（一）班, 声乐 一 班 and 声乐1班 are one class; which one 声乐 means is asked."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _

from common.numerals import numeral
from common.sheets.notes import Doubt
from common.sheets.text import quote, squeezed

MOST_CLASSES = 20
_NUMERALS = "一二三四五六七八九十"
_SUFFIX = r"(?:班级|课程|班|课|组)"
_NUMBERED = re.compile(
    rf"(?P<stem>.+?){_SUFFIX}?\(?第?(?P<number>\d{{1,2}}|[{_NUMERALS}]{{1,3}})\)?{_SUFFIX}?"
)
_PLAIN = re.compile(rf"(?P<stem>.+?){_SUFFIX}?")
_BARE = re.compile(
    rf"\(?第?(?:\d{{1,2}}|[{_NUMERALS}]{{1,3}})\)?班?|(?:初级|中级|高级|基础|提高|入门|进阶|[甲乙丙丁A-Da-d])班?"
)
_BRACKETS = str.maketrans("[]【】〔〕〈〉《》「」“”\"'", "()()()()()()    ")


class ClassKey(NamedTuple):
    """What two spellings of one class have in common. `number` 0 is a class without one."""

    stem: str
    number: int


class ClassMatch(NamedTuple):
    """The class meant, or the classes that could be."""

    name: str | None
    candidates: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def class_key(text: str) -> ClassKey:
    """Reduce a class name to course and number; Chinese and Arabic numerals 1 to 20 are the same."""
    bare = squeezed(squeezed(text).translate(_BRACKETS)).casefold()
    if bare.startswith("(") and bare.endswith(")") and bare.count("(") == 1:
        bare = bare[1:-1]
    if match := _NUMBERED.fullmatch(bare):
        number = numeral(match["number"])
        if 1 <= number <= MOST_CLASSES:
            return ClassKey(match["stem"], number)
    match = _PLAIN.fullmatch(bare)
    return ClassKey(match["stem"] if match else bare, 0)


def find_class(text: str, known: Iterable[str]) -> ClassMatch:
    """Find the one class a wish means; several or none give the candidates and no name."""
    wanted = class_key(text)
    keys = {name: class_key(name) for name in known}
    same = tuple(name for name, key in keys.items() if key == wanted)
    kin = tuple(name for name, key in keys.items() if key.stem == wanted.stem)
    if len(same) == 1:
        return ClassMatch(same[0])
    if not same and not wanted.number and len(kin) == 1:
        return ClassMatch(kin[0])  # the course has this one class
    if same or kin:
        return ClassMatch(None, same or kin)
    stems = get_close_matches(wanted.stem, {key.stem for key in keys.values()}, n=3, cutoff=0.6)
    return ClassMatch(None, tuple(name for name, key in keys.items() if key.stem in stems))


def match_class(text: str, known: Iterable[str]) -> str | None:
    """Return the known class a wish means, or None when it is none or several."""
    return find_class(text, known).name


def class_doubt(text: str, known: Iterable[str], column: str) -> Doubt | None:
    """Return the doubt about a wish that names no single class, with the nearest classes."""
    match = find_class(text, known)
    if match.name is not None:
        return None
    shown = {"text": quote(text), "near": _("、").join(match.candidates[:6])}
    same_course = [name for name in match.candidates if class_key(name).stem == class_key(text).stem]
    if len(same_course) > 1 and not class_key(text).number:
        message = _("“%(text)s”可能是%(near)s，没有报名，请写明是哪个班。") % shown
        return Doubt("AMBIGUOUS_CLASS", column, message)
    if match.candidates:
        message = _("课程表里没有“%(text)s”，没有报名；相近的有%(near)s。") % shown
    else:
        message = _("课程表里没有“%(text)s”，没有报名。") % shown
    return Doubt("UNKNOWN_CLASS", column, message)


def joined_class(course: str, class_name: str) -> str:
    """课程 声乐 and 班级 一班, in two columns, name 声乐一班; a full class name stays alone."""
    if not class_name:
        return course
    return course + class_name if course and _BARE.fullmatch(squeezed(class_name)) else class_name
