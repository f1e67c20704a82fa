"""Audit entries of what people do on pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.visit import Visit
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.audit.ports import AuditTrail
from tocsin.identity.application.audit_entry import audit_entry
from tocsin.kernel.ports import Randomness


@dataclass(frozen=True, slots=True)
class Record:
    """Adds an entry to the audit trail, before the change itself: there is no change without an entry.

    A change that is written with its entry in one transaction takes it from `entry`.
    """

    trail: AuditTrail
    randomness: Randomness

    def __call__(
        self,
        visit: Visit,
        action: str,
        thing: Thing,
        after: Mapping[str, Any] | None = None,
        before: Mapping[str, Any] | None = None,
    ) -> None:
        """Record what the visitor is about to do.

        Args:
            action: for example `alert.stopped`.
            after, before: what it sets, and what that was, in words of the API.
        """
        self.trail.record([self.entry(visit, action, thing, after, before)])

    def entry(
        self,
        visit: Visit,
        action: str,
        thing: Thing,
        after: Mapping[str, Any] | None = None,
        before: Mapping[str, Any] | None = None,
    ) -> AuditEntry:
        """Return an entry that is not in the trail yet. The arguments are those of a call."""
        return audit_entry(visit.principal, action, thing, before, after, at=visit.now, randomness=self.randomness)
