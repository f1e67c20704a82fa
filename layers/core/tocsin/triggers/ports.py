"""Port of triggers: which keyword sends which stored alert, and the runs of triggers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tocsin.alerts.domain.features import TriggerKind
from tocsin.audit.domain.entry import AuditEntry
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId
from tocsin.stored_content.domain.stored_content import StoredContent
from tocsin.timers.domain.timer import Timer
from tocsin.triggers.domain.trigger import Trigger, TriggerActivated, TriggerRun, TriggerRunId


@dataclass(frozen=True, slots=True)
class Activation:
    """What a call writes that stores its alert for a trigger, in one transaction.

    Attributes:
        store: the alert; it must not expire before the trigger.
        claim, answer: the claim of the call's Idempotency-Key, and the answer for a repeat of the call.
        entry: what the audit trail says of it; None = nothing. A repeat of the call adds none.
    """

    active: TriggerActivated
    store: StoredContent
    claim: IdempotencyClaim | None = None
    answer: str | None = None
    entry: AuditEntry | None = None


class Activated(StrEnum):
    """The outcome of an activation."""

    DONE = "done"
    CONFLICT = "conflict"  # a keyword belongs to another store, or the store or its trigger changed: read again


class Fired(StrEnum):
    """The outcome of writing a due run."""

    DONE = "done"
    REPEATED = "repeated"  # the message has a run already
    CONFLICT = "conflict"  # the trigger changed after it was read: read and decide again


class Triggers(Protocol):
    """Triggers by key and store, their keywords, and their runs. A key sees its own triggers only.

    Expired triggers may still be returned: callers use `why_not`, or compare `expires_at`.
    """

    def activate(self, activation: Activation, now: datetime) -> Activated | Replayed | KeyReused:
        """Write store, trigger, keywords, claim and audit entry in one transaction."""
        ...

    def get(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId) -> Trigger | None:
        """Return the trigger of a store, strongly consistent."""
        ...

    def of_key(self, tenant: TenantId, key_id: ApiKeyId) -> Sequence[Trigger]:
        """Return every trigger of the key, oldest first, strongly consistent."""
        ...

    def words(self, tenant: TenantId, key_id: ApiKeyId, kind: TriggerKind) -> Mapping[str, StoreId]:
        """Return stores by the keywords of one kind that send them, spelled as in the call; strongly consistent."""
        ...

    def holder(self, tenant: TenantId, key_id: ApiKeyId, kind: TriggerKind, keyword: str) -> StoreId | None:
        """Return the store that a keyword of one kind sends, in any case; strongly consistent."""
        ...

    def end(self, trigger: Trigger) -> bool:
        """Remove this activation of a trigger and its keywords. False: it no longer exists."""
        ...

    def fire(self, trigger_run: TriggerRun, over: Trigger, timer: Timer) -> Fired:
        """Write a due run, add it to its trigger's count and arm its timer, in one transaction.

        Args:
            over: the trigger as it was read; it must be unchanged. `Trigger.after` says what becomes of it.
        """
        ...

    def refuse(self, trigger_run: TriggerRun) -> bool:
        """Write a refused run. False: the message has a run already."""
        ...

    def trigger_run(self, tenant: TenantId, trigger_run_id: TriggerRunId) -> TriggerRun | None:
        """Return a run, strongly consistent."""
        ...

    def fail(self, trigger_run: TriggerRun) -> bool:
        """Replace a due run by `trigger_run`, which failed. False: the stored run is no longer due."""
        ...
