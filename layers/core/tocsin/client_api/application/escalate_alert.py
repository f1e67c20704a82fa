"""Send the next step of an alert's escalation now."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert
from tocsin.escalation.application.request_step import RequestStep
from tocsin.escalation.domain.escalation import RequestedStep, escalation_of
from tocsin.kernel.domain.errors import NotPossible
from tocsin.kernel.ports import Clock


@dataclass(frozen=True, slots=True)
class EscalateAlert:
    """Makes the next step due now. Any alert of an escalation stands for the whole of it."""

    request: RequestStep
    clock: Clock

    def __call__(self, alert: Alert, requested: RequestedStep) -> None:
        """Make the step due.

        Raises:
            NotPossible: the alert has no escalation.
            Superseded: another step is the next one, or the escalation has ended in another way.
            StorageUnavailable: repeat the call.
        """
        key = escalation_of(alert)
        if key is None:
            raise NotPossible("the alert has no escalation")
        self.request(key, requested, self.clock())
