"""Port of the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.audit.domain.entry import AuditEntry
from tocsin.kernel.domain.ids import TenantId


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which entries: all conditions hold. `since` is included, `until` excluded.

    Attributes:
        person: `user:<id>`, `key:<id>`, `operator` or `system`.
        thing: `<kind>` or `<kind>:<id>`.
        action: a whole action, for example `user.updated`.
    """

    person: str | None = None
    thing: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries, newest first. A filtered page may be short. `next` is opaque, None on the last page."""

    entries: Sequence[AuditEntry]
    next: str | None


class AuditTrail(Protocol):
    """The audit trail of each tenant.

    A repository whose change must be audited writes the entry in the transaction of the change itself, so that there is
    no change without an entry. `record` is for what changes no row of ours, for example a sign-in.
    """

    def record(self, entries: Sequence[AuditEntry]) -> None:
        """Add entries. An entry whose id exists is not added again."""
        ...

    def read(self, tenant: TenantId, query: AuditQuery, limit: int, cursor: str | None, now: datetime) -> AuditPage:
        """Return a page of entries. At most 1,000 rows are looked at for a page."""
        ...
