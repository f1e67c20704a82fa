"""An accepted alert: what is to be said, on which channels, until when, and in how many pieces.

An alert is frozen at acceptance. Its recipients lie beside it in *intake chunks*; workers take them in *slices*,
each a part of one chunk:

    alert ─┬─ item 0 (sms)   ─┬─ chunk 0: recipients 0..249   ─┬─ slice 0: 0..24
           │                  │                                ├─ slice 1: 25..49 …
           │                  └─ chunk 1: recipients 0..249 …
           └─ item 1 (email) ── …

Positions count from 0 inside their chunk; slice numbers count from 0 over the whole alert, in item, chunk and
position order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.alerts.domain.cause import Cause
from tocsin.alerts.domain.link import Link
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.calendar.domain.account_clock import PLAIN, AccountClock
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.content import EmailContent, LookupTerms, SmsContent
from tocsin.egress.domain.callback_url import Callback
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId

CHUNK_SIZE = 250
"""Recipients in one intake chunk. 10,000 recipients are 40 chunks and still fit one DynamoDB transaction."""


BATCH_SIZE = 25
"""Recipients in one dispatch message: one batch of claims (DynamoDB takes 25 statements a call)."""


URGENT_LIMIT = 100
"""An alert of at most this many recipients travels in the urgent lane."""


MAX_RECIPIENTS = 10_000
"""Recipients of one call, counted after expansion over all its elements."""


MAX_UNIQUE_RECIPIENTS = 500
"""Recipients of one call, counted alike, when any of its elements reads differently for each of them."""


MAX_ITEMS = 25
"""Elements of one call. With MAX_RECIPIENTS it keeps acceptance within one transaction of 100 rows."""


class Lane(StrEnum):
    """Which queue a message waits in. A broadcast in the bulk lane never delays an alarm in the urgent one."""

    URGENT = "urgent"
    BULK = "bulk"


@dataclass(frozen=True, slots=True)
class AlertItem:
    """One element of the call, as accepted.

    Attributes:
        index: place in the request's `alert` array.
        content: what is said; None when the item was refused at acceptance (see `failure_reason`).
        requested: receivers asked for, after expansion.
        accepted: receivers that were taken; they lie in `ceil(accepted / CHUNK_SIZE)` chunks.
        failure_reason: why fewer than `requested` were taken, None if nothing was refused.
        lookups: how its keywords are read; None = braces mean nothing, what it says is final.
        except_responded: contacts who answered an earlier alert of the linked set in one of these ways are skipped.
    """

    index: int
    channel: Channel
    tag: str
    content: SmsContent | EmailContent | None
    requested: int
    accepted: int
    failure_reason: str | None = None
    lookups: LookupTerms | None = None
    except_responded: frozenset[ResponseKind] = frozenset()


@dataclass(frozen=True, slots=True)
class ChunkKey:
    """Where a chunk of recipients lies."""

    tenant: TenantId
    alert: AlertRef
    item: int
    chunk: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of one chunk, small enough for one worker run.

    Attributes:
        number: over the whole alert, from 0.
        first: position of its first recipient inside the chunk.
        count: 1..BATCH_SIZE.
    """

    key: ChunkKey
    number: int
    first: int
    count: int

    @property
    def positions(self) -> range:
        """Positions inside the chunk."""
        return range(self.first, self.first + self.count)


@dataclass(frozen=True, slots=True)
class Alert:
    """One accepted call.

    Attributes:
        sandbox: sent with a sandbox key: everything runs, only the provider is faked.
        send_before: nothing is handed to a provider at or after this instant.
        expires_at: results are gone and answers no longer count from here on; None = never.
        email_subject_ref: reference in every subject of this alert, None without an email item.
        cancelled_at: when the alert was cancelled, None while it stands.
        callback: where results are posted, None unless `notification` is CALLBACK.
        house: not a client's: it tells owners of keys about them. See `owner_mail`.
        urgent: it does not wait for the end of anybody's quiet hours.
        account: the clock of its account as it stood at acceptance.
        cause: what set it off, None for a client's own call.
        link: the linked set it belongs to, None for none.
        escalation: the first alert of the escalation it is a part of, itself perhaps; None for none.
        stopped_at: when enough people had answered its escalation, None while they have not.
    """

    tenant: TenantId
    ref: AlertRef
    key_id: ApiKeyId
    sandbox: bool
    client_ref: str
    accepted_at: datetime
    send_before: datetime
    expires_at: datetime | None
    lane: Lane
    notification: NotificationMode
    items: tuple[AlertItem, ...]
    email_subject_ref: str | None = None
    cancelled_at: datetime | None = None
    callback: Callback | None = None
    system: bool = False
    urgent: bool = False
    account: AccountClock = PLAIN
    cause: Cause | None = None
    link: Link | None = None
    escalation: AlertRef | None = None
    stopped_at: datetime | None = None

    @property
    def recipients(self) -> int:
        """Receivers taken, over all items."""
        return sum(item.accepted for item in self.items)

    def expired(self, now: datetime) -> bool:
        """Whether the alert's lifetime is over at `now`."""
        return self.expires_at is not None and now >= self.expires_at

    def item(self, index: int) -> AlertItem | None:
        """Return the item at a place of the request's `alert` array."""
        return next((item for item in self.items if item.index == index), None)

    def batches(self) -> Iterator[Batch]:
        """Yield every slice in number order."""
        number = 0
        for item in self.items:
            for chunk in range(-(-item.accepted // CHUNK_SIZE)):
                key = ChunkKey(self.tenant, self.ref, item.index, chunk)
                size = min(CHUNK_SIZE, item.accepted - chunk * CHUNK_SIZE)
                for first in range(0, size, BATCH_SIZE):
                    yield Batch(key, number, first, min(BATCH_SIZE, size - first))
                    number += 1

    def batch_at(self, key: ChunkKey, position: int) -> Batch | None:
        """Return the slice that holds a position, None if the alert has no such chunk or position."""
        return next((batch for batch in self.batches() if batch.key == key and position in batch.positions), None)


def lane_for(recipients: int) -> Lane:
    """Return the lane an alert of this many recipients travels in."""
    return Lane.URGENT if recipients <= URGENT_LIMIT else Lane.BULK
