"""Cancel the escalations of a cancelled alert or linked set: no step is taken after that write.

The escalation's timer, which is woken up at once, publishes the event and cancels the alerts of the steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.link import LinkKey
from tocsin.escalation.application.answers import WakeEscalation
from tocsin.escalation.domain.escalation import Escalation, EscalationState, escalation_of
from tocsin.escalation.ports import Escalations
from tocsin.kernel.domain.errors import StorageUnavailable

_ROUNDS = 5  # a further round follows a conflict with a step


@dataclass(frozen=True, slots=True)
class CancelEscalations:
    """Cancel the escalations of a cancelled alert or linked set. Safe to repeat.

    An escalation that has ended otherwise stays as it is.
    """

    escalations: Escalations
    wake: WakeEscalation

    def of_alert(self, alert: Alert, now: datetime) -> None:
        """Cancel the escalation whose first alert is `alert`. The alert of a later step cancels no escalation.

        Raises:
            StorageUnavailable: repeat the call.
        """
        key = escalation_of(alert)
        if key is not None and key.first == alert.ref and (found := self.escalations.get(key)):
            self._cancel([found], now)

    def of_link(self, link: LinkKey, now: datetime) -> None:
        """Cancel every escalation of a linked set. Raises StorageUnavailable: repeat the call."""
        self._cancel(self.escalations.of_set(link), now)

    def _cancel(self, found: Iterable[Escalation], now: datetime) -> None:
        for escalation in found:
            if self._is_cancelled(escalation, now):
                self.wake(escalation.key)

    def _is_cancelled(self, escalation: Escalation, now: datetime) -> bool:
        """Cancel an escalation that has not ended; return whether it is cancelled now."""
        current: Escalation | None = escalation
        for _ in range(_ROUNDS):
            if current is None or not current.open:
                return current is not None and current.state is EscalationState.CANCELLED
            if self.escalations.move(current, current.ended(EscalationState.CANCELLED, now)):
                return True
            current = self.escalations.get(escalation.key)
        raise StorageUnavailable("the escalation changes too fast to be cancelled")
