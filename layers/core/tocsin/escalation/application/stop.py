"""Say whom an escalation need not tell any more: asked between claim and hand-over, strongly consistent (E2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.contacts.domain.recipient import person
from tocsin.delivery.application.guards import Claimed, Objection
from tocsin.delivery.domain.message import STOPPED
from tocsin.delivery.domain.outcome import Skipped
from tocsin.delivery.domain.submission import Rejected
from tocsin.escalation.domain.escalation import EscalationState, escalation_of
from tocsin.escalation.ports import Escalations
from tocsin.kernel.domain.errors import StorageUnavailable

ANSWERED = "answered"
"""Reason of a SKIPPED message to somebody who has answered while others still must."""

CANCELLED = "escalation_cancelled"
"""Reason of a SKIPPED message of an escalation that was cancelled."""


@dataclass(frozen=True, slots=True)
class StopEscalated:
    """A guard. Reads once per slice, and only for alerts of escalations."""

    escalations: Escalations

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> dict[int, Objection]:
        """See Guard. Every answer that was counted before the claim is seen. If nobody can tell, none goes out."""
        key = escalation_of(alert)
        if key is None:
            return {}
        try:
            standing = self.escalations.standing(key, [one.recipient for one in claimed])
        except StorageUnavailable:
            unread = Rejected("answers_unavailable", permanent=False)
            return {one.position: unread for one in claimed}
        if standing is None:
            return {}
        if standing.escalation.stopped:
            cancelled = standing.escalation.state is EscalationState.CANCELLED
            over = Skipped(CANCELLED if cancelled else STOPPED)
            return {one.position: over for one in claimed}
        return {one.position: Skipped(ANSWERED) for one in claimed if person(one.recipient) in standing.answered}
