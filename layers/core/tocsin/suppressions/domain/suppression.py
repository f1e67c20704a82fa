"""Which addresses must not be contacted, on which channel, and why.

A suppression contains a keyed hash of the address, not the address. So the list can be kept longer than the data about
the person, and reveals no address.

Events that suppress or lift arrive late, twice and out of order. A STOP that is delivered again after a START must not
suppress, and a START that is delivered again must not lift a later STOP. So each reason keeps the time when it was last
given and the time when it was last lifted; the later time counts.
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
    """Why an address is suppressed; the values are the `reason` of a suppressed message.

    If several reasons are in force, the first in this order is reported.
    """

    STOP = "stop"  # the person texted STOP; START lifts it
    COMPLAINT = "complaint"  # the person reported a mail as spam
    HARD_BOUNCE = "hard_bounce"  # the mailbox does not exist, or rejects our mail permanently
    OPERATOR = "blocked_by_operator"  # an operator entered the address; the only reason on the channel `call`


REMEMBERED = timedelta(days=30)
"""How long a lift is stored: longer than an older event can stay in a queue and its dead-letter queue (4 + 14 d)."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """The suppression of one address of a tenant on one channel.

    Attributes:
        fingerprint: keyed hash of the address (`compared` returns what is hashed).
        version: number of changes so far; 0: not stored yet.
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
        """The reasons in force, each with the time it was given. A lift at the same time prevails."""
        return {
            reason: self.given[reason]
            for reason in SuppressionReason
            if reason in self.given and not self._lifted_since(reason, self.given[reason])
        }

    @property
    def reason(self) -> SuppressionReason | None:
        """The reason to report; None if the address may be contacted."""
        return next(iter(self.standing), None)

    @property
    def forgotten_at(self) -> datetime | None:
        """When the row can be deleted; None while a reason is in force."""
        return None if self.standing or not self.lifted else max(self.lifted.values()) + REMEMBERED

    def with_reason(self, reason: SuppressionReason, at: datetime) -> Suppression | None:
        """Return the suppression with a reason that was given at `at`; None if nothing changes."""
        if self._lifted_since(reason, at) or (reason in self.given and at <= self.given[reason]):
            return None
        return replace(self, version=self.version + 1, given={**self.given, reason: at})

    def without(self, reasons: Collection[SuppressionReason], at: datetime) -> Suppression | None:
        """Return the suppression with reasons lifted at `at`; None if nothing changes."""
        later = {reason: at for reason in reasons if not self._lifted_since(reason, at)}
        if not later:
            return None
        return replace(self, version=self.version + 1, lifted={**self.lifted, **later})

    def _lifted_since(self, reason: SuppressionReason, at: datetime) -> bool:
        return reason in self.lifted and at <= self.lifted[reason]


def compared(channel: Channel, address: str) -> bytes:
    """Return the bytes to hash, equal for all spellings of one mailbox. Numbers are canonical already."""
    return (mailbox_key(address) if channel is Channel.EMAIL else address).encode()
