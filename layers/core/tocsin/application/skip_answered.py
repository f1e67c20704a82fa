"""Leave out whom an escalation need not tell any more: asked between claim and hand-over, strongly consistent (E2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.application.ports.escalations import Escalations
from tocsin.domain.alert import Alert, Recipient
from tocsin.domain.escalation import EscalationState, escalation_of, person
from tocsin.domain.message import STOPPED

ANSWERED = "answered"
"""Reason of a SKIPPED message to somebody who has answered while others still must."""

CANCELLED = "escalation_cancelled"
"""Reason of a SKIPPED message of an escalation that was cancelled."""


@dataclass(frozen=True, slots=True)
class SkipAnswered:
    """See the module."""

    escalations: Escalations

    def __call__(self, alert: Alert, receivers: Mapping[int, Recipient]) -> Mapping[int, str]:
        """Return the positions that are not to be sent to, and why.

        Raises:
            StorageUnavailable: nobody may be contacted on the strength of this.
        """
        key = escalation_of(alert)
        standing = None if key is None else self.escalations.standing(key, list(receivers.values()))
        if standing is None:
            return {}
        if standing.escalation.stopped:
            cancelled = standing.escalation.state is EscalationState.CANCELLED
            return dict.fromkeys(receivers, CANCELLED if cancelled else STOPPED)
        return {position: ANSWERED for position, who in receivers.items() if person(who) in standing.answered}
