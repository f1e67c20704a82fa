"""Check, before the first alert of an escalation is accepted, that every step could be sent now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from tocsin.alerts.application.preparation import Prepared
from tocsin.alerts.domain.alert import MAX_IN_ALL_STEPS, MAX_ITEMS, MAX_RECIPIENTS
from tocsin.alerts.domain.elements import Receivers
from tocsin.alerts.domain.faults import send_faults
from tocsin.alerts.domain.features import LinkOptions
from tocsin.alerts.domain.follow_up import EscalationOptions, LaterAlert
from tocsin.alerts.domain.request import SendRequest
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.contact import ContactGroup
from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.contacts.domain.recipient import people
from tocsin.kernel.domain.errors import Fault, InvalidRequest, RequestTooLarge
from tocsin.kernel.domain.ids import AlertRef

PrepareElements = Callable[[SendRequest], Sequence[Prepared]]
"""Resolves the elements of a request and applies the filters. Raises the errors of `prepare_elements`."""


def with_linked_set(request: SendRequest, ref: AlertRef) -> SendRequest:
    """Return the request with a linked set if it escalates: the set that it names, else a new one.

    The new set has a colon in its name. A client's linkRef has none, so no other request can name that set.
    """
    if request.escalation is None or request.link is not None:
        return request
    group = request.group or ContactGroup("", {})
    return replace(request, link=LinkOptions(f"escalation:{ref}", request.lifetime), group=group)


def earliest(*ends: datetime | None) -> datetime | None:
    """Return the first of these times; None = never."""
    return min((at for at in ends if at is not None), default=None)


def check_escalation(
    options: EscalationOptions,
    request: SendRequest,
    first: Sequence[Prepared],
    prepare: PrepareElements,
    now: datetime,
    ends: datetime | None,
) -> None:
    """Check that every step could be sent now, and that the escalation fits into the alert's lifetime.

    Args:
        options: the `escalation` block of the request.
        first: the prepared elements of the first alert.
        prepare: prepares the elements of a step and applies the filters.
        ends: when answers stop to count; None = never.

    Raises:
        InvalidRequest: with all faults.
        RequestTooLarge: a step or the all-clear has too many elements or receivers, or all steps together have.
        StorageUnavailable: stored content cannot be read.
    """
    faults: list[Fault] = []
    if ends is not None and now + options.lasts > ends:
        message = "all steps must come, and be given up, within the lifetime of the alert and of its linked set"
        faults.append(Fault("/escalation/steps", "OUTLIVES_ALERT", message))
    everything = list(first)
    for number, step in enumerate(options.steps):
        prepared, found = _prepared_step(step.alert, request, prepare, f"/escalation/steps/{number}")
        everything += prepared
        if sum(each.element.requested for each in everything) > MAX_IN_ALL_STEPS:
            raise RequestTooLarge(MAX_IN_ALL_STEPS, "recipients of all steps together")
        faults += found
    contacted = people(who for each in everything for who in each.element.recipients)
    if options.count is not None and options.count > len(contacted) and not faults:
        message = f"must be at most {len(contacted)}: so many different people are contacted over all steps"
        faults.append(Fault("/escalation/stopWhen/count", "OUT_OF_RANGE", message))
    if options.on_stopped is not None:
        faults += _all_clear_faults(options.on_stopped, request, prepare, _by_channel(everything))
    if faults:
        raise InvalidRequest(faults)


def _prepared_step(
    later: LaterAlert, request: SendRequest, prepare: PrepareElements, at: str
) -> tuple[Sequence[Prepared], list[Fault]]:
    if len(later.elements) > MAX_ITEMS:
        raise RequestTooLarge(MAX_ITEMS, "alert elements of one step")
    as_sent = replace(request, elements=later.elements)
    faults = [_at(fault, at) for fault in send_faults(as_sent)]
    if faults:
        return (), faults
    try:
        prepared = prepare(as_sent)
    except InvalidRequest as error:
        return (), [_at(fault, at) for fault in error.faults]
    for index, each in enumerate(prepared):
        if not each.element.recipients:
            reason = each.element.failure_reason or "no receiver can be reached"
            faults.append(Fault(f"{at}/alert/{index}", "UNSENDABLE", reason))
    return prepared, faults


def _all_clear_faults(
    later: LaterAlert,
    request: SendRequest,
    prepare: PrepareElements,
    addresses: dict[Channel, dict[str, str]],
) -> Iterator[Fault]:
    """Yield the faults of the all-clear. One receiver of each channel is checked in place of all."""
    at = "/escalation/onStopped"
    receivers: Counter[Channel] = Counter()
    elements = []
    for index, element in enumerate(later.elements):
        contacted = addresses.get(element.channel, {})
        if not contacted:
            yield Fault(f"{at}/alert/{index}/alertType", "CONFLICT", "no receiver is contacted on this channel")
            continue
        receivers[element.channel] += len(contacted)
        elements.append(replace(element, receivers=Receivers(recipients=(next(iter(contacted.values())),))))
    if receivers.total() > MAX_RECIPIENTS:
        raise RequestTooLarge(MAX_RECIPIENTS, "recipients of `onStopped`")
    if len(elements) == len(later.elements):
        yield from _prepared_step(replace(later, elements=tuple(elements)), request, prepare, at)[1]


def _by_channel(everything: Sequence[Prepared]) -> dict[Channel, dict[str, str]]:
    found: dict[Channel, dict[str, str]] = {}
    for each in everything:
        on_channel = found.setdefault(each.element.channel, {})
        for who in each.element.recipients:
            on_channel.setdefault(mailbox_key(who.address), who.address)
    return {channel: on_channel for channel, on_channel in found.items() if on_channel}


def _at(fault: Fault, at: str) -> Fault:
    return replace(fault, pointer=at + fault.pointer)
