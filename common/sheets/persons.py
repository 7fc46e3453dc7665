"""A person's cells in any table kept by hand: which columns hold them, and each doubtful cell named.

A register adds its own columns to `PERSON_FIELDS` and its own cells to a reader that is `PersonCells`.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypedDict

from django.utils.translation import gettext as _

from common import chinese_id
from common.phones import find_phones
from common.sheets import births
from common.sheets.births import BirthColumn
from common.sheets.header import Field, Header
from common.sheets.notes import Doubt, SheetRefused
from common.sheets.sheet import Page
from common.sheets.text import (
    ERROR_VALUES,
    Value,
    as_text,
    is_ditto,
    is_nothing,
    odd_characters,
    person_name,
    quote,
    squeezed,
)

LONGEST_PLAIN_NAME = 3
MOST_NAMESAKES = 300
LONGEST_NAME = 30  # characters; the longest Uyghur names with their fathers' stay below

_CONTACT = (
    r"(?:(?:紧急|应急|备用|家属|子女|监护人|家长|亲属|家庭)?(?:联系人|联络人)|家属|监护人|家长|子女|亲属)"
    r"(?:姓名)?"
)
_CALL = r"(?:联系)?(?:电话|手机|方式|联系方式|号码)(?:号码?|号)?"
PERSON_FIELDS = (
    Field("contact", (rf"{_CONTACT}(?:及|和|与|、|/|\+|,|&)其?{_CALL}",)),
    Field("contact_name", (_CONTACT,)),
    Field(
        "contact_phone",
        (rf"{_CONTACT}的?{_CALL}|(?:紧急|应急|备用)(?:联系|联络)?(?:电话|手机|方式|号码)",),
    ),
    Field(
        "name",
        (
            r"(?:学员|学生|老人|居民|报名人|报名者|参加人|本人|会员|(?:家庭)?成员|人员|住户)?(?:姓名|名字)",
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
    Field("document", (r"(?:居民|学员|本人)?身份证(?:号码?|件号码?)?|证件号码?|公民身份号码",)),
    Field("remark", ("备注|备考|说明|其他说明|备注说明",)),
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


class PersonSaid(TypedDict):
    """What a line says of its person; "" and None are what it does not say, or not with certainty."""

    full_name: str
    sex: str
    born_on: date | None
    born_precision: str
    phone: str
    contact_name: str
    contact_phone: str
    document_no: str
    fatal: str  # why the line cannot be imported at all


def refuse_one_name(names: Iterable[str]) -> None:
    """Namesakes are compared pair by pair; hundreds of one name are no list of people but a wrong column."""
    name, count = max(Counter(filter(None, names)).items(), key=lambda item: item[1], default=("", 0))
    if count > MOST_NAMESAKES:
        message = _("姓名“%(name)s”出现了 %(count)d 次，请检查“姓名”这一列是不是填错了。")
        raise SheetRefused("ONE_NAME", message % {"name": name, "count": count})


def dates_in(page: Page, header: Header, lines: tuple[int, ...], *names: str) -> dict[str, BirthColumn]:
    """What each of these columns tells about its dates."""
    return {
        name: BirthColumn.of(
            (page.rows[line - 1][column] for column in header.columns[name] for line in lines),
            typed=page.typed,
        )
        for name in names
    }


@dataclass(slots=True)
class PersonCells:
    """Reads one line after another; `doubts` are those about the present line."""

    page: Page
    header: Header
    dates: dict[str, BirthColumn]
    today: date
    doubts: list[Doubt] = field(default_factory=list)
    cells: tuple[Value, ...] = ()

    def person(self, line: int) -> PersonSaid:
        """Turn to a line and read who stands on it."""
        self.doubts, self.cells = [], self.page.filled(line)
        full_name, fatal = self._name()
        sex, (born_on, precision) = self._sex(), self._birth()
        document_no = self._document()
        if document_no:
            sex, born_on, precision = self._with_document(document_no, sex, born_on, precision)
        phone = self._phone()
        contact_name, contact_phone = self._contact()
        return {
            "full_name": full_name,
            "sex": sex,
            "born_on": born_on,
            "born_precision": precision,
            "phone": phone,
            "contact_name": contact_name,
            "contact_phone": contact_phone,
            "document_no": document_no,
            "fatal": fatal,
        }

    def doubt(self, code: str, name: str, message: str) -> None:
        """Note a doubt about this line's cell of that column."""
        self.doubts.append(Doubt(code, self.header.label(name), message))

    def cell(self, name: str) -> Value:
        """This line's cell of that column, if it says anything."""
        columns = self.header.columns[name]
        return self.sound(name, self.cells[columns[0]]) if columns else None

    def sound(self, name: str, value: Value) -> Value:
        """A cell's value unless it is nothing, a ditto mark or a formula's error."""
        if is_ditto(value):
            self.doubt("DITTO", name, _("这一格写的是“同上”，读的人不知道指哪一行，先留空，请写明。"))
            return None
        if isinstance(value, str) and value.strip() in ERROR_VALUES:
            self.doubt(
                "CELL_ERROR",
                name,
                _("这一格的公式出错（%(text)s），先留空，请核对。") % {"text": value.strip()},
            )
            return None
        return None if is_nothing(value) else value

    def _name(self) -> tuple[str, str]:
        value = self.cell("name")
        name = person_name(value)
        if not name:
            return "", _("没有写姓名，这一行不会导入。")
        if len(name) > LONGEST_NAME:
            return "", _("姓名“%(text)s”太长，这一行不会导入，请核对。") % {"text": quote(value)}
        if odd := odd_characters(name):
            self.doubt(
                "ODD_NAME", "name", _("姓名里有不常见的字符“%(odd)s”，会照原样保存，请核对。") % {"odd": odd}
            )
        elif len(name) == 1:
            self.doubt("SHORT_NAME", "name", _("姓名只有一个字，会照原样保存，请核对。"))
        return name, ""

    def _sex(self) -> str:
        value = self.cell("sex")
        if value is None:
            return ""
        sex = _SEXES.get(squeezed(value).casefold(), "")
        if not sex:
            self.doubt("BAD_SEX", "sex", _("性别“%(text)s”读不懂，先留空。") % {"text": quote(value)})
        return sex

    def _birth(self) -> tuple[date | None, str]:
        value, age = self.cell("birth"), self.cell("age")
        birth = births.read_birth(value, self.dates["birth"], today=self.today)
        if birth.code:
            self.doubt(birth.code, "birth", birth.message)
        elif birth.born_on is None and age is not None:
            message = _("只写了年龄“%(text)s”，年龄不能当作出生日期，出生日期先留空。") % {"text": quote(age)}
            self.doubt("AGE_ONLY", "age", message)
        return birth.born_on, birth.precision

    def _phone(self) -> str:
        found: list[str] = []
        for column in self.header.columns["phone"]:
            value = self.sound("phone", self.cells[column])
            if value is not None:
                found += self._phones_in("phone", value)
        numbers = list(dict.fromkeys(found))
        if len(numbers) > 1:
            shown = {"first": numbers[0], "others": _("、").join(numbers[1:])}
            self.doubt(
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
            self.doubt("BAD_PHONE", name, message)
        elif words := _NEUTRAL.sub("", phones.words).strip(" ():,"):
            message = _("电话旁边写着“%(words)s”，请核对是不是本人的电话。") % {"words": words[:40]}
            self.doubt("PHONE_WORDS", name, message)
        return phones.found

    def _contact(self) -> tuple[str, str]:
        """Name and phone from two columns, or from one that holds both."""
        both = self.cell("contact")
        name, number = self.cell("contact_name"), self.cell("contact_phone")
        column = "contact" if both is not None else "contact_name" if number is None else "contact_phone"
        mixed = find_phones("\n".join(as_text(v) for v in (both, name, number) if v is not None))
        if mixed.unread:
            shown = {"unread": _("、").join(mixed.unread)}
            self.doubt(
                "BAD_CONTACT_PHONE", column, _("紧急联系人电话“%(unread)s”位数不对，先留空，请核对。") % shown
            )
        if len(mixed.found) > 1:
            shown = {"first": mixed.found[0], "others": _("、").join(mixed.found[1:])}
            message = _("紧急联系人写了几个电话，用第一个 %(first)s，另有 %(others)s。") % shown
            self.doubt("SEVERAL_CONTACT_PHONES", column, message)
        words = _contact_name(mixed.words)
        if len(words) > LONGEST_NAME:
            message = _("紧急联系人“%(text)s”太长，名字先留空，请核对。")
            self.doubt("BAD_CONTACT", column, message % {"text": quote(words)})
            words = ""
        return words, mixed.found[0] if mixed.found else ""

    def _document(self) -> str:
        value = self.cell("document")
        if value is None:
            return ""
        number = chinese_id.read_id(as_text(value))
        if not number:
            self.doubt("BAD_DOCUMENT", "document", _("身份证号不对（位数、日期或校验码），先留空，请核对。"))
        return number

    def _with_document(
        self, number: str, sex: str, born_on: date | None, precision: str
    ) -> tuple[str, date | None, str]:
        """Fill sex and birth from a valid number; a column that says otherwise is named."""
        its_sex, its_birth = chinese_id.sex(number), chinese_id.born_on(number)
        if sex and sex != its_sex:
            self.doubt("DOCUMENT_DIFFERS", "sex", _("性别与身份证号不一致，先按性别一栏，请核对。"))
        if born_on is None:
            return sex or its_sex, its_birth, births.DAY
        if not births.agree(born_on, precision, its_birth, births.DAY):
            self.doubt("DOCUMENT_DIFFERS", "birth", _("出生日期与身份证号不一致，先按出生日期一栏，请核对。"))
            return sex or its_sex, born_on, precision
        return sex or its_sex, its_birth, births.DAY


def _contact_name(words: str) -> str:
    """`文 强` is a name written wide; 李强 儿子 is a name and what he is."""
    parts = re.sub(r"[():,、;]", " ", _NEUTRAL.sub(" ", words)).split()
    wide = sum(map(len, parts)) <= LONGEST_PLAIN_NAME or any(len(part) == 1 for part in parts)
    return ("" if wide else " ").join(parts)
