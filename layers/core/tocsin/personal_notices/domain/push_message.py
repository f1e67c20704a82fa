"""What a browser shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.kernel.domain.ids import TenantId, UserId

INBOX = "me/inbox"
"""The page of the console that a push leads to if its notice leads nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushMessage:
    """A push to all subscribed browsers of one person.

    Attributes:
        key: what it is about, unique within the account; a push of a key and browser is sent once.
        at: when it was accepted.
        title, text: what is shown by browsers whose person asked for details; others only say that there is
            something.
        url: the page that a click opens: below the console, as `me/inbox`, or a whole address.
    """

    tenant: TenantId
    user: UserId
    key: str
    at: datetime
    title: str
    text: str
    url: str
