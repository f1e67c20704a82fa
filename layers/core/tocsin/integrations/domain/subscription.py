"""Who is told when integrations fail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.kernel.domain.ids import CompanyId, TenantId, UserId

Companies = frozenset[CompanyId] | None
"""Whose integrations; None = all that the person has at the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationAlert:
    """A subscription of one person.

    Attributes:
        companies: whose integrations; None = all that the person has at the time.
        created_by: who made it; None = an API key or the system.
        activating: name of the integration whose activation made it; "" = a person did.
        last_sent_at: when the person was last mailed because of it; no change, so it adds no version.
        version: each change adds one.
    """

    tenant: TenantId
    id: str
    user: UserId
    created_at: datetime
    companies: Companies = None
    created_by: UserId | None = None
    activating: str = ""
    last_sent_at: datetime | None = None
    version: int = 1

    @property
    def scope(self) -> tuple[UserId, Companies]:
        """What no two subscriptions have in common."""
        return self.user, self.companies

    def without(self, company: CompanyId) -> IntegrationAlert | None:
        """Return it after a company is gone, itself if it does not name it; None = no company is left."""
        if self.companies is None or company not in self.companies:
            return self
        return self.cut(self.companies - {company})

    def cut(self, companies: frozenset[CompanyId]) -> IntegrationAlert | None:
        """Return it with these companies at most, itself if that changes nothing; None = no company is left."""
        if self.companies is None or self.companies <= companies:
            return self
        left = self.companies & companies
        return replace(self, companies=left, version=self.version + 1) if left else None
