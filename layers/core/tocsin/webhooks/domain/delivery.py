"""One event owed to one receiver: what was tried, what came of it, and when it is tried again.

    pending ──start──► attempting(n) ──2xx──► succeeded
                         │  ▲   │ └──410──► dropped
                         │  │   └──ladder at its end──► exhausted
                         ▼  │
                      retry_wait

    pending, retry_wait ──endpoint disabled──► parked
    succeeded, exhausted, dropped, parked ──replay──► pending

An attempt is on record before its call is made. A worker that dies in between leaves `attempting`; when its lease is
over the next one tries again: at least once is what is promised, and the receiver tells repeats by the event's id.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.standard_webhooks import RETRY_SCHEDULE, AttemptResult, AttemptVerdict

LEASE = timedelta(seconds=30)
"""How long an attempt may be under way: the sender's 15 s, and time to record what came of it."""

PATIENCE = timedelta(minutes=5)
"""How long an order may be on its way before the sweeper queues another."""

LONGEST_DELAY = timedelta(minutes=15)
"""A queue can hold an order back for so long; longer waits are the sweeper's."""

KEPT_ATTEMPTS = 20
"""Attempts on record; older ones are forgotten. Ten and a replay or two leave room."""

KEPT_FOR = timedelta(days=30)
"""How long a delivery can be looked at and replayed."""

RETRIES_FIT = timedelta(days=7)
"""A ladder whose every wait is stretched to its most is over in less."""


class DeliveryState(StrEnum):
    """How a delivery stands."""

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
    """Where a delivery lies. The event's id is the `webhook-id`, the same for every attempt and replay."""

    tenant: TenantId
    event_id: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call.

    Attributes:
        number: from 1, over the whole life of the delivery.
        status: HTTP status, None without an answer.
        reason: stable word when there was none; `outcome_lost` if the worker died; None while it is under way.
        milliseconds: how long it took, None as long as nobody knows.
    """

    number: int
    at: datetime
    status: int | None = None
    reason: str | None = None
    milliseconds: int | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver took the event."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event owed to one endpoint.

    Attributes:
        body: the event as it is sent (JSON text), before encoding.
        rung: attempts made on the present ladder.
        due_at: not before this is it tried; while attempting, when the attempt's lease is over. None: nothing is owed.
        next_check_at: when the sweeper queues it, None: never.
        version: counts writes, for conditions.
    """

    key: DeliveryKey
    endpoint: EndpointKey
    alert: AlertRef
    url: str
    encoding: CallbackEncoding
    body: str
    created_at: datetime
    expires_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: tuple[Attempt, ...] = ()
    enqueued: int = 0
    due_at: datetime | None = None
    next_check_at: datetime | None = None
    version: int = 1

    def startable(self, now: datetime) -> bool:
        """Whether an attempt may begin."""
        return self.state in OPEN and self.due_at is not None and self.due_at <= now

    @property
    def made(self) -> int:
        """Attempts made in all."""
        return self.attempts[-1].number if self.attempts else 0


def expiry_of(created_at: datetime, alert_expires_at: datetime | None) -> datetime:
    """Return when a delivery is forgotten: after 30 days, or with its alert, but never within its ladder."""
    latest = created_at + KEPT_FOR
    if alert_expires_at is None:
        return latest
    return min(latest, max(alert_expires_at, created_at + RETRIES_FIT))


def waiting(delivery: Delivery, now: datetime) -> Delivery:
    """Return the fresh delivery as it lies there when there was no time for it: an order is on its way."""
    return replace(delivery, due_at=now, next_check_at=now + PATIENCE)


def started(delivery: Delivery, now: datetime) -> Delivery:
    """Return the delivery with an attempt under way; `startable` must hold.

    An attempt whose worker died counts: somebody may have got it.
    """
    before = _closed(delivery.attempts, "outcome_lost")
    attempt = Attempt(delivery.made + 1, now)
    return replace(
        delivery,
        state=DeliveryState.ATTEMPTING,
        attempts=(*before, attempt)[-KEPT_ATTEMPTS:],
        enqueued=delivery.enqueued + 1,
        due_at=now + LEASE,
        next_check_at=now + LEASE,
    )


def concluded(
    delivery: Delivery, status: int | None, reason: str | None, took: timedelta, judged: AttemptResult, now: datetime
) -> Delivery:
    """Return the delivery with the outcome of the attempt that is under way."""
    assert delivery.state is DeliveryState.ATTEMPTING
    last = replace(delivery.attempts[-1], status=status, reason=reason, milliseconds=took // timedelta(milliseconds=1))
    after = replace(delivery, attempts=(*delivery.attempts[:-1], last), due_at=None, next_check_at=None)
    match judged.verdict:
        case AttemptVerdict.DELIVERED:
            return replace(after, state=DeliveryState.SUCCEEDED)
        case AttemptVerdict.GONE:
            return replace(after, state=DeliveryState.DROPPED)
        case AttemptVerdict.EXHAUSTED:
            return replace(after, state=DeliveryState.EXHAUSTED)
        case AttemptVerdict.TRY_AGAIN:
            due = now + judged.wait
            look = due + PATIENCE if judged.wait <= LONGEST_DELAY else due
            return replace(after, state=DeliveryState.RETRY_WAIT, due_at=due, next_check_at=look)


def worn_out(delivery: Delivery) -> Delivery:
    """Return the delivery whose last attempt died with its worker: the ladder has no rung for another."""
    return replace(
        delivery,
        state=DeliveryState.EXHAUSTED,
        attempts=_closed(delivery.attempts, "outcome_lost"),
        due_at=None,
        next_check_at=None,
    )


def begun(delivery: Delivery, now: datetime) -> Delivery | None:
    """Return the stored delivery with an attempt under way, or worn out if its ladder has no rung for one.

    None: it is not to be attempted now, or somebody else does it.
    """
    if not delivery.startable(now):
        return None
    return worn_out(delivery) if at_its_end(delivery) else started(delivery, now)


def retry_delay(judged: AttemptResult) -> timedelta | None:
    """Return how long the next order is held back by its queue; None: there is none, or the sweeper queues it.

    Whole seconds, rounded up: an order that came early would be in vain.
    """
    if judged.verdict is not AttemptVerdict.TRY_AGAIN or judged.wait > LONGEST_DELAY:
        return None
    return min(timedelta(seconds=-(-judged.wait // timedelta(seconds=1))), LONGEST_DELAY)


def paused(delivery: Delivery) -> Delivery:
    """Return the delivery put aside because its endpoint is disabled."""
    attempts = _closed(delivery.attempts, "outcome_lost")
    return replace(delivery, state=DeliveryState.PAUSED, attempts=attempts, due_at=None, next_check_at=None)


def replayed(delivery: Delivery, now: datetime) -> Delivery | None:
    """Return the delivery to be made again; None while it is still under way.

    The ladder goes on where it stopped; one at its end gets a last rung for every replay.
    """
    if delivery.state in OPEN:
        return None
    return replace(
        delivery,
        state=DeliveryState.PENDING,
        enqueued=min(delivery.enqueued, len(RETRY_SCHEDULE) - 1)
        if delivery.state is not DeliveryState.SUCCEEDED
        else len(RETRY_SCHEDULE) - 1,
        due_at=now,
        next_check_at=now + PATIENCE,
    )


def at_its_end(delivery: Delivery) -> bool:
    """Whether every rung of the ladder has been tried."""
    return delivery.enqueued >= len(RETRY_SCHEDULE)


def _closed(attempts: tuple[Attempt, ...], reason: str) -> tuple[Attempt, ...]:
    """Give a last attempt that nobody reported about its reason."""
    if attempts and attempts[-1].milliseconds is None and attempts[-1].reason is None:
        return (*attempts[:-1], replace(attempts[-1], reason=reason))
    return attempts
