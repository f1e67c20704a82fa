"""System alerts: mails to the owners of API keys about a change, and to a person about their sign-in."""

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
from tocsin.sign_in.domain.personal_mail import PersonalMail

SEND_WITHIN = timedelta(hours=24)
"""How long the mail may be submitted. It may be about an outage of the mail provider itself."""


KEPT = timedelta(days=30)
"""Lifetime of the alert."""

PERSONAL_KEPT = timedelta(days=7)
"""Lifetime of a mail to a person: as long as a first password in it is valid."""

CONSOLE = ApiKeyId("console")
"""The account key, under which the console acts."""


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
    return _system_alert(
        f"owner mail\n{notification.change}",
        notification.dated,
        tenant,
        key_id,
        f"[Tocsin] {notification.subject}",
        body,
        now,
        receivers=len(receivers),
        sandbox=sandbox,
    )


def alert_to_person(mail: PersonalMail, now: datetime) -> Alert:
    """Return the alert that carries a mail to one person. Its reference is the same for each repeat of the change."""
    change = f"personal mail\n{mail.change}"
    return _system_alert(
        change, mail.dated, mail.tenant, CONSOLE, mail.subject, mail.text, now, kept=PERSONAL_KEPT, tag="person"
    )


def _system_alert(
    change: str,
    dated: datetime,
    tenant: TenantId,
    key_id: ApiKeyId,
    subject: str,
    body: str,
    now: datetime,
    *,
    receivers: int = 1,
    sandbox: bool = False,
    kept: timedelta = KEPT,
    tag: str = "owner",
) -> Alert:
    content = EmailContent(subject, body, body_type(None, None, body))
    natural = hashlib.sha256(f"{tenant}\n{change}".encode()).digest()
    return Alert(
        tenant=tenant,
        ref=AlertRef(time_ordered_uuid(dated.replace(microsecond=0), natural)),
        key_id=key_id,
        sandbox=sandbox,
        client_ref="tocsin",
        accepted_at=now,
        send_before=now + SEND_WITHIN,
        expires_at=now + kept,
        lane=Lane.URGENT,
        notification=NotificationMode.NONE,
        items=(AlertItem(0, Channel.EMAIL, tag, content, receivers, receivers),),
        system=True,
        title=subject,
    )


_BODY = """{text}

Account: {tenant}
More is told by POST /getinfo with "getMessages": true.

You get this once, because your address is the owner address of an API key.
POST /setinfo changes it with "ownerEmail".
"""
