"""Types of single fields: references, numbers, spans, times. Each defines its form and its error message."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from tocsin.alerts.domain.headline import TITLE_CHARACTERS
from tocsin.calendar.domain.lifetime import Lifetime, parse_lifetime
from tocsin.calendar.domain.repeat import parse_interval
from tocsin.content.domain.content_type import parse_boundary, parse_content_type
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.http.wire import mistake
from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.plain_text import composed, named, written_number
from tocsin.short_links.domain.redirect import web_url, with_plain_scheme

Parsed = TypeVar("Parsed")
Version = Literal["latest", "v1", "v1.0"]


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a string: `pattern` matches all of it, and `must` completes the sentence "it must …"."""

    pattern: str
    must: str
    code: str = "WRONG_FORM"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        whole = re.compile(self.pattern)

        def check(value: str) -> str:
            if not whole.fullmatch(value):
                mistake(self.code, f"must {self.must}")
            return value

        return core_schema.no_info_after_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        found = handler(schema)
        found["pattern"] = f"^(?:{self.pattern})$"
        return found


_REFERENCE = r"[A-Za-z0-9+_-]+"


def digits_meant(raw: Any) -> Any:
    """Return a number as text, where an id is meant; anything else as it is."""
    return written_number(raw) if isinstance(raw, (int, float)) and not isinstance(raw, bool) else raw


ClientRef = Annotated[
    str,
    Field(min_length=1, max_length=limits.CLIENT_REF_CHARACTERS),
    Form(_REFERENCE, "be made of letters A-Z a-z, digits, +, _ and - only"),
]
LinkRef = ClientRef

PRINTABLE = r"[^\x00-\x1f\x7f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]*"
"""No control characters, no line ends, and nothing that changes the direction of what follows."""

NOT_BLANK = (
    r"(?=.*[^\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff"
    r"\uffa0\ufff9-\ufffb])"
)
"""Stands before a pattern: there is something to be seen. A link without it cannot be clicked."""


def key_of(text: str) -> str:
    """Return a name by which things are told apart, without invisible characters. To be judged after its form."""
    return named(text) or mistake("WRONG_FORM", "must be one line of text, and not blank")


Tag = Annotated[
    str,
    Field(min_length=1, max_length=limits.TAG_CHARACTERS),
    Form(PRINTABLE, "be one line of text"),
]
Name = Annotated[
    str,
    Field(min_length=1, max_length=limits.NAME_CHARACTERS),
    Form(f"{NOT_BLANK}{PRINTABLE}", "be one line of text, and not blank"),
]
Title = Annotated[
    str,
    Field(min_length=1, max_length=TITLE_CHARACTERS),
    Form(f"{NOT_BLANK}{PRINTABLE}", "be one line of text, and not blank"),
]
E164 = Annotated[str, Form(r"\+[1-9][0-9]{6,14}", "be a number in E.164 form, like +447777100100")]
SmsSender = Annotated[
    str,
    Form(
        r"\+[1-9][0-9]{6,14}|(?=.*[A-Za-z])[A-Za-z0-9]{1,11}",
        "be a number in E.164 form, like +447777100100, or a name of 1 to 11 letters and digits, one letter at least",
    ),
]
MailName = Annotated[
    str,
    Field(min_length=1, max_length=limits.LOCAL_PART_CHARACTERS),
    Form(
        NOT_BLANK + r"[^@<>\"\\\x00-\x1f\x7f\u0080-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]*",
        "be the part before the @ only, like alerts; the domain is added by the system",
    ),
]
Subject = Annotated[
    str,
    Field(max_length=limits.SUBJECT_CHARACTERS),
    Form(PRINTABLE, "be one line of text"),
]
Digits = Annotated[
    str,
    Field(min_length=1, max_length=12),
    Form(r"[0-9*#]+", "be keys of a telephone: 0-9, * and #"),
]


_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"

Id = Annotated[
    str,
    Form(
        _UUID,
        "be an id as the system gave it, like 019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90",
    ),
    AfterValidator(str.lower),
]
IdOrAll = Annotated[
    str,
    Form(rf"all|{_UUID}", "be `all`, or an id as the system gave it"),
    AfterValidator(str.lower),
]
_TIME = (
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?"
    r"(?:Z|[+-]\d{1,2}:[0-5]\d)?"
)
CallbackUrl = Annotated[
    str,
    Field(max_length=limits.URL_CHARACTERS),
    # http is for receivers on this machine, and the use case refuses it everywhere but on the local engine.
    Form(r"[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#@\\]+(?:[/?#][\x21-\x7e]*)?", "be a URL that begins with https://"),
    AfterValidator(with_plain_scheme),
]
ShortlinkReference = Annotated[
    str,
    Field(min_length=1, max_length=limits.SHORTLINK_REFERENCE_CHARACTERS),
    Form(f"{NOT_BLANK}{PRINTABLE}", "be one line of text, and not blank"),
]
Encoding = Literal["base64", "utf8"]


def parse_instant(text: str) -> datetime:
    """Return the time `text` stands for: aware, or naive for a time on the account's own clock.

    The first and the last year of the calendar count as the year beside them, because no clock can be put forward or
    back at the edge of the calendar. `9999-12-31T23:59:59Z` is how programs write "for ever".

    Raises:
        ValueError: there is no such day or offset.
    """
    # Hours of an offset may have one digit here; the standard library wants two.
    padded = re.sub(r"([+-])(\d):", r"\g<1>0\2:", text)
    try:
        at = datetime.fromisoformat(padded)
    except ValueError as error:
        raise ValueError("is no time that exists, like 2030-01-31T08:00:00.000Z") from error
    if at.tzinfo is not None:
        try:
            at = at.astimezone(UTC)
        except OverflowError as error:
            raise ValueError("lies outside the calendar") from error
    return at.replace(year=min(max(at.year, 2), 9998))


def parse_start(text: str) -> datetime | None:
    """Return the time `text` stands for, None for `now`. Raises ValueError as `parse_instant`."""
    return None if text == "now" else parse_instant(text)


def parse_fixed(text: str) -> timedelta:
    """Return a span of weeks, days, hours, minutes or seconds.

    Raises:
        ValueError: it is in calendar months, zero, or no span.
    """
    span = parse_lifetime(text)
    if span.months or span.forever:
        raise ValueError("must be a whole number over zero and one of w, d, h, m (minute), s, like 15m")
    return span.duration


def _said(parse: Callable[[str], Parsed], value: str) -> Parsed:
    try:
        return parse(value)
    except ValueError as error:
        mistake("WRONG_FORM", str(error))


def _saying(parse: Callable[[str], object]) -> AfterValidator:
    """Return a validator that calls a parser of the domain; its ValueError is the message."""

    def check(value: str) -> str:
        _said(parse, value)
        return value

    return AfterValidator(check)


Span = Annotated[
    str,
    Field(json_schema_extra={"pattern": "^[0-9]{1,6}[Mwdhms]$"}, examples=["30d"]),
    _saying(parse_lifetime),
]
"""`{n}{unit}`; M month, w, d, h, m minute, s; `0d` never ends."""

WebUrl = Annotated[
    str,
    Field(max_length=limits.URL_CHARACTERS, json_schema_extra={"pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"}),
    AfterValidator(lambda text: _said(web_url, text)),
]
Delay = Annotated[str, Field(json_schema_extra={"pattern": "^[0-9]{1,6}[Mwdhm]$"}), _saying(parse_interval)]
"""`{n}{unit}`; M month, w, d, h, m minute."""

FixedSpan = Annotated[
    str, Field(json_schema_extra={"pattern": "^[0-9]{1,6}[wdhms]$"}, examples=["15m"]), _saying(parse_fixed)
]
"""`{n}{unit}`; w, d, h, m minute, s; neither zero nor for ever."""

Instant = Annotated[str, Form(_TIME, "be a time like 2030-01-31T08:00:00.000Z"), _saying(parse_instant)]
Start = Annotated[str, Form(rf"now|{_TIME}", "be `now` or a time like 2030-01-31T08:00:00.000Z"), _saying(parse_start)]
ContentTypeHeader = Annotated[str, Field(max_length=limits.CONTENT_TYPE_CHARACTERS), _saying(parse_content_type)]
Boundary = Annotated[str, Field(min_length=1, max_length=limits.BOUNDARY_CHARACTERS), _saying(parse_boundary)]


def lifetime_of(text: str | None) -> Lifetime | None:
    """Return the span a checked `Span` stands for."""
    return None if text is None else parse_lifetime(text)


def unbroken(content: str) -> str:
    """Return base64 without the line ends and blanks that many programs put into it, after 76 characters each."""
    return "".join(content.split())


def decoded(content: str, encoding: str | None) -> str:
    """Return inline content as text.

    Raises:
        ValueError: it says it is base64 and is not, or does not hold UTF-8 text without NUL.
    """
    if encoding != "base64":
        return content
    try:
        text = base64.b64decode(unbroken(content), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeError) as error:
        raise ValueError("not base64 of UTF-8 text") from error
    if "\0" in text:
        raise ValueError("holds NUL")
    return composed(text)


def text_fault(raw: Any, encoding: Any) -> Fault | None:
    """Return what is wrong with inline text content of any type, None if nothing is or if there is none."""
    if not isinstance(raw, str):
        return None
    try:
        text = decoded(raw, encoding)
    except ValueError:
        return Fault("/content", "BAD_BASE64", "is not valid base64 of UTF-8 text, as `contentEncoding` says it is")
    if not text.strip():
        return Fault("/content", "EMPTY", "must not be blank")
    return None


def audio_fault(raw: Any, encoding: Any) -> Fault | None:
    """Return what is wrong with recorded voice, which travels as base64."""
    if not isinstance(raw, str):
        return None
    if encoding != "base64":
        return Fault("/contentEncoding", "REQUIRED", "recorded voice must have `contentEncoding` `base64`")
    try:
        empty = not base64.b64decode(unbroken(raw), validate=True)
    except (binascii.Error, ValueError):
        return Fault("/content", "BAD_BASE64", "is not valid base64")
    return Fault("/content", "EMPTY", "must not be empty") if empty else None
