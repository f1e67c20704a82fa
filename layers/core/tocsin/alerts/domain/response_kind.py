"""The ways in which a person can answer, how sure each makes us that a person has read the message, and who answered.

opened < confirmed < pressed_in < wrote = pressed = marked
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ResponseKind(StrEnum):
    """How a person answered. The values are the words of `previouslySeen` in the API."""

    SMS = "sms"
    EMAIL = "email"
    CALL = "call"
    SHORTLINK = "shortlink"
    MARKED = "marked"


class Evidence(StrEnum):
    """The grade of a response. The values are the words of `evidence` in the API."""

    OPENED = "opened"  # a link was opened, perhaps by a machine
    CONFIRMED = "confirmed"  # the button of a link's page was pressed, or a message got a reaction
    PRESSED_IN = "pressed_in"  # a key was pressed in a call that the person made
    WROTE = "wrote"  # a text or a mail was written
    PRESSED = "pressed"  # a key was pressed in a call that we made
    MARKED = "marked"  # a client marked the person as having answered

    def at_least(self, grade: Evidence) -> bool:
        """Whether this evidence is as strong as `grade`, or stronger."""
        return _RANKS[self] >= _RANKS[grade]


_RANKS = {
    Evidence.OPENED: 0,
    Evidence.CONFIRMED: 1,
    Evidence.PRESSED_IN: 2,
    Evidence.WROTE: 3,
    Evidence.PRESSED: 3,
    Evidence.MARKED: 3,
}

Answered = Mapping[str, frozenset[ResponseKind]]
"""How each contact of a linked set has answered so far, by contact id; contacts without an answer are absent."""


def has_answered(contact_id: str | None, kinds: frozenset[ResponseKind], answered: Answered) -> frozenset[ResponseKind]:
    """Return in which of these ways a contact has answered; empty for a plain recipient."""
    return frozenset() if contact_id is None else answered.get(contact_id, frozenset()) & kinds
