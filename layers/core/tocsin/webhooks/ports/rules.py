"""Ports of alert rules, as far as their webhooks need them."""

from __future__ import annotations

from typing import Protocol

from tocsin.kernel.domain.ids import TenantId
from tocsin.webhooks.domain.callback import RuleOrigin


class RuleStands(Protocol):
    """Says whether a rule is not deleted."""

    def __call__(self, tenant: TenantId, rule: str) -> bool:
        """Return whether the rule stands; a disabled one does. Raises StorageUnavailable."""
        ...


class GoneWebhook(Protocol):
    """Switches the webhook of a rule off, because its receiver wants no more."""

    def __call__(self, tenant: TenantId, origin: RuleOrigin, request_id: str) -> None:
        """Switch it off; one that is off, or gone, stays so.

        Args:
            request_id: id of the delivery that shows why, for the audit trail.

        Raises:
            StorageUnavailable, StaleWrite: it may be on; repeat the call.
        """
        ...
