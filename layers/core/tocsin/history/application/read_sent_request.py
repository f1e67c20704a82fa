"""Read whom a sent alert went to and which steps it had, so that another one like it can be written."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.escalation.domain.escalation import Escalation, EscalationPolicy
from tocsin.escalation.ports import Escalations
from tocsin.history.application.incident import IncidentLook
from tocsin.history.domain.seen_alert import SeenAlert

MOST_RECEIVERS = 1_000


@dataclass(frozen=True, slots=True)
class SentRequest:
    """What a call asked for, beside its contents.

    Attributes:
        receivers: addresses of the first alert, each once; None = they are more than MOST_RECEIVERS.
        escalation, policy: None = it has no steps.
    """

    receivers: tuple[str, ...] | None
    escalation: Escalation | None = None
    policy: EscalationPolicy | None = None


@dataclass(frozen=True, slots=True)
class ReadSentRequest:
    """Reads what a call asked for, as far as the incident is shown to the caller."""

    alerts: AlertRepository
    escalations: Escalations

    def __call__(self, look: IncidentLook) -> SentRequest:
        """Return receivers and steps of an incident."""
        escalation = look.escalation
        policy = self.escalations.policy(escalation.key) if escalation else None
        if look.first.recipients > MOST_RECEIVERS:
            return SentRequest(None, escalation, policy)
        seen = look.received or SeenAlert(look.first)
        keys = list(seen.whole.chunks())
        found = self.alerts.recipients_of(keys)
        places = ((key, at, recipient) for key in keys for at, recipient in enumerate(found.get(key, ())))
        addresses = (recipient.address for key, at, recipient in places if seen.shows(key, at))
        return SentRequest(tuple(dict.fromkeys(addresses)), escalation, policy)
