"""What a worker goes by that comes across a message now."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.delivery_terms import delivery_terms
from tocsin.delivery.domain.message import SendingTerms


def sending_terms(alert: Alert, recipient: Recipient, now: datetime, claim_for: timedelta) -> SendingTerms:
    """Return what a worker that comes across the message now goes by."""
    terms = delivery_terms(alert, recipient, now)
    cancelled, stopped = alert.cancelled_at is not None, alert.stopped_at is not None
    return SendingTerms(terms.send_before, cancelled, claim_for, terms.not_before, terms.why, stopped)
