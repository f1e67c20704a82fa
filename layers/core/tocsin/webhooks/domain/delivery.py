"""The delivery of one event to one endpoint: its state, its attempts, and the time of the next one.

    pending ──start──► attempting(n) ──2xx──► succeeded
                         │  ▲   │ └──410──► dropped
                         │  │   └──no retry left──► exhausted
                         ▼  │
                      retry_wait

    pending, retry_wait ──endpoint disabled──► paused
    succeeded, exhausted, dropped, paused ──replay──► pending

An attempt is stored before its call is made. A worker that stops in between leaves `attempting`. When the lease of the
attempt is over, another worker retries. Delivery is at least once; receivers recognise repeats by the event's id.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.webhooks.domain.callback import BusHead, EndpointKey, PushOrigin, RuleOrigin, WebhookMethod
from tocsin.webhooks.domain.standard_webhooks import RETRY_SCHEDULE, AttemptResult, AttemptVerdict

LEASE = timedelta(seconds=30)
"""How long an attempt may be under way: the sender's 15 s, and time to store the outcome."""

PATIENCE = timedelta(minutes=5)
"""How long the sweeper waits for an order before it queues another."""

LONGEST_DELAY = timedelta(minutes=15)
"""Longest delay of an SQS message; the sweeper queues orders with longer waits."""

KEPT_ATTEMPTS = 20
"""Stored attempts; older ones are dropped. Ten attempts and several replays fit."""

KEPT_FOR = timedelta(days=30)
"""How long a delivery can be read and replayed."""

PUSH_LIVES = timedelta(hours=1)
"""A push that no push service took in this time is not sent any more; a push service keeps it as long."""

RETRIES_FIT = timedelta(days=7)
"""Upper bound of a whole retry schedule, with the longest possible waits."""


class DeliveryState(StrEnum):
    """The state of a delivery."""

    PENDING = "pending"
    ATTEMPTING = "attempting"
    RETRY_WAIT = "retry_wait"
    SUCCEEDED = "succeeded"
    EXHAUSTED = "exhausted"
    DROPPED = "dropped"
    PAUSED = "paused"


OPEN = frozenset({DeliveryState.PENDING, DeliveryState.ATTEMPTING, DeliveryState.RETRY_WAIT})
FAILED = frozenset({DeliveryState.EXHAUSTED, DeliveryState.DROPPED, DeliveryState.PAUSED})


@dataclass(frozen=True, slots=True)
class DeliveryKey:
    """Identifies a delivery. The event's id is the `webhook-id` of every attempt and replay."""

    tenant: TenantId
    event_id: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call.

    Attributes:
        number: from 1, counted over all replays of the delivery.
        status: HTTP status, None without a response.
        reason: code of AttemptReason if there was no response; `outcome_lost` if the worker stopped; why no call was
            made (see `rule_delivery`); else None.
        milliseconds: duration; None while the attempt is under way, or if its worker stopped.
    """

    number: int
    at: datetime
    status: int | None = None
    reason: str | None = None
    milliseconds: int | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver accepted the event (2xx)."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery of one event to one endpoint.

    Attributes:
        alert: None: a test event, which is about no alert, a webhook of a rule, a push, or an entry of the event bus.
        url: as it is called; of a GET with the data in its query.
        body: the event as JSON text, before encoding; "" for a GET. Of a push base64 of what is sent.
        retry_step: attempts made in the current retry schedule, 0..10; a replay sets it back.
        due_at: no attempt begins earlier; while attempting, the end of the attempt's lease. None: no attempt follows.
        next_check_at: when the sweeper queues an order, None: never.
        version: number of writes, for conditional writes.
        method, headers: of the request; headers are names and values beside those of the signature. Secrets.
        origin: the webhook of a rule, None for callbacks.
        endpoint_url: the URL of the endpoint, if `url` has data in its query; None = `url`. Of a push the origin of
            the push service.
        push: the browser of a push, None for webhooks.
        bus: head of the entry of the event bus whose detail is `body`; it has no endpoint. None for all others.
    """

    key: DeliveryKey
    endpoint: EndpointKey
    alert: AlertRef | None
    url: str
    encoding: CallbackEncoding
    body: str
    created_at: datetime
    expires_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: tuple[Attempt, ...] = ()
    retry_step: int = 0
    due_at: datetime | None = None
    next_check_at: datetime | None = None
    version: int = 1
    method: WebhookMethod = WebhookMethod.POST
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    origin: RuleOrigin | None = None
    endpoint_url: str | None = None
    push: PushOrigin | None = None
    bus: BusHead | None = None

    def startable(self, now: datetime) -> bool:
        """Whether an attempt may begin."""
        return self.state in OPEN and self.due_at is not None and self.due_at <= now

    @property
    def is_test(self) -> bool:
        """Whether it is a test event. It is attempted once, whatever the endpoint's state, and never replayed."""
        return self.alert is None and self.origin is None and self.push is None and self.bus is None

    @property
    def made(self) -> int:
        """Number of attempts made, replays included."""
        return self.attempts[-1].number if self.attempts else 0


def expiry_of(created_at: datetime, alert_expires_at: datetime | None) -> datetime:
    """Return when a delivery expires: after 30 days or with its alert, but not before its retries are over."""
    latest = created_at + KEPT_FOR
    if alert_expires_at is None:
        return latest
    return min(latest, max(alert_expires_at, created_at + RETRIES_FIT))


def waiting(delivery: Delivery, now: datetime) -> Delivery:
    """Return a new delivery that is due now, without an attempt: an order for it is being queued."""
    return replace(delivery, due_at=now, next_check_at=now + PATIENCE)


def waiting_test(delivery: Delivery, now: datetime) -> Delivery:
    """Return the delivery of a test event as due now, with one attempt left."""
    return replace(waiting(delivery, now), retry_step=len(RETRY_SCHEDULE) - 1)


def started(delivery: Delivery, now: datetime) -> Delivery:
    """Return the delivery with an attempt under way; `startable` must hold.

    An earlier attempt whose worker stopped counts, because the receiver may have got the event.
    """
    before = _closed(delivery.attempts, "outcome_lost")
    attempt = Attempt(delivery.made + 1, now)
    return replace(
        delivery,
        state=DeliveryState.ATTEMPTING,
        attempts=(*before, attempt)[-KEPT_ATTEMPTS:],
        retry_step=delivery.retry_step + 1,
        due_at=now + LEASE,
        next_check_at=now + LEASE,
    )


def put_back(delivery: Delivery, now: datetime) -> Delivery:
    """Return a delivery as due now whose attempt was begun, and no call made: that attempt does not count."""
    assert delivery.state is DeliveryState.ATTEMPTING
    back = replace(delivery, state=DeliveryState.PENDING, attempts=delivery.attempts[:-1])
    return replace(waiting(back, now), retry_step=delivery.retry_step - 1)


def concluded(
    delivery: Delivery, status: int | None, reason: str | None, took: timedelta, result: AttemptResult, now: datetime
) -> Delivery:
    """Return the delivery with the outcome of the attempt that is under way."""
    assert delivery.state is DeliveryState.ATTEMPTING
    last = replace(delivery.attempts[-1], status=status, reason=reason, milliseconds=took // timedelta(milliseconds=1))
    after = replace(delivery, attempts=(*delivery.attempts[:-1], last), due_at=None, next_check_at=None)
    match result.verdict:
        case AttemptVerdict.DELIVERED:
            return replace(after, state=DeliveryState.SUCCEEDED)
        case AttemptVerdict.GONE:
            return replace(after, state=DeliveryState.DROPPED)
        case AttemptVerdict.EXHAUSTED:
            return replace(after, state=DeliveryState.EXHAUSTED)
        case AttemptVerdict.TRY_AGAIN:
            due = now + result.wait
            check = due + PATIENCE if result.wait <= LONGEST_DELAY else due
            return replace(after, state=DeliveryState.RETRY_WAIT, due_at=due, next_check_at=check)


def exhausted(delivery: Delivery) -> Delivery:
    """Return the delivery as exhausted: the worker of its last attempt stopped, and no retry is left."""
    return replace(
        delivery,
        state=DeliveryState.EXHAUSTED,
        attempts=_closed(delivery.attempts, "outcome_lost"),
        due_at=None,
        next_check_at=None,
    )


def ended_by_restore(delivery: Delivery, now: datetime) -> Delivery | None:
    """Return a due delivery as exhausted after its table was restored from a backup; None if it stays.

    The receiver may have got the event since the backup. A replay sends it again.
    """
    later = delivery.state is DeliveryState.RETRY_WAIT and (delivery.due_at or now) > now
    return None if delivery.state not in OPEN or later else exhausted(delivery)


def begun(delivery: Delivery, now: datetime) -> Delivery | None:
    """Return the stored delivery with an attempt under way, or exhausted if no retry is left.

    None: the delivery is not due, or another worker is attempting it.
    """
    if not delivery.startable(now):
        return None
    return exhausted(delivery) if retries_exhausted(delivery) else started(delivery, now)


def retry_delay(result: AttemptResult) -> timedelta | None:
    """Return the SQS delay of the next order; None: there is no retry, or the sweeper queues the order.

    Whole seconds, rounded up: an order that arrives early finds nothing due.
    """
    if result.verdict is not AttemptVerdict.TRY_AGAIN or result.wait > LONGEST_DELAY:
        return None
    return min(timedelta(seconds=-(-result.wait // timedelta(seconds=1))), LONGEST_DELAY)


def paused(delivery: Delivery) -> Delivery:
    """Return the delivery as paused, because its endpoint is disabled."""
    attempts = _closed(delivery.attempts, "outcome_lost")
    return replace(delivery, state=DeliveryState.PAUSED, attempts=attempts, due_at=None, next_check_at=None)


def replayed(delivery: Delivery, now: datetime) -> Delivery | None:
    """Return the delivery as pending again; None while it is still open, and for a test event.

    The retry schedule continues where it stopped. If no retry is left, or the delivery succeeded, a replay gets one
    attempt.
    """
    if delivery.state in OPEN or delivery.is_test:
        return None
    return replace(
        delivery,
        state=DeliveryState.PENDING,
        retry_step=min(delivery.retry_step, len(RETRY_SCHEDULE) - 1)
        if delivery.state is not DeliveryState.SUCCEEDED
        else len(RETRY_SCHEDULE) - 1,
        due_at=now,
        next_check_at=now + PATIENCE,
    )


def retries_exhausted(delivery: Delivery) -> bool:
    """Whether all ten attempts of the retry schedule were made."""
    return delivery.retry_step >= len(RETRY_SCHEDULE)


def _closed(attempts: tuple[Attempt, ...], reason: str) -> tuple[Attempt, ...]:
    """Set `reason` of the last attempt if its worker reported no outcome."""
    if attempts and attempts[-1].milliseconds is None and attempts[-1].reason is None:
        return (*attempts[:-1], replace(attempts[-1], reason=reason))
    return attempts
