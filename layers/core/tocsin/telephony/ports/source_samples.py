"""Port of the samples of sources: their last payloads, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId

SAMPLES_KEPT = 20
"""Of a source: the last ones."""

SAMPLE_KEPT = timedelta(days=3)

LONGEST_SAMPLE = 32_768
"""Characters of a payload; the rest is not kept. However it is written, it fits into a row."""

LONGEST_TYPE = 255
"""Characters of the type of an event that is refused; the rest is not kept."""


@dataclass(frozen=True, slots=True)
class SampledEvent:
    """An event that a payload told.

    Attributes:
        event_id: our id of the event; None if it is refused.
        status: a value of `ItemStatus`.
    """

    type: str
    event_id: str | None
    status: str


@dataclass(frozen=True, slots=True)
class SourceSample:
    """One payload.

    Attributes:
        id: a UUID version 7 of the receipt.
        payload: JSON, or the body as it came if it could not be parsed; at most LONGEST_SAMPLE characters.
        reason: a stable word: why not every event could be made, or none; None if there is nothing to say.
    """

    id: str
    received_at: datetime
    payload: str
    events: tuple[SampledEvent, ...] = ()
    reason: str | None = None


class SourceSamples(Protocol):
    """The last SAMPLES_KEPT payloads of each source, for SAMPLE_KEPT."""

    def keep(self, tenant: TenantId, source_id: str, samples: Sequence[SourceSample]) -> None:
        """Store up to SAMPLES_KEPT samples that came together, in the place of the oldest."""
        ...

    def last(self, tenant: TenantId, source_id: str, now: datetime) -> Sequence[SourceSample]:
        """Return the samples of a source, newest first."""
        ...
