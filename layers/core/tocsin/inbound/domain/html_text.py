"""What a person wrote in an HTML mail, as plain text; what it quotes is left out as far as its marks are known."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_LINES = frozenset(
    {"address", "article", "blockquote", "br", "div", "footer", "header", "hr", "li", "ol", "p", "pre", "section"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "table", "td", "tr", "ul"}
)
_HIDDEN = frozenset({"head", "script", "style", "title", "template", "noscript", "svg", "blockquote"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_QUOTE_MARKS = re.compile(r"gmail_quote|divrplyfwdmsg|appendonsend|yahoo_quoted|protonmail_quote|zmail_extra")
"""`class` or `id` at which common mail programs begin what they quote."""


class _TextCollector(HTMLParser):
    """Collects text. Tags that are closed wrongly or not at all hide nothing but themselves."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.quoted = False
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if any(name in {"class", "id"} and _QUOTE_MARKS.search((value or "").lower()) for name, value in attrs):
            self.quoted = True
        if tag in _LINES:
            self.pieces.append("\n")
        if tag in _HIDDEN and tag not in _VOID:
            self._hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        if tag in _LINES and tag not in _VOID:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden and not self.quoted:
            self.pieces.append(re.sub(r"[ \t\r\n\f]+", " ", data))


def html_text(html: str) -> str:
    """Return the text of an HTML document, paragraphs on lines of their own."""
    reader = _TextCollector()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError):  # the standard library gives up on some declarations
        pass
    lines = [line.strip() for line in "".join(reader.pieces).replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
