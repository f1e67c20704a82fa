"""How surely a person stands behind an answer: its evidence grade."""

from __future__ import annotations

from enum import StrEnum


class Evidence(StrEnum):
    """The grade of an answer; the values are words of the API. Later members outrank earlier ones.

    The last three are equal: no machine writes, dials or marks in a person's name.
    """

    OPENED = "opened"  # a short link was visited
    CONFIRMED = "confirmed"  # a button was pressed on a page of ours, or a text has a reaction
    PRESSED_IN = "pressed_in"  # a key was pressed in a call from a number that is not the receiver's
    WROTE = "wrote"  # a mail or a text
    PRESSED = "pressed"  # a key was pressed in a call to the receiver
    MARKED = "marked"  # a user marked the person as having answered

    def at_least(self, grade: Evidence) -> bool:
        """Whether this grade is enough where `grade` is asked for."""
        return _RANK[self] >= _RANK[grade]


_RANK = {
    Evidence.OPENED: 0,
    Evidence.CONFIRMED: 1,
    Evidence.PRESSED_IN: 2,
    Evidence.WROTE: 3,
    Evidence.PRESSED: 3,
    Evidence.MARKED: 3,
}
