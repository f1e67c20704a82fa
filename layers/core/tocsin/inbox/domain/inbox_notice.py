"""One notice in the inbox of a person."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.kernel.domain.ids import TenantId, UserId, time_ordered_uuid

NOTICE_KEPT = timedelta(days=30)
"""How long a notice stays in the inbox, from the time that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxNotice:
    """A notice.

    Attributes:
        key: what it is about, for example `call|<callId>`; a person has one notice of a key. A later one replaces its
            words, as when a ringing call is over; it stays read or unread.
        at: the time that it is about; the same for every notice of this key.
        kind: a word of the API, for example `call`.
        title, text: one line, and some lines. Personal data.
        url: where it leads; None = nowhere.
        event: name of the telephony event; None = there is none.
    """

    tenant: TenantId
    user: UserId
    key: str
    at: datetime
    kind: str
    title: str
    text: str
    url: str | None = None
    event: str | None = None
    read: bool = False

    @property
    def id(self) -> str:
        """Sorts by time; the same for every notice of this person and key."""
        entropy = hashlib.sha256(f"{self.tenant}|{self.user}|{self.key}".encode("utf-8", "surrogatepass")).digest()
        return time_ordered_uuid(self.at, entropy[:10])
