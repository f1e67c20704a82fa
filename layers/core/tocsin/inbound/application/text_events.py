"""Texts that answer no alert are telephony events, for rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
    """Ingests texts as events `sms.received`."""

    ingest: IngestEvents
    clock: Clock

    def __call__(self, tenant: TenantId, texts: Sequence[IncomingText]) -> None:
        """Ingest them together. Raises StorageUnavailable: some may be stored; the call may be repeated."""
        now = self.clock()
        self.ingest(tenant, [ReceivedEvent(text.id, _event(text, now)) for text in texts])


def _event(text: IncomingText, now: datetime) -> TelephonyEvent:
    data = {
        "messageId": text.id,
        "from": {"number": text.theirs},
        "to": {"number": text.ours},
        "text": text.text[:_LONGEST],
    }
    return TelephonyEvent(SOURCE, text.id, "sms.received", text.at, now, data)
