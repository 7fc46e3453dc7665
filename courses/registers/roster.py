"""A roster: who wants to learn what, with every doubtful cell named and nothing guessed."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from common import chinese_id
from common.phones import find_phones
from common.sheets import births
from common.sheets.births import BirthColumn
from common.sheets.notes import Doubt, SheetRefused, Skipped
from common.sheets.sheet import Page, Sheet
from common.sheets.text import (
    ERROR_VALUES,
    Value,
    as_text,
    is_ditto,
    is_nothing,
    odd_characters,
    person_name,
    plain,
    quote,
    squeezed,
)
from common.sheets.text import (
    shown as as_shown,
)
from courses.registers.classes import joined_class
from courses.registers.header import Field, Header, Kind, entries, find_table

LONGEST_PLAIN_NAME = 3
MOST_NAMESAKES = 300
LONGEST_NAME = 30  # characters; the longest Uyghur names with their fathers' stay below

_CONTACT = (
    r"(?:(?:紧急|应急|备用|家属|子女|监护人|家长|亲属|家庭)?(?:联系人|联络人)|家属|监护人|家长|子女|亲属)"
    r"(?:姓名)?"
)
_CALL = r"(?:联系)?(?:电话|手机|方式|联系方式|号码)(?:号码?|号)?"
_WISH = (
    r"(?:所报|所在|报名|意向|选报|拟报|参加|所选|学习)?(?:第[一二三四五六1-6])?"
    r"(?:课程|班级|班次|科目|专业|项目|志愿)(?:[一二三四五六1-6])?(?:名称)?|所在班|报班|班名"
)
_KIND = Kind(
    fields=(
        Field("contact", (rf"{_CONTACT}(?:及|和|与|、|/|\+|,|&)其?{_CALL}",)),
        Field("contact_name", (_CONTACT,)),
        Field(
            "contact_phone",
            (rf"{_CONTACT}的?{_CALL}|(?:紧急|应急|备用)(?:联系|联络)?(?:电话|手机|方式|号码)",),
        ),
        Field(
            "name",
            (
                r"(?:学员|学生|老人|居民|报名人|报名者|参加人|本人|会员|成员)?(?:姓名|名字)",
                "学员|学生|报名人",
            ),
        ),
        Field("sex", ("性别",)),
        Field("birth", (r"出生(?:年月日?|日期|时间|年份)?|生日",)),
        Field("age", ("年龄|周岁|岁数",)),
        Field(
            "phone",
            (
                r"(?:本人|学员|学生|老人|常用|家庭|固定|联系|移动|个人)*(?:电话|手机|手机号|手机号码|电话号码|联系方式|联系号码|座机|固话)",
            ),
            many=True,
        ),
        Field(
            "home",
            (
                r"(?:所在|居住|所属|现住|常住|现居)?社区(?:名称)?",
                r"(?:所在|居住)?小区(?:名称)?",
                r"(?:家庭|现|居|常|详细|居住|联系)?(?:住址|地址|住所)|居住地",
            ),
        ),
        Field("wish", (_WISH,), many=True),
        Field("document", (r"(?:居民|学员|本人)?身份证(?:号码?|件号码?)?|证件号码?|公民身份号码",)),
        Field("remark", ("备注|备考|说明|其他说明|备注说明",)),
    ),
    required=(("name",), ("wish",)),
)
_SEXES = {
    "女": "F",
    "女性": "F",
    "女士": "F",
    "f": "F",
    "female": "F",
    "男": "M",
    "男性": "M",
    "男士": "M",
    "m": "M",
    "male": "M",
}
_NEUTRAL = re.compile(
    "本人|微信同号|同微信|微信号?|(?:联系)?(?:电话|手机|方式)号?码?|座机|宅电|tel", re.IGNORECASE
)
_SEVERAL = re.compile(r"[、,;/|\n+]|(?<=班)\s+(?=\S*班)")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One learner's line. Empty strings and None are what is not written or not certain."""

    line: int
    raw: tuple[str, ...]
    full_name: str = ""
    sex: str = ""
    born_on: date | None = None
    born_precision: str = ""
    phone: str = ""
    home: str = ""
    wishes: tuple[str, ...] = ()
    contact_name: str = ""
    contact_phone: str = ""
    remark: str = ""
    document_no: str = field(default="", repr=False)
    doubts: tuple[Doubt, ...] = ()
    fatal: str = ""  # why the line cannot be imported at all


@dataclass(frozen=True, slots=True)
class Roster:
    """A read roster; `unused` are headings nobody reads, `missing` usual ones that are not there."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[RosterRow, ...]
    skipped: tuple[Skipped, ...]
    unused: tuple[str, ...]
    missing: tuple[str, ...]


def read_roster(sheet: Sheet, *, today: date) -> Roster:
    """Read the one page that is a roster; refuses (SheetRefused) a file without one.

    `today` bounds birth dates: a birth in the future is a slip of the pen.
    """
    page, header = find_table(sheet, _KIND, names=(_("姓名"), _("报名课程")))
    lines, skipped = entries(page, header, _KIND)
    reader = _Reader(page, header, BirthColumn.of(_column(page, header, lines), typed=page.typed), today)
    rows = tuple(reader.row(line) for line in lines)
    _refuse_one_name(rows)
    usual = {"phone": _("联系电话"), "birth": _("出生年月"), "sex": _("性别"), "home": _("所在社区")}
    return Roster(
        title=page.title,
        headers=header.labels,
        rows=rows,
        skipped=skipped,
        unused=header.unused_labels(),
        missing=tuple(label for name, label in usual.items() if not header.has(name)),
    )


def _refuse_one_name(rows: Sequence[RosterRow]) -> None:
    """Namesakes are compared pair by pair; hundreds of one name are no roster but a wrong column."""
    counts = Counter(row.full_name for row in rows if row.full_name)
    name, count = max(counts.items(), key=lambda item: item[1], default=("", 0))
    if count > MOST_NAMESAKES:
        message = _("姓名“%(name)s”出现了 %(count)d 次，请检查“姓名”这一列是不是填错了。")
        raise SheetRefused("ONE_NAME", message % {"name": name, "count": count})


def _column(page: Page, header: Header, lines: tuple[int, ...]) -> Iterator[Value]:
    for column in header.columns["birth"]:
        yield from (page.rows[line - 1][column] for line in lines)


@dataclass(slots=True)
class _Reader:
    page: Page
    header: Header
    birth_column: BirthColumn
    today: date
    doubts: list[Doubt] = field(default_factory=list)
    cells: tuple[Value, ...] = ()

    def row(self, line: int) -> RosterRow:
        self.doubts, self.cells = [], self.page.filled(line)
        full_name, fatal = self._name()
        sex, (born_on, precision) = self._sex(), self._birth()
        document_no = self._document()
        if document_no:
            sex, born_on, precision = self._with_document(document_no, sex, born_on, precision)
        phone, wishes = self._phone(), self._wishes()
        contact_name, contact_phone = self._contact()
        return RosterRow(
            line=line,
            raw=tuple(as_shown(cell) for cell in self.cells),
            full_name=full_name,
            sex=sex,
            born_on=born_on,
            born_precision=precision,
            phone=phone,
            home=squeezed(self._cell("home")),
            wishes=wishes,
            contact_name=contact_name,
            contact_phone=contact_phone,
            remark=plain(self._cell("remark")),
            document_no=document_no,
            doubts=tuple(self.doubts),
            fatal=fatal,
        )

    def _doubt(self, code: str, name: str, message: str) -> None:
        self.doubts.append(Doubt(code, self.header.label(name), message))

    def _cell(self, name: str) -> Value:
        columns = self.header.columns[name]
        return self._sound(name, self.cells[columns[0]]) if columns else None

    def _sound(self, name: str, value: Value) -> Value:
        """A cell's value unless it is nothing, a ditto mark or a formula's error."""
        if is_ditto(value):
            self._doubt("DITTO", name, _("这一格写的是“同上”，读的人不知道指哪一行，先留空，请写明。"))
            return None
        if isinstance(value, str) and value.strip() in ERROR_VALUES:
            self._doubt(
                "CELL_ERROR",
                name,
                _("这一格的公式出错（%(text)s），先留空，请核对。") % {"text": value.strip()},
            )
            return None
        return None if is_nothing(value) else value

    def _name(self) -> tuple[str, str]:
        value = self._cell("name")
        name = person_name(value)
        if not name:
            return "", _("没有写姓名，这一行不会导入。")
        if len(name) > LONGEST_NAME:
            return "", _("姓名“%(text)s”太长，这一行不会导入，请核对。") % {"text": quote(value)}
        if odd := odd_characters(name):
            self._doubt(
                "ODD_NAME", "name", _("姓名里有不常见的字符“%(odd)s”，会照原样保存，请核对。") % {"odd": odd}
            )
        elif len(name) == 1:
            self._doubt("SHORT_NAME", "name", _("姓名只有一个字，会照原样保存，请核对。"))
        return name, ""

    def _sex(self) -> str:
        value = self._cell("sex")
        if value is None:
            return ""
        sex = _SEXES.get(squeezed(value).casefold(), "")
        if not sex:
            self._doubt("BAD_SEX", "sex", _("性别“%(text)s”读不懂，先留空。") % {"text": quote(value)})
        return sex

    def _birth(self) -> tuple[date | None, str]:
        value, age = self._cell("birth"), self._cell("age")
        birth = births.read_birth(value, self.birth_column, today=self.today)
        if birth.code:
            self._doubt(birth.code, "birth", birth.message)
        elif birth.born_on is None and age is not None:
            message = _("只写了年龄“%(text)s”，年龄不能当作出生日期，出生日期先留空。") % {"text": quote(age)}
            self._doubt("AGE_ONLY", "age", message)
        return birth.born_on, birth.precision

    def _phone(self) -> str:
        found: list[str] = []
        for column in self.header.columns["phone"]:
            value = self._sound("phone", self.cells[column])
            if value is not None:
                found += self._phones_in("phone", value)
        numbers = list(dict.fromkeys(found))
        if len(numbers) > 1:
            shown = {"first": numbers[0], "others": _("、").join(numbers[1:])}
            self._doubt(
                "SEVERAL_PHONES", "phone", _("写了几个电话，用第一个 %(first)s，另有 %(others)s。") % shown
            )
        return numbers[0] if numbers else ""

    def _phones_in(self, name: str, value: Value) -> tuple[str, ...]:
        phones = find_phones(as_text(value))
        if phones.unread or not phones.found:
            shown = {"text": quote(value), "unread": _("、").join(phones.unread) or quote(value)}
            if phones.found:
                message = _("电话“%(text)s”里的“%(unread)s”读不懂，没有采用，请核对。") % shown
            else:
                message = _("电话“%(text)s”位数不对或读不懂，先留空，请核对。") % shown
            self._doubt("BAD_PHONE", name, message)
        elif words := _NEUTRAL.sub("", phones.words).strip(" ():,"):
            message = _("电话旁边写着“%(words)s”，请核对是不是本人的电话。") % {"words": words[:40]}
            self._doubt("PHONE_WORDS", name, message)
        return phones.found

    def _contact(self) -> tuple[str, str]:
        """Name and phone from two columns, or from one that holds both."""
        both = self._cell("contact")
        name, number = self._cell("contact_name"), self._cell("contact_phone")
        column = "contact" if both is not None else "contact_name" if number is None else "contact_phone"
        mixed = find_phones("\n".join(as_text(v) for v in (both, name, number) if v is not None))
        if mixed.unread:
            shown = {"unread": _("、").join(mixed.unread)}
            self._doubt(
                "BAD_CONTACT_PHONE", column, _("紧急联系人电话“%(unread)s”位数不对，先留空，请核对。") % shown
            )
        if len(mixed.found) > 1:
            shown = {"first": mixed.found[0], "others": _("、").join(mixed.found[1:])}
            message = _("紧急联系人写了几个电话，用第一个 %(first)s，另有 %(others)s。") % shown
            self._doubt("SEVERAL_CONTACT_PHONES", column, message)
        return _contact_name(mixed.words), mixed.found[0] if mixed.found else ""

    def _wishes(self) -> tuple[str, ...]:
        columns = self.header.columns["wish"]
        texts = [self._sound("wish", self.cells[column]) for column in columns]
        if _is_course_and_class([self.header.labels[column] for column in columns]):
            texts = [joined_class(plain(texts[0]), plain(texts[1]))]
        parts = (squeezed(p) for text in texts if text is not None for p in _SEVERAL.split(_lines(text)))
        wishes = tuple(dict.fromkeys(part for part in parts if part))
        if not wishes:
            self._doubt("NO_CLASS", "wish", _("没有写报名课程，只登记这个人，不报名。"))
        return wishes

    def _document(self) -> str:
        value = self._cell("document")
        if value is None:
            return ""
        number = chinese_id.read_id(as_text(value))
        if not number:
            self._doubt("BAD_DOCUMENT", "document", _("身份证号不对（位数、日期或校验码），先留空，请核对。"))
        return number

    def _with_document(
        self, number: str, sex: str, born_on: date | None, precision: str
    ) -> tuple[str, date | None, str]:
        """Fill sex and birth from a valid number; a column that says otherwise is named."""
        its_sex, its_birth = chinese_id.sex(number), chinese_id.born_on(number)
        if sex and sex != its_sex:
            self._doubt("DOCUMENT_DIFFERS", "sex", _("性别与身份证号不一致，先按性别一栏，请核对。"))
        if born_on is None:
            return sex or its_sex, its_birth, births.DAY
        if not births.agree(born_on, precision, its_birth, births.DAY):
            self._doubt(
                "DOCUMENT_DIFFERS", "birth", _("出生日期与身份证号不一致，先按出生日期一栏，请核对。")
            )
            return sex or its_sex, born_on, precision
        return sex or its_sex, its_birth, births.DAY


def _lines(value: Value) -> str:
    """A cell's text with its line breaks, which part several wishes."""
    return "\n".join(plain(line) for line in as_text(value).splitlines())


def _contact_name(words: str) -> str:
    """`文 强` is a name written wide; 李强 儿子 is a name and what he is."""
    parts = re.sub(r"[():,、;]", " ", _NEUTRAL.sub(" ", words)).split()
    wide = sum(map(len, parts)) <= LONGEST_PLAIN_NAME or any(len(part) == 1 for part in parts)
    return ("" if wide else " ").join(parts)


def _is_course_and_class(labels: list[str]) -> bool:
    """课程 and 班级 side by side name one class; 第一课程 and 第二课程 name two."""
    numbered = re.compile(r"第[一二三四五六1-6]|[一二三四五六1-6]$")
    return (
        len(labels) == 2
        and not any(numbered.search(squeezed(label)) for label in labels)
        and "班" not in labels[0]
        and "班" in labels[1]
    )
