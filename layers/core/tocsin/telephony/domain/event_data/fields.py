"""The fields that several types of telephony events have; `vocabulary.py` makes the types of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tocsin.telephony.domain.event_data.shapes import (
    EventField,
    FlagShape,
    InstantShape,
    ListShape,
    NumericShape,
    OneOf,
    RecordShape,
    TextShape,
    ValueShape,
)


@dataclass(frozen=True, slots=True)
class EventType:
    """A type of events.

    Attributes:
        name: for example `call.ended`.
        about: when such an event is sent; one sentence.
        data: what `data` is like.
    """

    name: str
    about: str
    data: RecordShape


def must(name: str, shape: ValueShape, about: str = "") -> EventField:
    """Return a required field."""
    return EventField(name, shape, required=True, about=about)


def may(name: str, shape: ValueShape, about: str = "") -> EventField:
    """Return a field that may be missing."""
    return EventField(name, shape, about=about)


def record(*fields: EventField) -> RecordShape:
    """Return an object with these fields."""
    return RecordShape(fields)


ID = TextShape(128, 1)
NUMBER = TextShape(64, 1, number=True)
"""A telephone number: E.164, an extension of 2 to 6 digits, or what the system wrote, for example `anonymous`."""

REF = TextShape(128, 1, re.compile(r"^[!-~]+$"), "letters, digits and signs of ASCII without blanks")
"""A thing of the directory: its id with us, or any alias of it."""

NAME = TextShape(128)
LINE_OF_TEXT = TextShape(200)
URL = TextShape(2_048, 8, re.compile(r"^https?://[!-~]+$"), "a URL that begins with https:// or http://")
EMAIL = TextShape(254, 3, re.compile(r"^[^@ ]+@[^@ ]+$"), "an email address")
CURRENCY = TextShape(3, 3, re.compile(r"^[A-Z]{3}$"), "a currency in capitals (ISO 4217), like GBP")
TIME = InstantShape()
FLAG = FlagShape()
COUNT = NumericShape(least=0, most=2**53 - 1)
"""As much as every JSON reader tells apart."""

SECONDS = NumericShape(least=0, most=2**32 - 1)
"""As much as SIP has for a registration."""

SPAN = NumericShape(least=0, most=604_800)
"""Seconds of a call: a week at most."""

AMOUNT = NumericShape(whole=False, least=-(10**12), most=10**12)
PARTY = record(must("number", NUMBER), may("name", NAME))
GROUP = record(must("id", REF), may("type", OneOf(("hunt_group", "ring_group", "queue"))), may("name", NAME))

WHERE = (may("line", REF), may("group", GROUP))

CALL = (
    must("callId", ID, "the same for all legs of a call"),
    must("direction", OneOf(("incoming", "outgoing", "internal"))),
    must("status", OneOf(("answered", "missed", "voicemail", "abandoned", "busy", "failed"))),
    may("transferred", FLAG),
    must("from", PARTY, "who calls"),
    must("to", PARTY, "who is called"),
    may("line", REF, "the line that answered; else the first that was called"),
    may("lines", ListShape(REF), "all lines that were called"),
    may("phoneNumber", NUMBER, "the account's own number that the call came in on or went out from"),
    may("group", GROUP),
    may("groups", ListShape(GROUP)),
    may("fisher", FLAG, "the line is in Fisher mode"),
    may("startedAt", TIME),
    may("answeredAt", TIME),
    may("endedAt", TIME),
    must("durationSeconds", SPAN, "from the first ring to the end"),
    may("talkSeconds", SECONDS, "from the answer to the end"),
    may("tags", ListShape(TextShape(64, 1))),
    may("hangupCause", NAME, "as the telephone system names it"),
    may("voicemail", record(may("url", URL), may("durationSeconds", SECONDS))),
    may("transfers", ListShape(record(must("to", NUMBER), may("at", TIME)))),
    may("recordingUrl", URL),
)

TEXT = (
    must("messageId", ID),
    must("from", PARTY),
    must("to", PARTY),
    may("text", TextShape(1_600)),
    may("segments", COUNT),
    *WHERE,
    may("userId", REF, "the person whose conversation it is"),
)

QUEUE = (
    must("callId", ID),
    must("queue", GROUP),
    must("from", PARTY),
    may("waitSeconds", SECONDS),
)
CALLBACK = (*QUEUE, must("callbackNumber", NUMBER))
TRUNK = (must("trunk", REF), may("name", NAME), may("statusCode", COUNT, "of SIP, for example 503"))


def appointment(rest: Callable[[str, ValueShape], EventField]) -> EventField:
    """Return the field of an appointment; `rest` makes the fields beside its id."""
    return must(
        "appointment",
        record(must("id", REF), rest("title", LINE_OF_TEXT), rest("startsAt", TIME), rest("assigneeId", REF)),
    )
