"""Who is told when integrations fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.kernel.domain.ids import CompanyId, TenantId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationAlert:
    """A subscription of one person.

    Attributes:
        companies: whose integrations; None = all that the person has at the time.
        created_by: who made it; None = an API key or the system.
        activating: name of the integration whose activation made it; "" = a person did.
        version: each change adds one.
    """

    tenant: TenantId
    id: str
    user: UserId
    created_at: datetime
    companies: frozenset[CompanyId] | None = None
    created_by: UserId | None = None
    activating: str = ""
    version: int = 1
