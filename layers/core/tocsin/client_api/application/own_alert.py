"""Find an alert that a key may act on, and refuse what comes too late for it."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.escalation.domain.escalation import Escalation, EscalationState
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import NotFound, Superseded
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.ports import Clock


@dataclass(frozen=True, slots=True)
class OwnAlert:
    """Finds an alert on which the caller may act, and whose lifetime is not over."""

    alerts: AlertRepository
    clock: Clock

    def __call__(self, key: ApiKey, ref: AlertRef) -> Alert:
        """Return the alert. Raises NotFound: there is none, or the caller may not act on it."""
        alert = self.alerts.get(key.tenant, ref)
        if alert is None or not may_act(key, alert) or alert.expired(self.clock()):
            raise NotFound("alert")
        return alert


def may_act(key: ApiKey, alert: Alert) -> bool:
    """Whether the caller may act on an alert: a key on its own, a person on the live ones in their range."""
    return alert.key_id == key.id if key.person is None else not alert.sandbox and key.sees(alert.made)


def refuse_cancelled(alert: Alert, escalation: Escalation | None) -> None:
    """Raise Superseded if the alert or its escalation was cancelled or stopped.

    Args:
        escalation: of the alert; None = it has none.
    """
    stopped = escalation is not None and escalation.state is EscalationState.CANCELLED
    if stopped or alert.cancelled_at is not None:
        how = escalation.ended_how if stopped and escalation else EscalationState.CANCELLED.value
        raise Superseded("the alert was cancelled", how)
