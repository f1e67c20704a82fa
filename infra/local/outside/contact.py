"""One call of the simulated Connect: what is known of it, and what is told about it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event
from typing import Any

from infra.local.outside.contact_flow import ENDED_BY_FLOW, ENDED_BY_RECEIVER
from infra.local.outside.phone_people import EndReport
from infra.local.outside.telephone import Said, Telephone
from infra.local.provider_events import contact_event

BUSY, NOT_ANSWERED, STOPPED = "TELECOM_BUSY", "TELECOM_UNANSWERED", "TELECOM_ORIGINATOR_CANCEL"
UNKNOWN_NUMBER, BLOCKED, NO_LINE = "TELECOM_NUMBER_INVALID", "TELECOM_POTENTIAL_BLOCKING", "TELECOM_PROBLEM"
STOPPED_IN_TALK = "OTHER"
"""Values of Connect's DisconnectReason."""

ENDED_BY: Mapping[str, str] = {
    ENDED_BY_FLOW: "system",
    ENDED_BY_RECEIVER: "person",
    BUSY: "busy",
    NOT_ANSWERED: "no answer",
    STOPPED: "stopped",
    STOPPED_IN_TALK: "stopped",
    UNKNOWN_NUMBER: "no such number",
    BLOCKED: "blocked",
    NO_LINE: "no free line",
}
"""How a call ended, in words, by Connect's DisconnectReason."""


@dataclass(slots=True, eq=False)
class Contact:
    """One call.

    Attributes:
        ours, theirs: the numbers; `theirs` is "" if the caller withholds it.
        attributes: what the system gave with the call; `message` is its id of one try of a message.
        attempt: the number of this call for its message, from 1; None for a call in.
        ring_seconds: most seconds that it rings.
        dialled: seconds from its beginning to its answer or end, by the clock of a scripted call; None in real time.
        reason: Connect's DisconnectReason, "" while the call is not over.
        stopped: whether we have ended it.
        report: how its end is reported; `early` is the event that was told before the end.
    """

    ours: str
    theirs: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    inbound: bool = False
    attempt: int | None = None
    ring_seconds: float = 40.0
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    dialled: float | None = None
    connected: datetime | None = None
    ended: datetime | None = None
    reason: str = ""
    stopped: Event = field(default_factory=Event)
    phone: Telephone | None = None
    report: EndReport = EndReport.ONCE
    early: Mapping[str, Any] | None = None

    @property
    def message(self) -> Sequence[str]:
        """Our message's id in parts: tenant, alert, …; the last one, which counts the tries, is omitted."""
        return self.attributes.get("message", "").split(".")[:-1]

    @property
    def initiation(self) -> str:
        """Connect's InitiationMethod."""
        return "INBOUND" if self.inbound else "API"

    @property
    def numbers(self) -> dict[str, str]:
        """Who calls whom: `from` and `to`."""
        ours, theirs = self.ours, self.theirs
        return {"from": theirs, "to": ours} if self.inbound else {"from": ours, "to": theirs}

    def data(self) -> dict[str, Any]:
        """Return `ContactData` of each invocation of our function."""
        return {
            "ContactId": self.id,
            "InitialContactId": self.id,
            "Channel": "VOICE",
            "InitiationMethod": self.initiation,
            "Attributes": dict(self.attributes),
            "CustomerEndpoint": {"Address": self.theirs, "Type": "TELEPHONE_NUMBER"} if self.theirs else None,
            "SystemEndpoint": {"Address": self.ours, "Type": "TELEPHONE_NUMBER"},
        }

    def event(self, ended: datetime, reason: str) -> Mapping[str, Any]:
        """Return the event about its end."""
        return contact_event(self.id, self.began, self.connected, ended, reason, self.initiation)

    def reports(self) -> Sequence[Mapping[str, Any]]:
        """Return the events that are due when the call is over."""
        if self.ended is None or self.report is EndReport.NEVER:
            return []
        told = self.early or self.event(self.ended, self.reason)
        return [told, told] if self.report is EndReport.TWICE_AND_EARLY and not self.early else [told]

    def line(self) -> dict[str, Any]:
        """Return its line in the file of calls."""
        return {
            **self.numbers,
            "alertRef": self.message[1] if len(self.message) > 1 else None,
            "attempt": self.attempt,
            "said": [_line(said) for said in (self.phone.said if self.phone else ())],
            "keys": self.phone.pressed if self.phone else "",
            "endedBy": ENDED_BY[self.reason],
        }


def _line(said: Said) -> dict[str, Any]:
    what = {"file": said.spoken.file} if said.spoken.file else {"text": said.spoken.text, "voice": said.spoken.voice}
    return {"prompt": said.prompt, **what, "ms": round(said.seconds * 1000), "cut": said.cut}
