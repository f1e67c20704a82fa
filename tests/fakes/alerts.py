"""Accepted alerts in memory."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from tests.fakes.outage import Outage
from tests.fakes.work import FakeDispatchProgress
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.exclusion import Exclusion
from tocsin.alerts.domain.participants import Participant
from tocsin.alerts.ports.alerts import (
    ALERTS_SEEN,
    ALL_ALERTS,
    Acceptance,
    AcceptOutcome,
    AlertFilter,
    AlertPage,
    CapacityShort,
    Committed,
    Conflict,
)
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.contacts.domain.recipient import Recipient
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId

Capacities = MutableMapping[tuple[TenantId, ApiKeyId], dict[Channel, int]]


class KeepsParticipants(Protocol):
    """Who keeps one kind of what is written beside an alert. Called under the lock of the alerts."""

    def holds(self, participants: Any, alert: Alert) -> bool:
        """Whether it may be written as things stand."""
        ...

    def write(self, participants: Any, alert: Alert) -> None:
        """Write it."""
        ...


class FakeAlertRepository:
    """Keeps what was accepted; opens the work rows in `work` as the real one does in its transaction.

    Args:
        work: the ledger of the same world.
        capacities: what is left of each limited capacity; a world with keys passes `FakeApiKeyRepository.capacities`.
    """

    def __init__(self, work: FakeDispatchProgress | None = None, capacities: Capacities | None = None) -> None:
        self.work = work or FakeDispatchProgress()
        self.capacities: Capacities = {} if capacities is None else capacities
        self.alerts: dict[tuple[TenantId, AlertRef], Alert] = {}
        self.chunks: dict[ChunkKey, tuple[Recipient, ...]] = {}
        self.outage = Outage()
        self._claims: dict[tuple[TenantId, ApiKeyId, str, str], tuple[str, str, datetime]] = {}
        self._cursors: dict[str, tuple[TenantId, bool, AlertFilter, AlertRef]] = {}
        self._excluded: dict[tuple[TenantId, AlertRef], Mapping[int, Sequence[Exclusion]]] = {}
        self._keepers: dict[type[Participant], KeepsParticipants] = {}
        self.lock = threading.RLock()

    def writes(self, kind: type[Participant], keeper: KeepsParticipants) -> None:
        """Say who of this world keeps what is written beside an alert."""
        self._keepers[kind] = keeper

    def keeper(self, participant: Participant) -> Any:
        """Return who keeps it; some keep it also without an alert."""
        return self._keepers[type(participant)]

    def accept(self, acceptance: Acceptance) -> AcceptOutcome:
        self.outage.check()
        alert, claim = acceptance.alert, acceptance.claim
        with self.lock:
            if claim and (earlier := self._earlier(alert.tenant, alert.key_id, claim, alert.accepted_at)):
                return Committed() if (alert.tenant, alert.ref) in self.alerts else earlier
            if (refusal := self.refusal(acceptance)) is not None:
                return refusal
            self.write(acceptance)
            if claim:
                kept_until = alert.accepted_at + timedelta(hours=24)
                self.keep_answer(alert.tenant, alert.key_id, claim, acceptance.answer or "", kept_until)
            return Committed()

    def refusal(self, acceptance: Acceptance) -> AcceptOutcome | None:
        """Return what stands against writing it, its claim aside."""
        alert = acceptance.alert
        if (alert.tenant, alert.ref) in self.alerts:
            return Committed()
        left = self.capacities.get((alert.tenant, alert.key_id), {})
        if any(left.get(channel, -1) < n for channel, n in acceptance.consumption.items() if n):
            return CapacityShort()
        for participant in acceptance.participants:
            if not self._keepers[type(participant)].holds(participant, alert):
                return Conflict(participant)
        return None

    def write(self, acceptance: Acceptance) -> None:
        """Write it, its claim aside."""
        alert = acceptance.alert
        left = self.capacities.get((alert.tenant, alert.key_id), {})
        for participant in acceptance.participants:
            self._keepers[type(participant)].write(participant, alert)
        for channel, n in acceptance.consumption.items():
            if n:
                left[channel] -= n
        self.alerts[alert.tenant, alert.ref] = alert
        self._excluded[alert.tenant, alert.ref] = dict(acceptance.excluded)
        self.chunks |= {key: tuple(recipients) for key, recipients in acceptance.chunks.items()}
        self.work.open(alert)

    def keep_answer(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, answer: str, until: datetime
    ) -> None:
        """Keep an answer under an Idempotency-Key."""
        self._claims[tenant, key_id, claim.route, claim.key] = (claim.fingerprint, answer, until)

    def earlier_answer(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        self.outage.check()
        return self._earlier(tenant, key_id, claim, now)

    def get(self, tenant: TenantId, ref: AlertRef) -> Alert | None:
        self.outage.check()
        return self.alerts.get((tenant, ref))

    def without_contents(self, tenant: TenantId, refs: Sequence[AlertRef]) -> Mapping[AlertRef, Alert]:
        self.outage.check()
        return {ref: _without_contents(self.alerts[tenant, ref]) for ref in refs if (tenant, ref) in self.alerts}

    def cancel(self, tenant: TenantId, ref: AlertRef, at: datetime) -> datetime | None:
        self.outage.check()
        with self.lock:
            alert = self.alerts.get((tenant, ref))
            if alert is None:
                return None
            if alert.cancelled_at is None:
                to_the_millisecond = at.replace(microsecond=at.microsecond // 1000 * 1000)
                alert = self.alerts[tenant, ref] = replace(alert, cancelled_at=to_the_millisecond)
            return alert.cancelled_at

    def stop(self, tenant: TenantId, ref: AlertRef, at: datetime) -> None:
        self.outage.check()
        with self.lock:
            alert = self.alerts.get((tenant, ref))
            if alert is not None and alert.stopped_at is None:
                to_the_millisecond = at.replace(microsecond=at.microsecond // 1000 * 1000)
                self.alerts[tenant, ref] = replace(alert, stopped_at=to_the_millisecond)

    def excluded(self, tenant: TenantId, ref: AlertRef) -> Mapping[int, Sequence[Exclusion]]:
        self.outage.check()
        return self._excluded.get((tenant, ref), {})

    def recipients(self, key: ChunkKey) -> Sequence[Recipient]:
        self.outage.check()
        return self.chunks.get(key, ())

    def recipients_of(self, keys: Sequence[ChunkKey]) -> Mapping[ChunkKey, Sequence[Recipient]]:
        self.outage.check()
        return {key: self.chunks[key] for key in keys if key in self.chunks}

    def newest(
        self,
        tenant: TenantId,
        *,
        sandbox: bool,
        limit: int,
        after: str | None,
        now: datetime,
        wanted: AlertFilter = ALL_ALERTS,
    ) -> AlertPage:
        self.outage.check()
        below = None
        if after is not None:
            *query, below = self._cursors.get(after, (None, None, None, None))
            if query != [tenant, sandbox, wanted]:
                raise InvalidRequest([Fault("/cursor", "INVALID_CURSOR", "this cursor was not issued for this list")])
        seen = [
            alert
            for (owner, ref), alert in sorted(self.alerts.items(), key=lambda entry: entry[0][1], reverse=True)
            if owner == tenant and alert.sandbox == sandbox and alert.listed and (below is None or ref < below)
        ]
        page: list[Alert] = []
        received: dict[AlertRef, frozenset[tuple[ChunkKey, int]]] = {}
        for number, alert in enumerate(seen):
            ours = wanted.in_range(alert)
            own = frozenset() if ours else self._received_at(alert, wanted)
            fits = wanted.matches(alert) and self._receives(alert, wanted.receiver)
            found = not alert.expired(now) and fits and bool(ours or own)
            if number == ALERTS_SEEN or (found and len(page) == limit):
                cursor = secrets.token_urlsafe(9)
                self._cursors[cursor] = (tenant, sandbox, wanted, seen[number - 1].ref)
                return AlertPage(page, cursor, received)
            if found:
                page.append(_without_contents(alert))
                received |= {} if ours else {alert.ref: own}
        return AlertPage(page, None, received)

    def _received_at(self, alert: Alert, wanted: AlertFilter) -> frozenset[tuple[ChunkKey, int]]:
        return frozenset(
            (key, position)
            for key in alert.chunks()
            for position, who in enumerate(self.chunks[key])
            if wanted.is_own(who)
        )

    def _receives(self, alert: Alert, receiver: str | None) -> bool:
        return receiver is None or any(
            mailbox_key(who.address) == receiver for key in alert.chunks() for who in self.chunks[key]
        )

    def _earlier(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        used = self._claims.get((tenant, key_id, claim.route, claim.key))
        if used is None or now >= used[2]:
            return None
        return Replayed(used[1]) if used[0] == claim.fingerprint else KeyReused()


def _without_contents(alert: Alert) -> Alert:
    return replace(alert, items=tuple(replace(item, content=None) for item in alert.items))
