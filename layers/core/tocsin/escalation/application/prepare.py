"""Look at every step of an escalation before its first alert is accepted, and decide what is written beside each.

A fault is cheaper now than at three at night: each step is prepared as it will be when its time comes, and thrown away.
What can only change later (capacities, stores that are deleted, who has answered) is decided then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.alerts.application.prepare_elements import Prepared
from tocsin.alerts.application.read_alert import ReadAlert
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.elements import Receivers
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.features import LinkOptions
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient, person
from tocsin.escalation.domain.escalation import (
    Escalation,
    EscalationBegun,
    EscalationKey,
    EscalationPolicy,
    EscalationState,
    StepTaken,
)
from tocsin.kernel.domain.ids import AlertRef

Answered = Callable[[Sequence[Recipient]], frozenset[str]]
"""Says who of these people has answered, as `person` names them."""


@dataclass(frozen=True, slots=True)
class StepOf:
    """The step of an escalation that a send is.

    Attributes:
        before: the escalation before it.
        then: what the step after it waits.
        contacted: people whom it and its steps have contacted so far; looked at only if everybody must answer.
    """

    before: Escalation
    then: timedelta
    answered: Answered
    contacted: frozenset[str] = frozenset()

    @property
    def first(self) -> AlertRef:
        """The alert that began the escalation."""
        return self.before.key.first

    def without_answered(self, prepared: Prepared) -> Prepared:
        """Return an element without those who have answered; they are not asked again."""
        element = prepared.element
        answered = self.answered(element.recipients)
        if not answered:
            return prepared
        gone = [who for who in element.recipients if person(who) in answered]
        excluded = tuple(Exclusion(who.contact_id, who.address, ExclusionReason.ANSWERED) for who in gone)
        kept = tuple(who for who in element.recipients if person(who) not in answered)
        reason = element.failure_reason
        if not kept and reason is None:
            reason = "everybody it would reach has answered"
        without = replace(element, recipients=kept, excluded=element.excluded + excluded, failure_reason=reason)
        return replace(prepared, element=without)

    def taken(self, alert: Alert, contacted: set[str]) -> StepTaken:
        """Return what is written beside the step's alert."""
        newcomers = len(contacted - self.contacted)
        after = self.before.taken(alert.accepted_at, alert.ref, self.then, newcomers)
        return StepTaken(self.before, after)


def step_request(policy: EscalationPolicy, step: int, read: ReadAlert, kept_at: datetime) -> SendRequest:
    """Return the request of a step, from 1. Whoever has answered in any way is left out of it.

    Args:
        kept_at: when the ladder was.

    Raises:
        InvalidRequest: what was kept is not what the door lets in any more.
    """
    request = read(policy.steps[step - 1], policy.client_ref, kept_at)
    elements = tuple(replace(element, except_responded=frozenset(ResponseKind)) for element in request.elements)
    return replace(request, elements=elements, link=LinkOptions(policy.link_ref, only_if_exists=True))


def all_clear_request(
    policy: EscalationPolicy, contacted: Mapping[Channel, Iterable[Recipient]], read: ReadAlert, kept_at: datetime
) -> SendRequest | None:
    """Return the request by which everybody who was contacted stands down, each on the channels of their messages.

    Returns:
        None: nobody is to be told.

    Raises:
        InvalidRequest: see `step_request`.
    """
    if policy.on_stopped is None:
        return None
    request = read(policy.on_stopped, policy.client_ref, kept_at)
    elements = tuple(
        replace(element, receivers=_receivers(contacted[element.channel]))
        for element in request.elements
        if element.channel in contacted
    )
    return (
        replace(request, elements=elements, link=LinkOptions(policy.link_ref, only_if_exists=True))
        if elements
        else None
    )


def _receivers(people: Iterable[Recipient]) -> Receivers:
    """Return the receivers by contact where they are contacts, so that their own lookups are theirs again."""
    known = list(people)
    return Receivers(
        recipients=tuple(who.address for who in known if who.contact_id is None),
        contacts=tuple(dict.fromkeys(who.contact_id for who in known if who.contact_id is not None)),
    )


def begun(alert: Alert, request: SendRequest, contacted: set[str]) -> EscalationBegun:
    """Return the escalation that a first alert begins."""
    asked = request.escalation
    assert asked is not None
    assert alert.link is not None
    assert request.link is not None
    escalation = Escalation(
        key=EscalationKey(alert.link.key, alert.ref),
        state=EscalationState.ACTIVE,
        steps=len(asked.steps),
        step=0,
        need=asked.need(len(contacted)),
        answered=0,
        everybody=asked.everybody,
        began_at=alert.accepted_at,
        due_at=alert.accepted_at + asked.steps[0].after,
        alerts=(alert.ref,),
        stepped_at=alert.accepted_at,
        expires_at=alert.expires_at,
    )
    policy = EscalationPolicy(
        client_ref=request.client_ref,
        link_ref=request.link.link_ref,
        after=(*(step.after for step in asked.steps), asked.give_up_after),
        steps=tuple(step.alert.text for step in asked.steps),
        on_stopped=asked.on_stopped.text if asked.on_stopped else None,
    )
    return EscalationBegun(escalation, policy)
