"""An accepted alert: its contents, channels, lifetime, and the batches of its recipients.

An alert does not change after acceptance, apart from its cancellation or stop. Its recipients are stored in *intake
chunks*. Workers process them in *batches*, each a part of one chunk:

    alert ─┬─ item 0 (sms)   ─┬─ chunk 0: recipients 0..249   ─┬─ batch 0: 0..24
           │                  │                                ├─ batch 1: 25..49 …
           │                  └─ chunk 1: recipients 0..249 …
           └─ item 1 (email) ── …

Positions count from 0 inside a chunk. Batch numbers count from 0 over the whole alert, in the order of item, chunk and
position.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.alerts.domain.cause import Cause
from tocsin.alerts.domain.headline import SenderKind, SentBy
from tocsin.alerts.domain.link import Link
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.calendar.domain.account_clock import PLAIN, AccountClock
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.content import Content, LookupTerms
from tocsin.egress.domain.callback_url import Callback
from tocsin.identity.domain.account_key import INSIDE
from tocsin.identity.domain.notification import NotificationMode
from tocsin.identity.domain.visibility import Made
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, CompanyId, TenantId, UserId

CHUNK_SIZE = 250
"""Recipients in one intake chunk. 10,000 recipients are 40 chunks and still fit one DynamoDB transaction."""


BATCH_SIZE = 25
"""Recipients of one dispatch job. DynamoDB takes 25 statements a call, so one call claims a whole batch."""


URGENT_LIMIT = 100
"""Most recipients of an alert in the urgent lane."""


MAX_RECIPIENTS = 10_000
"""Most recipients of one call, counted over all its elements after expansion."""


CALL_BYTES = 256 * 1_048_576
"""Most bytes of all mails of a call and its steps: a personal mail counts for each receiver, any other once."""

STORED_BYTES = 4 * 1_048_576
"""Most bytes of stored texts that the elements of a call and its steps name, each as often as it is named: reading and
checking a megabyte takes a quarter of a second."""

MAX_IN_ALL_STEPS = 50_000
"""Most recipients of an alert and all steps of its escalation together, each step counted for itself."""


MAX_ITEMS = 25
"""Most elements of one call. With MAX_RECIPIENTS this keeps acceptance within one transaction of 100 rows."""


class Lane(StrEnum):
    """The queue of an alert's batches. A large alert in the bulk lane does not delay alerts in the urgent lane."""

    URGENT = "urgent"
    BULK = "bulk"


@dataclass(frozen=True, slots=True)
class AlertItem:
    """One element of the call, as accepted.

    Attributes:
        index: place in the request's `alert` array.
        content: None if no receiver of the item was accepted (see `failure_reason`).
        requested: number of requested receivers, after expansion.
        accepted: number of accepted receivers; they are stored in `ceil(accepted / CHUNK_SIZE)` chunks. `ANYBODY` is
            one that was not requested.
        failure_reason: why fewer than `requested` were accepted, None if there was no failure.
        lookups: how keywords in braces are replaced; None = the content has no keywords.
        except_responded: contacts who answered an earlier alert of the linked set in one of these ways are skipped.
        failure_code: stable word for `failure_reason`; None without a failure, and for alerts of earlier versions.
    """

    index: int
    channel: Channel
    tag: str
    content: Content | None
    requested: int
    accepted: int
    failure_reason: str | None = None
    lookups: LookupTerms | None = None
    except_responded: frozenset[ResponseKind] = frozenset()
    failure_code: str | None = None

    @property
    def open_to_anybody(self) -> bool:
        """Whether every caller hears it: it names no receiver, and its one message is that of `ANYBODY`."""
        return self.accepted > self.requested


@dataclass(frozen=True, slots=True)
class ChunkKey:
    """The key of a chunk of recipients: item is its place in `alert`, chunk counts from 0."""

    tenant: TenantId
    alert: AlertRef
    item: int
    chunk: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of one chunk, small enough for one worker run.

    Attributes:
        number: its number in the whole alert, from 0.
        first: position of its first recipient inside the chunk.
        count: 1..BATCH_SIZE.
    """

    key: ChunkKey
    number: int
    first: int
    count: int

    @property
    def positions(self) -> range:
        """The positions of its recipients inside the chunk."""
        return range(self.first, self.first + self.count)


@dataclass(frozen=True, slots=True)
class Alert:
    """One accepted call.

    Attributes:
        sandbox: whether it was sent with a sandbox key: the whole pipeline runs, but with simulated providers.
        send_before: no submission at or after this instant; quiet hours may extend it, unless `ends_on_time`.
        expires_at: the end of its lifetime: results are deleted and answers do not count any more; None = never.
        email_subject_ref: reference in every subject of this alert, None without an email item.
        cancelled_at: when the alert was cancelled, None if it was not.
        callback: where results are posted, None unless `notification` is CALLBACK.
        system: whether it is a system alert, which mails owners of API keys or one person (see `system_alert.py`).
        urgent: whether it overrides quiet hours.
        account: the time zone and quiet hours of the account at acceptance.
        cause: None = a client's own call.
        link: the linked set it belongs to, None for none.
        escalation: the first alert of its escalation, perhaps this alert; None for none.
        stopped_at: when enough people had answered its escalation, None if they have not.
        click_counts: whether a visit to a short link that looks human counts as an answer.
        least_evidence: contacts whose answers are weaker are contacted as if they had not answered.
        title: one line, as given or from its content; "" for alerts of earlier versions. It may hold personal data.
        sent_by: None = the API key `key_id`, whose name is not known.
        company: the sub-unit that it belongs to; None = the whole account.
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
    click_counts: bool = False
    least_evidence: Evidence = Evidence.OPENED
    title: str = ""
    sent_by: SentBy | None = None
    company: CompanyId | None = None
    ends_on_time: bool = False

    @property
    def inside(self) -> bool:
        """Whether it is an alert of the inside: Tocsin sends it for the account, because of a rule or a setting."""
        return self.key_id == INSIDE

    @property
    def listed(self) -> bool:
        """Whether lists of alerts have it."""
        return not (self.system or self.inside)

    @property
    def answerable(self) -> bool:
        """Whether an answer by mail is expected: its mails have a Reply-To address, and replies are looked for."""
        return not (self.system or self.inside)

    @property
    def headline(self) -> str:
        """The title, or the client's reference of an alert without one."""
        return self.title or self.client_ref

    @property
    def sender(self) -> SentBy:
        """Who sent it."""
        return self.sent_by or SentBy(SenderKind.KEY, self.key_id)

    @property
    def made(self) -> Made:
        """Who made it, and for which company."""
        by = UserId(self.sender.id) if self.sender.kind is SenderKind.USER else None
        return Made(by, self.company)

    @property
    def recipients(self) -> int:
        """The number of accepted receivers of all items."""
        return sum(item.accepted for item in self.items)

    @property
    def excluded(self) -> int:
        """The number of receivers of all items that were requested and not accepted."""
        return sum(item.requested - item.accepted for item in self.items if not item.open_to_anybody)

    def expired(self, now: datetime) -> bool:
        """Whether the alert's lifetime is over at `now`."""
        return self.expires_at is not None and now >= self.expires_at

    def item(self, index: int) -> AlertItem | None:
        """Return the item at a place of the request's `alert` array."""
        return next((item for item in self.items if item.index == index), None)

    def batches(self) -> Iterator[Batch]:
        """Yield all batches in the order of their numbers."""
        number = 0
        for item in self.items:
            for chunk in range(-(-item.accepted // CHUNK_SIZE)):
                key = ChunkKey(self.tenant, self.ref, item.index, chunk)
                size = min(CHUNK_SIZE, item.accepted - chunk * CHUNK_SIZE)
                for first in range(0, size, BATCH_SIZE):
                    yield Batch(key, number, first, min(BATCH_SIZE, size - first))
                    number += 1

    def chunks(self) -> Iterator[ChunkKey]:
        """Yield the keys of all chunks, in the order of item and chunk."""
        for item in self.items:
            for chunk in range(-(-item.accepted // CHUNK_SIZE)):
                yield ChunkKey(self.tenant, self.ref, item.index, chunk)

    def batch_at(self, key: ChunkKey, position: int) -> Batch | None:
        """Return the batch that holds a position, None if the alert has no such chunk or position."""
        return next((batch for batch in self.batches() if batch.key == key and position in batch.positions), None)


def lane_for(recipients: int) -> Lane:
    """Return the lane of an alert with this number of recipients."""
    return Lane.URGENT if recipients <= URGENT_LIMIT else Lane.BULK
