"""A made-up community in the lists of its grids, on which many people stand twice; from a seed.

`lists(seed, households)` gives the lines of all lists. `human` says who it really is, which nobody who keeps
a list knows. Knows nothing of visits/registers/twins.py: its pools and mistakes are its own.

Households: an elder alone, an elderly couple, a couple with one or two children, three generations, a parent
alone with a child, two who share a flat. Given names are those of their time, the common ones often, so that
every list has several 王秀英; for every sixty households two more women of one name are put into one grid's
buildings, often without a birthday. Among the children are twins (one birthday, names that share a character), and sons whose name
differs from their father's by one (大山, 小山). Children have their mother's phone or none.

Who stands twice, some seven in a hundred people:
    a household that moved to another grid and was never struck off the first list
    an elder who moved in with a child's household, or a child who left to live alone
    somebody who married again: another spouse, another phone more often than not
    a house on the border that two grids count as theirs
One of a pair of twins may live elsewhere, so that each list has one of them: these are two people.

How the second line differs, each by itself: the name by ear (8 in 100), by a character that looks alike
(6), by a pet name or a form of address (4); the birthday missing (5), without its day (6), the year alone
(5), given by the moon (8), one digit wrong (3); the phone changed (25) or missing (20). Any line, first or
second, lacks its birthday (2), has the year alone (2), or lacks its phone (30). Of the look-alikes two in
three are in no table of the scorer's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from borax.calendars.lunardate import LunarDate

GRIDS = 8


def words(text: str) -> list[str]:
    return text.split()


def pairs(text: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in text.split())


FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
WOMEN_OLD = words(
    "秀英 桂兰 秀兰 玉兰 桂英 玉珍 淑珍 凤英 秀珍 玉英 淑兰 素珍 翠花 春兰 桂芳 秀芳 凤兰 "
    "玉梅 桂珍 淑英 素芬 金凤 月英 香云 俊英 爱莲 惠兰 彩霞 瑞芝 荣花 改兰 巧云 月娥 书琴 "
    "焕荣 喜莲 银环 素云 兰香 菊香"
)
MEN_OLD = words(
    "建国 德明 国强 志明 福生 永福 玉山 金山 建军 文华 德海 长林 保国 国华 树林 振华 春生 "
    "根生 学文 家祥 万福 庆云 广田 云海 占魁 守义 兆祥 清泉 玉柱 连生 进才 明德 世昌 学礼 "
    "成林 天佑 忠义 耀武 兴旺 有才"
)
WOMEN_MID = words(
    "丽 敏 静 红霞 丽娟 春梅 海燕 晓红 玉玲 秀丽 建红 玲 艳 丽华 慧敏 爱华 淑敏 雪梅 冬梅 "
    "文静 国红 新华 志红 小琴 俊玲 会玲 永红 瑞敏 桂玲 亚丽 素玲 改玲 红梅 金玲 彦红 翠玲"
)
MEN_MID = words(
    "强 伟 军 建华 志强 海涛 国庆 建军 永强 文杰 晓东 卫东 红军 志刚 明 勇 建伟 新民 立新 "
    "向阳 爱民 保民 全胜 战胜 朝阳 东升 长河 景山 学军 振东 大山 铁成 玉龙 海峰 胜利 继红"
)
YOUNG = words(
    "子轩 雨桐 浩然 梓涵 欣怡 宇航 思远 佳琪 博文 诗涵 俊杰 晨曦 雅琪 天宇 可欣 明轩 依诺 "
    "一鸣 若曦 嘉豪 语嫣 文博 静怡 泽宇 梦瑶 子涵 家乐 奕辰 沐阳 舒雅 启航 安然 星辰 书瑶 "
    "景行 知远 乐彤 亦菲 承志 念慈"
)
BY_EAR = pairs(
    "英:瑛 桂:贵 兰:岚 玉:钰 珍:贞 淑:书 凤:奉 秀:绣 梅:玫 芳:方 丽:莉 静:靖 红:宏 霞:侠 华:铧 敏:闽 "
    "建:健 国:帼 志:智 明:铭 军:君 强:墙 伟:玮 海:醢 文:雯 德:得 福:富 生:声 永:咏 金:今 山:珊 林:琳 "
    "春:椿 燕:彦 晓:小 玲:灵 娟:鹃 杰:洁 勇:涌 刚:钢 新:欣 东:冬 子:紫 雨:宇 浩:皓 思:司 佳:嘉 博:柏 "
    "诗:师 俊:骏 天:添 宇:羽 涵:函 怡:宜 航:杭 琪:祺 轩:宣 萧:肖 阎:闫 傅:付 戴:代 余:于"
)
BY_EYE = pairs(
    "英:莫 桂:佳 兰:羊 玉:五 珍:诊 淑:椒 凤:风 秀:季 梅:悔 芳:芬 丽:而 静:晴 红:江 霞:露 华:毕 敏:繁 "
    "建:律 国:图 志:忘 明:朋 军:车 强:弹 伟:韦 海:每 文:丈 德:听 福:幅 生:牛 永:水 金:全 山:出 林:材 "
    "春:春 燕:蒸 玲:冷 娟:捐 杰:术 勇:男 刚:冈 新:斩 东:车 子:孑 雨:两 浩:洁 思:恩 佳:挂 博:搏 俊:峻 "
    "天:夫 宇:字 涵:函 怡:治 航:般 轩:轻 素:索 荣:茱 云:去 花:化"
)


@dataclass(frozen=True)
class Line:
    """One line of one grid's list."""

    human: int
    source: int
    household: int
    full_name: str
    sex: str
    born_on: date | None
    born_precision: str
    phone: str
    door: str


class Town:
    """The people as they are, and the lists as they are kept."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.humans = self.homes = 0
        self.lines: list[Line] = []

    def chance(self, in_a_hundred: float) -> bool:
        return self.random.random() * 100 < in_a_hundred

    def phone(self) -> str:
        return f"1{self.random.choice('3578')}{self.random.randrange(10**9):09}"

    def given(self, sex: str, born: date) -> str:
        old = born.year < 1962
        pool = (
            YOUNG
            if born.year > 1990
            else (WOMEN_OLD if old else WOMEN_MID)
            if sex == "F"
            else (MEN_OLD if old else MEN_MID)
        )
        # The first of a pool are the common ones.
        return pool[min(int(self.random.expovariate(1 / 11)), len(pool) - 1)]

    def somebody(self, family: str, sex: str, years: tuple[int, int], given: str = "") -> Line:
        self.humans += 1
        born = date(years[0], 1, 1) + timedelta(days=self.random.randrange(365 * (years[1] - years[0] + 1)))
        name = family + (given or self.given(sex, born))
        return Line(self.humans, 0, 0, name, sex, born, "DAY", self.phone() if born.year < 2010 else "", "")

    # --- Households -------------------------------------------------------------------------------

    def family(self) -> list[Line]:
        kind = self.random.choices(
            ("alone", "elders", "couple", "three", "single", "flat"), (14, 20, 32, 18, 10, 6)
        )[0]
        man, woman = self.random.choices(FAMILIES, k=2)
        if kind == "alone":
            return [self.somebody(man, self.random.choice("FM"), (1930, 1956))]
        if kind == "elders":
            return [self.somebody(man, "M", (1935, 1958)), self.somebody(woman, "F", (1937, 1960))]
        if kind == "flat":
            return [self.somebody(family, self.random.choice("FM"), (1990, 2004)) for family in (man, woman)]
        parents = [self.somebody(man, "M", (1962, 1988)), self.somebody(woman, "F", (1964, 1989))]
        parents = parents[1:] if kind == "single" else parents
        home = parents + self.children(parents, man)
        if kind == "three":
            home.append(self.somebody(self.random.choice(FAMILIES), "F", (1935, 1958)))
        return home

    def children(self, parents: list[Line], family: str) -> list[Line]:
        mother = parents[-1]
        first = self.somebody(family, self.random.choice("FM"), (1992, 2022))
        children = [
            replace(first, phone=self.random.choice((mother.phone, ""))) if not first.phone else first
        ]
        if self.chance(6):  # twins
            given = first.full_name[1:]
            other = given[0] + self.random.choice([c for c in "阳雪安宁诺恩涵文" if c not in given])
            twin = self.somebody(family, first.sex, (2000, 2001), other)
            children.append(replace(twin, born_on=first.born_on, phone=children[0].phone))
        elif self.chance(30):
            children.append(self.somebody(family, self.random.choice("FM"), (1994, 2023)))
        if self.chance(8) and parents[0].sex == "M":  # a son called after his father
            father = parents[0]
            given = "小" + father.full_name[-1]
            children[0] = replace(children[0], full_name=father.full_name[0] + given, sex="M")
        return children

    # --- Lists ------------------------------------------------------------------------------------

    def settle(self, people: list[Line], grid: int, door: str) -> list[Line]:
        self.homes += 1
        return [replace(person, source=grid, household=self.homes, door=door) for person in people]

    def door(self, grid: int) -> str:
        return f"/{grid * 10 + self.random.randint(1, 9)}/{self.random.randint(1, 4)}/{self.random.randint(1, 11)}0{self.random.randint(1, 3)}"

    def kept(self, line: Line) -> Line:
        """As any list has it."""
        if self.chance(2):
            line = replace(line, born_on=None, born_precision="")
        elif self.chance(2) and line.born_on:
            line = replace(line, born_on=date(line.born_on.year, 1, 1), born_precision="YEAR")
        return replace(line, phone="") if self.chance(30) else line

    def again(self, line: Line) -> Line:
        """As the second list has it."""
        line = replace(line, full_name=self.misheard(line.full_name))
        if line.born_on:
            line = self.born_otherwise(line, line.born_on)
        if self.chance(25) and line.phone:
            line = replace(line, phone=self.phone())
        elif self.chance(27):
            line = replace(line, phone="")
        return line

    def misheard(self, name: str) -> str:
        way = self.random.random() * 100
        table = BY_EAR if way < 8 else BY_EYE if way < 14 else {}
        places = [n for n, sign in enumerate(name) if sign in table]
        if places:
            n = self.random.choice(places)
            return name[:n] + table[name[n]] + name[n + 1 :]
        if 14 <= way < 18:
            last = name[-1]
            return name[0] + self.random.choice((f"小{last}", f"小{last}", last * 2, f"{last}子", "师傅"))
        return name

    def born_otherwise(self, line: Line, born: date) -> Line:
        way = self.random.random() * 100
        if way < 5:
            return replace(line, born_on=None, born_precision="")
        if way < 11:
            return replace(line, born_on=born.replace(day=1), born_precision="MONTH")
        if way < 16:
            return replace(line, born_on=date(born.year, 1, 1), born_precision="YEAR")
        if way < 24:
            moon = LunarDate.from_solar(born)
            day = date(moon.year, moon.month, min(moon.day, 28))
            return replace(line, born_on=day)
        if way < 27:
            tens, ones = divmod(min(born.day, 28), 10)
            return replace(line, born_on=born.replace(day=tens * 10 + (ones % 8) + 1))
        return line

    def elsewhere(self, grid: int) -> int:
        return (grid + self.random.randrange(1, GRIDS)) % GRIDS

    def household(self, number: int) -> None:
        grid = number % GRIDS
        people, door = self.family(), self.door(grid)
        home = self.settle(people, grid, door)
        self.lines += [self.kept(line) for line in home]
        other, way = self.elsewhere(grid), self.random.random() * 100
        if way < 4:  # moved
            self.lines += [
                self.kept(self.again(line)) for line in self.settle(people, other, self.door(other))
            ]
        elif way < 5.5:  # on the border
            self.lines += [self.kept(self.again(line)) for line in self.settle(people, other, door)]
        elif way < 10:  # one of them lives elsewhere now
            one = self.random.choice(people)
            new = [] if self.chance(40) else self.family()
            home = self.settle([one, *new], other, self.door(other))
            self.lines += [self.kept(self.again(home[0])), *(self.kept(line) for line in home[1:])]
        elif way < 12 and len(people) > 1:  # married again
            one = replace(people[0], phone=people[0].phone if self.chance(40) else self.phone())
            spouse = self.somebody(self.random.choice(FAMILIES), "F" if one.sex == "M" else "M", (1945, 1985))
            home = self.settle([one, spouse], other, self.door(other))
            self.lines += [self.kept(self.again(home[0])), self.kept(home[1])]
        elif way < 13:  # her twin, who is somebody else
            one = people[-1]
            name = one.full_name[:-1] + self.random.choice("丽强安宁雪")
            twin = replace(self.somebody(one.full_name[0], one.sex, (1950, 1951)), born_on=one.born_on)
            if name != one.full_name:
                self.lines += self.settle([replace(twin, full_name=name)], other, self.door(other))

    def namesakes(self, number: int) -> None:
        """Two women of one name in one building, in two flats."""
        grid = number % GRIDS
        name = self.random.choice(FAMILIES[:5]) + self.random.choice(WOMEN_OLD[:4])
        for _ in range(2):
            one = self.somebody(name[0], "F", (1938, 1958), name[1:])
            line = self.settle([one], grid, self.door(grid))[0]
            self.lines.append(self.kept(replace(line, born_on=None if self.chance(40) else line.born_on)))


def lists(seed: int, households: int = 2_000) -> list[Line]:
    """The lines of the lists of all grids, in no order."""
    town = Town(seed)
    for number in range(households):
        town.household(number)
        if number % 60 == 0:
            town.namesakes(number // 60)
    town.random.shuffle(town.lines)
    return [replace(line, born_precision=line.born_precision if line.born_on else "") for line in town.lines]
