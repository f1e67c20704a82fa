"""What a client ought to know and no answer could tell it any more: a callback that went nowhere, a brake that bit.

A message is for a key's owner, who reads it by `/getinfo`. It says what happened and names alerts, never people.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId

KEPT = timedelta(days=30)
"""How long a message can be read."""

MAX_MESSAGES = 100
"""Of one call, however many were asked for."""


class Severity(StrEnum):
    """How much it matters."""

    ERROR = "error"  # something was not done and will not be
    WARNING = "warning"  # something was not done yet, or will stop soon
    NOTICE = "notice"  # something was done otherwise than asked
    INFO = "info"


class Category(StrEnum):
    """What it is about."""

    API = "api"  # a call
    GENERAL = "general"  # the account: brakes, paused sending
    CALLBACK = "callback"  # results that could not be delivered


@dataclass(frozen=True, slots=True)
class AccountNotice:
    """One message to the owner of a key.

    Attributes:
        id: derived from what happened: the same happening makes the same message, which is kept once.
        slot: its place in time; equal for happenings that shall be told once together.
        at: when it happened.
        code: stable word, e.g. `spend_cap`.
        text: one sentence without any address, name or content.
        alert: the alert it is about, None if it is about no single one.
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
        """When it can no longer be read."""
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
    """Return a message about `subject`.

    Args:
        subject: what makes two happenings the same, e.g. the id of an event; together with the code.
        once_per: tell of the same subject once in each span of this length, however often it happens; None: `at`
            itself tells one happening from the next.
    """
    slot = at if once_per is None else _floor(at, once_per)
    natural = "\n".join((tenant, key_id, code, subject, slot.isoformat()))
    id = "msg_" + hashlib.sha256(natural.encode()).hexdigest()[:24]
    return AccountNotice(tenant, key_id, id, slot, at, severity, category, code, text, alert)


def _floor(at: datetime, span: timedelta) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + (at - epoch) // span * span


@dataclass(frozen=True, slots=True)
class MessageQuery:
    """Which messages a client wants.

    Attributes:
        maximum: 1..MAX_MESSAGES.
        unreported: only those that no query with `mark` has returned.
        mark: note that they were returned. With `unreported` each message is returned to exactly one such query.
        severity, category: None = any.
    """

    maximum: int = 10
    earliest_first: bool = False
    unreported: bool = False
    mark: bool = False
    severity: Severity | None = None
    category: Category | None = None
