"""Who may send telephony events without a secret of ours: roles, entries of the event bus, instances of Amazon Connect.

Sources: IAM user guide, "IAM identifiers" (the ARN of an assumed role has no path, and a role's name is unique within
its account whatever the path); EventBridge user guide, "Event structure" (`account` is set by the service).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tocsin.identity.domain.api_key import Right
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import Forbidden
from tocsin.kernel.domain.ids import TenantId

CONNECT = "aws.connect"
"""The source of the events that Amazon Connect puts on the default bus."""

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):role/(?:[!-~]{1,512}/)?([A-Za-z0-9_+=,.@-]{1,64})")
_SESSION = re.compile(
    r"arn:aws[a-z-]*:sts::([0-9]{12}):assumed-role/([A-Za-z0-9_+=,.@-]{1,64})/[A-Za-z0-9_+=,.@-]{2,64}"
)
_INSTANCE = re.compile(r"arn:aws[a-z-]*:connect:[a-z0-9-]{1,30}:[0-9]{12}:instance/[0-9a-f-]{1,64}")
_ACCOUNT = re.compile(r"[0-9]{12}")


class EventSenderKind(StrEnum):
    """How a sender is known."""

    ROLE = "role"  # <account>/<name of the role>
    BUS = "bus"  # <account>/<source of the entries>
    CONNECT = "connect"  # ARN of the instance


@dataclass(frozen=True, slots=True)
class EventSender:
    """A sender that the operator lets send for one tenant. `name` is as `EventSenderKind` says."""

    kind: EventSenderKind
    name: str

    @classmethod
    def role(cls, arn: str) -> EventSender | None:
        """Return the role of an ARN: its own, or that of a session in which it is assumed. None: it is no role's."""
        found = _ROLE.fullmatch(arn) or _SESSION.fullmatch(arn)
        return cls(EventSenderKind.ROLE, f"{found[1]}/{found[2]}") if found else None

    @classmethod
    def connect(cls, arn: str) -> EventSender | None:
        """Return the instance of Amazon Connect of an ARN; None: it is no instance's."""
        return cls(EventSenderKind.CONNECT, arn) if _INSTANCE.fullmatch(arn) else None

    @classmethod
    def of_bus(cls, account: str, source: str) -> EventSender | None:
        """Return the sender of entries; None: there is no such account, or no source."""
        return cls(EventSenderKind.BUS, f"{account}/{source}") if _ACCOUNT.fullmatch(account) and source else None


def sender_of(delivered: Mapping[str, Any]) -> EventSender | None:
    """Return who sent an entry that EventBridge delivers; None: it does not say."""
    source, account, detail = (delivered.get(name) for name in ("source", "account", "detail"))
    if source == CONNECT:
        arn = detail.get("instanceArn") if isinstance(detail, Mapping) else None
        return EventSender.connect(arn) if isinstance(arn, str) else None
    if not isinstance(source, str) or not isinstance(account, str):
        return None
    return EventSender.of_bus(account, source)


def bus_source(tenant: TenantId) -> str:
    """Return the source of a tenant's entries on the bus. More may follow it after a dot."""
    return f"tocsin.tenant.{tenant}"


def check_may_send(caller: Principal) -> None:
    """Raise Forbidden unless a key or a person may send telephony events."""
    if caller.key is not None:
        allowed = Right.SEND_EVENTS in caller.key.rights
    else:
        role = None if caller.role is None else str(caller.role.id)
        allowed = role in (SystemRole.OWNER.value, SystemRole.ADMIN.value) and not caller.read_only
    if not allowed:
        raise Forbidden(Right.SEND_EVENTS.value)
