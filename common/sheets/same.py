"""Whether two written lines are one human being. Never two people as one; what stays unsure is asked.

Lines with one name, by what their phones and birth dates say (other names are other people, who
may share a phone):

    phones \\ births   same day      agree, one vaguer   one missing    conflict
    same             SAME          SAME                SAME *         UNSURE
    none written     SAME +        UNSURE +            UNSURE +       DIFFERENT
    one missing      UNSURE        UNSURE +            UNSURE +       DIFFERENT
    different        UNSURE        DIFFERENT           DIFFERENT      DIFFERENT

    *  a landline may be an office's, so there UNSURE
    +  when their homes differ: one step less (SAME -> UNSURE, UNSURE -> DIFFERENT)

Then: different sexes or different valid document numbers turn SAME into UNSURE; one document
number makes UNSURE of DIFFERENT; a remark 重复 makes UNSURE of DIFFERENT. Nothing else ever makes
SAME of anything.
"""

import re
from datetime import date
from enum import Enum
from typing import Protocol

from common.phones import is_mobile
from common.sheets import births

_REPEATED = re.compile("重复|重登|重填|同一人")


class Written(Protocol):
    """What a line says of somebody; "" and None are what it does not say."""

    @property
    def full_name(self) -> str: ...
    @property
    def sex(self) -> str: ...
    @property
    def born_on(self) -> date | None: ...
    @property
    def born_precision(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def home(self) -> str: ...
    @property
    def remark(self) -> str: ...
    @property
    def document_no(self) -> str: ...


class Verdict(Enum):
    """Whether two lines are one person."""

    SAME = "SAME"
    DIFFERENT = "DIFFERENT"
    UNSURE = "UNSURE"


_S, _D, _U = Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE
_BIRTHS = ("day", "vague", "missing", "conflict")
_TABLE = {
    "same": dict(zip(_BIRTHS, (_S, _S, _S, _U), strict=True)),
    "none": dict(zip(_BIRTHS, (_S, _U, _U, _D), strict=True)),
    "one": dict(zip(_BIRTHS, (_U, _U, _U, _D), strict=True)),
    "different": dict(zip(_BIRTHS, (_U, _D, _D, _D), strict=True)),
}
_HOME_COUNTS = {("none", "day"), ("none", "vague"), ("none", "missing"), ("one", "vague"), ("one", "missing")}


def same_person(a: Written, b: Written) -> Verdict:
    """Judge two lines by the table above; symmetric."""
    if not a.full_name or a.full_name != b.full_name:
        return Verdict.DIFFERENT
    phones, dates = _phones(a, b), _births(a, b)
    verdict = _TABLE[phones][dates]
    if (phones, dates) == ("same", "missing") and not is_mobile(a.phone):
        verdict = Verdict.UNSURE
    if (phones, dates) in _HOME_COUNTS and a.home and b.home and a.home != b.home:
        verdict = Verdict.UNSURE if verdict is Verdict.SAME else Verdict.DIFFERENT
    return _with_other_signs(a, b, verdict)


def _with_other_signs(a: Written, b: Written, verdict: Verdict) -> Verdict:
    documents = bool(a.document_no and b.document_no)
    if verdict is Verdict.SAME:
        contradicted = (a.sex and b.sex and a.sex != b.sex) or (documents and a.document_no != b.document_no)
        return Verdict.UNSURE if contradicted else Verdict.SAME
    supported = (documents and a.document_no == b.document_no) or _REPEATED.search(a.remark + " " + b.remark)
    return Verdict.UNSURE if supported else verdict


def _phones(a: Written, b: Written) -> str:
    if a.phone and b.phone:
        return "same" if a.phone == b.phone else "different"
    return "one" if a.phone or b.phone else "none"


def _births(a: Written, b: Written) -> str:
    if a.born_on is None or b.born_on is None:
        return "missing"
    if not births.agree(a.born_on, a.born_precision, b.born_on, b.born_precision):
        return "conflict"
    return "day" if a.born_precision == b.born_precision == births.DAY else "vague"
