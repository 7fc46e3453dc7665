"""A door as people write it: 3-2-501, 3号楼2单元501室, 三号楼二单元5楼东户, 南院平房第二排3号.

Two spellings of one door have one `key`, two doors never. What a spelling leaves out is not filled in:
3-501, whose unit nobody wrote, is another key than 3-1-501, and 3号楼 of no estate another than that of
幸福里. What can be read in two ways, or not to its end, is a doubt.

A number of one or two digits on a floor is counted on that floor: 5楼1号 is 501, as its plate says.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from common.numerals import numeral, spelt_digits
from common.sheets.text import Value, as_text, plain, quote

_ON_A_FLOOR = 100
_MANY_UNITS = 10
LONGEST = 80  # characters of an address that are read; a longer one is a story

_SIGNS = "〇零一二三四五六七八九十百两"
_COUNT = rf"(?:(?<!\d)\d{{1,4}}(?!\d)|(?<![{_SIGNS}])[{_SIGNS}]{{1,6}}(?![{_SIGNS}]))"
_FEW = rf"(?:(?<!\d)\d{{1,2}}(?!\d)|(?<![{_SIGNS}])[{_SIGNS}]{{1,3}}(?![{_SIGNS}]))"
_MARK = "[A-Z甲乙丙丁戊己庚辛]"
_SIDE = "[东南西北中]"
_NAMED = frozenset("东南西北中新老")
_NAME = rf"(?:附?{_MARK}?{_COUNT}{_MARK}?|{_MARK})"  # 3, 12, 三, A, A3, 3A, 甲3, 3甲, 附3
_BUILDING = (
    rf"(?:第?(?P<building>{_NAME})(?P<called>号楼|#楼|#|栋楼?|幢楼?|座楼?|楼"
    rf"|号(?=-?第?{_NAME}(?:单元|门))|号(?=[1-9]\d{{2,3}}室?$)|(?=-))"
    rf"|(?P<named>[{''.join(sorted(_NAMED))}])(?:号?楼|栋|座)"
    rf"|(?:平房-?)?第?(?P<row>{_COUNT})排(?:平房)?|(?P<flat>平房))"
)
_UNIT = rf"(?:第?(?P<unit>{_NAME}|{_SIDE})(?:单元|门洞|门(?![牌面卫市]))|(?P<bare_unit>{_FEW}|{_MARK})(?=-))"
_FLOOR = (
    rf"(?:第?(?P<floor>{_FEW})[楼层]|(?P<bare_floor>{_FEW})(?=-)|(?:负|地下)第?(?P<below>{_FEW})[楼层]"
    r"|B(?P<basement>\d)(?:[楼层]|(?=-))|(?P<top>顶[楼层]))"
)
_SPOT = "半?地下室|底商|门面房?|门市房?|商铺|车库|储藏室|阁楼|传达室|门卫室|值班室|配电室"
_DOOR = (
    rf"(?:(?P<spot>{_SPOT})-?(?:第?(?P<spot_number>{_NAME})(?:号|室|间|户)?)?"
    rf"|第?(?P<room>{_MARK}?{_COUNT}(?:-\d{{1,2}})?{_MARK}?)(?P<called_room>号房|号室|号|室|户|房|间)?(?P<mark>{_MARK})?"
    rf"(?:-?附(?P<annex>{_COUNT})号?)?(?:-?\(?(?P<room_side>{_SIDE})边?(?:户|门|室)\)?)?"
    rf"|(?P<side>{_SIDE})(?:边?(?:户|门|侧|室|头|屋))?)"
)
_WHOLE = re.compile(rf"(?P<place>.*?)-?(?:{_BUILDING}-?)?(?:{_UNIT}-?)?(?:{_FLOOR}-?)?{_DOOR}")

_OLD_SIGNS = str.maketrans("號樓棟單戶層東門", "号楼栋单户层东门")
_DASHES = re.compile(r" ?(?:[‐‑‒–—―−~～⁃ー_/\-]|(?<=\d)\.(?=\d))+ ?")
_PARTED = re.compile(r"[A-Z]?\d{0,3}[A-Z]?(?: \d{1,2}){0,2} \d{3,4}[A-Z]?室?")
# A place is an estate, a yard, a road with its number: 幸福里, 花园路5号院, 1区, 南院.
_PLACE = re.compile(
    r"(?:[\u3400-\u9fff·]|附?\d{1,4}(?:号院?|院|[区期弄组队里路街巷村社师团厂中小])|[A-Z](?=[区期组]))*"
)
_COUNTED = re.compile(rf"(?P<count>(?<![{_SIGNS}])[{_SIGNS}]{{1,5}})(?=号院?|[区期弄院组队])")
_NO_PLACE = re.compile(
    rf"[\d{_SIGNS}A-Z](?:号楼|[#栋幢座室层]|单元|楼)|户$|租|空[置房户]|搬走|同[上前]|不详|电话|暂住"
)
_ROAD = re.compile(r"(?:路|街|巷|道|弄|胡同)$")
_LOW_HOUSES = "平房"
_NUMBER = re.compile(rf"\d+|[{_SIGNS}]+")
_LOT = re.compile(r"\d+号$")


@dataclass(frozen=True, slots=True)
class Address:
    """A door. With a `doubt`, one sentence, the parts are all ""."""

    words: str  # as written
    place: str = ""  # the estate, yard or road
    building: str = ""
    unit: str = ""
    floor: str = ""  # as written, or what the room's number tells; no part of the key
    room: str = ""
    doubt: str = ""

    @property
    def key(self) -> str:
        """The door's normal form, "" where it was not read: 幸福里/3/2/501."""
        return "" if self.doubt else "/".join((self.place, self.building, self.unit, self.room))

    @property
    def storey(self) -> int | None:
        """The floor as a number, below the ground negative; None where none is told or it is only called 顶."""
        number = self.floor.replace("负", "-")
        return int(number) if number.removeprefix("-").isdecimal() else None

    @property
    def house(self) -> str:
        """What the register calls its building: 幸福里3号楼, 东楼, 南院平房; the lot where there is none."""
        if not self.building or self.building == _LOW_HOUSES:
            return f"{self.place}{self.building}"
        return f"{self.place}{self.building}{'楼' if self.building in _NAMED else '号楼'}"

    @property
    def stairs(self) -> str:
        """What the register calls its unit: 2, A单元, 2排."""
        plain = self.unit.isdecimal() or self.unit.endswith("排")
        return self.unit if plain or not self.unit else f"{self.unit}单元"

    @property
    def flat(self) -> str:
        """What the register calls its room: 501, 5楼东; of a lot its number, 12号."""
        return self.room if self.building or self.unit else f"{self.room}号"

    def __str__(self) -> str:
        """How the door is shown: 幸福里 3-2-501, 花园路 12号; as written where it was not read."""
        if self.doubt:
            return self.words
        building = f"{self.building}楼" if self.building in _NAMED else self.building
        door = "-".join(filter(None, (building, self.unit, self.room)))
        return f"{self.place} {door}{'' if building or self.unit else '号'}".strip()


class _Unclear(Exception):
    """Carries the sentence, to which the words of the address are still to be added."""


def read_address(value: Value, *, within: Iterable[str] = (), place: str = "") -> Address:
    """Read one door. `within` are names of divisions it lies in anyway, left out where they stand before it.

    `place` is the estate of a door that names none, as where a book is of one estate.
    """
    words = plain(as_text(value))
    try:
        if not isinstance(value, str | int | None):
            raise _Unclear(_("住址“%(text)s”被表格改成了日期或小数，请把这一列设成文本再写一遍。"))
        parts = _parts(words, tuple(within), place)
    except _Unclear as why:
        return Address(words, doubt=str(why) % {"text": quote(words)})
    return Address(words, *parts)


def door_key(words: str) -> str:
    """The normal form of a door without its estate, which its grid tells: 3/2/501; "" where it is not read."""
    found = read_address(words)
    return "" if found.doubt else "/".join((found.building, found.unit, found.room))


def spot_of(house: str) -> tuple[str, str]:
    """(estate, building) of what the register calls a building; its name and "" where it is not read."""
    for door in ("9单元909", "9排9号"):
        found = read_address(f"{house}{door}")
        if not found.doubt:
            return found.place, found.building
    return house, ""


def grid_name(words: str) -> str:
    """What tells a grid from the others of its community: 第三网格 and 3网格 are 3."""
    bare = words.strip().removeprefix("第").removesuffix("网格").removesuffix("号")
    return str(numeral(bare) or bare)


def side_of(words: str) -> list[str]:
    """How a register may write the room of which somebody says only this: 东户, 东."""
    return [words, words.removesuffix("户")]


@lru_cache(maxsize=4096)
def _parts(words: str, within: tuple[str, ...], place: str) -> tuple[str, str, str, str, str]:
    """(place, building, unit, floor, room)."""
    line = _normal(words)
    for name in within:
        line = line.removeprefix(name)
    found = _WHOLE.fullmatch(line) if line and len(line) <= LONGEST else None
    if not found:
        raise _unread()
    said = found.groupdict("")
    named = _place(said["place"]) or _place(_normal(place))
    if said["called"] == "号" and _ROAD.search(named):  # 花园路3号2单元: the lot, not a building
        said["building"], named = "", f"{named}{_name(said['building'])}号"
    _refuse_two_readings(said, named)
    building = _building(said)
    floor, room = _floor_and_room(said, rowed=bool(said["row"] or said["flat"]))
    if not (building or named):
        raise _Unclear(_("住址“%(text)s”没有写几号楼，先不登记住处，请写全。"))
    return named, building, _unit(said), floor, room


def _unread() -> _Unclear:
    return _Unclear(_("住址“%(text)s”读不懂，请写成“3号楼2单元501”的样子。"))


def _normal(words: str) -> str:
    """One kind of dash, no spaces, capitals; 3 2 501 is 3-2-501, and 50 1 in the middle is unread."""
    line = _DASHES.sub("-", words.upper().translate(_OLD_SIGNS)).strip("-")
    if _PARTED.fullmatch(line):
        return line.replace(" ", "-")
    if re.search(r"\d \d", line):
        raise _unread()
    return line.replace(" ", "")


def _place(written: str) -> str:
    """一区 is 1区, 幸福里小区 is 幸福里; what holds part of a door, or a remark, is no place."""
    if not _PLACE.fullmatch(written) or _NO_PLACE.search(written):
        raise _unread()
    counted = _COUNTED.sub(lambda found: str(numeral(found["count"]) or found["count"]), written)
    return counted.removesuffix("小区") or counted


def _refuse_two_readings(said: dict[str, str], place: str) -> None:
    unit, last = said["unit"] or said["bare_unit"], said["room"]
    if said["called"] == "楼" and not unit:
        raise _Unclear(_("住址“%(text)s”里的“楼”可能是楼号，也可能是楼层，请写明。"))
    if said["building"] and not said["called"] and _dashes_mislead(said, place):
        raise _Unclear(_("住址“%(text)s”可以有两种读法，请写明楼号、单元和房号。"))
    settled = (
        unit or said["called_room"] or any(said[part] for part in ("floor", "bare_floor", "row", "flat"))
    )
    if len(last) in {1, 2} and not settled and not any(said[part] for part in ("below", "basement", "top")):
        raise _Unclear(_("住址“%(text)s”最后的数字可能是单元，也可能是房号，请写明。"))


def _dashes_mislead(said: dict[str, str], place: str) -> bool:
    """花园路3号2-501 has a lot or a building first, 501-2 a room; in 3-12-01 the 12 is a floor to some."""
    if not said["bare_unit"]:
        return bool(_LOT.search(place)) or len(said["building"]) > len("99")
    many = numeral(said["bare_unit"]) >= _MANY_UNITS or said["room"].startswith("0")
    return many and not said["bare_floor"] and len(said["room"]) <= len("99")


def _building(said: dict[str, str]) -> str:
    """Low houses in rows are one building, a row of them what a staircase is elsewhere."""
    if said["row"]:
        return _LOW_HOUSES
    return _name(said["building"]) or said["named"] or said["flat"]


def _unit(said: dict[str, str]) -> str:
    return f"{_name(said['row'])}排" if said["row"] else _name(said["unit"] or said["bare_unit"])


def _name(written: str) -> str:
    """三 is 3, 03 is 3, 甲三 is 甲3."""
    return _NUMBER.sub(lambda found: str(_number(found[0])), written)


def _number(written: str) -> int:
    if number := numeral(written):
        return number
    raise _unread()


def _floor_and_room(said: dict[str, str], *, rowed: bool) -> tuple[str, str]:
    """The floor and the room; "" and the room where no floor is told."""
    level, floor = _level(said)
    if said["spot"]:
        return floor, level + said["spot"] + _name(said["spot_number"])
    if said["side"]:
        if not (level or rowed):
            raise _Unclear(_("住址“%(text)s”没有写楼层，先不登记住处，请写全。"))
        return floor, f"{level}{said['side']}"
    room = _room(said["room"], floor)
    if not floor and not level and not rowed and (said["building"] or said["unit"] or said["bare_unit"]):
        floor = _floor_told(room)
    annex = f"附{_name(said['annex'])}" if said["annex"] else ""
    return floor, ("" if floor.isdecimal() else level) + room + said["mark"] + annex + said["room_side"]


def _level(said: dict[str, str]) -> tuple[str, str]:
    """How a floor stands before the room it is on, and the floor's own name: ("5楼", "5"), ("负1楼", "负1")."""
    if said["top"]:
        return "顶楼", "顶"
    if under := said["below"] or said["basement"]:
        return f"负{_number(under)}楼", f"负{_number(under)}"
    floor = said["floor"] or said["bare_floor"]
    return (f"{_number(floor)}楼", str(_number(floor))) if floor else ("", "")


def _room(written: str, floor: str) -> str:
    """501, 0501 and 五〇一 are 501; 1 on the fifth floor is 501; 601 on the fifth floor is a slip."""
    count = _NUMBER.search(written)
    if not count:
        raise _unread()
    digits = count[0] if count[0].isdecimal() else str(numeral(count[0]) or spelt_digits(count[0]))
    number = int(digits or 0)
    if not number:
        raise _unread()
    if floor.isdecimal():
        if number < _ON_A_FLOOR:
            number += int(floor) * _ON_A_FLOOR
        elif number // _ON_A_FLOOR != int(floor):
            raise _Unclear(_("住址“%(text)s”的楼层和房号对不上，请核对。"))
    return f"{written[: count.start()]}{number}{written[count.end() :]}"


def _floor_told(room: str) -> str:
    """ "5" of 501, "12" of 1203A."""
    found = re.match(r"[^\d]?(\d{3,4})", room)
    return str(int(found[1]) // _ON_A_FLOOR) if found else ""
