"""The types of telephony events, and what `data` of each type holds.

The tables below are the source of truth: the validator reads them, and the JSON Schemas in `docs/events` are made from
them. An unknown field is kept, an unknown type is accepted: a telephone system must not fall silent because its new
version tells more.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from tocsin.kernel.domain.errors import FAULTS_LISTED, Fault
from tocsin.kernel.domain.suggestions import did_you_mean
from tocsin.telephony.domain.event_data.fields import (
    AMOUNT,
    CALL,
    CALLBACK,
    COUNT,
    CURRENCY,
    EMAIL,
    FLAG,
    ID,
    LINE_OF_TEXT,
    NAME,
    NUMBER,
    PARTY,
    QUEUE,
    REF,
    SECONDS,
    TEXT,
    TIME,
    TRUNK,
    URL,
    WHERE,
    EventType,
    appointment,
    may,
    must,
    record,
)
from tocsin.telephony.domain.event_data.shapes import EventField, ListShape, OneOf, OrNull, RecordShape, TextShape

PREFIX = "tocsin."
"""May stand before a type, and is dropped."""


def known_type(type: str) -> str:
    """Return a type as the vocabulary names it: without the prefix `tocsin.`."""
    return type.removeprefix(PREFIX) or type


def data_faults(type: str, data: Any) -> list[Fault]:
    """Return what is wrong with the data of an event, at most FAULTS_LISTED + 1 faults; of an unknown type nothing is.

    Pointers begin at `data`.
    """
    known = TYPES.get(type)
    return list(islice(known.data.faults(data), FAULTS_LISTED + 1)) if known else []


@lru_cache(256)
def nearest_type(type: str) -> str | None:
    """Return the known type that an unknown one may be meant to be."""
    return did_you_mean(type, TYPES)


def without_secrets(type: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data without passwords and PINs: what is kept once a secret was used, and what is packed."""
    known = TYPES.get(type)
    secrets = {field.name for field in known.data.fields if field.secret} if known else set()
    return {name: value for name, value in data.items() if name not in secrets} if secrets else data


def known_data(type: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields that the vocabulary has for a type, and has judged; none of an unknown type.

    A field that only other types have may hold anything: its sender means something else by its name.
    """
    names = _NAMES.get(type, frozenset())
    return data if data.keys() <= names else {name: value for name, value in data.items() if name in names}


_OF_A_RINGING_CALL = frozenset({
    "callId", "direction", "from", "to", "line", "lines", "phoneNumber", "group", "groups", "fisher",
})  # fmt: skip


def _types(*types: tuple[str, str, tuple[EventField, ...]]) -> Mapping[str, EventType]:
    return {name: EventType(name, about, RecordShape(fields)) for name, about, fields in types}


TYPES: Mapping[str, EventType] = _types(
    ("call.ended", "A call is over; sent once for each call.", CALL),
    (
        "call.leg",
        "One leg of a call is over; the legs of a call are put together into one `call.ended`.",
        (*CALL, must("legId", ID), may("final", FLAG, "no further leg of this call follows")),
    ),
    (
        "call.offered",
        "A phone begins to ring.",
        tuple(field for field in CALL if field.name in _OF_A_RINGING_CALL),
    ),
    (
        "sip.registration",
        "A telephone registers with the telephone system, or is gone.",
        (
            must("line", REF),
            must(
                "event",
                OneOf(("registered", "unregistered", "refreshed", "seen")),
                "seen: online, new or not is unknown",
            ),
            may("reason", OneOf(("expired", "removed", "unreachable"))),
            may("userAgent", TextShape(255)),
            may("ip", TextShape(64)),
            may("contact", TextShape(255), "tells the telephones of one line apart"),
            may("expiresSeconds", SECONDS),
        ),
    ),
    ("sms.received", "A text came in.", TEXT),
    ("sms.sent", "A text was sent, by a person or another system.", TEXT),
    (
        "voicemail.received",
        "A caller left a message.",
        (
            may("callId", ID),
            must("mailbox", REF),
            must("from", PARTY),
            *WHERE,
            may("url", URL),
            may("durationSeconds", SECONDS),
            may("transcript", TextShape(10_000)),
        ),
    ),
    (
        "fax.received",
        "A fax came in.",
        (must("from", PARTY), may("line", REF), may("pages", COUNT), may("url", URL)),
    ),
    ("queue.call_lost", "A caller hung up in a queue, or was turned away.", QUEUE),
    (
        "queue.sla_breached",
        "A caller waits for longer than the queue promises.",
        (*QUEUE, must("slaSeconds", SECONDS), may("breachNo", COUNT), may("waiting", COUNT, "callers who wait")),
    ),
    ("queue.callback", "A caller in a queue asked to be called back.", CALLBACK),
    ("queue.callback_failed", "A caller who had asked for it could not be called back.", CALLBACK),
    ("trunk.connected", "A trunk is up.", TRUNK),
    ("trunk.disconnected", "A trunk is down.", TRUNK),
    (
        "disk.low",
        "The telephone system has little room on its disk.",
        (must("freeBytes", COUNT), must("usedBytes", COUNT)),
    ),
    ("license.limited", "A limit of a licence is reached.", (must("licenseType", NAME),)),
    (
        "account.recharged",
        "Money was paid in.",
        (may("userId", REF), must("amount", AMOUNT), must("currency", CURRENCY)),
    ),
    (
        "emergency.call",
        "An emergency number was called.",
        (must("from", PARTY), must("callee", NUMBER, "the emergency number"), may("line", REF)),
    ),
    (
        "report.completed",
        "A report of calls is ready.",
        (must("name", LINE_OF_TEXT), must("kind", NAME), must("url", URL), may("requesterId", REF)),
    ),
    (
        "conference.invited",
        "People are invited to a conference.",
        (
            must("invitees", ListShape(EMAIL, most=100)),
            must("topic", LINE_OF_TEXT),
            must("at", TIME),
            may("joinUrl", URL),
            may("dialNumber", NUMBER),
            may("password", NAME),
        ),
    ),
    (
        "user.created",
        "The telephone system has a new person.",
        (
            must("userId", TextShape(255, 1), "the external id of the person"),
            may("email", EMAIL),
            may("displayName", NAME),
            may("extension", REF),
            may("domain", NAME),
            *(EventField(name, NAME, secret=True) for name in ("extensionPassword", "userPassword", "voicemailPin")),
        ),
    ),
    (
        "mention",
        "A person was named in a note or a conversation.",
        (must("userIds", ListShape(REF)), may("byUserId", REF), may("text", TextShape(1_600)), may("url", URL)),
    ),
    (
        "contact.assigned",
        "A contact has another person who looks after it.",
        (
            must("contactId", REF),
            may("userId", OrNull(REF), "null: no person any more"),
            may("previousUserId", REF),
            must("by", OneOf(("person", "api", "sequence"))),
            may("actorId", REF),
            may("contactName", NAME),
            may("url", URL, "where the contact is shown"),
        ),
    ),
    ("appointment.created", "An appointment was made.", (appointment(must),)),
    ("appointment.updated", "An appointment was changed.", (appointment(must),)),
    ("appointment.cancelled", "An appointment does not take place.", (appointment(may),)),
    ("appointment.assigned", "An appointment is another person's.", (appointment(must),)),
    (
        "reminder.assigned",
        "A person was given a reminder.",
        (must("userId", REF), must("text", TextShape(1_600)), may("dueAt", TIME)),
    ),
    (
        "integration.status",
        "An integration works, or has failed.",
        (
            must("integrationId", REF),
            must("status", OneOf(("active", "disabled", "pending", "failed"))),
            may("reason", LINE_OF_TEXT),
            may("companyId", REF),
        ),
    ),
    (
        "billing.warning",
        "Money runs low, or a payment failed.",
        (must("text", TextShape(1_600)), may("amount", AMOUNT)),
    ),
    (
        "job.finished",
        "A long job is over.",
        (
            must("job", REF),
            must(
                "kind",
                OneOf(
                    (
                        "import",
                        "export",
                        "users_sync",
                        "contacts_sync",
                        "contact_dispositions_sync",
                        "call_disposition_sync",
                    )
                ),
            ),
            must("ok", FLAG),
            may("counts", record()),
        ),
    ),
    (
        "webhook.failed",
        "A webhook of the account could not be delivered; made by Tocsin.",
        (
            may("url", URL),
            may("reason", LINE_OF_TEXT),
            may("since", TIME, "when it began to fail"),
            may("failed", COUNT, "deliveries that failed in seven days; 100: a hundred or more"),
            may("answer", LINE_OF_TEXT, "what the receiver answered last, or why there was no answer"),
            may("page", LINE_OF_TEXT, "page of the console, below `/console/`, on which they are delivered again"),
        ),
    ),
    (
        "source.silent",
        "A source of events has told nothing for longer than it usually does; made by Tocsin.",
        (must("sourceId", REF), may("since", TIME)),
    ),
)
"""Every type by its name."""

_NAMES = {name: frozenset(field.name for field in type.data.fields) for name, type in TYPES.items()}
