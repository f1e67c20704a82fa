"""The system alert that mails the owners of API keys about a change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert, AlertItem, Lane
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.content import EmailContent
from tocsin.content.domain.content_type import body_type
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId, time_ordered_uuid
from tocsin.notices.domain.owner_notification import OwnerNotification

SEND_WITHIN = timedelta(hours=24)
"""How long the mail may be submitted. It may be about an outage of the mail provider itself."""


KEPT = timedelta(days=30)
"""Lifetime of the alert."""


def alert_about(
    notification: OwnerNotification,
    tenant: TenantId,
    key_id: ApiKeyId,
    receivers: Sequence[str],
    now: datetime,
    *,
    sandbox: bool,
) -> Alert:
    """Return the alert. Its reference is the same for each repeat of a tenant's notification.

    Args:
        receivers: email addresses, at most CHUNK_SIZE.
        now: the aware time of acceptance.
    """
    body = _BODY.format(text=notification.text, tenant=tenant)
    content = EmailContent(f"[Tocsin] {notification.subject}", body, body_type(None, None, body))
    natural = hashlib.sha256(f"{tenant}\nowner mail\n{notification.change}".encode()).digest()
    return Alert(
        tenant=tenant,
        ref=AlertRef(time_ordered_uuid(notification.dated.replace(microsecond=0), natural)),
        key_id=key_id,
        sandbox=sandbox,
        client_ref="tocsin",
        accepted_at=now,
        send_before=now + SEND_WITHIN,
        expires_at=now + KEPT,
        lane=Lane.URGENT,
        notification=NotificationMode.NONE,
        items=(AlertItem(0, Channel.EMAIL, "owner", content, len(receivers), len(receivers)),),
        system=True,
        title=notification.subject,
    )


_BODY = """{text}

Account: {tenant}
More is told by POST /getinfo with "getMessages": true.

You get this once, because your address is the owner address of an API key.
POST /setinfo changes it with "ownerEmail".
"""
