"""What happens to a message of a sandbox key is written in its address.

    SMS (Ofcom's drama numbers)   email                                     fate
    +447700900000                 delivered@sandbox.tocsin.example          taken
    +447700900001                 temporary-failure@sandbox.tocsin.example  refused for now, at every try
    +447700900002                 permanent-failure@sandbox.tocsin.example  refused for good
    +447700900003                 slow@sandbox.tocsin.example               taken after two seconds
    +447700900004                 reply-lost@sandbox.tocsin.example         taken, but the answer never arrives
    +447700900005                 retry-once@sandbox.tocsin.example         refused for now once, then taken
    +447700900006                 retry-twice@sandbox.tocsin.example        refused for now twice, then taken
    any other                     any other                                 taken

Nobody can be assigned a number from +447700900000 to +447700900999 (Ofcom, numbers for drama use), and `.example`
never resolves (RFC 2606). A part after "+" is ignored: `retry-once+a@…` and `retry-once+b@…` share a fate.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Accepted, OutcomeUnknown, Rejected, Submission
from tocsin.delivery.ports.senders import OutgoingEmail, OutgoingSms

DOMAIN = "sandbox.tocsin.example"
SLOW = 2.0
"""Seconds a slow provider takes."""


class Fate(Enum):
    """What the sandbox does with a message, by how many tries it refuses and how it answers the others."""

    DELIVERED = "delivered"
    TEMPORARY_FAILURE = "temporary-failure"
    PERMANENT_FAILURE = "permanent-failure"
    SLOW = "slow"
    OUTCOME_UNKNOWN = "reply-lost"
    RETRY_ONCE = "retry-once"
    RETRY_TWICE = "retry-twice"


_NUMBERS = {f"+44770090000{number}": fate for number, fate in enumerate(Fate)}
_MAILBOXES = {f"{fate.value}@{DOMAIN}": fate for fate in Fate}


def _answer(fate: Fate, id: MessageId, pause: Callable[[float], None]) -> Submission:
    match fate:
        case Fate.TEMPORARY_FAILURE:
            return Rejected("sandbox_temporary_failure", permanent=False)
        case Fate.PERMANENT_FAILURE:
            return Rejected("sandbox_permanent_failure", permanent=True)
        case Fate.OUTCOME_UNKNOWN:
            return OutcomeUnknown("sandbox_outcome_unknown")
        case Fate.RETRY_ONCE if id.attempt <= 1:
            return Rejected("sandbox_temporary_failure", permanent=False)
        case Fate.RETRY_TWICE if id.attempt <= 2:
            return Rejected("sandbox_temporary_failure", permanent=False)
        case Fate.SLOW:
            pause(SLOW)
    return Accepted(f"sandbox-{id}")


@dataclass(frozen=True, slots=True)
class SandboxSmsSender:
    """A carrier that exists in the table above only. `pause` sleeps that many seconds."""

    pause: Callable[[float], None] = time.sleep

    def send(self, message: OutgoingSms) -> Submission:
        """Answer as the number says."""
        return _answer(_NUMBERS.get(message.to, Fate.DELIVERED), message.id, self.pause)


@dataclass(frozen=True, slots=True)
class SandboxEmailSender:
    """A mail server that exists in the table above only. `pause` sleeps that many seconds."""

    pause: Callable[[float], None] = time.sleep

    def send(self, message: OutgoingEmail) -> Submission:
        """Answer as the address says, whatever its case."""
        local, _, domain = message.to.lower().partition("@")
        mailbox = f"{local.partition('+')[0]}@{domain}"
        return _answer(_MAILBOXES.get(mailbox, Fate.DELIVERED), message.id, self.pause)
