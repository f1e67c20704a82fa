"""The terms by which a worker claims a message, from its alert and its receiver."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.delivery_terms import delivery_terms
from tocsin.delivery.domain.message import SendingTerms


def sending_terms(alert: Alert, recipient: Recipient, now: datetime, claim_for: timedelta) -> SendingTerms:
    """Return the terms for a claim at `now` that is valid for `claim_for`."""
    terms = delivery_terms(alert, recipient, now)
    cancelled, stopped = alert.cancelled_at is not None, alert.stopped_at is not None
    return SendingTerms(terms.send_before, cancelled, claim_for, terms.not_before, terms.why, stopped)
