"""What becomes of a message, decided by who it is for. Everybody who is not named here gets it, and it is reported.

The mail addresses are those of Amazon SES's own mailbox simulator ("Using the mailbox simulator", Amazon SES Developer
Guide), labels included (`bounce+7@…`): what is tried with them here behaves the same on AWS. The numbers are of the
range that Ofcom keeps free for drama; the sandbox's numbers are others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TEXT_FATES: Mapping[str, tuple[str, ...]] = {
    "+447700900901": ("TEXT_UNREACHABLE",),  # switched off
    "+447700900902": ("TEXT_INVALID",),  # nobody has it
    "+447700900903": ("TEXT_CARRIER_BLOCKED",),
    "+447700900904": ("TEXT_DELIVERED", "TEXT_SENT", "TEXT_DELIVERED"),  # told twice, and in the wrong order
    "+447700900905": (),  # the carrier never says anything
}
"""Number: the events of End User Messaging that come for a text to it, in this order."""

SIMULATED_MAILBOXES = "simulator.amazonses.com"


@dataclass(frozen=True, slots=True)
class MailEvent:
    """One event of SES: its kind, and type and subtype where it has them."""

    kind: str
    type: str = ""
    subtype: str = ""


@dataclass(frozen=True, slots=True)
class MailOutcome:
    """What SES tells about a mail, in this order, and what a machine answers to it (None: nothing)."""

    events: tuple[MailEvent, ...]
    answer: str | None = None


_DELIVERED = MailEvent("Delivery")

_MAIL_REPUTATION: Mapping[str, MailOutcome] = {
    "bounce": MailOutcome((MailEvent("Bounce", "Permanent", "General"),)),
    "suppressionlist": MailOutcome((MailEvent("Bounce", "Permanent", "Suppressed"),)),
    "complaint": MailOutcome((_DELIVERED, MailEvent("Complaint", "abuse"))),
    "ooto": MailOutcome((_DELIVERED,), answer="I am out of the office."),
}


def text_fate(number: str) -> tuple[str, ...]:
    """Return the events of a text to `number`."""
    return TEXT_FATES.get(number, ("TEXT_DELIVERED",))


def mail_outcome(address: str) -> MailOutcome:
    """Return what becomes of a mail to `address`."""
    mailbox, _, domain = address.lower().rpartition("@")
    if domain == SIMULATED_MAILBOXES and (fate := _MAIL_REPUTATION.get(mailbox.partition("+")[0])):
        return fate
    return MailOutcome((_DELIVERED,))
