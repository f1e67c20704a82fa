"""The outcome of a message by its receiver. A message to any other receiver is delivered and reported.

The mail addresses are those of Amazon SES's own mailbox simulator ("Using the mailbox simulator", Amazon SES Developer
Guide), labels included (`bounce+7@…`), so tests with them give the same result on AWS. The numbers are of the range
that Ofcom reserves for drama; the sandbox has other numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TEXT_OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "+447700900901": ("TEXT_UNREACHABLE",),  # switched off
    "+447700900902": ("TEXT_INVALID",),  # no subscriber has it
    "+447700900903": ("TEXT_CARRIER_BLOCKED",),
    "+447700900904": ("TEXT_DELIVERED", "TEXT_SENT", "TEXT_DELIVERED"),  # reported twice, and in the wrong order
    "+447700900905": (),  # never reported
}
"""Events of End User Messaging for a text, in order, by number."""

SIMULATED_MAILBOXES = "simulator.amazonses.com"


@dataclass(frozen=True, slots=True)
class MailEvent:
    """One event of SES: its kind, and for bounces and complaints type and subtype."""

    kind: str
    type: str = ""
    subtype: str = ""


@dataclass(frozen=True, slots=True)
class MailOutcome:
    """Events of SES about a mail, in order, and the text of an automatic reply (None: no reply)."""

    events: tuple[MailEvent, ...]
    answer: str | None = None


_DELIVERED = MailEvent("Delivery")
BOUNCE = MailEvent("Bounce", "Permanent", "General")
COMPLAINT = MailEvent("Complaint", "abuse")

_MAIL_OUTCOMES: Mapping[str, MailOutcome] = {
    "bounce": MailOutcome((BOUNCE,)),
    "suppressionlist": MailOutcome((MailEvent("Bounce", "Permanent", "Suppressed"),)),
    "complaint": MailOutcome((_DELIVERED, COMPLAINT)),
    "ooto": MailOutcome((_DELIVERED,), answer="I am out of the office."),
}


def text_outcome(number: str) -> tuple[str, ...]:
    """Return the events of a text to `number`."""
    return TEXT_OUTCOMES.get(number, ("TEXT_DELIVERED",))


def mail_outcome(address: str) -> MailOutcome:
    """Return the outcome of a mail to `address`."""
    mailbox, _, domain = address.lower().rpartition("@")
    if domain == SIMULATED_MAILBOXES and (outcome := _MAIL_OUTCOMES.get(mailbox.partition("+")[0])):
        return outcome
    return MailOutcome((_DELIVERED,))
