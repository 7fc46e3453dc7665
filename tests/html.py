"""Reads a page as a person does: its words, its headings, where its links lead."""

import re
from html.parser import HTMLParser
from typing import Any

from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client

QUIET = {"script", "style", "svg", "head"}
ADDRESSES = ("href", "src", "action", "srcset", "poster", "data")


class Page(HTMLParser):
    """`text` is what is shown, spaces folded; `tags` is every start tag with its attributes."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(convert_charrefs=True)
        self.status = response.status_code
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self._words: list[str] = []
        self._titles: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(response.content.decode())
        self.text = re.sub(r"\s+", " ", "".join(self._words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag in {*QUIET, "h1", "h2", "h3", "title"}:
            self._open.append(tag)
            self._titles.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            del self._open[self._open.index(tag) :]

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            self._titles[tag][-1] += data
        if not QUIET.intersection(self._open):
            self._words.append(data + " " if data.strip() else " ")

    def heading(self, tag: str = "h1") -> str:
        """The words of the first heading of a kind ("title" too)."""
        return re.sub(r"\s+", " ", self._titles.get(tag, [""])[0]).strip()

    def headings(self, tag: str) -> list[str]:
        return [re.sub(r"\s+", " ", words).strip() for words in self._titles.get(tag, [])]

    @property
    def links(self) -> list[str]:
        """Every address the page names: links, files, forms."""
        return [attrs[name] for _tag, attrs in self.tags for name in ADDRESSES if name in attrs]

    def fields(self, name: str) -> list[dict[str, Any]]:
        """The attributes of every form field of a name."""
        return [attrs for _tag, attrs in self.tags if attrs.get("name") == name]


def opened(client: Client, url: str, **query: Any) -> Page:
    """A page as it is now, not as it was cached a moment ago."""
    caches["pages"].clear()
    return Page(client.get(url, query))


def complains(response: HttpResponse, sentence: str, status: int = 200) -> Page:
    """Asserts that a form is shown again: the sentence on top and at its field, the title says so."""
    page = Page(response)
    assert page.status == status
    assert sentence in page.text
    assert page.heading("title").startswith("错误：")
    assert "请改一下再提交" in page.headings("h2")
    return page
