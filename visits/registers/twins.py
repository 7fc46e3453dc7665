"""Who of one household list is probably the same human being as somebody of another, and what speaks for it.

A grid's list is a source. People move, marry, are written down by ear, with a lunar birthday, without a
phone; so no single sign decides. Each sign has points, one for each time it halves the doubt, or doubles it:
one birthday in common is 13, as of 20,000 birthdays one is hers, and most people know theirs. Enough is what
makes a pair worth a look, where seven in a hundred people stand on two lists (Fellegi and Sunter, 1969); the
more people, the more it takes, and the more a rare name says. Nothing here merges anybody: somebody looks at
the pair and its evidence.

Pairs are looked for only among those who share a sound, a phone, a birthday, most of a name or a door, or
whose housemates were found: a few for each person, not everybody with everybody.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import combinations, product
from math import log2
from typing import NamedTuple

from borax.calendars.lunardate import LunarDate
from django.utils.translation import gettext as _
from pypinyin import Style, pinyin

from common.phones import is_mobile
from common.pinyin import syllables
from common.sheets import births

SURE = 6.0  # points above enough, from which a pair's housemates are compared as well
_CROWD = 200  # a block larger than this is parted by years of birth
_FEWEST = 2_000  # lists so short that they say nothing of how common a name is count as so many
_TWICE = 0.07  # of all people
_LEAN = 3.0  # a pair that is one to eight is still worth a look

# Characters that are taken for each other when handwriting is typed in.
_ALIKE = (
    "已己巳 末未 土士 天夫无 日曰目 千干于 大太犬 王玉主 田由甲申 今令 贝见 代伐 午牛 晴睛清情倩 梅海敏 淑叔 芳芬芝 英莫"
    " 秀季香 桂挂佳柱 珍玲 凤风 建健 国围固 文支 志忘 荣荥莱 平半 成戍戌 军车 兵岳 民氏 广厂 云去 永水求冰 明朋 丽俪"
    " 兰三 生主 林材村 春舂 良艮 金全 立文 宁宇 安妥 庆床 亮高 高商 祥详 洋样 波玻 涛铸 刚钢冈 伟纬 俊峻 杰木"
    " 新亲 勇男 瑞端 喜善 福富 贵责 保堡 元无 光尖 先洗 洪供 红江 静净 莉利 燕蒸 雪雷 霞露 月用"
)


@dataclass(frozen=True)
class Resident:
    """Somebody on a list. "" and None are what it does not say."""

    key: Hashable  # who she is to whoever asks
    source: Hashable  # the list
    household: Hashable  # within the list
    full_name: str
    sex: str = ""
    born_on: date | None = None
    born_precision: str = ""
    phone: str = ""
    door: str = ""  # an Address' key

    @cached_property
    def sound(self) -> str:
        """王桂兰 and 王贵兰 are one sound."""
        return " ".join(syllables(self.full_name))

    @cached_property
    def home(self) -> tuple[Hashable, Hashable]:
        """The household, among all lists."""
        return self.source, self.household


class Sign(NamedTuple):
    """What one comparison is worth, and the sentence where it speaks for the pair."""

    points: float
    says: str = ""


@dataclass(frozen=True)
class Twin:
    """Two entries that are probably one person."""

    one: Resident
    other: Resident
    score: float
    evidence: tuple[str, ...]  # sentences, as people would give them


def find_twins(residents: Sequence[Resident]) -> list[Twin]:
    """Pairs from different lists, the surest first; of each list a person has one twin at most."""
    crowd = _Crowd(residents)
    pairs = candidates(residents)
    found = {pair: twin for pair in pairs if (twin := crowd.judged(*pair))}
    for pair in (
        crowd.beside(pair for pair, twin in found.items() if twin.score >= crowd.enough + SURE) - pairs
    ):
        if twin := crowd.judged(*pair):
            found[pair] = twin
    return list(_one_each(found))


def _one_each(found: dict[tuple[int, int], Twin]) -> Iterator[Twin]:
    taken: set[tuple[int, Hashable]] = set()
    for (a, b), twin in sorted(found.items(), key=lambda item: (-item[1].score, item[0])):
        seats = {(a, twin.other.source), (b, twin.one.source)}
        if not seats & taken:
            taken |= seats
            yield twin


# --- Who is compared ------------------------------------------------------------------------------


def candidates(residents: Sequence[Resident]) -> set[tuple[int, int]]:
    """Pairs of places in the list that share something by which one would look."""
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    for place, resident in enumerate(residents):
        for key in _keys(resident):
            blocks[key].append(place)
    pairs: set[tuple[int, int]] = set()
    for block in blocks.values():
        for part in _parted(block, residents):
            pairs.update(pair for pair in combinations(part, 2) if _apart(residents, *pair))
    return pairs


def _apart(residents: Sequence[Resident], a: int, b: int) -> bool:
    return residents[a].source != residents[b].source


def _keys(resident: Resident) -> Iterator[Hashable]:
    yield "sound", resident.sound
    family = resident.sound.split(" ")[0]
    if resident.phone:
        yield "phone", resident.phone[-8:]
    if resident.door:
        yield "door", resident.door, family
    if resident.born_on is None:
        return
    if resident.born_precision == births.DAY:
        yield "birthday", resident.born_on, family
    for year in (resident.born_on.year, resident.born_on.year + 1):  # so that neighbouring years meet
        for at in range(1, len(resident.full_name)):
            yield "name", resident.full_name[:at] + "_" + resident.full_name[at + 1 :], year


def _parted(block: list[int], residents: Sequence[Resident]) -> Iterable[list[int]]:
    """A crowd of one name by years of birth; who has none is left to the other keys."""
    if len(block) <= _CROWD:
        return [block]
    years: dict[int, list[int]] = defaultdict(list)
    for place in block:
        if born_on := residents[place].born_on:
            years[born_on.year].append(place)
    return [places + years.get(year + 1, []) for year, places in list(years.items())]


# --- How two compare ------------------------------------------------------------------------------


class _Crowd:
    """Everybody on the lists: how common a name is, and who lives with whom."""

    def __init__(self, residents: Sequence[Resident]) -> None:
        self.residents = residents
        self.size = max(len(residents), _FEWEST)
        self.enough = log2(self.size / (2 * _TWICE)) - _LEAN
        self.names = Counter(resident.full_name for resident in residents)
        self.sounds = Counter(resident.sound for resident in residents)
        self.homes: dict[tuple[Hashable, Hashable], list[int]] = defaultdict(list)
        for place, resident in enumerate(residents):
            self.homes[resident.home].append(place)

    def judged(self, a: int, b: int) -> Twin | None:
        """The pair with its evidence, if it has enough points."""
        one, other = self.residents[a], self.residents[b]
        if not (one.full_name and other.full_name):
            return None
        signs = [self._name(one, other), _birth(one, other), _phone(one, other), _sex(one, other)]
        if sum(sign.points for sign in signs) < self.enough - _MOST_AROUND:
            return None
        signs += [self._housemates(one, other), _door(one, other)]
        score = sum(sign.points for sign in signs)
        if score < self.enough:
            return None
        return Twin(one, other, score, tuple(sign.says for sign in signs if sign.says))

    def beside(self, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
        """Everybody who lives with one of a pair, with everybody who lives with the other."""
        homes = {(self.residents[a].home, self.residents[b].home) for a, b in pairs}
        return {
            (min(pair), max(pair))
            for one, other in homes
            for pair in product(self.homes[one], self.homes[other])
        }

    def _name(self, one: Resident, other: Resident) -> Sign:
        if one.full_name == other.full_name:
            return Sign(self._rarity(self.names[one.full_name]) - 0.5, _("姓名相同"))  # never enough alone
        if one.sound == other.sound:
            # A family name is seldom misheard: 姜 and 江 are two families.
            doubt = 3.5 if one.full_name[0] == other.full_name[0] else 7.0
            return Sign(self._rarity(self.sounds[one.sound]) - doubt, _by_ear(one.full_name, other.full_name))
        return _near_name(one.full_name, other.full_name)

    def _rarity(self, count: int) -> float:
        """What a name says that `count` lines have, hers among them."""
        return log2(self.size / max(count - 1, 1))

    def _housemates(self, one: Resident, other: Resident) -> Sign:
        mine, yours = self._others(one), self._others(other)
        both = Counter(mine) & Counter(yours)
        if not both:
            return Sign(-1.0 if len(mine) > 1 and len(yours) > 1 else 0.0)
        chances = len(mine) * len(yours)
        points = sum(max(self._rarity(self.sounds[sound] * chances) - 1, 0.0) for sound in both)
        says = _("同住的人有 %(count)d 位相同") % {"count": both.total()}
        return Sign(min(points, _HOUSEMATES), says)

    def _others(self, resident: Resident) -> list[str]:
        return [
            self.residents[place].sound
            for place in self.homes[resident.home]
            if self.residents[place].sound != resident.sound
        ]


_HOUSEMATES = 12.0  # at most: they moved together, so the second says less than the first
_DOOR = 4.0
_MOST_AROUND = _HOUSEMATES + _DOOR
_TITLES = re.compile(
    "师傅|大妈|大爷|大娘|奶奶|爷爷|阿姨|叔叔?|婶婶?|伯伯|老师|女士|先生|大姐|大哥|氏|某某?|老[太头]太?"
)
_OF_ALIKE: dict[str, set[int]] = defaultdict(set)
for _number, _group in enumerate(_ALIKE.split()):
    for _sign in _group:
        _OF_ALIKE[_sign].add(_number)


def _by_ear(one: str, other: str) -> str:
    return _("姓名同音：%(one)s、%(other)s") % {"one": one, "other": other}


def _near_name(one: str, other: str) -> Sign:
    """A character mistaken, or a pet name that keeps one; 建国 and 建军 may well be brothers."""
    shown = {"one": one, "other": other}
    differ = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    if len(one) == len(other) and len(differ) == 1:
        ((a, b),) = differ
        if _readings(a) & _readings(b):
            return Sign(7.5, _by_ear(one, other))
        if _OF_ALIKE[a] & _OF_ALIKE[b]:
            return Sign(6.5, _("姓名只差一个形近的字：%(one)s、%(other)s") % shown)
    if one[:1] != other[:1]:
        return Sign(-12.0)
    if _TITLES.fullmatch(one[1:]) or _TITLES.fullmatch(other[1:]):
        return Sign(-1.0, _("同姓，一边只写了称呼：%(one)s、%(other)s") % shown)
    if _is_pet_name(one[1:], other[1:]) or _is_pet_name(other[1:], one[1:]):
        return Sign(5.0, _("同姓，像是小名：%(one)s、%(other)s") % shown)
    if set(one[1:]) & set(other[1:]):
        return Sign(-3.0, _("同姓，名里有同一个字：%(one)s、%(other)s") % shown)
    return Sign(-6.0)


@lru_cache(maxsize=4096)
def _readings(sign: str) -> frozenset[str]:
    """柏 is bai and bo."""
    return frozenset(pinyin(sign, style=Style.NORMAL, heteronym=True)[0])


def _is_pet_name(short: str, given: str) -> bool:
    """小国, 国国, 国子 of 建国; 小山 is no pet name of 大山, but perhaps his son."""
    kept = set(short) - set("小阿老子儿")
    return len(kept) == 1 and kept < set(given) and not set(given) & set("大小老")


def _birth(one: Resident, other: Resident) -> Sign:
    if one.born_on is None or other.born_on is None:
        return Sign(0.0)
    precisions = {one.born_precision, other.born_precision}
    if precisions != {births.DAY}:
        if births.agree(one.born_on, one.born_precision, other.born_on, other.born_precision):
            return Sign(5.5, _("出生年份相同")) if births.YEAR in precisions else Sign(9.0, _("出生年月相同"))
        return Sign(-5.0 if abs(one.born_on.year - other.born_on.year) <= 1 else -13.0)
    return _birthday(one.born_on, other.born_on)


def _birthday(one: date, other: date) -> Sign:
    """Two full dates. People give the lunar day, swap day and month, or are a year older on paper."""
    if one == other:
        return Sign(13.0, _("生日相同"))
    if _by_the_moon(one) == other or _by_the_moon(other) == one:
        return Sign(10.0, _("一边的生日像是农历的同一天"))
    if one.year == other.year:
        if (one.month, one.day) == (other.day, other.month) or _slip(one, other):
            return Sign(5.0, _("生日只差一处，像是笔误"))
        return Sign(-2.5)
    if (one.month, one.day) == (other.month, other.day):
        return Sign(4.0, _("生日的月日相同，年份不同")) if _slip(one, other) else Sign(-6.0)
    return Sign(-6.0 if abs(one.year - other.year) <= 1 else -13.0)


def _slip(one: date, other: date) -> bool:
    """Whether one digit alone differs."""
    return sum(a != b for a, b in zip(f"{one:%Y%m%d}", f"{other:%Y%m%d}", strict=True)) == 1


def _by_the_moon(day: date) -> date | None:
    """The day of the sun, were this one of the moon: about a month later."""
    try:
        sun: date = LunarDate(day.year, day.month, day.day).to_solar_date()
    except ValueError:  # there was no thirtieth
        return None
    return sun


def _phone(one: Resident, other: Resident) -> Sign:
    if not (one.phone and other.phone):
        return Sign(0.0)
    if one.phone == other.phone:
        return Sign(12.0 if is_mobile(one.phone) else 8.0, _("电话相同"))
    if one.phone[-4:] == other.phone[-4:]:
        return Sign(2.0, _("电话尾号相同"))
    return Sign(-1.0)


def _sex(one: Resident, other: Resident) -> Sign:
    return Sign(-10.0 if one.sex and other.sex and one.sex != other.sex else 0.0)


def _door(one: Resident, other: Resident) -> Sign:
    return Sign(_DOOR, _("住址相同")) if one.door and one.door == other.door else Sign(0.0)
