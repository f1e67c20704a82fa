"""The result of one webhook order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tocsin.webhooks.application.attempt import Attempted
from tocsin.webhooks.application.put_on_bus import PutOutcome


@dataclass(slots=True)
class CallbackReport:
    """The result of one order as counts, for metrics. Contains no personal data.

    Attributes:
        outcomes: calls made, by verdict (`delivered`, `try_again`, `gone`, `exhausted`).
        paused: deliveries that wait because the endpoint is disabled.
        requeued: deliveries, or packs, that were queued again.
        notifications: notifications to owners, by kind.
        bus: what became of a pack for the bus; None = the order was for a webhook, or nothing was due.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    paused: int = 0
    requeued: int = 0
    notifications: Counter[str] = field(default_factory=Counter)
    bus: PutOutcome | None = None

    def count(self, done: Attempted) -> None:
        """Count one attempt."""
        if done.verdict is not None:
            self.outcomes[done.verdict.value] += 1
        if done.notification is not None:
            self.notifications[done.notification.value] += 1
