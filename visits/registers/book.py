"""A household book (居民信息台账): who lives behind which door and how they belong together.

Read without guessing: what is doubtful is named, and what the house does not keep is not looked at.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from common.sheets import births
from common.sheets.header import Field, Kind, entries, find_table
from common.sheets.notes import Skipped
from common.sheets.persons import PERSON_FIELDS, PersonCells, dates_in, refuse_one_name
from common.sheets.sheet import Sheet
from common.sheets.text import person_name, plain, quote, squeezed
from visits.registers.addresses import Address, read_address
from visits.registers.households import Entry, HouseholdRead, Member, assembled
from visits.registers.relations import HEAD, read_relation

# Religion and ethnicity, politics, money, illness and disability, danger: columns that are taken out before a
# line is read. (Of the others only those that mean something below are read at all.)
_REFUSED = (
    "宗教|信教|教派|信仰|民族|种族|政治|党派|党员|入党|团员"
    "|收入|工资|年薪|资产|存款|低保|经济|"
    "病|疾|患|诊断|健康|残|精神|血型|血压|用药|疫苗"
    "|危险|风险|肇事|稳控|信访|上访|前科|刑|矫正|帮教|吸毒|戒毒|涉毒|邪教|重点人|管控"
)
# What the same things are called in a remark.
_NOT_KEPT = re.compile(
    rf"{_REFUSED}|癌|肿瘤|瘫|中风|偏瘫|痴呆|失智|抑郁|透析|卧床|信[教佛主]|基督|天主|穆斯林|(?:回|满|蒙古|维吾尔|藏|壮|苗)族"
)
_GONE = re.compile("已故|去世|死亡|病故|过世|已亡|注销|已?迁出|已?搬走|已?搬离|已搬|不在此住|不住这")
_NOBODY = frozenset({"空户", "空置", "空房", "空挂户", "无人", "无人居住", "无人住", "出租", "待租", "闲置"})
_YES = frozenset({"是", "√", "✓", "Y", "y", "对"})
_KIND = Kind(
    fields=(
        *PERSON_FIELDS,
        Field("is_head", ("是否(?:为)?户主",)),
        Field("head", (r"(?:家庭)?户主(?:姓名|名字|名)?",)),
        Field(
            "number",
            (r"户(?:籍|主)?(?:编|序)?号|户口(?:簿|本)?(?:号|编号)码?|家庭(?:编|户)?号|户籍编号|门户编号",),
        ),
        Field("relation", (r"(?:与|和|同)?户主(?:之?间?的?)?关系|(?:家庭|成员|人员)?关系",)),
        Field(
            "address",
            (
                r"(?:现|实际|目前)?(?:居住|住)(?:详细)?(?:地址|地|住址)|现住址|现居(?:住)?(?:地|址|地址)|(?:家庭|常|详细)?住址",
                r"(?:家庭|详细|房屋)?(?:地址|坐落)|门牌(?:号码?|地址)?|楼门号|楼栋单元房号?|楼号?单元(?:号)?房?号?",
            ),
        ),
        Field("grid", (r"(?:所属|所在)?(?:综治)?网格(?:名称?|编?号)?",)),
        Field("place", (r"(?:所在|居住|所属)?小区(?:名称)?|院落(?:名称)?|家属院|小区(?:/|、|或)院落",)),
        Field("building", (r"(?:所在)?(?:楼(?:栋|房)?(?:号|幢)?|[栋幢]号?|楼宇|号楼)",)),
        Field("unit", (r"(?:所在)?单元(?:号)?|门洞(?:号)?",)),
        Field("floor", (r"(?:所在)?楼层|层",)),
        Field("room", (r"(?:房|室|户室|门)号|房间(?:号)?|室|房号室",)),
        Field(
            "since",
            (
                r"(?:何时)?(?:入住|迁入|来住|搬入|搬来|住进来?|现住地居住)(?:时间|日期|年月|年份)?|居住(?:起始|开始)(?:时间|日期)",
            ),
        ),
        Field("state", (r"(?:人员|居住|人口|在住)?(?:状态|情况)|是否在住",)),
    ),
    required=(("name",), ("address", "building", "room")),
    refused=_REFUSED,
)
# Behind a bare number in a column of its own.
_SUFFIXES = {"building": "号楼", "unit": "单元", "floor": "层", "room": "室"}
_BARE = re.compile(r"[\dA-Za-z〇零一二三四五六七八九十百甲乙丙丁]$")


@dataclass(frozen=True, slots=True)
class Book:
    """A read book. `unused` are headings nobody reads, `refused` those of columns that may not be kept."""

    title: str
    headers: tuple[str, ...]
    households: tuple[HouseholdRead, ...]
    skipped: tuple[Skipped, ...]
    unused: tuple[str, ...]
    refused: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about the book as a whole."""
        if not self.refused:
            return ()
        columns = _("、").join(f"“{quote(heading)}”" for heading in self.refused)
        return (
            _("%(columns)s没有读，也不会保存：这里不登记宗教、民族、病情、危险等级、收入和政治面貌。")
            % {"columns": columns},
        )


def read_book(sheet: Sheet, *, today: date, within: Iterable[str] = (), place: str = "") -> Book:
    """Read the one page that is a household book; refuses (SheetRefused) a file without one.

    `today` bounds births and since when somebody lives here. `within` and `place` are those of `read_address`.
    """
    page, header = find_table(sheet, _KIND, names=(_("姓名"), _("住址")))
    page = page.without(header.refused, below=header.last_line)
    lines, skipped = entries(page, header, _KIND)
    dates = dates_in(page, header, lines, "birth", "since")
    reader = _Reader(page, header, dates, today, within=tuple(within), place=place)
    read = [reader.entry(line) for line in lines]
    refuse_one_name(entry.member.full_name for entry in read)
    usual = {
        "relation": _("与户主关系"),
        "phone": _("联系电话"),
        "birth": _("出生年月"),
        "sex": _("性别"),
    }
    return Book(
        title=page.title,
        headers=header.labels,
        households=assembled(read, related=header.has("relation")),
        skipped=skipped,
        unused=header.unused_labels(),
        refused=tuple(header.labels[column] for column in header.refused),
        missing=tuple(label for name, label in usual.items() if not header.has(name)),
    )


@dataclass(slots=True)
class _Reader(PersonCells):
    within: tuple[str, ...] = ()
    place: str = ""

    def entry(self, line: int) -> Entry:
        said = self.person(line)
        if said["full_name"] in _NOBODY:
            said["full_name"], said["fatal"] = "", _("这一行写着没有人住。")
        door, head = self._door(), self._head(said["full_name"])
        relation = self._relation(said["sex"])
        since, precision = self._since()
        remark = self._remark()
        self._doubt_line(line)
        member = Member(
            line=line,
            relation=HEAD if head and head == said["full_name"] and not relation else relation,
            since=since,
            since_precision=precision,
            remark=remark,
            home=door.key if door else "",
            doubts=tuple(self.doubts),
            **said,
        )
        return Entry(
            member,
            number=squeezed(self.cell("number")),
            door=door,
            head=head,
            grid=squeezed(self.cell("grid")),
        )

    def _door(self) -> Address | None:
        """From one cell, else from those of building, unit and room; None where the line names no door."""
        place = squeezed(self.cell("place")) or self.place
        whole, room = self.cell("address"), self.cell("room")
        parts = [self._part(name) for name in ("building", "unit", "floor")]
        if whole is not None:
            door = read_address(whole, within=self.within, place=place)
            if not door.doubt or not any(parts):
                return door
        if not any(parts) and room is None:
            return None
        last = self._part("room") or squeezed(whole)
        return read_address("".join([*parts, last]), within=self.within, place=place)

    def _part(self, name: str) -> str:
        """A cell's words, a bare number with the word of its column."""
        words = squeezed(self.cell(name))
        return words + _SUFFIXES[name] if _BARE.search(words) else words

    def _head(self, name: str) -> str:
        """Whom the line calls the head of its household: somebody by name, or yes of whoever stands on it."""
        if squeezed(self.cell("is_head")) in _YES or squeezed(self.cell("head")) in _YES:
            return name
        return person_name(self.cell("head"))

    def _relation(self, sex: str) -> str:
        value = self.cell("relation")
        if value is None:
            return ""
        kin = read_relation(value)
        if kin is None:
            message = _("与户主关系“%(text)s”读不懂，先留空，请核对。") % {"text": quote(value)}
            self.doubt("BAD_RELATION", "relation", message)
            return ""
        if kin.sex and sex and kin.sex != sex:
            message = _("与户主关系“%(text)s”和性别对不上，请核对。") % {"text": quote(value)}
            self.doubt("RELATION_SEX", "relation", message)
        return kin.relation

    def _since(self) -> tuple[date | None, str]:
        value = self.cell("since")
        since = births.read_birth(value, self.dates["since"], today=self.today)
        if since.code:
            message = _("入住时间“%(text)s”读不懂或不可能，先留空，请核对。") % {"text": quote(value)}
            self.doubt("BAD_SINCE", "since", message)
            return None, ""
        return since.born_on, since.precision

    def _remark(self) -> str:
        """The remark, unless it says what may not be kept; the doubt does not repeat it."""
        remark = plain(self.cell("remark"))
        if gone := _GONE.search(f"{remark} {plain(self.cell('state'))}"):
            message = _("这一行写着“%(word)s”，可能已经不住在这里，请核对。") % {"word": gone[0]}
            self.doubt("GONE", "remark" if gone[0] in remark else "state", message)
        if _NOT_KEPT.search(remark):
            message = _(
                "备注里写了这里不登记的内容（宗教、民族、病情、危险等级、收入、政治面貌一类），备注没有采用。"
            )
            self.doubt("REMARK_NOT_KEPT", "remark", message)
            return ""
        return remark

    def _doubt_line(self, line: int) -> None:
        if line in self.page.hidden:
            self.doubt("HIDDEN", "", _("这一行在表格里是隐藏的，可能已经作废，请核对。"))
        struck = [
            self.header.labels[column]
            for column in sorted(self.header.used())
            if (line, column + 1) in self.page.struck
        ]
        if struck:
            message = _("这一行的%(columns)s划了删除线，可能已经作废，请核对。")
            self.doubt("STRUCK", "", message % {"columns": _("、").join(struck)})
