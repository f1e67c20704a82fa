"""The timer of an escalation is due: the next step is sent, or it ends.

    look ─► wait | take the next step ─► look again | end ─► what follows (end_escalation) ─► look again

Everything is decided from the row, so a timer that comes twice, late, or after a worker died half-way finds what is
left to do. A step's alert is made from the number of the step and the time it was due: it cannot be made twice; and it
is written only on top of the step before, while too few have answered, in one transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.application.draft import Origin
from tocsin.alerts.application.read_alert import ReadAlert
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.contacts.domain.recipient import Recipient, people
from tocsin.escalation.application.end import UNSENDABLE, EndEscalation
from tocsin.escalation.application.prepare import StepOf, step_request
from tocsin.escalation.domain.escalation import (
    End,
    Escalation,
    EscalationKey,
    EscalationPolicy,
    EscalationState,
    TakeStep,
    Wait,
    at_timer,
)
from tocsin.escalation.domain.events import escalated
from tocsin.escalation.ports import Escalations
from tocsin.identity.ports import ApiKeyRepository
from tocsin.kernel.domain.errors import StorageUnavailable, Superseded
from tocsin.linked_alerts.application.join import LINK_CANCELLED
from tocsin.results.ports import EventPublisher
from tocsin.timers.domain.timer import Timer

_ROUNDS = 8  # each but the first and last means that an answer or another worker came in between

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AdvanceEscalation:
    """The action of timers of kind ESCALATION."""

    escalations: Escalations
    alerts: AlertRepository
    keys: ApiKeyRepository
    event_publisher: EventPublisher
    send: SendAlert
    read: ReadAlert
    end: EndEscalation

    def __call__(self, timer: Timer, now: datetime) -> datetime | None:
        """Return when it is due next, None if never.

        Raises:
            StorageUnavailable: it must come again.
        """
        key = EscalationKey.of_timer(timer.key)
        first = self.alerts.get(key.link.tenant, key.first)
        for _ in range(_ROUNDS):
            escalation = self.escalations.get(key)
            if escalation is None or first is None:
                return None  # its lifetime is over and the store has forgotten it
            match at_timer(escalation, now):
                case Wait(until):
                    self._publish_step(escalation, first)
                    return until
                case TakeStep():
                    self._take(escalation, first, now)
                case End(state):
                    self._publish_step(escalation, first)
                    if escalation.state is state:
                        return self.end(escalation, first, now)
                    self.escalations.move(escalation, escalation.ended(state, now))
        raise StorageUnavailable("an escalation changes too fast to be moved")

    def _publish_step(self, escalation: Escalation, first: Alert) -> None:
        """Tell of the latest step. Whoever took it may have died before it told; what is told again is told once."""
        if escalation.step:
            self.event_publisher.publish(first, escalated(first, escalation))

    def _take(self, escalation: Escalation, first: Alert, now: datetime) -> None:
        """Send the next step, or pass it over if it cannot be sent: the ladder goes on."""
        policy = self.escalations.policy(escalation.key)
        if policy is None:
            raise StorageUnavailable("an escalation without its ladder")
        key = self.keys.get(first.tenant, first.key_id)
        if key is None or not key.enabled:
            # Nothing may be sent for this key any more; so the escalation is over, as if its owner had ended it.
            self.escalations.move(escalation, escalation.ended(EscalationState.CANCELLED, now))
            return
        step = escalation.step + 1
        try:
            request = step_request(policy, step, self.read, escalation.began_at)
            origin = Origin(escalation.cause(step), step_of=self._step_of(escalation, policy))
            if self.send(key, request, origin=origin).success:
                return
        except Superseded as error:
            # An answer or another worker was first, and the next look shows it; or the linked set was cancelled.
            if error.reason == LINK_CANCELLED:
                self.escalations.move(escalation, escalation.ended(EscalationState.CANCELLED, now))
            return
        except UNSENDABLE as error:
            facts = {"tenant": first.tenant, "alert": first.ref, "code": error.code}
            _log.warning("escalation_step_unsendable", extra=facts)
        self.escalations.move(escalation, escalation.taken(now, None, policy.after[step]))

    def _step_of(self, escalation: Escalation, policy: EscalationPolicy) -> StepOf:
        def answered(recipients: Sequence[Recipient]) -> frozenset[str]:
            standing = self.escalations.standing(escalation.key, recipients)
            return standing.answered if standing else frozenset()

        contacted = frozenset(self._contacted(escalation)) if escalation.everybody else frozenset()
        return StepOf(escalation, policy.after[escalation.step + 1], answered, contacted)

    def _contacted(self, escalation: Escalation) -> set[str]:
        """Return everybody whom its alerts were accepted for, as `person` names them."""
        found: set[str] = set()
        for ref in escalation.alerts:
            alert = None if ref is None else self.alerts.get(escalation.key.link.tenant, ref)
            for key in dict.fromkeys(batch.key for batch in alert.batches()) if alert else ():
                found |= people(self.alerts.recipients(key))
        return found
