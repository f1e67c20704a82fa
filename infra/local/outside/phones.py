"""What each simulated phone does with a text. Its number decides (`outcomes`), until a person sets the phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from infra.local.outside.outcomes import text_outcome


class PhoneState(StrEnum):
    """What the simulated carrier can say about a phone."""

    ON = "on"
    OFF = "off"
    UNASSIGNED = "unassigned"  # no subscriber has the number
    BLOCKED = "blocked"  # the carrier blocks the text
    UNREPORTED = "unreported"  # the text arrives, and no receipt comes


EVENTS: Mapping[PhoneState, tuple[str, ...]] = {
    PhoneState.ON: ("TEXT_DELIVERED",),
    PhoneState.OFF: ("TEXT_UNREACHABLE",),
    PhoneState.UNASSIGNED: ("TEXT_INVALID",),
    PhoneState.BLOCKED: ("TEXT_CARRIER_BLOCKED",),
    PhoneState.UNREPORTED: (),
}
"""Events of End User Messaging for a text, by the state of its phone."""

_STATES = {events: state for state, events in EVENTS.items()}


class Phones:
    """The phones of one run. Safe for several threads."""

    def __init__(self) -> None:
        self._set: dict[str, PhoneState] = {}
        self._lost: set[str] = set()

    def state(self, number: str) -> PhoneState:
        """Return the state of a phone: as set, else as its number says."""
        return self._set.get(number) or _STATES.get(text_outcome(number), PhoneState.ON)

    def set(self, number: str, state: PhoneState) -> None:
        """Set a phone until the end of the run. Texts that are already reported stay as they are."""
        self._set[number] = state

    def receive(self, number: str, text: str) -> Sequence[str]:
        """Return the events of a text to a phone, in order, and remember whether it arrived.

        Args:
            text: SNS's MessageId.
        """
        events = EVENTS[self._set[number]] if number in self._set else text_outcome(number)
        if events and "TEXT_DELIVERED" not in events:
            self._lost.add(text)
        return events

    def arrived(self, text: str) -> bool:
        """Whether a text is on its phone. Of texts of earlier runs, this is not known and assumed."""
        return text not in self._lost
