"""The world as the use cases see it. Adapters implement these; every one has a fake and a contract suite.

Conventions: times are aware UTC; a method that writes is safe to repeat; "not there", "expired" and "somebody
else's" look the same from here. Adapters raise `StorageUnavailable` when a store throttles or does not answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from tocsin.domain.account_clock import AccountClock
from tocsin.domain.alert import Alert, Channel, ChunkKey, Recipient, Slice
from tocsin.domain.api_key import ApiKey
from tocsin.domain.beside import Beside
from tocsin.domain.handover import Handover
from tocsin.domain.ids import AlertRef, ApiKeyId, StoreId, TenantId
from tocsin.domain.left_out import LeftOut
from tocsin.domain.message import Message
from tocsin.domain.result_event import ResultEvent
from tocsin.domain.slice_order import SliceOrder
from tocsin.domain.stored_content import ContentType, StoredContent, StoreRef
from tocsin.domain.tenant import Tenant
from tocsin.domain.work import SliceTally, WorkKey


class Clock(Protocol):
    """Hands out the time. The only source of "now"."""

    def __call__(self) -> datetime:
        """Return the current instant, aware UTC."""
        ...


class Randomness(Protocol):
    """The only source of chance, so that a run can be repeated from a seed."""

    def token(self, size: int) -> bytes:
        """Return `size` unpredictable bytes."""
        ...

    def fraction(self) -> float:
        """Return a uniform number in [0, 1), for jitter."""
        ...


# --- acceptance -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IdempotencyClaim:
    """One use of an Idempotency-Key.

    Attributes:
        route: the operation, e.g. `sendalert`.
        key: the client's key, 1..255 characters.
        fingerprint: SHA-256 (hex) of the canonical parsed body.
    """

    route: str
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Everything one call commits to, written together or not at all.

    Attributes:
        chunks: every chunk that `alert.slices()` names, with its recipients in position order.
        draws: units taken from each limited capacity of the key.
        claim, answer: the idempotency claim and the answer (JSON text) that a repeat gets; None without a header.
        left_out: who was asked for and is not contacted, by place of the element.
        beside: what else is written with it, or nothing is.
    """

    alert: Alert
    chunks: Mapping[ChunkKey, Sequence[Recipient]]
    draws: Mapping[Channel, int] = field(default_factory=dict)
    claim: IdempotencyClaim | None = None
    answer: str | None = None
    left_out: Mapping[int, Sequence[LeftOut]] = field(default_factory=dict)
    beside: Sequence[Beside] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """The alert is accepted: from here on nothing of it may be lost."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """The same request was accepted before; this was its answer."""

    answer: str


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The Idempotency-Key belongs to a different request."""


@dataclass(frozen=True, slots=True)
class CapacityShort:
    """Less capacity was left than the draws; nothing was written. Look again and decide again."""


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Something beside the alert could not be written, for another was first; nothing was written."""

    beside: Beside


AcceptOutcome = Committed | Replayed | KeyReused | CapacityShort | Overtaken


@dataclass(frozen=True, slots=True)
class AlertPage:
    """Part of a list, newest first. `next` is opaque to the caller and None at the end."""

    alerts: Sequence[Alert]
    next: str | None


class AlertRepository(Protocol):
    """Accepted alerts and their recipients."""

    def accept(self, acceptance: Acceptance) -> AcceptOutcome:
        """Write the acceptance in one transaction."""
        ...

    def earlier_answer(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        """Return what an earlier use of the claim came to, None if it is free."""
        ...

    def get(self, tenant: TenantId, ref: AlertRef) -> Alert | None:
        """Return the alert, strongly consistent, contents included; None if it never existed.

        An alert whose lifetime is over may still be returned: callers check `expired(now)`.
        """
        ...

    def cancel(self, tenant: TenantId, ref: AlertRef, at: datetime) -> datetime | None:
        """Cancel an alert at `at`, unless it is cancelled; return when it was, None if there is no such alert."""
        ...

    def stop(self, tenant: TenantId, ref: AlertRef, at: datetime) -> None:
        """Note that its escalation was answered by enough people at `at`, unless that is noted."""
        ...

    def left_out(self, tenant: TenantId, ref: AlertRef) -> Mapping[int, Sequence[LeftOut]]:
        """Return who was asked for and is not contacted, by place of the element; empty for nobody."""
        ...

    def recipients(self, key: ChunkKey) -> Sequence[Recipient]:
        """Return a chunk's recipients in position order; empty if the chunk does not exist."""
        ...

    def newest(self, tenant: TenantId, *, sandbox: bool, limit: int, after: str | None, now: datetime) -> AlertPage:
        """Return unexpired alerts of live or sandbox keys, newest first, without their contents.

        Args:
            limit: 1..100.
            after: `next` of the page before, None for the first.
        """
        ...


# --- dispatch -------------------------------------------------------------------------------------------------


class MessageRows(Protocol):
    """The state of each message; a message without a row is queued."""

    def load(self, key: ChunkKey, positions: range) -> Mapping[int, Message]:
        """Return the rows in the range by position, strongly consistent."""
        ...

    def save(self, key: ChunkKey, messages: Sequence[Message], expires_at: datetime | None = None) -> Sequence[bool]:
        """Write each message on top of the version before it, independently of the others.

        Args:
            expires_at: when the alert is over; from then on a row that this call makes may be forgotten. None: never.

        Returns:
            In order, whether it was written. False: another writer was first, or the store turned this one away
                while it took others; load and decide again.
        """
        ...


class WorkLedger(Protocol):
    """Tallies of slices, and which work rows the sweeper must look at."""

    def load(self, key: WorkKey) -> Mapping[int, SliceTally]:
        """Return the tallies of a work row by slice number, strongly consistent; blank ones included."""
        ...

    def tallies(self, tenant: TenantId, alert: AlertRef) -> Mapping[int, SliceTally]:
        """Return every tally of an alert by slice number."""
        ...

    def record(self, piece: Slice, tally: SliceTally, over: SliceTally) -> Mapping[int, SliceTally] | None:
        """Replace the tally `over` of a slice.

        Returns:
            All tallies of its work row, by slice number, as they stand now. None: `over` does not stand there any
                more; nothing was replaced.
        """
        ...

    def record_all(self, changes: Mapping[Slice, tuple[SliceTally, SliceTally]]) -> Mapping[int, SliceTally] | None:
        """Replace tallies of several slices of one work row, all or none.

        Args:
            changes: the new tally of each slice, and the one that it replaces.

        Returns:
            As `record`. None: one of them does not stand there any more; nothing was replaced.
        """
        ...

    def due(self, before: datetime, limit: int) -> Sequence[WorkKey]:
        """Return work rows whose time to be looked at has passed, oldest first, of all tenants.

        The one read that crosses tenants; only the sweeper may call it. May lag by a second.
        """
        ...

    def look_again(self, key: WorkKey, at: datetime | None) -> None:
        """Set when the sweeper looks at the row next; None: never again, everything in it is settled."""
        ...


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to be published of one slice: the events that lie between two of its tallies."""

    piece: Slice
    over: SliceTally
    tally: SliceTally
    events: Sequence[ResultEvent]


class ResultEvents(Protocol):
    """Events that wait to be collected."""

    def publish(
        self,
        piece: Slice,
        key_id: ApiKeyId,
        over: SliceTally,
        tally: SliceTally,
        events: Sequence[ResultEvent],
        expires_at: datetime | None,
        *,
        callback: bool = False,
    ) -> SliceTally:
        """Add the events that lie between two tallies of a slice, once.

        A worker may die after this and before the tally is recorded; the next one then publishes again from the
        same `over`, perhaps with more events. The first publication stands.

        Args:
            callback: the events are posted to the client (see ports/callbacks.py); nobody can collect them.

        Returns:
            The tally up to which events are published: `tally`, or the earlier publication's.
        """
        ...

    def publish_all(
        self,
        publications: Sequence[Publication],
        key_id: ApiKeyId,
        expires_at: datetime | None,
        *,
        callback: bool = False,
    ) -> Sequence[SliceTally]:
        """Publish of several slices of one alert, of each as `publish` does and independently of the others.

        Returns:
            What `publish` returns, in order.

        Raises:
            StorageUnavailable: some may be published; publish all of them again.
        """
        ...

    def collect(
        self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, limit: int, now: datetime
    ) -> Sequence[ResultEvent]:
        """Take up to `limit` waiting events of the key (of one alert, or of all), oldest first; each is taken once."""
        ...

    def remaining(self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, now: datetime) -> int:
        """Return how many events still wait."""
        ...


class DispatchQueue(Protocol):
    """The queues between acceptance and the senders, one per channel and lane. At least once, in any order."""

    def put(self, orders: Sequence[SliceOrder], delay: timedelta = timedelta(0)) -> None:
        """Queue the orders, not before `delay` (0..15 min) is over.

        Raises:
            StorageUnavailable: some may be queued and some not; repeating is harmless, and so is not repeating:
                the sweeper finds what was lost.
        """
        ...


@dataclass(frozen=True, slots=True)
class MessageId:
    """Names one try of one message, everywhere: in provider metadata, receipts and logs."""

    key: ChunkKey
    position: int
    attempt: int

    def __str__(self) -> str:
        """tenant.alert.item.chunk.position.attempt: letters, digits, '-' and '.' only, at most 80 characters."""
        k = self.key
        return f"{k.tenant}.{k.alert}.{k.item}.{k.chunk}.{self.position}.{self.attempt}"

    @staticmethod
    def parse(text: str) -> MessageId:
        """Read the text form.

        Raises:
            ValueError: not the text form of an id.
        """
        match = _MESSAGE_ID.fullmatch(text)
        if match is None:
            raise ValueError("not a message id")
        tenant, alert, *numbers = match.groups()
        item, chunk, position, attempt = map(int, numbers)
        return MessageId(ChunkKey(TenantId(tenant), AlertRef(alert), item, chunk), position, attempt)


_MESSAGE_ID = re.compile(r"([a-z0-9]{1,20})\.([a-z0-9-]{1,36})" + r"\.(0|[1-9][0-9]{0,3})" * 4, re.ASCII)


@dataclass(frozen=True, slots=True)
class OutgoingSms:
    """One text message, ready to go."""

    id: MessageId
    sender: str
    to: str
    text: str
    expires_in: timedelta


@dataclass(frozen=True, slots=True)
class OutgoingEmail:
    """One email, ready to go.

    Attributes:
        to: the receiver: the only envelope address.
        mime: the whole message in SMTP wire form, checked by the header guard.
    """

    id: MessageId
    sender: str
    to: str
    mime: bytes


class SmsSender(Protocol):
    """Hands a text message to a carrier."""

    def send(self, message: OutgoingSms) -> Handover:
        """Hand it over. Never raises for anything the provider or the network does."""
        ...


class EmailSender(Protocol):
    """Hands an email to a mail server."""

    def send(self, message: OutgoingEmail) -> Handover:
        """Hand it over. Never raises for anything the provider or the network does."""
        ...


# --- keys and stores ------------------------------------------------------------------------------------------


class TenantRepository(Protocol):
    """Customers."""

    def add(self, tenant: Tenant) -> Tenant:
        """Store a tenant unless its id is there already; return the one that stands."""
        ...

    def get(self, tenant: TenantId) -> Tenant | None:
        """Return the tenant, strongly consistent."""
        ...

    def set_clock(self, tenant: TenantId, clock: AccountClock) -> None:
        """Replace a tenant's zone and quiet hours. Raises NotFound when there is no such tenant."""
        ...


class ApiKeyRepository(Protocol):
    """API keys and what is left of their capacities."""

    def get(self, tenant: TenantId, key_id: ApiKeyId) -> ApiKey | None:
        """Return the key, enabled or not. May be up to 30 s old."""
        ...

    def add(self, key: ApiKey, capacities: Mapping[Channel, int]) -> None:
        """Store a new key with the capacity of each channel in `key.limited`."""
        ...

    def save(self, key: ApiKey) -> None:
        """Replace a key's settings (not its capacities)."""
        ...

    def save_defaults(self, key: ApiKey) -> None:
        """Replace what a client may change itself.

        That is the name, how results are told and where, transliteration, and the owner's address.

        Everything else stays as it is in the store, whatever `key` says: a key that an operator disabled a moment ago
        must not come back.

        Raises:
            NotFound: there is no such key, or it is disabled.
        """
        ...

    def list(self, tenant: TenantId) -> Sequence[ApiKey]:
        """Return every key of the tenant."""
        ...

    def remaining(self, tenant: TenantId, key_id: ApiKeyId) -> Mapping[Channel, int]:
        """Return what is left of each limited capacity, strongly consistent."""
        ...

    def top_up(self, tenant: TenantId, key_id: ApiKeyId, channel: Channel, units: int) -> None:
        """Add units to a limited capacity. Not repeatable: each call adds.

        Raises:
            NotFound: the channel of this key is not limited, or there is no such key.
        """
        ...


class StoredContentRepository(Protocol):
    """Stored content, sealed at rest. A key sees its own stores only."""

    def put(self, content: StoredContent) -> StoreId:
        """Store it; a store of the same key, type and name is replaced and keeps its id.

        Returns:
            The id under which it can be found.
        """
        ...

    def get(
        self, tenant: TenantId, key_id: ApiKeyId, ref: StoreRef, kind: ContentType, now: datetime
    ) -> StoredContent | None:
        """Return an unexpired store of this kind; None in every other case."""
        ...

    def find(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId, now: datetime) -> StoredContent | None:
        """Return an unexpired store of any kind by its id."""
        ...

    def touch(self, content: StoredContent, now: datetime, again_at: datetime | None = None) -> None:
        """Renew an expiring store: used now, and again at `again_at`. Best effort, never shortens."""
        ...

    def hold(self, content: StoredContent, until: datetime, now: datetime) -> None:
        """Let an expiring store live until `until` at least, and whatever replaces it; never shortens.

        Nothing is done to a store that is over or gone: whoever needs it looks again.
        """
        ...

    def release(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId, now: datetime) -> None:
        """End a hold: the store begins to be unused now. One that is not held, or not there, is left alone."""
        ...

    def delete(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId) -> bool:
        """Remove a store and free its name. False if it was not there."""
        ...

    def list(
        self, tenant: TenantId, key_id: ApiKeyId, kind: ContentType | None, now: datetime
    ) -> Sequence[StoredContent]:
        """Return unexpired stores without content and extras, oldest first, of one kind or of all."""
        ...


class Sealer(Protocol):
    """Encryption at rest under keys of the tenant."""

    def seal(self, tenant: TenantId, place: str, plain: bytes) -> bytes:
        """Encrypt `plain`; it opens only for the same tenant and the same place (a row and field)."""
        ...

    def open(self, tenant: TenantId, place: str, sealed: bytes) -> bytes:
        """Decrypt. Raises SealBroken for another tenant, another place or altered bytes."""
        ...

    def fingerprint(self, tenant: TenantId, purpose: str, value: bytes) -> bytes:
        """Return a keyed hash (32 bytes): equal for equal input, and useless without the tenant's key."""
        ...
