"""Cancel the escalations of a cancelled alert or linked set, or one by name: no step is taken after that write.

The escalation's timer, which is woken up at once, publishes the event, cancels the alerts of the steps and sends the
all-clear if it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.link import LinkKey
from tocsin.escalation.application.answers import WakeEscalation
from tocsin.escalation.domain.escalation import Escalation, EscalationKey, EscalationState, escalation_of
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

    def stop(self, key: EscalationKey, now: datetime, by: str, *, with_all_clear: bool = False) -> Escalation | None:
        """Cancel one escalation; return it as it has ended, by this call or before; None if there is none.

        Args:
            by: who stops it: `key:<id>` of an API key.
            with_all_clear: everybody who was contacted gets the all-clear of its policy.

        Raises:
            StorageUnavailable: repeat the call.
        """
        found = self.escalations.get(key)
        ended = None if found is None else self._ended(found, now, by, with_all_clear=with_all_clear)
        if ended is not None and ended.state is EscalationState.CANCELLED:
            self.wake(key)
        return ended

    def _cancel(self, found: Iterable[Escalation], now: datetime) -> None:
        for escalation in found:
            ended = self._ended(escalation, now)
            if ended is not None and ended.state is EscalationState.CANCELLED:
                self.wake(escalation.key)

    def _ended(
        self, escalation: Escalation, now: datetime, by: str | None = None, *, with_all_clear: bool = False
    ) -> Escalation | None:
        """Cancel an escalation that has not ended; return it as it has ended, None if it has expired."""
        current: Escalation | None = escalation
        for _ in range(_ROUNDS):
            if current is None or not current.open:
                return current
            cancelled = current.ended(EscalationState.CANCELLED, now, by, with_all_clear=with_all_clear)
            if self.escalations.move(current, cancelled):
                return cancelled
            current = self.escalations.get(escalation.key)
        raise StorageUnavailable("the escalation changes too fast to be cancelled")
