"""One entry of the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tocsin.audit.domain.actor import Actor, Via
from tocsin.kernel.domain.ids import TenantId

KEPT_FOR = timedelta(days=400)
"""How long an entry is kept."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What was changed.

    Attributes:
        kind: for example `user`, `role`, `api_key`, `alert`.
        name: its name at that time; may be personal, so it is sealed.
    """

    kind: str
    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change. Entries are only added: they are never changed, and end after KEPT_FOR.

    Attributes:
        id: a time-ordered UUID, so that ids sort by time.
        action: kind of the thing and past participle, for example `user.updated`.
        before, after: the fields that changed, in words of the API; secrets are never among them.
        request_id: the gateway's id of the call; empty for the operator and the system.
        count: how many equal events the entry stands for, where repeats are summed up (refused sign-ins).
    """

    tenant: TenantId
    id: str
    at: datetime
    who: Actor
    via: Via
    action: str
    thing: Thing
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    request_id: str = ""
    count: int = 1


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what differs, as it was and as it is. A field that only one side has is absent on the other."""
    names = [name for name in {**before, **after} if before.get(name, _ABSENT) != after.get(name, _ABSENT)]
    return {n: before[n] for n in names if n in before}, {n: after[n] for n in names if n in after}


_ABSENT = object()
