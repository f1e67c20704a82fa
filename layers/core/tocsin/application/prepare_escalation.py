"""Look at every step of an escalation before its first alert is accepted, and decide what is written beside each.

A fault is cheaper now than at three at night: each step is prepared as it will be when its time comes, and thrown away.
What can only change later (capacities, stores that are deleted, who has answered) is decided then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.application.prepare_elements import Prepared
from tocsin.application.read_alert import ReadAlert
from tocsin.domain.alert import MAX_ITEMS, MAX_RECIPIENTS, Alert, Channel, Recipient
from tocsin.domain.contact import ContactGroup
from tocsin.domain.email_address import mailbox_key
from tocsin.domain.errors import Fault, InvalidRequest, RequestTooLarge
from tocsin.domain.escalation import (
    Escalation,
    EscalationAsked,
    EscalationBegun,
    EscalationKey,
    EscalationState,
    Ladder,
    LaterAlert,
    StepTaken,
    people,
    person,
)
from tocsin.domain.ids import AlertRef
from tocsin.domain.left_out import LeftOut, LeftOutBecause
from tocsin.domain.link_set import LinkAsked
from tocsin.domain.response_kind import ResponseKind
from tocsin.domain.send_faults import send_faults
from tocsin.domain.send_request import Receivers, SendRequest

Answered = Callable[[Sequence[Recipient]], frozenset[str]]
"""Says who of these people has answered, as `person` names them."""

PrepareElements = Callable[[SendRequest], Sequence[Prepared]]
"""Resolves the elements of a request and leaves out whom it may not be sent to. Raises as `prepare_elements`."""


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

    def without_answered(self, prepared: Prepared) -> Prepared:
        """Return an element without those who have answered; they are not asked again."""
        element = prepared.element
        answered = self.answered(element.recipients)
        if not answered:
            return prepared
        gone = [who for who in element.recipients if person(who) in answered]
        left_out = tuple(LeftOut(who.contact_id, who.address, LeftOutBecause.ANSWERED) for who in gone)
        kept = tuple(who for who in element.recipients if person(who) not in answered)
        reason = element.failure_reason
        if not kept and reason is None:
            reason = "everybody it would reach has answered"
        without = replace(element, recipients=kept, left_out=element.left_out + left_out, failure_reason=reason)
        return replace(prepared, element=without)

    def taken(self, alert: Alert, contacted: set[str]) -> StepTaken:
        """Return what is written beside the step's alert."""
        newcomers = len(contacted - self.contacted)
        after = self.before.taken(alert.accepted_at, alert.ref, self.then, newcomers)
        return StepTaken(self.before, after)


def step_request(ladder: Ladder, step: int, read: ReadAlert, kept_at: datetime) -> SendRequest:
    """Return the request of a step, from 1. Whoever has answered in any way is left out of it.

    Args:
        kept_at: when the ladder was.

    Raises:
        InvalidRequest: what was kept is not what the door lets in any more.
    """
    request = read(ladder.steps[step - 1], ladder.client_ref, kept_at)
    elements = tuple(replace(element, except_seen=frozenset(ResponseKind)) for element in request.elements)
    return replace(request, elements=elements, link=LinkAsked(ladder.link_ref, only_if_exists=True))


def stand_down_request(
    ladder: Ladder, contacted: Mapping[Channel, Iterable[Recipient]], read: ReadAlert, kept_at: datetime
) -> SendRequest | None:
    """Return the request by which everybody who was contacted stands down, each on the channels of their messages.

    Returns:
        None: nobody is to be told.

    Raises:
        InvalidRequest: see `step_request`.
    """
    if ladder.on_stopped is None:
        return None
    request = read(ladder.on_stopped, ladder.client_ref, kept_at)
    elements = tuple(
        replace(element, receivers=_receivers(contacted[element.channel]))
        for element in request.elements
        if element.channel in contacted
    )
    return (
        replace(request, elements=elements, link=LinkAsked(ladder.link_ref, only_if_exists=True)) if elements else None
    )


def _receivers(people: Iterable[Recipient]) -> Receivers:
    """Return the receivers by contact where they are contacts, so that their own lookups are theirs again."""
    known = list(people)
    return Receivers(
        recipients=tuple(who.address for who in known if who.contact_id is None),
        contacts=tuple(dict.fromkeys(who.contact_id for who in known if who.contact_id is not None)),
    )


def in_a_set_of_its_own(request: SendRequest, ref: AlertRef) -> SendRequest:
    """Return a request whose escalation has a linked set: the one it names, else one of its own.

    A client's linkRef has no colon, so nobody else can name that set.
    """
    if request.escalation is None or request.link is not None:
        return request
    group = request.group or ContactGroup("", {})
    return replace(request, link=LinkAsked(f"escalation:{ref}", request.lifetime), group=group)


def earliest(*ends: datetime | None) -> datetime | None:
    """Return the first of these times; None = never."""
    return min((at for at in ends if at is not None), default=None)


def begun(alert: Alert, request: SendRequest, contacted: set[str]) -> EscalationBegun:
    """Return the escalation that a first alert begins."""
    asked = request.escalation
    assert asked is not None
    assert alert.link is not None
    assert request.link is not None
    escalation = Escalation(
        key=EscalationKey(alert.link.key, alert.ref),
        state=EscalationState.ARMED,
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
    ladder = Ladder(
        client_ref=request.client_ref,
        link_ref=request.link.link_ref,
        after=(*(step.after for step in asked.steps), asked.give_up_after),
        steps=tuple(step.alert.text for step in asked.steps),
        on_stopped=asked.on_stopped.text if asked.on_stopped else None,
    )
    return EscalationBegun(escalation, ladder)


def check_escalation(
    asked: EscalationAsked,
    request: SendRequest,
    first: Sequence[Prepared],
    elements: PrepareElements,
    now: datetime,
    ends: datetime | None,
) -> None:
    """Find out whether every step could be sent as things stand.

    Args:
        first: the elements of the first alert, prepared.
        elements: prepares those of a step, without those they may not be sent to.
        ends: when answers do not count any more; None = never.

    Raises:
        InvalidRequest: with everything that is wrong.
        RequestTooLarge: a step, or what is sent when it is stopped, has too many elements or receivers.
        StorageUnavailable: a store cannot be read.
    """
    faults: list[Fault] = []
    if ends is not None and now + asked.lasts > ends:
        message = "all steps must come, and be given up, within the lifetime of the alert and of its linked set"
        faults.append(Fault("/escalation/steps", "OUTLIVES_ALERT", message))
    everything = list(first)
    for number, step in enumerate(asked.steps):
        prepared, found = _tried(step.alert, request, elements, f"/escalation/steps/{number}")
        everything += prepared
        faults += found
    contacted = people(who for each in everything for who in each.element.recipients)
    if asked.count is not None and asked.count > len(contacted) and not faults:
        message = f"must be at most {len(contacted)}: so many different people are contacted over all steps"
        faults.append(Fault("/escalation/stopWhen/count", "OUT_OF_RANGE", message))
    if asked.on_stopped is not None:
        faults += _stand_down_faults(asked.on_stopped, request, elements, _by_channel(everything))
    if faults:
        raise InvalidRequest(faults)


def _tried(
    later: LaterAlert, request: SendRequest, elements: PrepareElements, at: str
) -> tuple[Sequence[Prepared], list[Fault]]:
    if len(later.elements) > MAX_ITEMS:
        raise RequestTooLarge(MAX_ITEMS, "alert elements of one step")
    as_sent = replace(request, elements=later.elements)
    faults = [_moved(fault, at) for fault in send_faults(as_sent)]
    if faults:
        return (), faults
    try:
        prepared = elements(as_sent)
    except InvalidRequest as error:
        return (), [_moved(fault, at) for fault in error.faults]
    for index, each in enumerate(prepared):
        if not each.element.recipients:
            reason = each.element.failure_reason or "nobody can be reached"
            faults.append(Fault(f"{at}/alert/{index}", "UNSENDABLE", reason))
    return prepared, faults


def _stand_down_faults(
    later: LaterAlert,
    request: SendRequest,
    prepare: PrepareElements,
    addresses: dict[Channel, dict[str, str]],
) -> Iterator[Fault]:
    """Yield what is wrong with what is sent when it is stopped; one receiver of each channel stands for all."""
    at = "/escalation/onStopped"
    receivers: Counter[Channel] = Counter()
    elements = []
    for index, element in enumerate(later.elements):
        contacted = addresses.get(element.channel, {})
        if not contacted:
            yield Fault(f"{at}/alert/{index}/alertType", "CONFLICT", "nobody is contacted on this channel")
            continue
        receivers[element.channel] += len(contacted)
        elements.append(replace(element, receivers=Receivers(recipients=(next(iter(contacted.values())),))))
    if receivers.total() > MAX_RECIPIENTS:
        raise RequestTooLarge(MAX_RECIPIENTS, "recipients of `onStopped`")
    if len(elements) == len(later.elements):
        yield from _tried(replace(later, elements=tuple(elements)), request, prepare, at)[1]


def _by_channel(everything: Sequence[Prepared]) -> dict[Channel, dict[str, str]]:
    found: dict[Channel, dict[str, str]] = {}
    for each in everything:
        on_channel = found.setdefault(each.element.channel, {})
        for who in each.element.recipients:
            on_channel.setdefault(mailbox_key(who.address), who.address)
    return {channel: on_channel for channel, on_channel in found.items() if on_channel}


def _moved(fault: Fault, at: str) -> Fault:
    return replace(fault, pointer=at + fault.pointer)
