"""Notices about an account: events after the answer of a call, such as a failed webhook or an exceeded sending limit.

A client reads the notices of its API key by `/getinfo`. A notice may name alerts, but never people.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId

KEPT = timedelta(days=30)
"""How long a notice can be read."""

MAX_NOTICES = 100
"""The most notices that one call returns."""


class Severity(StrEnum):
    """How serious the event of a notice is."""

    ERROR = "error"  # something failed for good
    WARNING = "warning"  # something is delayed, or will stop soon
    NOTICE = "notice"  # something was done differently than requested
    INFO = "info"


class Category(StrEnum):
    """What a notice is about."""

    API = "api"  # a call
    GENERAL = "general"  # the account: sending limits, paused channels
    CALLBACK = "callback"  # events that could not be posted, or put on the bus


@dataclass(frozen=True, slots=True)
class AccountNotice:
    """One notice of an API key.

    Attributes:
        id: derived from key, code, subject and slot. The same event always has the same id and is stored once.
        slot: the time by which notices are ordered; equal for events that share one notice.
        at: when the event happened.
        code: one of NOTICES in `codes`, for example `spend_cap`.
        text: one sentence without address, name or content.
        alert: the alert of the event; None = the event is not about a single alert.
    """

    tenant: TenantId
    key_id: ApiKeyId
    id: str
    slot: datetime
    at: datetime
    severity: Severity
    category: Category
    code: str
    text: str
    alert: AlertRef | None = None

    @property
    def expires_at(self) -> datetime:
        """From when on the notice cannot be read: KEPT after `slot`."""
        return self.slot + KEPT


def notice_about(
    tenant: TenantId,
    key_id: ApiKeyId,
    subject: str,
    at: datetime,
    severity: Severity,
    category: Category,
    code: str,
    text: str,
    *,
    alert: AlertRef | None = None,
    once_per: timedelta | None = None,
) -> AccountNotice:
    """Return a notice about `subject`.

    Args:
        subject: identifies the event together with `code`, for example the id of a result event.
        once_per: events of one subject and code share one notice in each UTC window of this length; None = each `at`
            has its own notice.
    """
    slot = at if once_per is None else _floor(at, once_per)
    natural = "\n".join((tenant, key_id, code, subject, slot.isoformat()))
    id = "msg_" + hashlib.sha256(natural.encode()).hexdigest()[:24]
    return AccountNotice(tenant, key_id, id, slot, at, severity, category, code, text, alert)


def _floor(at: datetime, span: timedelta) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + (at - epoch) // span * span


@dataclass(frozen=True, slots=True)
class NoticeQuery:
    """Which notices a client asks for.

    Attributes:
        maximum: 1..MAX_NOTICES.
        earliest_first: False = latest first.
        unreported: only notices that no query with `mark` has returned.
        mark: mark the notices as reported. With `unreported`, each notice is returned by exactly one such query.
        severity, category: None = any.
    """

    maximum: int = 10
    earliest_first: bool = False
    unreported: bool = False
    mark: bool = False
    severity: Severity | None = None
    category: Category | None = None
