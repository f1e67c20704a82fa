"""Port of triggers: which word sets which stored alert off, and when somebody said one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tocsin.alerts.domain.features import TriggerKind
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId
from tocsin.stored_content.domain.stored_content import StoredContent
from tocsin.timers.domain.timer import Timer
from tocsin.triggers.domain.trigger import Trigger, TriggerActivated, TriggerRun, TriggerRunId


@dataclass(frozen=True, slots=True)
class Activation:
    """Everything a call commits to that stores its alert for a trigger, written together or not at all.

    Attributes:
        store: the alert; it must live as long as the trigger.
        claim, answer: see Acceptance.
    """

    active: TriggerActivated
    store: StoredContent
    claim: IdempotencyClaim | None = None
    answer: str | None = None


class Activated(StrEnum):
    """What became of an arming."""

    DONE = "done"
    CONFLICT = "conflict"  # a word is another store's, or the store or its trigger changed: look again


class Fired(StrEnum):
    """What became of a firing."""

    DONE = "done"
    REPEATED = "repeated"  # the same message has a firing already
    CONFLICT = "conflict"  # the trigger is not what it was read as: read it, and decide, again


class Triggers(Protocol):
    """Triggers by key and store, their words, and their firings. A key sees its own triggers only.

    Triggers whose time is over may still be returned: callers ask `why_not`, or compare `expires_at`.
    """

    def arm(self, activation: Activation, now: datetime) -> Activated | Replayed | KeyReused:
        """Write store, trigger, its words and the claim in one transaction."""
        ...

    def get(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId) -> Trigger | None:
        """Return the trigger of a store, strongly consistent."""
        ...

    def of_key(self, tenant: TenantId, key_id: ApiKeyId) -> Sequence[Trigger]:
        """Return every trigger of the key, oldest first, strongly consistent."""
        ...

    def words(self, tenant: TenantId, key_id: ApiKeyId, kind: TriggerKind) -> Mapping[str, StoreId]:
        """Return the store each keyword of one kind sets off, by keyword as it was armed, strongly consistent."""
        ...

    def holder(self, tenant: TenantId, key_id: ApiKeyId, kind: TriggerKind, keyword: str) -> StoreId | None:
        """Return the store a keyword of one kind sets off, in whatever case it is written, strongly consistent."""
        ...

    def end(self, trigger: Trigger) -> bool:
        """Remove exactly this arming and its words. False: it is not there any more."""
        ...

    def fire(self, trigger_run: TriggerRun, over: Trigger, timer: Timer) -> Fired:
        """Write a firing that is due, count it with its trigger and arm its timer, in one transaction.

        Args:
            over: the trigger as it was read; it must stand like that.
        """
        ...

    def refuse(self, trigger_run: TriggerRun) -> bool:
        """Write a refused firing. False: the same message has a firing already."""
        ...

    def trigger_run(self, tenant: TenantId, trigger_run_id: TriggerRunId) -> TriggerRun | None:
        """Return a firing, strongly consistent."""
        ...

    def fail(self, trigger_run: TriggerRun) -> bool:
        """Put `trigger_run`, which failed, in the place of a due one. False: it is not due any more."""
        ...
