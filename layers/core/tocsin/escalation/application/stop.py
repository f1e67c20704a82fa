"""Say whom an escalation need not tell any more: asked between claim and hand-over, strongly consistent (E2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert
from tocsin.contacts.domain.recipient import Recipient, person
from tocsin.delivery.domain.handover import Refused
from tocsin.delivery.domain.message import STOPPED
from tocsin.delivery.domain.outcome import Outcome, Skipped
from tocsin.escalation.domain.escalation import EscalationState, escalation_of
from tocsin.escalation.ports import Escalations
from tocsin.kernel.domain.errors import StorageUnavailable

ANSWERED = "answered"
"""Reason of a SKIPPED message to somebody who has answered while others still must."""

CANCELLED = "escalation_cancelled"
"""Reason of a SKIPPED message of an escalation that was cancelled."""


@dataclass(frozen=True, slots=True)
class StopEscalated:
    """Reads once per slice, and only for alerts of escalations."""

    escalations: Escalations

    def __call__(self, alert: Alert, claimed: Mapping[int, Recipient]) -> dict[int, Outcome]:
        """Return what becomes of the claimed messages that are not needed any more, by position.

        Every answer that was counted before the claim is seen. If nobody can tell, none may go out now.
        """
        key = escalation_of(alert)
        if key is None or not claimed:
            return {}
        try:
            standing = self.escalations.standing(key, list(claimed.values()))
        except StorageUnavailable:
            return dict.fromkeys(claimed, Refused("answers_unread", for_good=False))
        if standing is None:
            return {}
        if standing.escalation.stopped:
            cancelled = standing.escalation.state is EscalationState.CANCELLED
            return dict.fromkeys(claimed, Skipped(CANCELLED if cancelled else STOPPED))
        return {position: Skipped(ANSWERED) for position, who in claimed.items() if person(who) in standing.answered}
