"""The stored content that an alert refers to."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.request import SendRequest
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent, StoreRef


def uses(request: SendRequest, store: StoredContent) -> bool:
    """Return whether the alert, a step of its escalation or its all-clear refers to a store."""
    return any(
        kind is store.type and (ref.store_id == store.store_id if ref.store_id else ref.name == store.name)
        for ref, kind in _references(request)
    )


def _references(request: SendRequest) -> Iterator[tuple[StoreRef, ContentType]]:
    if isinstance(request.group, StoreRef):
        yield request.group, ContentType.CONTACT_GROUP
    for element in _elements(request):
        receivers = element.receivers
        for ref, kind in (
            (element.stored, ContentType(element.channel.value)),
            (receivers.stored_recipients, ContentType.RECIPIENT_LIST),
            (receivers.stored_contacts, ContentType.CONTACT_LIST),
            (receivers.stored_sets, ContentType.CONTACT_SET_LIST),
        ):
            if ref is not None:
                yield ref, kind


def _elements(request: SendRequest) -> Iterator[Element]:
    yield from request.elements
    if (escalation := request.escalation) is not None:
        for step in escalation.steps:
            yield from step.alert.elements
        if escalation.on_stopped is not None:
            yield from escalation.on_stopped.elements
