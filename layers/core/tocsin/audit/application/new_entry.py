"""The one place that makes an entry of the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin.audit.domain.actor import Actor, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.kernel.domain.ids import TenantId, time_ordered_uuid
from tocsin.kernel.ports import Randomness


def new_entry(
    tenant: TenantId,
    who: Actor,
    via: Via,
    action: str,
    thing: Thing,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    *,
    at: datetime,
    randomness: Randomness,
    request_id: str = "",
    count: int = 1,
) -> AuditEntry:
    """Return an entry with an id of its own. It is not in the trail yet. The arguments are the fields of AuditEntry."""
    return AuditEntry(
        tenant=tenant,
        id=time_ordered_uuid(at, randomness.token(10)),
        at=at,
        who=who,
        via=via,
        action=action,
        thing=thing,
        before=before or {},
        after=after or {},
        request_id=request_id,
        count=count,
    )
