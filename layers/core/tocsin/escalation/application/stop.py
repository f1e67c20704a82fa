"""Skip claimed messages that an escalation no longer needs; checked between claim and submission (E2)."""

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
"""Reason of a SKIPPED message: its receiver has answered, and other people still must."""

CANCELLED = "escalation_cancelled"
"""Reason of a SKIPPED message: its escalation was cancelled."""


@dataclass(frozen=True, slots=True)
class StopEscalated:
    """A `Guard`. Reads once per batch, and only for alerts of escalations."""

    escalations: Escalations

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> dict[int, Objection]:
        """Return objections by position. Answers that were counted before the claim count.

        If the answers cannot be read, all messages wait for another try.
        """
        key = escalation_of(alert)
        if key is None:
            return {}
        try:
            standing = self.escalations.standing(key, [one.recipient for one in claimed])
        except StorageUnavailable:
            unavailable = Rejected("answers_unavailable", permanent=False, by_us=True)
            return {one.position: unavailable for one in claimed}
        if standing is None:
            return {}
        found: dict[int, Objection] = {}
        for one in claimed:
            if standing.escalation.stops(one.message.resent_at):
                cancelled = standing.escalation.state is EscalationState.CANCELLED
                found[one.position] = Skipped(CANCELLED if cancelled else STOPPED)
            elif person(one.recipient) in standing.answered:
                found[one.position] = Skipped(ANSWERED)
        return found
