"""The timer of an escalation is due: take the next step, or end the escalation.

    read ─► wait | take the next step ─► read | end ─► follow up (EndEscalation) ─► done, or come back later

Every decision depends on the row only. So a timer that is late, comes twice or follows a crash does what is left. The
id of a step's alert derives from the step's number and due time, so the alert is made once. One transaction writes step
and alert, and only if the step before is the latest one and too few people have answered.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.alerts.application.draft import Origin
from tocsin.alerts.application.read_alert import ReadAlert
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.contacts.domain.recipient import Recipient, people
from tocsin.escalation.application.end import UNSENDABLE, EndEscalation
from tocsin.escalation.application.prepare import StepOf, step_request
from tocsin.escalation.domain.decisions import End, TakeStep, Wait, at_timer
from tocsin.escalation.domain.escalation import Escalation, EscalationKey, EscalationPolicy, EscalationState
from tocsin.escalation.domain.events import escalated
from tocsin.escalation.ports import Escalations
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import StorageUnavailable, Superseded
from tocsin.linked_alerts.application.join import LINK_CANCELLED
from tocsin.results.ports import EventPublisher
from tocsin.timers.domain.timer import Timer

_ROUNDS = 8  # a further round is needed after each step, end, or conflict with an answer or another worker

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
        """Return when the timer is due next; None = the timer is done.

        Raises:
            StorageUnavailable: the timer must be delivered again.
        """
        key = EscalationKey.of_timer(timer.key)
        first = self.alerts.get(key.link.tenant, key.first)
        for _ in range(_ROUNDS):
            escalation = self.escalations.get(key)
            if escalation is None or first is None:
                return None  # escalation or alert have expired
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
        raise StorageUnavailable("the escalation changes too fast")

    def _publish_step(self, escalation: Escalation, first: Alert) -> None:
        """Publish the event of the latest step. Its worker may have died; a repeated event is stored once."""
        if escalation.step:
            self.event_publisher.publish(first, escalated(first, escalation))

    def _take(self, escalation: Escalation, first: Alert, now: datetime) -> None:
        """Send the next step. If its alert cannot be sent, take the step without an alert."""
        policy = self.escalations.policy(escalation.key)
        if policy is None:
            raise StorageUnavailable("an escalation without its policy")
        key = self.keys.get(first.tenant, first.key_id)
        if key is None or not key.enabled:
            # A disabled key may not send, so the escalation is cancelled.
            self.escalations.move(escalation, escalation.ended(EscalationState.CANCELLED, now))
            return
        step = escalation.step + 1
        try:
            request = step_request(policy, escalation, self.read)
            origin = Origin(escalation.cause(step), step_of=self._step_of(escalation, policy))
            # As the first alert was accepted, whatever the key's default is by now.
            request = replace(request, click_counts=first.click_counts)
            if self.send(key.on_behalf(first.made, first.sender.name), request, origin=origin).success:
                return
        except Superseded as error:
            # An answer or another worker was first, which the next round reads; or the linked set was cancelled.
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
        """Return all people for whom its alerts were accepted, in the form of `person`. Personal data."""
        found: set[str] = set()
        for ref in escalation.alerts:
            alert = None if ref is None else self.alerts.get(escalation.key.link.tenant, ref)
            for key in dict.fromkeys(batch.key for batch in alert.batches()) if alert else ():
                found |= people(self.alerts.recipients(key))
        return found
