"""One voicemail, one mail: which events are about the same voicemail.

A telephone system may tell a voicemail twice: as `voicemail.received`, and as a call that ended in the mailbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.alerts.domain.participants import Participant
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.telephony.domain.event import TelephonyEvent

SAME_WITHIN = timedelta(seconds=120)
"""Two events of one mailbox and caller are about one voicemail, unless both name a call."""

_MOST = 20


@dataclass(frozen=True, slots=True)
class Voicemail:
    """A voicemail that was mailed, by the event that was first.

    Attributes:
        at: when it was left.
        call: the source's id of the call; "" = the event has none.
        alert: that mailed it.
    """

    at: datetime
    call: str
    alert: AlertRef

    def is_same(self, other: Voicemail) -> bool:
        """Whether two events of one mailbox and caller are about one voicemail."""
        if self.call and other.call:
            return self.call == other.call
        return abs(self.at - other.at) <= SAME_WITHIN


@dataclass(frozen=True, slots=True)
class MailedVoicemails:
    """The voicemails of one mailbox and caller that were mailed lately.

    Attributes:
        name: of the mailbox and the caller; it holds a number of the caller.
        mailed: at most 20, oldest first.
        version: counts writes; 0 = none is kept.
    """

    tenant: TenantId
    name: str
    mailed: Sequence[Voicemail] = ()
    version: int = 0

    def find(self, voicemail: Voicemail) -> Voicemail | None:
        """Return the same voicemail as it was mailed; None = it is new."""
        return next((known for known in self.mailed if known.is_same(voicemail)), None)

    def add(self, voicemail: Voicemail) -> MailedVoicemails:
        """Return the list with one more, in its next version."""
        return replace(self, mailed=(*self.mailed, voicemail)[-_MOST:], version=self.version + 1)


def list_name(mailbox: str, event: TelephonyEvent) -> str:
    """Return the name of the list that an event belongs to; `mailbox`: id of the line or group."""
    return f"{mailbox}|{event.data['from']['number']}"


def told_as_voicemail(event: TelephonyEvent) -> TelephonyEvent:
    """Return an event as its template reads it: of a call what `voicemail.received` would say."""
    data = event.known
    if event.type == "voicemail.received":
        return event
    left = data.get("voicemail") or {}
    named = {"from": data["from"], "mailbox": data.get("line"), "url": left.get("url")}
    return replace(event, type="voicemail.received", data=named)


@dataclass(frozen=True, slots=True)
class VoicemailsWritten(Participant):
    """The list, written with the alert over the version before its own."""

    voicemails: MailedVoicemails
