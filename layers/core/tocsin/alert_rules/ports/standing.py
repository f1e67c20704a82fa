"""Port of what senders need to know of a rule. It needs none of the rules' own types, which take long to load."""

from __future__ import annotations

from typing import Protocol

from tocsin.kernel.domain.ids import TenantId


class StandingRules(Protocol):
    """The rules that are not deleted. A disabled one stands."""

    def stands(self, tenant: TenantId, rule: str) -> bool:
        """Return whether the rule stands, strongly consistent. Raises StorageUnavailable."""
        ...
