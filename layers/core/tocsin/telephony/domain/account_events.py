"""Events that Tocsin makes about an account itself. A repeat has the same id, so it is one event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.telephony.domain.cloud_events import ReceivedEvent
from tocsin.telephony.domain.event import TelephonyEvent

TakeAccountEvent = Callable[[TenantId, ReceivedEvent], None]
"""Takes an event of an account in, once for its id. Raises StorageUnavailable: it may be stored; repeat it."""

WEBHOOKS, BILLING, JOBS = "tocsin.webhooks", "tocsin.billing", "tocsin.jobs"
"""Sources of the events."""

_LINE = 200
_URL = 2_048


class BillingWarning(StrEnum):
    """What a warning about money is about: one of each a day."""

    MOST_SPENT = "spend-80"  # 80 % of the daily spend
    ALL_SPENT = "spend-100"
    CAPACITY = "capacity"  # of an API key, on one channel


def webhook_failed(
    endpoint: str, url: str, now: datetime, *, reason: str, since: datetime, failed: int, answer: str, page: str
) -> ReceivedEvent:
    """Return the event that a webhook endpoint does not take what it is sent: one for each endpoint and day of UTC.

    Args:
        endpoint: what names it within the account.
        reason: one line.
        since: when it began to fail.
        failed: how many deliveries failed in the last seven days; 100 = a hundred or more.
        answer: what it answered last, or why there was no answer.
        page: page of the console, below `/console/`, on which they are delivered again.
    """
    data = {
        "url": url[:_URL],
        "reason": reason[:_LINE],
        "since": wire_time(since),
        "failed": failed,
        "answer": answer[:_LINE],
        "page": page[:_LINE],
    }
    return _event(WEBHOOKS, f"{endpoint}:{now:%Y%m%d}", "webhook.failed", now, data)


def billing_warning(kind: BillingWarning, about: str, text: str, now: datetime) -> ReceivedEvent:
    """Return a warning about money: one for each kind and day of UTC.

    Args:
        about: what it is about beside its kind, for example an API key; "" = the account.
    """
    return _event(BILLING, f"{kind.value}:{about}:{now:%Y%m%d}", "billing.warning", now, {"text": text})


def job_finished(job: str, kind: str, now: datetime, *, ok: bool, counts: Mapping[str, int]) -> ReceivedEvent:
    """Return the event that a job is over. `job` names it for ever; `kind` is a word of the vocabulary."""
    data = {"job": job, "kind": kind, "ok": ok, "counts": dict(counts)}
    return _event(JOBS, job, "job.finished", now, data)


def _event(source: str, id: str, type: str, now: datetime, data: Mapping[str, Any]) -> ReceivedEvent:
    return ReceivedEvent(id, TelephonyEvent(source, id, type, now, now, data))
