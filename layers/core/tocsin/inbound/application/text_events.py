"""Texts that answer no alert are telephony events, for rules."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.inbound.domain.text import IncomingText
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.domain.cloud_events import ReceivedEvent
from tocsin.telephony.domain.event import TelephonyEvent

SOURCE = "tocsin.texts"
"""Source of the events of texts to numbers of ours. A text's id is the provider's, so a repeat is the same event."""

_LONGEST = 1600
"""Characters of a text that the vocabulary takes."""


@dataclass(frozen=True, slots=True)
class TextEvents:
    """Ingests a text as an event `sms.received`."""

    ingest: IngestEvents
    clock: Clock

    def __call__(self, tenant: TenantId, text: IncomingText) -> None:
        """Ingest it. Raises StorageUnavailable: it may be stored; the call may be repeated."""
        data = {
            "messageId": text.id,
            "from": {"number": text.theirs},
            "to": {"number": text.ours},
            "text": text.text[:_LONGEST],
        }
        event = TelephonyEvent(SOURCE, text.id, "sms.received", text.at, self.clock(), data)
        self.ingest(tenant, [ReceivedEvent(text.id, event)])
