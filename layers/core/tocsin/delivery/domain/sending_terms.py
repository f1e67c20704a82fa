"""The terms by which a worker claims a message, from its alert and its receiver."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.delivery_terms import delivery_terms
from tocsin.delivery.domain.message import MAX_ATTEMPTS, Message, SendingTerms
from tocsin.delivery.domain.tenant_mail_retry import TENANT_MAIL_ATTEMPTS


def sending_terms(
    alert: Alert,
    recipient: Recipient,
    now: datetime,
    claim_for: timedelta,
    message: Message | None = None,
    *,
    idempotent: bool = False,
) -> SendingTerms:
    """Return the terms for a claim at `now` that is valid for `claim_for`.

    Args:
        message: the message row, None if there is none.
        idempotent: whether the provider takes the same try twice for one.
    """
    resent_at = message.resent_at if message else None
    terms = delivery_terms(alert, recipient, now, resent_at)
    # A client that sends a message again after the end wants it sent although enough people have answered.
    stopped = alert.stopped_at is not None and (resent_at is None or resent_at < alert.stopped_at)
    cancelled = alert.cancelled_at is not None
    return SendingTerms(
        terms.send_before,
        cancelled,
        claim_for,
        terms.not_before,
        terms.why,
        stopped,
        idempotent,
        TENANT_MAIL_ATTEMPTS if alert.inside else MAX_ATTEMPTS,
    )
