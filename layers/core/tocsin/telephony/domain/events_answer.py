"""What the sender of events is told: one answer for a call, with what became of each event."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tocsin.kernel.domain.errors import FAULTS_LISTED
from tocsin.telephony.domain.cloud_events import ReceivedEvent


class ItemStatus(StrEnum):
    """What became of an event."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"  # the same event was accepted before, or stands further up in this call
    IGNORED = "ignored"  # a refreshed registration that no rule asks for; it is not kept
    LATE = "late"  # older than 72 hours: kept, and told to no person
    REFUSED = "refused"  # it has faults


@dataclass(frozen=True, slots=True)
class EventsAnswer:
    """The answer to one call. The items are in the order of the events.

    Attributes:
        items: each event with its status.
    """

    items: Sequence[tuple[ReceivedEvent, ItemStatus]]

    @property
    def all_refused(self) -> bool:
        """Whether there are events, and every one of them is refused: 422 instead of 202."""
        return bool(self.items) and all(status is ItemStatus.REFUSED for _, status in self.items)

    def body(self) -> dict[str, Any]:
        """Return the answer as JSON: `{accepted, duplicates, refused, items}`; the three numbers add up to all items.

        An item is `{id, event_id, status, warnings?, errors?}`: the sender's id and ours, null where there is none.
        At most 100 faults of a call are listed, but the first of each event always is; an event of which some are not
        listed has `moreErrors`.
        """
        room = FAULTS_LISTED
        shown = []
        for item, status in self.items:
            shown.append(_shown(item, status, room))
            room = max(0, room - len(item.faults))
        duplicates, refused = (
            sum(status is counted for _, status in self.items) for counted in (ItemStatus.DUPLICATE, ItemStatus.REFUSED)
        )
        accepted = len(self.items) - duplicates - refused
        return {"accepted": accepted, "duplicates": duplicates, "refused": refused, "items": shown}


def answered(
    received: Sequence[ReceivedEvent], known: Collection[str] = (), ignored: Collection[str] = ()
) -> EventsAnswer:
    """Return the answer to a call.

    Args:
        received: what was read.
        known: names of the events that were accepted before this call.
        ignored: names of the events that were not kept, because no rule asks for them.
    """
    return EventsAnswer([(item, _status(item, known, ignored)) for item in received])


def _status(item: ReceivedEvent, known: Collection[str], ignored: Collection[str]) -> ItemStatus:
    if item.event is None:
        return ItemStatus.REFUSED
    if item.repeated or item.event.name in known:
        return ItemStatus.DUPLICATE
    if item.event.name in ignored:
        return ItemStatus.IGNORED
    return ItemStatus.LATE if item.late else ItemStatus.ACCEPTED


def _shown(item: ReceivedEvent, status: ItemStatus, room: int) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": item.id, "event_id": item.event and item.event.name, "status": status.value}
    if item.warnings:
        shown["warnings"] = [
            {"pointer": warned.pointer, "code": warned.code.value, "message": warned.message}
            for warned in item.warnings
        ]
    if item.faults:
        listed = item.faults[: max(1, room)]
        shown["errors"] = [{"code": f.code, "message": f.message, "detail": f.pointer} for f in listed]
        if len(listed) < len(item.faults):
            shown["moreErrors"] = True
    return shown
