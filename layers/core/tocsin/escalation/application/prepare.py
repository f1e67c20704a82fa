"""Requests for the steps and the all-clear of an escalation, and what is written with the alert of each.

Every step is prepared once when the first alert is accepted, so that faults are found before they matter. Capacities,
deleted stores and answers are decided when a step is due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.alerts.application.preparation import Prepared
from tocsin.alerts.application.read_alert import ReadAlert
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.elements import Receivers
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.features import LinkOptions
from tocsin.alerts.domain.link import LinkKey
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
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
"""Returns which of these recipients have answered, in the form of `person`."""


@dataclass(frozen=True, slots=True)
class StepOf:
    """The step of an escalation to which an alert belongs.

    Attributes:
        before: the escalation before the step.
        then: the time between this step and the next one.
        contacted: people, in the form of `person`, contacted so far; empty unless everybody must answer.
    """

    before: Escalation
    then: timedelta
    answered: Answered
    contacted: frozenset[str] = frozenset()

    @property
    def first(self) -> AlertRef:
        """The first alert of the escalation."""
        return self.before.key.first

    def without_answered(self, prepared: Prepared) -> Prepared:
        """Return an element without the recipients who have answered. They are excluded with a reason."""
        element = prepared.element
        answered = self.answered(element.recipients)
        if not answered:
            return prepared
        gone = [who for who in element.recipients if person(who) in answered]
        excluded = tuple(Exclusion.of(who, ExclusionReason.ANSWERED) for who in gone)
        kept = tuple(who for who in element.recipients if person(who) not in answered)
        reason = element.failure_reason
        if not kept and reason is None:
            reason = "everybody it would reach has answered"
        without = replace(element, recipients=kept, excluded=element.excluded + excluded, failure_reason=reason)
        return replace(prepared, element=without)

    def taken(self, alert: Alert, contacted: set[str]) -> StepTaken:
        """Return what is written in the transaction of the step's alert."""
        newcomers = len(contacted - self.contacted)
        after = self.before.taken(alert.accepted_at, alert.ref, self.then, newcomers)
        return StepTaken(self.before, after)


def step_request(policy: EscalationPolicy, before: Escalation, read: ReadAlert) -> SendRequest:
    """Return the request of the next step. People who have answered in any way are excluded from it.

    An answer that is too weak for the escalation excludes no person, whichever alert of the linked set it answers.

    Args:
        before: the escalation before the step.

    Raises:
        InvalidRequest: the stored alert is no longer valid.
    """
    request = read(policy.steps[before.step], policy.client_ref, before.began_at)
    return replace(
        request,
        elements=tuple(replace(element, except_responded=frozenset(ResponseKind)) for element in request.elements),
        link=LinkOptions(policy.link_ref, only_if_exists=True, key=before.key.link),
        least_evidence=before.evidence or Evidence.OPENED,
    )


def all_clear_request(
    policy: EscalationPolicy,
    link: LinkKey,
    contacted: Mapping[Channel, Iterable[Recipient]],
    read: ReadAlert,
    kept_at: datetime,
) -> SendRequest | None:
    """Return the request of the all-clear, for each contacted recipient on the channels of their messages.

    Returns:
        None: the policy has no all-clear, or none of its elements has receivers.

    Raises:
        InvalidRequest: the stored alert is no longer valid.
    """
    if policy.on_stopped is None:
        return None
    request = read(policy.on_stopped, policy.client_ref, kept_at)
    elements = tuple(
        replace(element, receivers=_receivers(contacted[element.channel]))
        for element in request.elements
        if element.channel in contacted
    )
    options = LinkOptions(policy.link_ref, only_if_exists=True, key=link)
    return replace(request, elements=elements, link=options) if elements else None


def _receivers(people: Iterable[Recipient]) -> Receivers:
    """Return receivers. Contacts are named by their id, so that the lookups of each contact apply."""
    known = list(people)
    return Receivers(
        recipients=tuple(who.address for who in known if who.contact_id is None),
        contacts=tuple(dict.fromkeys(who.contact_id for who in known if who.contact_id is not None)),
    )


def begun(alert: Alert, request: SendRequest, contacted: set[str]) -> EscalationBegun:
    """Return the escalation that begins with a first alert."""
    options = request.escalation
    assert options is not None
    assert alert.link is not None
    assert request.link is not None
    escalation = Escalation(
        key=EscalationKey(alert.link.key, alert.ref),
        state=EscalationState.ACTIVE,
        steps=len(options.steps),
        step=0,
        need=options.need(len(contacted)),
        answered=0,
        everybody=options.everybody,
        began_at=alert.accepted_at,
        due_at=alert.accepted_at + options.steps[0].after,
        alerts=(alert.ref,),
        stepped_at=alert.accepted_at,
        expires_at=alert.expires_at,
        evidence=options.grade(click_counts=alert.click_counts),
    )
    policy = EscalationPolicy(
        client_ref=request.client_ref,
        link_ref=request.link.link_ref,
        after=(*(step.after for step in options.steps), options.give_up_after),
        steps=tuple(step.alert.text for step in options.steps),
        on_stopped=options.on_stopped.text if options.on_stopped else None,
    )
    return EscalationBegun(escalation, policy)
