"""Entries of the audit trail about what a caller does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin.audit.application.new_entry import new_entry
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.ports import Randomness


def audit_entry(
    caller: Principal,
    action: str,
    thing: Thing,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    *,
    at: datetime,
    randomness: Randomness,
) -> AuditEntry:
    """Return an entry that is not in the trail yet.

    A change that can be written with its entry in one transaction is written so; other changes are recorded first.

    Args:
        action: kind of the thing and past participle, for example `alert.stopped`.
        before, after: what changed, as it was and as it is, in words of the API, without secrets.
        at: now.
    """
    return new_entry(
        caller.tenant,
        caller.actor,
        caller.via,
        action,
        thing,
        before,
        after,
        at=at,
        randomness=randomness,
        request_id=caller.request_id,
    )
