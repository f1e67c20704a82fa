"""Port of runs of rules: what rules made of events."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tocsin.kernel.domain.ids import AlertRef, TenantId, time_ordered_uuid


class RuleRunState(StrEnum):
    """What became of a match."""

    SENT = "sent"
    THROTTLED = "throttled"
    COLLECTED = "collected"  # for the digest
    HELD = "held"  # until the line has been offline long enough
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRun:
    """A match of a rule that passed its gates as far as `state` says. It never changes but for its state.

    Attributes:
        id: of `run_id`, so that one event fires a rule once.
        event: the event's name in this account.
        rule_version: that was decided on.
        trigger_ids, entities: of the triggers that matched, as they were then.
        line: id of the line that the event is about; "" = none.
        alert: of the inside that has the mails and texts; None = there are none.
        deliveries: ids of its webhooks.
        test: it was made by a test.
    """

    tenant: TenantId
    rule: str
    id: str
    at: datetime
    state: RuleRunState
    event: str
    rule_version: int
    trigger_ids: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    line: str = ""
    alert: AlertRef | None = None
    deliveries: tuple[str, ...] = ()
    test: bool = False


def run_id(rule: str, event: str, received_at: datetime) -> str:
    """Return the id of the run of a rule by an event: a time-ordered UUID, the same whenever it is asked for."""
    return time_ordered_uuid(received_at, hashlib.sha256(f"{rule}\0{event}".encode()).digest())


@dataclass(frozen=True, slots=True)
class RuleRunPage:
    """Runs, newest first. `next` is opaque, None on the last page."""

    runs: Sequence[RuleRun]
    next: str | None


class RuleRuns(Protocol):
    """The runs of each rule, for `rule.KEPT_FOR`."""

    def add(self, run: RuleRun) -> bool:
        """Add a run. False: there is one of its id already, which stays as it is."""
        ...

    def get(self, tenant: TenantId, rule: str, id: str, now: datetime) -> RuleRun | None:
        """Return a run, strongly consistent; None = there is none."""
        ...

    def page(self, tenant: TenantId, rule: str, limit: int, cursor: str | None, now: datetime) -> RuleRunPage:
        """Return a page of runs of a rule. Raises InvalidRequest for a cursor of another list."""
        ...
