"""What the person at each simulated phone does when the phone is called. The number decides.

The numbers are of the range that Ofcom reserves for drama. Every other number is answered after two seconds by a person
who listens to the end and then presses 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

ANSWERS_AFTER = 2.0
"""Seconds of dialling until a person answers."""


class EndReport(Enum):
    """How Connect reports the end of the call."""

    ONCE = "once"
    NEVER = "never"
    TWICE_AND_EARLY = "twice and early"  # twice, and the first time before the last key is reported


@dataclass(frozen=True, slots=True)
class PhonePerson:
    """What one person does. Seconds count from the answer.

    Attributes:
        not_answered: why a call is not answered, as Connect's DisconnectReason; empty = the person answers.
        answers_again: whether only the first attempt of each message is not answered.
        at: keys, each with the second of its press.
        within: a key that is pressed once, one second into post, or into main where nothing comes before main.
        listening: keys that are pressed one at a time, each when the call begins to listen; none is pressed twice.
        hangs_up_at: the second at which the person hangs up; None = the person waits for the end.
    """

    not_answered: str = ""
    answers_again: bool = False
    at: tuple[tuple[float, str], ...] = ()
    within: str = ""
    listening: str = ""
    hangs_up_at: float | None = None
    end: EndReport = EndReport.ONCE

    def unanswered(self, attempt: int) -> str:
        """Return why the attempt with this number, from 1, is not answered; empty = the person answers."""
        return "" if self.answers_again and attempt > 1 else self.not_answered


PEOPLE: Mapping[str, PhonePerson] = {
    "+447700900801": PhonePerson(not_answered="TELECOM_BUSY"),
    "+447700900802": PhonePerson(not_answered="TELECOM_UNANSWERED"),
    "+447700900803": PhonePerson(not_answered="TELECOM_NUMBER_INVALID"),
    "+447700900804": PhonePerson(hangs_up_at=2),
    "+447700900805": PhonePerson(),  # hears everything
    "+447700900806": PhonePerson(at=((0.5, "2"),)),
    "+447700900807": PhonePerson(listening="2"),
    "+447700900808": PhonePerson(listening="*"),
    "+447700900809": PhonePerson(listening="12"),
    "+447700900810": PhonePerson(within="7"),
    "+447700900811": PhonePerson(not_answered="TELECOM_BUSY", answers_again=True, listening="2"),
    "+447700900812": PhonePerson(hangs_up_at=20),  # voicemail: says nothing
    "+447700900813": PhonePerson(listening="2", end=EndReport.NEVER),
    "+447700900814": PhonePerson(listening="2", end=EndReport.TWICE_AND_EARLY),
}

ANYBODY_ELSE = PhonePerson(listening="2")


def phone_person(number: str) -> PhonePerson:
    """Return the person at `number`."""
    return PEOPLE.get(number, ANYBODY_ELSE)
