"""A mail to whoever answers for an API key: an alert of the house's own, to the owners' addresses.

It goes the way of every other message: claimed, suppressed, retried and tracked like one. Two things are different:
no brake of the tenant holds it back, for it may be what tells of the brake; and it stands in no list and counts for
nothing of the tenant's. See ADR 0032.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.alert import Alert, AlertItem, Channel, EmailContent, Lane, NotificationMode
from tocsin.domain.ids import AlertRef, ApiKeyId, TenantId, time_ordered_uuid
from tocsin.domain.mail_text import body_type

SEND_WITHIN = timedelta(hours=24)
"""News of an outage is worth sending for a day, however long a provider makes it wait."""

KEPT = timedelta(days=30)


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
class OwnerNews:
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


def alert_about(
    news: OwnerNews, tenant: TenantId, key_id: ApiKeyId, receivers: Sequence[str], now: datetime, *, sandbox: bool
) -> Alert:
    """Return the alert that tells the receivers; the same news of the same tenant is the same alert."""
    body = _BODY.format(text=news.text, tenant=tenant)
    content = EmailContent(f"[Tocsin] {news.subject}", body, body_type(None, None, body))
    natural = hashlib.sha256(f"{tenant}\nowner mail\n{news.change}".encode()).digest()
    return Alert(
        tenant=tenant,
        ref=AlertRef(time_ordered_uuid(news.dated.replace(microsecond=0), natural)),
        key_id=key_id,
        sandbox=sandbox,
        client_ref="tocsin",
        accepted_at=now,
        send_before=now + SEND_WITHIN,
        expires_at=now + KEPT,
        lane=Lane.URGENT,
        notification=NotificationMode.NONE,
        items=(AlertItem(0, Channel.EMAIL, "owner", content, len(receivers), len(receivers)),),
        house=True,
    )


_BODY = """{text}

Account: {tenant}
More is told by POST /getinfo with "getMessages": true.

You get this once, because your address is the owner address of an API key.
POST /setinfo changes it with "ownerEmail".
"""
