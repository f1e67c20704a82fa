"""Who must not be contacted any more, on which channel, and why.

Kept per tenant as a keyed hash of the address, never the address: the list must outlive the data about the person, and
must be of no use to anybody who reads it.

What suppresses and what lifts comes late, twice and out of order: a STOP that is delivered again after the START
that took it back must not silence anybody, and a START that is delivered again must not undo a later STOP. So each
reason keeps the time it was last given and the time it was last lifted, and the later of the two stands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.kernel.domain.ids import TenantId


class SuppressionReason(StrEnum):
    """Why; the values are the `reason` of a suppressed message. The first that stands, in this order, is named."""

    STOP = "stop"  # the person said so, and may take it back by START
    COMPLAINT = "complaint"  # the person reported a mail as spam
    HARD_BOUNCE = "hard_bounce"  # the mailbox does not exist, or never will take our mail


REMEMBERED = timedelta(days=30)
"""How long a lift is remembered: longer than a queue and its dead letters can bring an older event back (4 + 14 d)."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """What is known about one address of a tenant on one channel.

    Attributes:
        fingerprint: keyed hash of the address (`compared` makes what is hashed).
        version: number of changes so far; 0 is a row that is not there.
        given: when each reason was last given.
        lifted: when each reason was last lifted.
    """

    tenant: TenantId
    channel: Channel
    fingerprint: bytes
    version: int = 0
    given: Mapping[SuppressionReason, datetime] = field(default_factory=dict)
    lifted: Mapping[SuppressionReason, datetime] = field(default_factory=dict)

    @property
    def standing(self) -> dict[SuppressionReason, datetime]:
        """The reasons that stand, each with the time it was given; a lift of the same moment wins."""
        return {
            reason: self.given[reason]
            for reason in SuppressionReason
            if reason in self.given and not self._lifted_since(reason, self.given[reason])
        }

    @property
    def reason(self) -> SuppressionReason | None:
        """The reason to name; None if the address may be contacted."""
        return next(iter(self.standing), None)

    @property
    def forgotten_at(self) -> datetime | None:
        """When the row is of no use any more; None while a reason stands."""
        return None if self.standing or not self.lifted else max(self.lifted.values()) + REMEMBERED

    def with_reason(self, reason: SuppressionReason, at: datetime) -> Suppression | None:
        """Return it with a reason that was given at `at`; None if that changes nothing."""
        if self._lifted_since(reason, at) or (reason in self.given and at <= self.given[reason]):
            return None
        return replace(self, version=self.version + 1, given={**self.given, reason: at})

    def without(self, reasons: Collection[SuppressionReason], at: datetime) -> Suppression | None:
        """Return it with reasons lifted at `at`; None if that changes nothing."""
        later = {reason: at for reason in reasons if not self._lifted_since(reason, at)}
        if not later:
            return None
        return replace(self, version=self.version + 1, lifted={**self.lifted, **later})

    def _lifted_since(self, reason: SuppressionReason, at: datetime) -> bool:
        return reason in self.lifted and at <= self.lifted[reason]


def compared(channel: Channel, address: str) -> bytes:
    """Return what two spellings of one address have in common, to be hashed. Numbers are canonical already."""
    return (mailbox_key(address) if channel is Channel.EMAIL else address).encode()
