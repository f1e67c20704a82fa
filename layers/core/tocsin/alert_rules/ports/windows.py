"""Port of what rules count and collect in their windows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tocsin.alert_rules.domain.run import MatchToTell, MissedMatches
from tocsin.alert_rules.domain.windows import RuleWindow
from tocsin.kernel.domain.ids import TenantId


class RuleWindows(Protocol):
    """Throttles and digests of rules. They are written with runs, see `domain.run`. All reads are consistent."""

    def used(self, tenant: TenantId, rule: str, window: RuleWindow, value: str) -> int:
        """Return how many messages of a window and value a throttle let pass."""
        ...

    def missed(self, tenant: TenantId, rule: str, window: RuleWindow) -> MissedMatches:
        """Return the matches that a throttle stopped in a window."""
        ...

    def open_digest(self, tenant: TenantId, rule: str) -> RuleWindow | None:
        """Return the window of the digest that collects now, None if there is none."""
        ...

    def close_digest(self, tenant: TenantId, rule: str, start: datetime) -> None:
        """Let nothing more be collected in the digest that began at `start`. It may be closed already."""
        ...

    def collected(self, tenant: TenantId, rule: str, start: datetime) -> Sequence[MatchToTell]:
        """Return what the digest that began at `start` collected, in the order of receipt."""
        ...
