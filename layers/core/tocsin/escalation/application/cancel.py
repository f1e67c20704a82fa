"""End escalations because their alert, or their link, is cancelled: from that write on no step is taken.

What follows (the client's event, the alerts of the steps) runs by the timer, which is rung now.
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

_ROUNDS = 5  # each but the last means that a step was taken in between


@dataclass(frozen=True, slots=True)
class CancelEscalations:
    """End the escalations of a cancelled alert, or of a cancelled linked set.

    Again is harmless; one that has ended otherwise stays as it is.
    """

    escalations: Escalations
    wake: WakeEscalation

    def of_alert(self, alert: Alert, now: datetime) -> None:
        """End the escalation whose first alert this is; cancelling the alert of a step leaves it standing.

        Raises:
            StorageUnavailable: do it again.
        """
        key = escalation_of(alert)
        if key is not None and key.first == alert.ref and (found := self.escalations.get(key)):
            self._end([found], now)

    def of_link(self, link: LinkKey, now: datetime) -> None:
        """End every escalation of a linked set. Raises as `of_alert`."""
        self._end(self.escalations.of_set(link), now)

    def _end(self, found: Iterable[Escalation], now: datetime) -> None:
        for escalation in found:
            if self._ended(escalation, now):
                self.wake(escalation.key)

    def _ended(self, escalation: Escalation, now: datetime) -> bool:
        """End it unless it has ended; return whether it is cancelled."""
        stands: Escalation | None = escalation
        for _ in range(_ROUNDS):
            if stands is None or not stands.open:
                return stands is not None and stands.state is EscalationState.CANCELLED
            if self.escalations.move(stands, stands.ended(EscalationState.CANCELLED, now)):
                return True
            stands = self.escalations.get(escalation.key)
        raise StorageUnavailable("an escalation changes too fast to be cancelled")
