"""The text of a template with variables `%%NAME%%`, split once, and filled in without reading any value again.

What a value may do depends on where it stands. In HTML it is escaped. In an attribute without quotes its blanks are
escaped too, so that no value adds an attribute. In a header it is one line.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from tocsin.kernel.domain.suggestions import did_you_mean

HEADER_CHARACTERS = 998
"""Most characters of a rendered subject or sender."""

QR_CODE = "QR_CODE"
"""The variable that is a picture in HTML, and its address in text."""

QR_CODE_ID = "qr-code"
"""Content-ID of that picture."""

_VARIABLE = re.compile(r"%%([A-Z][A-Z0-9_]{0,63})%%")
_TAGS = (
    "a abbr address article b big blockquote body br button caption center code col dd del div dl dt em font footer "
    "form h1 h2 h3 h4 h5 h6 head header hr html i img input ins kbd li link main mark meta ol p pre q s samp section "
    "small span strike strong style sub sup table tbody td tfoot th thead title tr tt u ul"
)
_HTML = re.compile(rf"<(?:!doctype\b|/?(?:{'|'.join(_TAGS.split())})(?=[\s/>])[^<>]*>)", re.IGNORECASE)
_PIECE = re.compile(r"[<>\"'=\s]|[^<>\"'=\s]+")
_BREAK = re.compile(r"\r\n|\r|\n")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NOT_IN_HEADERS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_BLANK = re.compile(r"\s")
_WORD_JOINER = "\u2060"


class _Place(Enum):
    """Where in HTML a variable stands."""

    WORDS = auto()
    TAG = auto()
    BEFORE_VALUE = auto()  # behind the = of an attribute
    BARE = auto()  # in the value of an attribute without quotes
    DOUBLE = auto()
    SINGLE = auto()


_QUOTES = {'"': _Place.DOUBLE, "'": _Place.SINGLE}


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A text, split.

    Attributes:
        literals: the texts before, between and behind the variables.
        names: of the variables in order; one less than literals.
        places: of the variables, if the text is HTML.
    """

    literals: tuple[str, ...]
    names: tuple[str, ...]
    places: tuple[_Place, ...]

    def unknown(self, known: Collection[str]) -> list[str]:
        """Return the variables that are not known, in order, each once."""
        return [name for name in dict.fromkeys(self.names) if name not in known]

    def as_text(self, values: Mapping[str, str]) -> str:
        """Return the text with values in it. A variable that has no entry stays as it is written."""
        return self._filled(values, lambda name, value, place: _UNPRINTABLE.sub("", value))

    def as_header(self, values: Mapping[str, str]) -> str:
        """Return one line of at most HEADER_CHARACTERS.

        Control characters become blanks. A value that a reader might decode (`=?…?=`) is shown as it is written: an
        invisible character parts its signs.
        """
        line = _NOT_IN_HEADERS.sub(" ", self._filled(values, lambda name, value, place: value))
        return line.replace("=?", f"={_WORD_JOINER}?").strip()[:HEADER_CHARACTERS]

    def as_html(self, values: Mapping[str, str]) -> str:
        """Return the HTML with escaped values in it. QR_CODE is a picture with the Content-ID QR_CODE_ID."""
        return self._filled(values, _in_html)

    def _filled(self, values: Mapping[str, str], write: Callable[[str, str, _Place], str]) -> str:
        out = [self.literals[0]]
        for name, place, literal in zip(self.names, self.places, self.literals[1:], strict=True):
            value = values.get(name)
            out += (f"%%{name}%%" if value is None else write(name, value, place), literal)
        return "".join(out)


@lru_cache(64)
def compiled(text: str) -> TemplateText:
    """Return a template's text, split."""
    parts = _VARIABLE.split(text)
    literals = tuple(parts[::2])
    return TemplateText(literals, tuple(parts[1::2]), tuple(_places(literals[:-1])))


def is_html(body: str) -> bool:
    """Whether a body holds a tag of HTML. `<a@b.example>` and `x < 5` are text."""
    return _HTML.search(body) is not None


@dataclass(frozen=True, slots=True)
class TemplateWarning:
    """A variable that the template does not have: it stays as it is written.

    Attributes:
        field: `from`, `subject` or `body`.
        line: counted from 1.
        suggestion: the variable that may be meant; None = none is near.
    """

    field: str
    line: int
    variable: str
    suggestion: str | None


def warnings_of(field: str, text: str, known: Collection[str]) -> list[TemplateWarning]:
    """Return a warning for each place of an unknown variable, in order."""
    found, line, seen = [], 1, 0
    for match in _VARIABLE.finditer(text):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        if match[1] not in known:
            found.append(TemplateWarning(field, line, match[1], did_you_mean(match[1], known)))
    return found


def _in_html(name: str, value: str, place: _Place) -> str:
    value = _UNPRINTABLE.sub("", value)
    if name == QR_CODE and value:
        if place is not _Place.WORDS:
            return f"cid:{QR_CODE_ID}"
        return f'<img src="cid:{QR_CODE_ID}" alt="{html.escape(value)}" width="164" height="164">'
    escaped = html.escape(value)
    if place is _Place.WORDS:
        return _BREAK.sub("<br>", escaped)
    if place in (_Place.DOUBLE, _Place.SINGLE):
        return escaped
    return _BLANK.sub(lambda blank: f"&#{ord(blank[0])};", escaped)


def _places(literals: Iterable[str]) -> Iterator[_Place]:
    """Yield where in HTML the text stands behind each literal."""
    place = _Place.WORDS
    for literal in literals:
        for piece in _PIECE.findall(literal):
            place = _next(place, piece)
        yield place
        if place is _Place.BEFORE_VALUE:
            place = _Place.BARE


def _next(place: _Place, piece: str) -> _Place:
    if place in (_Place.DOUBLE, _Place.SINGLE):
        return _Place.TAG if _QUOTES.get(piece) is place else place
    if piece == "<":
        return _Place.TAG
    if piece == ">":
        return _Place.WORDS
    if place is _Place.TAG:
        return _Place.BEFORE_VALUE if piece == "=" else place
    if place is _Place.WORDS or piece.isspace():
        return _Place.TAG if place is _Place.BARE else place
    if place is _Place.BEFORE_VALUE:
        return _QUOTES.get(piece, _Place.BARE)
    return place
