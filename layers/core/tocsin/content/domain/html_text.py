"""An HTML mail as plain text: what a person wrote without quotes whose marks are known, or the text part of our own.

ADR 0073 says why the tree is not built by a library.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from html.parser import HTMLParser
from typing import Literal

_LINES = frozenset(
    {"address", "article", "blockquote", "br", "div", "footer", "header", "hr", "li", "ol", "p", "pre", "section"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "table", "td", "tr", "ul"}
)
_HIDDEN = frozenset({"script", "style", "title", "template", "noscript", "svg"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_QUOTES = re.compile(r"gmail_quote|yahoo_quoted|protonmail_quote|zmail_extra|olk_src_body_section|reference-message")
"""`class` or `id` of what common mail programs wrap around what they quote."""

_QUOTE_FOLLOWS = re.compile(r"divrplyfwdmsg|appendonsend|stopspelling")
"""The same of what Outlook sets before a quote, which reaches to the end of what both stand in."""

_Kind = Literal["shown", "hidden", "quoted"]


class _Reader(HTMLParser):
    """Collects text. Tags that are closed wrongly or not at all hide nothing but themselves.

    Work is proportional to the length, however odd the document: anybody can send one.
    """

    def __init__(self, *, links: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self._links = links
        self._link: tuple[str, int] | None = None
        self.own: list[str] = []
        self.all: list[str] = []
        self._open: list[tuple[str, _Kind]] = []
        self._names: Counter[str] = Counter()
        self._kinds: Counter[_Kind] = Counter()
        self._quoted_in: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = " ".join(value.lower() for name, value in attrs if name in {"class", "id"} and value)
        if self._quoted_in is None and _QUOTE_FOLLOWS.search(marks):
            self._quoted_in = len(self._open)
        if tag in _LINES:
            self._add("\n")
        if self._links:
            self._open_link(tag, dict(attrs))
        if tag in _VOID:
            return
        kind: _Kind = "shown"
        if tag in _HIDDEN or any(n == "hidden" or (n == "style" and v and _HIDDEN_STYLE.search(v)) for n, v in attrs):
            kind = "hidden"
        elif tag == "blockquote" or _QUOTES.search(marks):
            kind = "quoted"
        self._open.append((tag, kind))
        self._names[tag] += 1
        self._kinds[kind] += 1

    def _open_link(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag == "a":
            self._link = (attrs.get("href") or "", len(self.all))
        elif tag == "img" and (words := attrs.get("alt")):
            self._add(words)

    def _close_link(self) -> None:
        """Write where a link leads, unless its words say so."""
        if self._link is not None:
            address, start = self._link
            self._link = None
            if address and address not in "".join(self.all[start:]):
                self._add(f" ({address})")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._close_link()
        closed = ""
        while self._names[tag] and closed != tag:
            closed, kind = self._open.pop()
            self._names[closed] -= 1
            self._kinds[kind] -= 1
        if self._quoted_in is not None and len(self._open) < self._quoted_in:
            self._quoted_in = None
        if tag in _LINES and tag not in _VOID:
            self._add("\n")

    def handle_data(self, data: str) -> None:
        self._add(re.sub(r"[ \t\r\n\f]+", " ", data))

    def _add(self, text: str) -> None:
        if self._kinds["hidden"]:
            return
        self.all.append(text)
        if text == "\n" or (not self._kinds["quoted"] and self._quoted_in is None):
            self.own.append(text)


def html_texts(html: str) -> tuple[str, str]:
    """Return the text of an HTML document without quotes, and with them; paragraphs stand on lines of their own."""
    reader = _Reader()
    _feed(reader, html)
    return _lines(reader.own), _lines(reader.all)


def text_part(html: str) -> str:
    """Return the text part of an HTML mail of ours: with the addresses of its links and the words of its pictures."""
    reader = _Reader(links=True)
    _feed(reader, html)
    return _lines(reader.all)


def _feed(reader: _Reader, html: str) -> None:
    with suppress(AssertionError, ValueError):  # the standard library gives up on some declarations
        reader.feed(html)
        reader.close()


def _lines(batches: list[str]) -> str:
    lines = [line.strip() for line in "".join(batches).replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
