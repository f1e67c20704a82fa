"""Personalisation: `{firstname}`, `{recipient}`, `{datetime-Europe/London-HH:mm}` … in texts and subjects.

A text is compiled once per alert into literals and keywords and rendered once per recipient in one pass: a value that
itself looks like a keyword is never expanded again.

    "{" recipient | sender | alertid | reference | type | shortlink "}"
    "{" datetime "-" [zone] "-" format "}"        format tokens: YYYY MM DD HH mm ss
    "{" custom "}"                                a key that some contact of the group has
    anything else in braces                       stays as it is
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from tocsin.calendar.domain.time_zone import wall_clock, zone
from tocsin.contacts.domain.lookup_names import _SHARED, _UNIQUE
from tocsin.kernel.domain.plain_text import composed

_BRACES = re.compile(r"\{([^{}\s][^{}]{0,199})\}")


_DATE_TOKEN = re.compile(r"YYYY|MM|DD|HH|mm|ss")


class UnknownZone(ValueError):
    """A datetime keyword names no time zone. `keyword` is the text between the braces."""

    def __init__(self, keyword: str) -> None:
        self.keyword = keyword
        super().__init__("names no known time zone; write {datetime-Europe/London-DD/MM/YYYY} or {datetime--HH:mm}")


@dataclass(frozen=True, slots=True)
class _Moment:
    zone: str
    form: str

    @property
    def name(self) -> str:
        return "datetime"

    @property
    def personal(self) -> bool:
        return False

    def reading(self, facts: Facts) -> str:
        return self.at(facts.now)

    def at(self, now: datetime) -> str:
        local = wall_clock(now, self.zone)
        parts = {
            "YYYY": f"{local.year:04}",
            "MM": f"{local.month:02}",
            "DD": f"{local.day:02}",
            "HH": f"{local.hour:02}",
            "mm": f"{local.minute:02}",
            "ss": f"{local.second:02}",
        }
        return _DATE_TOKEN.sub(lambda match: parts[match[0]], self.form)


@dataclass(frozen=True, slots=True)
class _Value:
    name: str
    custom: bool

    @property
    def personal(self) -> bool:
        return self.custom or self.name in _UNIQUE

    def reading(self, facts: Facts) -> str:
        match self:
            case _Value(name, custom=True):
                return facts.own.get(name, "")
            case _Value("recipient"):
                return facts.recipient
            case _Value("shortlink"):
                if facts.shortlink is None:
                    raise ValueError("a text with {shortlink} needs a shortlink")
                return facts.shortlink()
            case _Value(name):
                return facts.shared[name]


_Keyword = _Value | _Moment


@dataclass(frozen=True, slots=True)
class Facts:
    """What the keywords stand for in one message.

    Attributes:
        shared: values of `sender`, `alertid`, `reference` and `type`.
        recipient: the receiver's address.
        own: the contact's own lookups; empty for a plain recipient.
        shortlink: makes the receiver's short URL; called only if the text holds `{shortlink}`; the same each time.
        now: the moment of sending.
    """

    shared: Mapping[str, str]
    recipient: str
    own: Mapping[str, str]
    now: datetime
    shortlink: Callable[[], str] | None = None


@dataclass(frozen=True, slots=True)
class LookupText:
    """A compiled text.

    Attributes:
        parts: literals and keywords in order; a keyword is one object, however often it stands in the text.
        keywords: each of them with how often it stands there.
    """

    parts: tuple[str | _Keyword, ...]
    keywords: tuple[tuple[_Keyword, int], ...] = ()

    @property
    def unique(self) -> bool:
        """Whether it reads differently for each recipient."""
        return any(keyword.personal for keyword, _ in self.keywords)

    @property
    def uses_shortlink(self) -> bool:
        """Whether it holds `{shortlink}`."""
        return any(keyword == _Value("shortlink", custom=False) for keyword, _ in self.keywords)

    @property
    def literal(self) -> bool:
        """Whether it reads the same in every message, now and later."""
        return not self.keywords

    @property
    def fixed(self) -> tuple[str, ...]:
        """What is the same in every message, in order; "" stands first or last if a lookup begins or ends the text."""
        texts = [part for part in self.parts if isinstance(part, str)]
        ends = [[] if not self.parts or isinstance(self.parts[place], str) else [""] for place in (0, -1)]
        return (*ends[0], *texts, *ends[1])

    @property
    def custom(self) -> frozenset[str]:
        """The contacts' own keys it uses."""
        return frozenset(keyword.name for keyword, _ in self.keywords if isinstance(keyword, _Value) and keyword.custom)

    def rest_of_form(self) -> str:
        """Return what of its date formats is no token, and so reads the same at any time."""
        return "".join(_DATE_TOKEN.sub(" ", part.form) for part in self.parts if isinstance(part, _Moment))

    def render(self, facts: Facts, written: Callable[[str], str] = str) -> str:
        """Return the text for one message. A custom key that this contact lacks reads as nothing.

        Args:
            written: how a value is written where the text stands, e.g. escaped for HTML; the text itself stays.
        """
        values = {id(keyword): written(keyword.reading(facts)) for keyword, _ in self.keywords}
        return "".join([part if isinstance(part, str) else values[id(part)] for part in self.parts])


def compile_lookups(text: str, custom: Collection[str]) -> LookupText:
    """Compile `text`.

    Args:
        custom: lookup keys that at least one contact of the alert's group has.

    Raises:
        UnknownZone: a datetime keyword without a valid zone and format.
    """
    pieces = _BRACES.split(composed(text))
    spellings: dict[str, str | _Keyword] = {}
    keywords: dict[_Keyword, int] = {}
    one: dict[_Keyword, _Keyword] = {}
    for inner, often in Counter(pieces[1::2]).items():
        keyword = _keyword(inner, custom)
        if keyword is None:
            spellings[inner] = f"{{{inner}}}"
            continue
        # {datetime--HH} and {datetime-UTC-HH} are one keyword.
        spellings[inner] = one.setdefault(keyword, keyword)
        keywords[keyword] = keywords.get(keyword, 0) + often
    parts: list[str | _Keyword] = [*pieces]
    parts[1::2] = [spellings[inner] for inner in pieces[1::2]]
    if any(isinstance(meant, str) for meant in spellings.values()):
        parts = list(_joined(parts))
    return LookupText(tuple(filter(None, parts)), tuple(keywords.items()))


def _joined(parts: Iterable[str | _Keyword]) -> Iterator[str | _Keyword]:
    """Yield the parts with each row of literals as one."""
    for is_text, row in groupby(parts, lambda part: isinstance(part, str)):
        if is_text:
            yield "".join(map(str, row))
        else:
            yield from row


def literal(text: str) -> LookupText:
    """Return a text in which braces mean nothing (lookups not asked for)."""
    return LookupText((text,) if text else ())


def _keyword(inner: str, custom: Collection[str]) -> _Keyword | None:
    if inner in _SHARED or inner in _UNIQUE:
        return _Value(inner, custom=False)
    if inner.startswith("datetime-"):
        return _moment(inner)
    if inner in custom:
        return _Value(inner, custom=True)
    return None


def _moment(inner: str) -> _Moment:
    # Zone names and formats may both hold "-" (America/Port-au-Prince, YYYY-MM-DD): the longest prefix that is a zone
    # wins, and an empty zone is UTC.
    rest = inner.removeprefix("datetime-")
    if rest.startswith("-"):
        return _Moment("UTC", rest[1:])
    cut = len(rest)
    while (cut := rest.rfind("-", 0, cut)) > 0:
        if zone(rest[:cut]) is not None:
            return _Moment(rest[:cut], rest[cut + 1 :])
    raise UnknownZone(inner)
