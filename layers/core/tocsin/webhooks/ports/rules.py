"""Port of alert rules, as far as their webhooks need it."""

from __future__ import annotations

from typing import Protocol

from tocsin.kernel.domain.ids import TenantId
from tocsin.webhooks.domain.callback import RuleOrigin


class WebhookRules(Protocol):
    """The rules whose webhooks are delivered."""

    def stands(self, tenant: TenantId, rule: str) -> bool:
        """Return whether the rule is not deleted. Raises StorageUnavailable."""
        ...

    def switch_off(self, tenant: TenantId, origin: RuleOrigin, request_id: str) -> None:
        """Switch the webhook of a rule off; one that is off, or gone, stays so.

        Args:
            request_id: the delivery that shows why, for the audit trail.

        Raises:
            StorageUnavailable, StaleWrite: it may be on; repeat the call.
        """
        ...
