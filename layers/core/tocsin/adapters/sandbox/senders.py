"""The sandbox provider: the address of a message decides its outcome.

    SMS (Ofcom's drama numbers)   email                                     outcome
    +447700900000                 delivered@sandbox.tocsin.example          accepted
    +447700900001                 temporary-failure@sandbox.tocsin.example  rejected temporarily, at every try
    +447700900002                 permanent-failure@sandbox.tocsin.example  rejected permanently
    +447700900003                 slow@sandbox.tocsin.example               accepted after two seconds
    +447700900004                 outcome-unknown@sandbox.tocsin.example    accepted, but the response is lost
    +447700900005                 retry-once@sandbox.tocsin.example         rejected temporarily once, then accepted
    +447700900006                 retry-twice@sandbox.tocsin.example        rejected temporarily twice, then accepted
    any other                     any other                                 accepted

Ofcom assigns no number from +447700900000 to +447700900999 (numbers for drama use), and `.example` never resolves
(RFC 2606). A part after "+" is ignored: `retry-once+a@…` and `retry-once+b@…` have the same outcome.
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
    """Scripted outcomes: how many tries the sandbox rejects, and how it answers the others."""

    DELIVERED = "delivered"
    TEMPORARY_FAILURE = "temporary-failure"
    PERMANENT_FAILURE = "permanent-failure"
    SLOW = "slow"
    OUTCOME_UNKNOWN = "outcome-unknown"
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
    """An SMS provider whose outcomes are in the table above. `pause` sleeps that many seconds."""

    pause: Callable[[float], None] = time.sleep

    def begin(self, message: OutgoingSms) -> None:
        """Nothing is begun: a slow answer of the sandbox is a pause of its thread."""

    def send(self, message: OutgoingSms) -> Submission:
        """Return the outcome for the receiver's number."""
        return _answer(_NUMBERS.get(message.to, Fate.DELIVERED), message.id, self.pause)


@dataclass(frozen=True, slots=True)
class SandboxEmailSender:
    """An email provider whose outcomes are in the table above. `pause` sleeps that many seconds."""

    pause: Callable[[float], None] = time.sleep

    def send(self, message: OutgoingEmail) -> Submission:
        """Return the outcome for the receiver's address, whatever its case."""
        local, _, domain = message.to.lower().partition("@")
        mailbox = f"{local.partition('+')[0]}@{domain}"
        return _answer(_MAILBOXES.get(mailbox, Fate.DELIVERED), message.id, self.pause)
