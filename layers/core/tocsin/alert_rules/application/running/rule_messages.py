"""What a run of a rule sends: mails and texts as parts of an alert of the inside, and deliveries of webhooks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import assert_never

from tocsin.alert_rules.domain.actions import EmailAction, RuleAction, SmsAction, WebhookAction
from tocsin.alert_rules.domain.payload import get_url, payload
from tocsin.alert_rules.domain.words import Told, body, digest_body, subject, text
from tocsin.alerts.domain.internal.inside_alert import InsideMessage
from tocsin.content.domain.content import EmailContent, SmsContent
from tocsin.content.domain.content_type import body_type
from tocsin.telephony.domain.event import DEPTH_HEADER
from tocsin.webhooks.domain.callback import RuleOrigin, WebhookMethod
from tocsin.webhooks.domain.delivery import Delivery
from tocsin.webhooks.domain.rule_delivery import rule_delivery

DIGEST_LINES = 2_000
"""Most events that one mail lists; the rest is counted."""


def messages_of(actions: Iterable[RuleAction], told: Told) -> list[InsideMessage]:
    """Return the mails and texts of these actions."""
    found: list[InsideMessage] = []
    for action in actions:
        match action:
            case EmailAction():
                found.append(InsideMessage(action.id, (action.to,), _mail(subject(action, told), body(action, told))))
            case SmsAction():
                found.append(InsideMessage(action.id, action.to, SmsContent(action.sender, text(action, told))))
            case WebhookAction():
                pass
            case _:
                assert_never(action)
    return found


def digest_messages(actions: Iterable[RuleAction], told: Sequence[Told]) -> list[InsideMessage]:
    """Return the mails of a digest: each lists what was collected, and has the subject of its first event."""
    rest = len(told) - DIGEST_LINES
    lines = [each.headline() for each in told[:DIGEST_LINES]]
    said = digest_body(lines, not_told=f"and {rest} more" if rest > 0 else "")
    mails = (action for action in actions if isinstance(action, EmailAction))
    return [InsideMessage(mail.id, (mail.to,), _mail(subject(mail, told[0]), said)) for mail in mails]


def deliveries_of(actions: Iterable[RuleAction], told: Told, run: str, now: datetime) -> list[Delivery]:
    """Return the deliveries of the webhooks among these actions."""
    hooks = [action for action in actions if isinstance(action, WebhookAction)]
    if not hooks:
        return []
    said = payload(told.rule, told.triggers, told.event, told.names, test=told.test)
    depth = (DEPTH_HEADER, str(told.event.depth + 1))
    as_text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return [
        rule_delivery(
            told.rule.tenant,
            RuleOrigin(told.rule.id, hook.id),
            run,
            endpoint_url=hook.url,
            url=get_url(hook.url, said) if hook.method is WebhookMethod.GET else hook.url,
            body="" if hook.method is WebhookMethod.GET else as_text,
            now=now,
            method=hook.method,
            headers=(*((header.header_name, header.header_value()) for header in hook.headers), depth),
            sandbox=told.event.sandbox,
        )
        for hook in hooks
    ]


def _mail(subject: str, body: str) -> EmailContent:
    return EmailContent(subject, body, body_type(None, None, body))
