"""Send an alert again to the receivers whose message has failed."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert
from tocsin.client_api.application.own_alert import refuse_cancelled
from tocsin.delivery.application.resend import ResendFailed
from tocsin.escalation.domain.escalation import escalation_of
from tocsin.escalation.ports import Escalations
from tocsin.kernel.domain.errors import NothingFailed


@dataclass(frozen=True, slots=True)
class ResendAlert:
    """Sends the failed messages of an alert again, also after the end of its escalation."""

    escalations: Escalations
    resend: ResendFailed

    def __call__(self, alert: Alert) -> None:
        """Send them again.

        Raises:
            Superseded: the alert or its escalation was cancelled.
            NothingFailed: there is no failed message.
            StorageUnavailable: some may be sent again; repeat the call.
        """
        key = escalation_of(alert)
        escalation = None if key is None else self.escalations.get(key)
        refuse_cancelled(alert, escalation)
        if not self.resend(alert):
            raise NothingFailed
