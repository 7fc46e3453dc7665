"""What a clerk types to find somebody, as a question to the register; and the indexes that answer it."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import F, Func, Index, Q, TextField, Value
from django.db.models.functions import Replace, Reverse

from common.chinese_id import read_id
from common.phones import read_phone
from common.sealed import blind_index
from common.searches import is_number_of_somebody, row_numbers
from common.surnames import SURNAMES

# Digits. A longer tail finds nothing: the middle of a masked number could be found out digit by digit.
TAIL = (3, 4)


def _letters(column: str) -> Func:
    """The characters of a column: a name is looked for by its given part alone, and most have two."""
    return Func(F(column), Value(None), function="string_to_array", output_field=ArrayField(TextField()))


# Names that questions use for what is no column. Each is kept by PostgreSQL in an index.
ALIASES: dict[str, Any] = {
    "spelt": Replace("pinyin", Value(" "), Value("")),
    "turned": Reverse("phone"),
    "letters": _letters("full_name"),
    "contact_letters": _letters("contact_name"),
}
INDEXES = [
    Index(OpClass(ALIASES["spelt"], name="text_pattern_ops"), name="person_spelt"),
    Index(OpClass(ALIASES["turned"], name="text_pattern_ops"), name="person_phone_turned"),
    GinIndex(ALIASES["letters"], name="person_letters"),
    GinIndex(ALIASES["contact_letters"], name="person_contact_letters"),
]


def asked(text: str) -> Q | None:
    """A name, its pinyin or initials, the tail of a phone, #7; None for nothing.

    No whole number: those are guessed, so they have a question of their own, which is counted. It is asked
    of records that have ALIASES.
    """
    typed = _bare(text)
    if not typed or is_number_of_somebody(text):
        return None
    if numbers := row_numbers(typed):
        return Q(pk__in=numbers)
    if typed.isdigit():
        return Q(turned__startswith=typed[::-1]) if len(typed) in TAIL else None
    if not typed.isascii():
        return named(typed)
    return Q(initials__startswith=typed) | Q(spelt__startswith=typed)


def named(name: str, *, contact: bool = False) -> Q:
    """Records with this in their name, or in that of whom they want to be called."""
    field, letters = ("contact_name", "contact_letters") if contact else ("full_name", "letters")
    return Q(**{f"{letters}__contains": [*name], f"{field}__contains": name})


def asked_by_number(text: str) -> Q | None:
    """A whole identity number or phone, also as it is written on paper: 0371-6525 1265, +86 160 0000 0001."""
    typed = _bare(text)
    if number := read_id(typed):
        return Q(document_index=blind_index(number))
    if typed.isdigit():  # a landline also without its area
        return Q(phone=read_phone(typed) or typed) | Q(turned__startswith=f"{typed[::-1]}-")
    if number := read_phone(text):
        return Q(phone=number)
    return None


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


# --- What an old man on the street says ------------------------------------------------------------


class Told(NamedTuple):
    """A sentence taken apart: a surname, names of relatives, and pieces that stand for themselves."""

    surname: str
    kin: tuple[str, ...]
    pieces: tuple[str, ...]

    def knows_more_than(self, piece: str) -> bool:
        """Whether somebody can be looked for without this piece."""
        return bool(self.surname or self.kin or [one for one in self.pieces if one != piece])


_HAN = "[\u4e00-\u9fff·]"
_SURNAME = f"(?:{'|'.join(name for name in SURNAMES if len(name) > 1)}|{_HAN})"
_YOUNG = "儿子|女儿|闺女|姑娘|孙子|孙女|外孙女|外孙|儿媳妇|儿媳|女婿|侄子|侄女|外甥女|外甥|孩子"
_SAME = "老伴儿|老伴|丈夫|妻子|爱人|媳妇|哥哥|弟弟|姐姐|妹妹|家里人|家人|家属|邻居"
_OLD = "父亲|母亲|爸爸|妈妈|爷爷|奶奶|姥姥|姥爷|外公|外婆|爸|妈"
_TITLE = "大爷|大妈|大叔|大娘|大姐|大哥|奶奶|爷爷|阿姨|叔叔|婶子|师傅|老师|先生|女士|老太太|老爷子|伯伯"
# 儿子叫张强, 大女儿是王丽, 孙子张小宝
_HAS = re.compile(
    rf"(?:有个|[他她家的大二三小])*(?:{_YOUNG}|{_SAME}|{_OLD})(?:在{_HAN}{{2,6}}?(?=叫))?(?:的?名字)?[叫是:]*({_HAN}{{2,4}})"
)
# 张强的妈妈, 张强他爸, 张强家的老人
_IS_OF = re.compile(rf"^[是找]?({_HAN}{{2,4}}?)(?:家的?|的|他|她)(?:{_OLD}|{_SAME}|{_YOUNG}|老人)$")
_CALLED = re.compile(rf"姓({_SURNAME})的?")
_ADDRESSED = re.compile(
    rf"(?:^|(?<=[户楼层号院排室栋座元的]))(?:[老小]?({_SURNAME})(?:{_TITLE})|老({_HAN})头?)$"
)
_BETWEEN = re.compile(r"[,;。!?、\n]+")
_AROUND = re.compile(r"^(?:家住|住在|住|在)|(?:那家的?|家的?|的|那户)$")
_DOOR = re.compile(r"\d|[户楼层号院排室栋座]$|单元")


def read(text: str) -> Told:
    """What is told of somebody: "东户姓张的，儿子叫张强" is a door, a surname and a relative."""
    surname, kin, pieces = "", list[str](), list[str]()
    for part in _parts(unicodedata.normalize("NFKC", text)):
        rest = part
        if found := _IS_OF.match(rest) or _HAS.search(rest):
            kin.append(found[1])
            rest = rest[: found.start()] + rest[found.end() :]
        if found := _CALLED.search(rest) or _ADDRESSED.search(rest):
            surname = next(filter(None, found.groups()))
            rest = rest[: found.start()] + rest[found.end() :]
        if rest != part or is_place(rest):
            rest = _AROUND.sub("", rest)
        pieces += [rest] if rest else []
    return Told(surname, tuple(kin), tuple(pieces))


def _parts(text: str) -> list[str]:
    """Between commas; and between spaces, but where the whole is a name as it is spelt."""
    parts = [part.strip() for part in _BETWEEN.split(text)]
    words = [[part] if part.isascii() and not re.search(r"\d", part) else part.split() for part in parts]
    return [word for several in words for word in several if word]


def is_place(piece: str) -> bool:
    """Whether this is rather a door than a name: 东户, 3-2-501."""
    return _DOOR.search(piece) is not None and not piece.isdigit()
