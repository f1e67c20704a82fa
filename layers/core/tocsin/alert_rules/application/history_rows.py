"""A row of the history of a rule: one message, one webhook, or a line that is held, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from tocsin.alert_rules.domain.actions import MASK, masked_url
from tocsin.alert_rules.domain.run import RuleRun
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.message_outcomes import MessageOutcome
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.provider_calls import provider_call
from tocsin.results.domain.reasons import reason_text
from tocsin.webhooks.domain.delivery import OPEN, Delivery, DeliveryState


class HistoryChannel(StrEnum):
    """Channels of notifications; the values are words of the API."""

    EMAIL = "EMAIL"
    SMS = "SMS"
    WEBHOOK = "WEBHOOK"


class HistoryStatus(StrEnum):
    """What became of a message, in one word; the values are words of the API."""

    PENDING = "PENDING"  # queued, held, being sent, or to be tried again
    SUCCESS = "SUCCESS"  # the provider took it
    FAILED = "FAILED"  # it is not sent, or did not arrive


_SUCCESS = frozenset({MessageState.SENT.value, MessageState.DELIVERED.value})
_PENDING = frozenset(
    state.value
    for state in (
        MessageState.QUEUED,
        MessageState.SENDING,
        MessageState.CALLING,
        MessageState.HELD,
        MessageState.RETRY_WAIT,
        MessageState.UNKNOWN,
    )
)
_CHANNELS = {Channel.EMAIL: HistoryChannel.EMAIL, Channel.SMS: HistoryChannel.SMS}


@dataclass(frozen=True, slots=True)
class HistoryReason:
    """Why a message failed: a stable word, a sentence, and what the provider said."""

    code: str
    message: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryAction:
    """The call that sends the message. Secrets are masked; addresses are shown to those who see the rule.

    Attributes:
        response: None without one.
        http_status: of a webhook's last attempt; None without a response, and for messages.
    """

    service: str
    operation: str
    request: Mapping[str, Any]
    response: Mapping[str, Any] | None
    http_status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One message, one webhook, or a line that is held.

    Attributes:
        channel, recipient, notification, action: None for a line that is held: nothing is written yet.
        reason: None unless the status is FAILED.
        waits_until: when it is tried or told next; None if that is not known, or it does not wait.
    """

    id: str
    run: RuleRun
    status: HistoryStatus
    channel: HistoryChannel | None = None
    recipient: str | None = None
    notification: str | None = None
    reason: HistoryReason | None = None
    action: HistoryAction | None = None
    attempts: int = 0
    created_at: datetime
    updated_at: datetime
    waits_until: datetime | None = None


def message_row(run: RuleRun, index: int, outcome: MessageOutcome, sms_provider: str) -> HistoryRow:
    """Return the row of a mail or text.

    Args:
        index: of the message in its run.
        sms_provider: `sns` or `eum`.
    """
    channel = _CHANNELS[outcome.channel]
    status = _status(outcome.state)
    call = provider_call(outcome.channel, sms_provider, outcome.provider_id)
    response = None if outcome.provider_id is None else {"message_id": outcome.provider_id}
    code = outcome.reason or outcome.state
    return HistoryRow(
        id=f"{run.id}.{index}",
        run=run,
        status=status,
        channel=channel,
        recipient=outcome.address,
        notification=outcome.tag,
        reason=HistoryReason(code, reason_text(code)) if status is HistoryStatus.FAILED else None,
        action=HistoryAction(call.service, call.operation, {"to": outcome.address}, response),
        attempts=outcome.attempts,
        created_at=outcome.accepted_at,
        updated_at=outcome.updated_at,
        waits_until=outcome.waits_until,
    )


def _status(state: str) -> HistoryStatus:
    if state in _SUCCESS:
        return HistoryStatus.SUCCESS
    return HistoryStatus.PENDING if state in _PENDING else HistoryStatus.FAILED


def webhook_row(run: RuleRun, delivery: Delivery) -> HistoryRow:
    """Return the row of a webhook."""
    url = delivery.endpoint_url or delivery.url
    last = delivery.attempts[-1] if delivery.attempts else None
    status = HistoryStatus.FAILED
    if delivery.state in OPEN:
        status = HistoryStatus.PENDING
    elif delivery.state is DeliveryState.SUCCEEDED:
        status = HistoryStatus.SUCCESS
    request = {
        "method": delivery.method.value,
        "url": masked_url(url),
        "headers": {name: MASK for name, _ in delivery.headers},
        "body": delivery.body,
    }
    response = None if last is None else {"status": last.status, "reason": last.reason}
    return HistoryRow(
        id=f"{run.id}.{delivery.key.event_id}",
        run=run,
        status=status,
        channel=HistoryChannel.WEBHOOK,
        recipient=_without_query(url),
        notification=None if delivery.origin is None else delivery.origin.action,
        reason=_webhook_reason(delivery) if status is HistoryStatus.FAILED else None,
        action=HistoryAction("https", delivery.method.value, request, response, None if last is None else last.status),
        attempts=delivery.made,
        created_at=delivery.created_at,
        updated_at=delivery.created_at if last is None else last.at,
        waits_until=delivery.due_at if status is HistoryStatus.PENDING else None,
    )


def _webhook_reason(delivery: Delivery) -> HistoryReason:
    last = delivery.attempts[-1] if delivery.attempts else None
    said = None if last is None else last.reason or f"HTTP {last.status}"
    return HistoryReason(delivery.state.value, _WHY[delivery.state], said)


_WHY = {
    DeliveryState.EXHAUSTED: "all attempts failed",
    DeliveryState.DROPPED: "the endpoint answered 410 Gone, or no call could be made",
    DeliveryState.PAUSED: "the endpoint is disabled",
}


def _without_query(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
