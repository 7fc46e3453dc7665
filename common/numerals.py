"""Numbers as Chinese people write them: 3, 三, 二十一, 一百零二, and read digit by digit: 五〇一."""

import re

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_ONE = "[一二三四五六七八九两]"
_SPOKEN = re.compile(rf"(?:(?P<hundreds>{_ONE})百)?(?:[零〇]|(?P<tens>{_ONE}?)(?P<ten>十))?(?P<ones>{_ONE})?")


def numeral(text: str) -> int:
    """3, 三, 十二, 一百零五; 0 when it is no number up to 999.

    一二 may be one and two, 一百五 is a hundred and fifty to most: neither is a number here.
    """
    if text.isdecimal():
        return int(text)
    spoken = _SPOKEN.fullmatch(text)
    if not spoken or not text or text[0] in "零〇" or text[-1] in "零〇" or re.search(rf"百{_ONE}$", text):
        return 0
    hundreds, tens, ones = (_DIGITS.get(spoken[part] or "", 0) for part in ("hundreds", "tens", "ones"))
    return hundreds * 100 + (tens or 1) * 10 * bool(spoken["ten"]) + ones


def spelt_digits(text: str) -> str:
    """ "501" of 五〇一 and of 501, sign by sign; "" when anything else is among it."""
    signs = [sign if sign.isdecimal() else str(_DIGITS.get(sign, "")) for sign in text]
    return "".join(signs) if all(signs) else ""
