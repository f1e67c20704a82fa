"""The words of every notice: one table, by what happened.

    subject    of mails and pushes, and the title in the inbox
    line       the first line of all, and the whole of a text
    fields     further lines of mails and of the inbox

A value in braces is one of VALUES; what an event does not tell is omitted. A field without value is omitted too.
Times are written in the zone of each person, else of the account.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from tocsin.directory.domain.things import Line
from tocsin.personal_notices.domain.concern import Concern
from tocsin.personal_notices.domain.notice import NoticeKind
from tocsin.personal_notices.domain.who_hears import CalledSide
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_data.shapes import time_in
from tocsin.telephony.domain.numbers import ANONYMOUS


class NoticeCase(StrEnum):
    """What happened, as words tell it."""

    CALL_RINGS = "call_rings"
    CALL_OFFERED = "call_offered"  # in Fisher mode: the first who likes takes it
    CALL_MISSED = "call_missed"
    CALL_ANSWERED = "call_answered"
    CALL_ABANDONED = "call_abandoned"
    CALL_BUSY = "call_busy"
    CALL_FAILED = "call_failed"
    VOICEMAIL = "voicemail"
    TEXT = "text"
    FAX = "fax"
    MENTION = "mention"
    CONTACT = "contact"
    REMINDER = "reminder"
    MANY_TEXTS = "many_texts"


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """Words of one case. `fields`: label, and the name of its value."""

    kind: NoticeKind
    subject: str
    line: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SaidNotice:
    """The words about one event."""

    subject: str
    line: str
    fields: tuple[tuple[str, str | datetime], ...]
    url: str | None


VALUES: Mapping[str, str] = {
    "caller": "name and number of who calls or writes; `a withheld number` if it is withheld",
    "called": "`line 2010`, `ring group Support`, or the called number: what the event is about",
    "number": "the number that was called or written to",
    "by": "the line that answered, with its label",
    "time": "when it happened",
    "duration": "from the first ring to the end, as m:ss",
    "talk": "from the answer to the end, as m:ss",
    "length": "of the voicemail, as m:ss",
    "transcript": "of the voicemail",
    "text": "what was written",
    "pages": "of the fax",
    "contact": "the contact's name, else its id",
    "due": "when the reminder is due",
}
"""The values that words contain, and what each is."""

_CALL = (("From", "caller"), ("Called", "called"), ("Number", "number"), ("Time", "time"))
_OVER = (*_CALL, ("Duration", "duration"))
_K, _C = NoticeKind, NoticeCase

WORDS: Mapping[NoticeCase, NoticeWords] = {
    _C.CALL_RINGS: NoticeWords(
        _K.CALL, "Call from {caller}", "A call from {caller} is ringing on {called}", _CALL),
    _C.CALL_OFFERED: NoticeWords(
        _K.CALL, "Call from {caller}", "A call from {caller} to {called} is ringing and can be picked up", _CALL),
    _C.CALL_MISSED: NoticeWords(
        _K.CALL, "Missed call from {caller}", "A call from {caller} to {called} was missed", _OVER),
    _C.CALL_ANSWERED: NoticeWords(
        _K.CALL, "Call from {caller} was answered", "A call from {caller} to {called} was answered by {by}",
        (*_OVER, ("Talk time", "talk"))),
    _C.CALL_ABANDONED: NoticeWords(
        _K.CALL, "Missed call from {caller}", "{caller} called {called} and hung up before anybody answered", _OVER),
    _C.CALL_BUSY: NoticeWords(
        _K.CALL, "Missed call from {caller}", "A call from {caller} to {called} found the line busy", _OVER),
    _C.CALL_FAILED: NoticeWords(
        _K.CALL, "Failed call from {caller}", "A call from {caller} to {called} failed", _OVER),
    _C.VOICEMAIL: NoticeWords(
        _K.VOICEMAIL, "Voicemail from {caller}", "{caller} left a voicemail for {called}",
        (*_CALL, ("Length", "length"), ("Transcript", "transcript"))),
    _C.TEXT: NoticeWords(
        _K.TEXT, "Text from {caller}", "{caller} to {called}: {text}",
        (("From", "caller"), ("To", "called"), ("Number", "number"), ("Time", "time"), ("Text", "text"))),
    _C.FAX: NoticeWords(
        _K.FAX, "Fax from {caller}", "A fax from {caller} came in on {called}",
        (("From", "caller"), ("Line", "called"), ("Pages", "pages"), ("Time", "time"))),
    _C.MENTION: NoticeWords(
        _K.MENTION, "You were mentioned", "You were mentioned: {text}", (("Text", "text"), ("Time", "time"))),
    _C.CONTACT: NoticeWords(
        _K.CONTACT, "Contact assigned: {contact}", "The contact {contact} was assigned to you",
        (("Contact", "contact"), ("Time", "time"))),
    _C.REMINDER: NoticeWords(
        _K.REMINDER, "Reminder assigned to you", "A reminder was assigned to you: {text}",
        (("Reminder", "text"), ("Due", "due"), ("Time", "time"))),
    _C.MANY_TEXTS: NoticeWords(
        _K.MANY_TEXTS, "Many texts from {caller}", "{caller} sent more than 15 texts to {called} within 30 seconds",
        (("From", "caller"), ("To", "called"), ("Number", "number"), ("Time", "time"))),
}  # fmt: skip
"""The words of each case, but for appointments and samples, which have their own."""

_ENDS = {
    "missed": _C.CALL_MISSED,
    "answered": _C.CALL_ANSWERED,
    "abandoned": _C.CALL_ABANDONED,
    "busy": _C.CALL_BUSY,
    "failed": _C.CALL_FAILED,
}
_ONE: Mapping[Concern, NoticeCase] = {
    Concern.VOICEMAIL: _C.VOICEMAIL,
    Concern.TEXT: _C.TEXT,
    Concern.FAX: _C.FAX,
    Concern.MENTION: _C.MENTION,
    Concern.CONTACT: _C.CONTACT,
    Concern.REMINDER: _C.REMINDER,
}
_BLANKS = re.compile(r"\s+")


def case_of(event: TelephonyEvent, concern: Concern, side: CalledSide) -> NoticeCase:
    """Return what an event tells."""
    match concern:
        case Concern.CALL_RINGS:
            return NoticeCase.CALL_OFFERED if side.fisher else NoticeCase.CALL_RINGS
        case Concern.CALL_ENDED:
            return _ENDS[event.data["status"]]
    return _ONE[concern]


def said(event: TelephonyEvent, case: NoticeCase, side: CalledSide) -> SaidNotice:
    """Return the words about an event. They hold personal data.

    Args:
        side: what the event is about, as the directory names it.
    """
    words, values = WORDS[case], _values(event, side)

    def filled(text: str) -> str:
        known = {name: one_line(str(values.get(name) or "")) for name in VALUES}
        return text.format(**known).rstrip(": ")

    fields = tuple((label, value) for label, name in words.fields if (value := values.get(name)))
    return SaidNotice(filled(words.subject), filled(words.line), fields, _url(event))


def one_line(text: str) -> str:
    """Return a text without line breaks: subjects and first lines have none."""
    return _BLANKS.sub(" ", text).strip()


def _values(event: TelephonyEvent, side: CalledSide) -> Mapping[str, str | datetime | None]:
    data = event.known
    answered = next((line for line in side.lines if data.get("line") in (line.id, line.extension, *line.aliases)), None)
    voicemail = data.get("voicemail") or {}
    number = data.get("phoneNumber") or (data.get("to") or {}).get("number")
    length = voicemail.get("durationSeconds")
    if event.type == "voicemail.received":
        length = data.get("durationSeconds")
    return {
        "caller": _party(data.get("from")),
        "called": _called(side) or number or "",
        "number": number if isinstance(number, str) and number.startswith("+") else None,
        "by": _line(answered) if answered else f"line {data['line']}" if data.get("line") else "a colleague",
        "time": event.at,
        "duration": _minutes(data.get("durationSeconds")),
        "talk": _minutes(data.get("talkSeconds")),
        "length": _minutes(length),
        "transcript": data.get("transcript"),
        "text": data.get("text"),
        "pages": str(data["pages"]) if data.get("pages") else None,
        "contact": data.get("contactName") or data.get("contactId"),
        "due": time_in(data, "dueAt"),
    }


def _party(party: Mapping[str, Any] | None) -> str:
    if party is None:
        return ""
    number = "a withheld number" if party["number"] == ANONYMOUS else party["number"]
    return f"{party['name']} ({number})" if party.get("name") else str(number)


def _called(side: CalledSide) -> str:
    """Return what was called: a group if there is one, because its lines ring for it."""
    if side.groups:
        return f"{'queue' if side.groups[0].kind.value == 'queue' else 'ring group'} {side.groups[0].name}"
    return f"line {side.lines[0].extension}" if side.lines else ""


def _line(line: Line) -> str:
    return f"line {line.extension} {line.label}".rstrip()


def _minutes(seconds: object) -> str | None:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}" if isinstance(seconds, int | float) else None


def _url(event: TelephonyEvent) -> str | None:
    """Return where a notice leads, if the event says so; else the console shows the event."""
    data = event.known
    voicemail = data.get("voicemail") or {}
    return data.get("url") or voicemail.get("url")
