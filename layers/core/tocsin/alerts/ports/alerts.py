"""Port of accepted alerts, and what one acceptance commits to."""

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
    """Everything one call commits to, written together or not at all.

    Attributes:
        chunks: every chunk that `alert.slices()` names, with its recipients in position order.
        draws: units taken from each limited capacity of the key.
        claim, answer: the idempotency claim and the answer (JSON text) that a repeat gets; None without a header.
        excluded: who was asked for and is not contacted, by place of the element.
        beside: what else is written with it, or nothing is.
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
    """The alert is accepted: from here on nothing of it may be lost."""


@dataclass(frozen=True, slots=True)
class CapacityShort:
    """Less capacity was left than the draws; nothing was written. Look again and decide again."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something beside the alert could not be written, for another was first; nothing was written."""

    participant: Participant


AcceptOutcome = Committed | Replayed | KeyReused | CapacityShort | Conflict


@dataclass(frozen=True, slots=True)
class AlertPage:
    """Part of a list, newest first. `next` is opaque to the caller and None at the end."""

    alerts: Sequence[Alert]
    next: str | None


class AlertRepository(Protocol):
    """Accepted alerts and their recipients."""

    def accept(self, acceptance: Acceptance) -> AcceptOutcome:
        """Write the acceptance in one transaction."""
        ...

    def earlier_answer(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        """Return what an earlier use of the claim came to, None if it is free."""
        ...

    def get(self, tenant: TenantId, ref: AlertRef) -> Alert | None:
        """Return the alert, strongly consistent, contents included; None if it never existed.

        An alert whose lifetime is over may still be returned: callers check `expired(now)`.
        """
        ...

    def cancel(self, tenant: TenantId, ref: AlertRef, at: datetime) -> datetime | None:
        """Cancel an alert at `at`, unless it is cancelled; return when it was, None if there is no such alert."""
        ...

    def stop(self, tenant: TenantId, ref: AlertRef, at: datetime) -> None:
        """Note that its escalation was answered by enough people at `at`, unless that is noted."""
        ...

    def excluded(self, tenant: TenantId, ref: AlertRef) -> Mapping[int, Sequence[Exclusion]]:
        """Return who was asked for and is not contacted, by place of the element; empty for nobody."""
        ...

    def recipients(self, key: ChunkKey) -> Sequence[Recipient]:
        """Return a chunk's recipients in position order; empty if the chunk does not exist."""
        ...

    def newest(self, tenant: TenantId, *, sandbox: bool, limit: int, after: str | None, now: datetime) -> AlertPage:
        """Return unexpired alerts of live or sandbox keys, newest first, without their contents.

        Args:
            limit: 1..100.
            after: `next` of the page before, None for the first.
        """
        ...
