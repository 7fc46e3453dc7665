"""What is typed into a box of search, and what of it may stand in an address.

Addresses are kept: by the history of a shared machine, by the logs of every proxy, by whoever looks over a
shoulder. Numbers that are somebody's own, of an identity card, of a service card, a whole telephone
number, never stand in one: they are typed into forms that post, and what they find is named by the
numbers of our rows, "#12 #15".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from common.chinese_id import read_id
from common.errors import DomainError
from common.guesses import Guesses
from common.phones import read_phone

# The words of an address that hold what somebody typed into a box.
BOXES = {"q", "s", "c", "term", "name"}
MOST_FOUND = 20
# Whole numbers of one account that found nobody. Masks hide four digits of a phone: at this pace they last.
MISSES = Guesses("number_of_somebody", most=20, seconds=3600)
_NOT_KEPT = {"csrfmiddlewaretoken", "page", "p", "clash"}
# Anything of digits alone in a box: a phone without its area, a card, an identity number with a slip.
_TYPED = re.compile(r"\+?\d{7,}[xX]?")
# Wherever else: what can be nothing but an identity number or a mobile.
_GAP = r"[ \-]?"
_ABROAD = rf"(?:(?:00)?86{_GAP})?"
_GAPS = {"Cf", "Zs", "Zl", "Zp", "Cc"}  # whatever str.split() and who reads on would pass over
_EVIDENT = re.compile(
    rf"(?<!\d)(?:[1-9](?:{_GAP}\d){{16}}{_GAP}[\dxX]|{_ABROAD}1{_GAP}[3-9](?:{_GAP}\d){{9}})(?!\d)"
)


class TooManyNumbers(DomainError):
    code = "TOO_MANY_NUMBERS"
    status = 429


_looks: ContextVar[list[list[int]] | None] = ContextVar("looks", default=None)


@contextmanager
def looks_noticed() -> Iterator[list[list[int]]]:
    """Collects the rows that each number of somebody found; whoever does so writes them into a log."""
    looks: list[list[int]] = []
    before = _looks.set(looks)
    try:
        yield looks
    finally:
        _looks.reset(before)


def look_up(by: Any, typed: str, found: Callable[[str], Iterable[int]]) -> list[int]:
    """The rows that the number of somebody finds: the one place where one is looked up for an account.

    Whoever finds nobody may be guessing what a mask hides: it is counted before it is looked at, and
    taken back where somebody was found, so that a desk looks up all day whoever shows her card. Names
    and tails are not counted. Refuses TOO_MANY_NUMBERS.
    """
    count_guess(by)
    rows = list(found(typed))[:MOST_FOUND]
    if rows:
        MISSES.was_right(by.pk)
    notice_look(rows)
    return rows


def notice_look(rows: list[int]) -> None:
    """Tells whoever collects them that somebody was looked up, and which rows were found."""
    looks = _looks.get()
    if looks is not None:
        looks.append(rows)


def count_guess(by: Any) -> None:
    """Counts a number that may be a guess of this account, wherever it is typed. Refuses TOO_MANY_NUMBERS."""
    if not MISSES.counted(by.pk):
        raise TooManyNumbers(
            message=_("没有找到人的号码试得太多了，请过一小时再试；按姓名、电话尾号仍然可以找。")
        )


def is_number_of_somebody(text: str) -> bool:
    """Whether what was typed is a number that belongs in no address; its last digits, up to six, are none.

    Whatever is read as an identity number or a phone is one, however it is written.
    """
    plain = unicodedata.normalize("NFKC", text)
    bare = "".join(c for c in plain if c not in "-‐‑‒–—―()." and unicodedata.category(c) not in _GAPS)
    if _TYPED.fullmatch(bare) is not None or _EVIDENT.search(plain) is not None:
        return True
    return bool(read_id(text) or read_phone(text))


def row_numbers(text: str) -> list[int]:
    """The numbers in "#12 #15"; none where anything else stands there."""
    words = unicodedata.normalize("NFKC", text).replace("#", " #").split()
    if not all(re.fullmatch(r"#\d{1,18}", word) for word in words):
        return []
    return [int(word[1:]) for word in words]


def rows_named(rows: Iterable[int]) -> str:
    """Rows as they may stand in an address: "#12 #15"."""
    return " ".join(f"#{pk}" for pk in rows)


def said(typed: str) -> str:
    """What was typed as a page may say it again: a number of somebody by its tail."""
    if not is_number_of_somebody(typed):
        return typed
    return _("尾号%(tail)s") % {"tail": re.sub(r"\W", "", typed)[-4:]}


def lead_to(
    request: HttpRequest,
    name: str,
    found: Callable[[str], Iterable[int]],
    written: Callable[[str], str] = str,
    unfound: Callable[[str], str] | None = None,
) -> HttpResponse:
    """Leads from a posted box to the page with what was typed in its address, `written` in some way.

    The number of somebody is looked up first, by `found`, and the address names the rows instead; one
    that finds nobody is `unfound`, said by its tail where nothing else is asked for. Refuses TOO_MANY_NUMBERS.
    """
    typed = request.POST.get(name, "").replace("\0", "").strip()[:60]
    asked = {**request.GET.dict(), **request.POST.dict()}
    kept = {
        word: value
        for word, value in asked.items()
        if word not in {*_NOT_KEPT, name} and not _tells(word, str(value))
    }
    if is_number_of_somebody(typed):
        typed = rows_named(look_up(request.user, typed, found)) or (unfound or said)(typed)
    query = urlencode({**kept, **({name: written(typed)} if typed else {})})
    return HttpResponseRedirect(f"{request.path}?{query}" if query else request.path)


def _tells(word: str, value: str) -> bool:
    if word in BOXES:
        return is_number_of_somebody(value)
    return any(_EVIDENT.search(unicodedata.normalize("NFKC", text)) for text in (word, value))


class NoNumbersInAddresses:
    """Middleware: an address with a number of somebody is not looked up; the answer says what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = [(word, value) for word, values in request.GET.lists() for value in values]
        rest = [(word, value) for word, value in asked if not _tells(word, value)]
        if len(rest) == len(asked):
            return self.get_response(request)
        words = _(
            "网址会留在浏览器和服务器的记录里，不能写身份证号、卡号和完整的电话。请在页面的框里输入再点“找”。"
        )
        refusal = DomainError("NUMBER_IN_ADDRESS", words)
        if request.path.startswith("/api/"):
            return JsonResponse({"code": refusal.code, "message": words}, status=400)
        # The page with the refusal writes its own address too, for who switches the language on it.
        request.META["QUERY_STRING"], request.GET = urlencode(rest), QueryDict(urlencode(rest))
        back = request.get_full_path()
        return render(request, "refused.html", {"refusal": refusal, "back": back}, status=400)
