"""A mail to whoever answers for an API key: an alert of the house's own, to the owners' addresses.

It goes the way of every other message: claimed, suppressed, retried and tracked like one. Two things are different:
no brake of the tenant holds it back, for it may be what tells of the brake; and it stands in no list and counts for
nothing of the tenant's. See ADR 0032.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.kernel.domain.ids import ApiKeyId


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """Who is told about a key.

    Attributes:
        email: None if nobody is known.
    """

    key_id: ApiKeyId
    sandbox: bool
    enabled: bool
    email: str | None


@dataclass(frozen=True, slots=True)
class OwnerNotification:
    """A change that owners are mailed about, once.

    Attributes:
        change: names this change and no other of the tenant's; every repeat and every worker says the same.
        dated: when what changed began; the same for every repeat.
        subject: one line.
        text: a sentence without any address, name or content.
    """

    change: str
    dated: datetime
    subject: str
    text: str
