"""An integration: a connection to another system that works, or fails quietly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.kernel.domain.ids import CompanyId, TenantId


class IntegrationStatus(StrEnum):
    """The values are words of the API."""

    ACTIVE = "active"
    DISABLED = "disabled"
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """An integration.

    Attributes:
        kind: which system, for example `crm`.
        company: None = the whole account.
        since: when this status began, as it was reported.
        reported_at: time of the newest report that was applied; older ones change nothing.
        reason: as the newest report gives it; "" = it gives none.
        activated: it was active since it was made or disabled.
        incident: id of the incident that goes on; None = there is none.
        version: each change adds one.
    """

    tenant: TenantId
    id: str
    name: str
    kind: str
    created_at: datetime
    since: datetime
    company: CompanyId | None = None
    status: IntegrationStatus = IntegrationStatus.DISABLED
    reported_at: datetime | None = None
    reason: str = ""
    activated: bool = False
    incident: str | None = None
    version: int = 1
