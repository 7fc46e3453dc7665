"""Finds in a sentence what says who somebody is, and proposes to blacken it; whoever publishes it decides.

Numbers to ring, identity numbers, bank cards, number plates and doors are found by how they are
written; names only beside a word that goes with one, for most Chinese words can be part of a name.
What everybody may know (12345, a building, a date, a sum) is left.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.surnames import SURNAMES

BLACK = "■■"


class Kind(TextChoices):
    """What was found."""

    PHONE = "PHONE", _("电话")
    IDENTITY = "IDENTITY", _("身份证号")
    CARD = "CARD", _("银行卡号")
    PLATE = "PLATE", _("车牌")
    DOOR = "DOOR", _("门牌")
    NAME = "NAME", _("姓名")


class Found(NamedTuple):
    """From where to where in the text, and what it looks like."""

    start: int
    end: int
    kind: Kind


_DIGITS = str.maketrans("〇零一二三四五六七八九幺", "001234567891")
_GAP = r"[\s\-–—·•.．,，_/]{0,2}"  # how people part digits: 138-0013 8000
_BEFORE, _AFTER = r"(?<![0-9])", r"(?![0-9])"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"
_ON_PLATES = "A-HJ-NP-Za-hj-np-z0-9"
_YEAR = r"(?:19|20)[0-9]{2}"

# A door is a chain of estate, building, unit and floor that ends in a room, parts of it left out.
_N = r"[0-9〇零一二三四五六七八九十两]"
_SIDE = "[东南西北中甲乙丙丁]"
_STEP = r"[\s,，、\-－–—.]{0,2}"
_ESTATE = rf"(?:[A-Za-z]|{_SIDE}|第?{_N}{{1,3}})\s*(?:区|期|号院){_STEP}"
_BUILDING = rf"第?(?:[A-Za-z]?{_N}{{1,4}}|[A-Za-z])\s*(?:号楼|#楼|#|栋|幢|座|号|楼(?={_N})){_STEP}"
_UNIT = rf"[(]?第?(?:{_N}{{1,3}}|{_SIDE})\s*(?:单元|门洞|门(?!口))[)]?{_STEP}"
_FLOOR = rf"(?:第?{_N}{{1,2}}|顶)\s*(?:楼|层){_STEP}"
_SPARED = r"(?!\s*(?:元|块|人|个|辆|米|度|平|年|月|日|多|户居|%|[0-9]))"
_ROOM = rf"(?:{_N}{{3,4}}\s*(?:室|号|户(?!居)|房(?!子|价|屋))?{_SPARED}|{_N}{{1,2}}\s*(?:室|号(?!楼|院|线|门(?!口))|户(?!居))|{_SIDE}边?户(?!型|外|口))"
_NAMES_OF_ROADS = r"[\u4e00-\u9fff](?:路|街|巷|胡同)"

_RULES: list[tuple[Kind, re.Pattern[str]]] = [
    (Kind.IDENTITY, re.compile(rf"{_BEFORE}[1-9](?:{_GAP}[0-9]){{16}}{_GAP}[0-9xX]{_AFTER}")),
    (Kind.CARD, re.compile(rf"{_BEFORE}[3-9](?:{_GAP}[0-9]){{15,18}}{_AFTER}")),
    (
        Kind.PHONE,
        re.compile(rf"{_BEFORE}(?:[(]?(?:\+|00)?{_GAP}86[)]?{_GAP})?1[3-9](?:{_GAP}[0-9]){{9}}{_AFTER}"),
    ),
    (
        Kind.PHONE,
        re.compile(
            rf"{_BEFORE}[(]?(?:0|(?:\+|00)86{_GAP})[1-9][0-9]{{1,2}}[)]?{_GAP}[2-8](?:{_GAP}[0-9]){{6,7}}{_AFTER}"
            rf"(?:\s*(?:转分机|转|分机|-)\s*[0-9]{{1,5}})?"
        ),
    ),
    (
        Kind.PHONE,
        re.compile(
            rf"(?<![0-9A-Za-z\-])(?!{_YEAR})[2-8][0-9]{{2,3}}{_GAP}[0-9]{{4}}{_AFTER}"
            rf"(?:\s*(?:转分机|转|分机)\s*[0-9]{{1,5}})?(?!\s*(?:元|年|号|人|辆|件|户|平|度|吨))"
        ),
    ),
    (
        Kind.PLATE,
        re.compile(
            rf"[{_PROVINCES}]\s*[A-Za-z]{_GAP}(?:[{_ON_PLATES}]{_GAP}){{4,5}}[{_ON_PLATES}警学挂领港澳]"
        ),
    ),
    (
        Kind.DOOR,
        re.compile(
            rf"(?:{_ESTATE})?(?:{_BUILDING})(?:{_BUILDING})?(?:{_UNIT}|{_N}{{1,2}}[-—])?(?:{_FLOOR})?{_ROOM}"
        ),
    ),
    (Kind.DOOR, re.compile(rf"(?:{_UNIT})(?:{_FLOOR})?{_ROOM}|{_FLOOR}{_SIDE}边?户")),
    (
        Kind.DOOR,
        re.compile(
            rf"(?<![0-9\-/.])[0-9]{{1,2}}#?\s*[-－–—./#]\s*[0-9]{{1,2}}#?\s*[-－–—./#]\s*[0-9]{{3,4}}{_SPARED}"
        ),
    ),
    (Kind.DOOR, re.compile(rf"(?<![0-9〇零一二三四五六七八九十]){_N}{{3,4}}\s*(?:室|号?房(?!子|价|屋))")),
    (
        Kind.DOOR,
        re.compile(
            r"(?<![\u4e00-\u9fff])[东南西北中]边?户(?!型|外|口|籍)|(?<=[是住在])[东南西北中]边?户(?!型|外|口|籍)"
        ),
    ),
    (
        Kind.DOOR,
        re.compile(
            rf"(?<=[是住在：: ，。,;；\n])[0-9]{{1,2}}\s*[-－]\s*(?!{_YEAR})[0-9]{{3,4}}{_SPARED}(?![\-/.])"
        ),
    ),
    (Kind.DOOR, re.compile(r"(?<=[我住])[0-9]{3,4}(?=的)|(?:(?<=隔壁)|(?<=楼上)|(?<=楼下))[0-9]{3,4}户?")),
    (Kind.DOOR, re.compile(rf"(?<![0-9]){_N}{{1,2}}\s*排\s*{_N}{{1,2}}\s*号")),
    (Kind.DOOR, re.compile(rf"{_NAMES_OF_ROADS}\s*{_N}{{1,4}}\s*号(?!\s*(?:楼|院|线|门|车|[0-9]))")),
]
_SURNAME = "(?:" + "|".join(SURNAMES) + ")"
_GIVEN = r"(?:(?![的了着过不没能是在有都和也就把被给到这那说让又])[\u4e00-\u9fff]){1,2}"
_NAME = rf"(?P<name>{_SURNAME}{_GIVEN})"
# Beside one of these stands a name.
_CUES = (
    "我叫|叫做|名叫|叫|我是|姓名|名字|联系人|投诉人|申请人|处理人|反映人|当事人|落款|户主|业主|房东|租客|租户|邻居|住户|"
    "楼长|保安|保洁员?|网格员|车主|听说是|小孩|写的是|客服|电工|物业经理|维修师傅|社区主任|闺女|儿子|女儿|孩子|老伴|我妈|我爸|母亲|父亲|登记到|找"
)
_TITLES = "先生|女士|小姐|大爷|大妈|大姐|大哥|大叔|阿姨|奶奶|爷爷|师傅|老师|同志|医生|经理|主任|书记|老人"
_NAMED = [
    re.compile(rf"(?:{_CUES})[\s：:（(]{{0,2}}{_NAME}"),
    re.compile(rf"{_NAME}(?={_TITLES})"),
    re.compile(rf"{_NAME}(?=[，,：:\s]{{0,2}}(?:电话|手机|身份证|住在|在家)|家(?:的|里))"),
    re.compile(r"(?P<name>[\u4e00-\u9fff]{2,4}[·•][\u4e00-\u9fff]{2,5})"),
]
# Whoever is of a door that was found.
_OF_A_DOOR = re.compile(rf"的{_NAME}")
# Alone between two breaks, and a number or a door next to it.
_ALONE = re.compile(rf"(?<![\u4e00-\u9fff]){_NAME}(?<![路街巷园区苑院村])(?![\u4e00-\u9fff])")
_NEXT = 3  # letters between a name and the number it goes with
_NO_NAME = re.compile(
    r"^(?:谢谢|银行|房东|租客|物业|社区|街道|居民|业主|保安|保洁|温度|方便|时候|全都|安全|关于|管道|房子|严重|应该|任何|常年|万一|"
    r"高空|高层|金属|石材|水管|车位|路灯|白天|江边|何时|明显|原来|简直|易燃|古树|房本|房号|金额|万元|凌晨|左右|路面|路口|路边|路上|孩子|家里|电话|明孩子)"
)


def find(text: str) -> list[Found]:
    """Where a text seems to say who somebody is, from left to right; what lies in another is not told twice."""
    plain = "".join(_narrow(letter) for letter in text)
    digits = plain.translate(_DIGITS)
    numbers = _outermost(
        Found(*match.span(), kind)
        for kind, rule in _RULES
        for match in rule.finditer(plain if kind is Kind.DOOR else digits)
    )
    return _outermost([*numbers, *_names(plain, numbers)])


def _names(plain: str, numbers: list[Found]) -> Iterator[Found]:
    """What stands beside a word that goes with a name, beside a number, or lives behind a door."""
    edges = [edge for one in numbers for edge in (one.start, one.end)]
    doors = {one.end for one in numbers if one.kind is Kind.DOOR}
    named = [match for rule in _NAMED for match in rule.finditer(plain)]
    named += [
        match
        for match in _ALONE.finditer(plain)
        if any(0 <= edge - match.end() <= _NEXT or 0 <= match.start() - edge <= _NEXT for edge in edges)
    ]
    named += [match for match in _OF_A_DOOR.finditer(plain) if match.start() in doors]
    for match in named:
        if not _NO_NAME.match(match["name"]):
            yield Found(*match.span("name"), Kind.NAME)


def blacken(text: str) -> str:
    """The text with all that was found blackened."""
    parts, at = [], 0
    for one in find(text):
        parts += [text[at : one.start], BLACK]
        at = one.end
    return "".join([*parts, text[at:]])


def _narrow(letter: str) -> str:
    """Full-width digits and letters as narrow ones; one letter stays one letter."""
    plain = unicodedata.normalize("NFKC", letter)
    return plain if len(plain) == 1 else letter


def _outermost(found: Iterable[Found]) -> list[Found]:
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept
