"""Stop an alert, with or without telling those who were alerted."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert
from tocsin.client_api.application.cancel_alerts import CancelAlerts
from tocsin.escalation.application.cancel import CancelEscalations
from tocsin.escalation.domain.escalation import EscalationKey, EscalationState, escalation_of
from tocsin.escalation.ports import Escalations
from tocsin.kernel.domain.errors import NotPossible, Superseded
from tocsin.kernel.ports import Clock

_NO_ALL_CLEAR = "the alert has no all-clear that could be sent; give `escalation.onStopped` with the call"


@dataclass(frozen=True, slots=True)
class StopAlert:
    """Stops an alert: what is not sent yet never goes out. Safe to repeat.

    Any alert of an escalation stands for the whole of it. The escalation ends first, so no message of any of its alerts
    that is claimed later goes out; its timer cancels its other alerts and sends the all-clear.
    """

    cancel: CancelAlerts
    escalations: Escalations
    cancel_escalations: CancelEscalations
    clock: Clock

    def __call__(self, alert: Alert, by: str, *, all_clear: bool) -> None:
        """Stop the alert.

        Args:
            by: who stops it: `key:<id>` of an API key.
            all_clear: everybody who was contacted gets the escalation's all-clear.

        Raises:
            NotPossible: there is no all-clear to send. Nothing was stopped.
            Superseded: its escalation had ended in another way.
            StorageUnavailable: repeat the call.
        """
        now = self.clock()
        key = escalation_of(alert)
        if all_clear and not (key and self._has_all_clear(key)):
            raise NotPossible(_NO_ALL_CLEAR)
        if key is not None:
            ended = self.cancel_escalations.stop(key, now, by, with_all_clear=all_clear)
            if ended is not None and (ended.state, ended.with_all_clear) != (EscalationState.CANCELLED, all_clear):
                raise Superseded(f"the escalation had ended: {ended.ended_how}", ended.ended_how)
        self.cancel.messages(alert, now)

    def _has_all_clear(self, key: EscalationKey) -> bool:
        policy = self.escalations.policy(key)
        return policy is not None and policy.on_stopped is not None
