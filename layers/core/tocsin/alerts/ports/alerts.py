"""Port of accepted alerts, and the content of one acceptance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.exclusion import Exclusion
from tocsin.alerts.domain.participants import Participant
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Everything that one call writes, in one transaction.

    Attributes:
        chunks: every chunk that `alert.batches()` names, with its recipients in position order.
        consumption: units consumed of each limited capacity of the key.
        claim, answer: the idempotency claim, and the response (JSON text) for a repeat; None without a header.
        excluded: the excluded receivers, by place of the element.
        participants: rows of other subjects in the same transaction.
    """

    alert: Alert
    chunks: Mapping[ChunkKey, Sequence[Recipient]]
    consumption: Mapping[Channel, int] = field(default_factory=dict)
    claim: IdempotencyClaim | None = None
    answer: str | None = None
    excluded: Mapping[int, Sequence[Exclusion]] = field(default_factory=dict)
    participants: Sequence[Participant] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """The alert is accepted and stored."""


@dataclass(frozen=True, slots=True)
class CapacityShort:
    """The remaining capacity was smaller than the consumption. Nothing was written; decide again."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another writer was first with the rows of `participant`. Nothing was written."""

    participant: Participant


AcceptOutcome = Committed | Replayed | KeyReused | CapacityShort | Conflict


@dataclass(frozen=True, slots=True)
class AlertPage:
    """A page of alerts, newest first. `next` is opaque to the caller, and None on the last page."""

    alerts: Sequence[Alert]
    next: str | None


class AlertRepository(Protocol):
    """Accepted alerts and their recipients."""

    def accept(self, acceptance: Acceptance) -> AcceptOutcome:
        """Write the acceptance in one transaction. Raises StorageUnavailable: it may be written; repeat the call."""
        ...

    def earlier_answer(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        """Return the result of an earlier call with the claim, None if there was none."""
        ...

    def get(self, tenant: TenantId, ref: AlertRef) -> Alert | None:
        """Return the alert with its contents, strongly consistent; None if there is no such alert.

        An alert whose lifetime is over may still be returned, so callers check `expired(now)`.
        """
        ...

    def cancel(self, tenant: TenantId, ref: AlertRef, at: datetime) -> datetime | None:
        """Cancel an alert unless it is cancelled. Return when it was cancelled, None if there is no such alert."""
        ...

    def stop(self, tenant: TenantId, ref: AlertRef, at: datetime) -> None:
        """Store that enough people had answered the alert's escalation at `at`, unless that is stored already."""
        ...

    def excluded(self, tenant: TenantId, ref: AlertRef) -> Mapping[int, Sequence[Exclusion]]:
        """Return the excluded receivers by place of the element; empty if there are none."""
        ...

    def recipients(self, key: ChunkKey) -> Sequence[Recipient]:
        """Return a chunk's recipients in position order; empty if the chunk does not exist."""
        ...

    def newest(self, tenant: TenantId, *, sandbox: bool, limit: int, after: str | None, now: datetime) -> AlertPage:
        """Return a page of unexpired alerts of live or sandbox keys, newest first, without their contents.

        Args:
            limit: 1..100.
            after: `next` of the previous page, None for the first page.
        """
        ...
