"""Triggers in memory, in the world of the alerts, stores and timers that they are written with."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.directory import FakeAuditTrail
from tests.fakes.outage import Outage
from tests.fakes.stores import FakeStoredContentRepository
from tests.fakes.timers import FakeTimers
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.features import TriggerKind
from tocsin.idempotency.domain.claim import KeyReused, Replayed
from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId
from tocsin.timers.domain.timer import Timer
from tocsin.triggers.domain.keyword import folded
from tocsin.triggers.domain.trigger import (
    Trigger,
    TriggerActivated,
    TriggerRun,
    TriggerRunId,
    TriggerRunSent,
    TriggerRunState,
    match_key,
)
from tocsin.triggers.ports import Activated, Activation, Fired

_Place = tuple[TenantId, ApiKeyId, StoreId]


class FakeTriggers:
    """`standing` and `firings` may be inspected."""

    def __init__(
        self,
        alerts: FakeAlertRepository | None = None,
        stores: FakeStoredContentRepository | None = None,
        timers: FakeTimers | None = None,
        trail: FakeAuditTrail | None = None,
    ) -> None:
        self.alerts = alerts or FakeAlertRepository()
        self.stores = stores or FakeStoredContentRepository()
        self.timers = timers or FakeTimers()
        self.trail = trail or FakeAuditTrail()
        self.standing: dict[_Place, Trigger] = {}
        self.firings: dict[tuple[TenantId, TriggerRunId], TriggerRun] = {}
        self.outage = Outage()
        self._lock = threading.RLock()
        self.alerts.writes(TriggerActivated, _Armings(self))
        self.alerts.writes(TriggerRunSent, _Sendings(self))

    def activate(self, activation: Activation, now: datetime) -> Activated | Replayed | KeyReused:
        self.outage.check()
        trigger, claim, store = activation.active.trigger, activation.claim, activation.store
        with self._lock:
            if claim and (earlier := self.alerts.earlier_answer(trigger.tenant, trigger.key_id, claim, now)):
                return earlier
            if self.stores.find(store.tenant, store.key_id, store.store_id, now) or not self.may_arm(
                activation.active, now
            ):
                return Activated.CONFLICT
            self.stores.put(store)
            if store.expires_at is not None:
                self.stores.held[store.tenant, store.key_id, store.store_id] = store.expires_at
            self.standing[_place(trigger)] = trigger
            if activation.entry:
                self.trail.record([activation.entry])
            if claim:
                until = now + timedelta(hours=24)
                self.alerts.keep_answer(trigger.tenant, trigger.key_id, claim, activation.answer or "", until)
            return Activated.DONE

    def may_arm(self, active: TriggerActivated, now: datetime) -> bool:
        trigger, over = active.trigger, active.over
        there = self.standing.get(_place(trigger))
        if over is None:
            if there is not None and now < there.expires_at:
                return False
        elif there is None or there.activation != over.activation:
            return False
        words = {match_key(word) for word in trigger.words}
        return not any(
            words & {match_key(word) for word in other.words}
            for place, other in self.standing.items()
            if place[:2] == (trigger.tenant, trigger.key_id) and place != _place(trigger) and now < other.expires_at
        )

    def get(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId) -> Trigger | None:
        self.outage.check()
        return self.standing.get((tenant, key_id, store_id))

    def of_key(self, tenant: TenantId, key_id: ApiKeyId) -> Sequence[Trigger]:
        self.outage.check()
        mine = [each for place, each in self.standing.items() if place[:2] == (tenant, key_id)]
        return sorted(mine, key=lambda each: (each.activated_at, each.store_id))

    def words(self, tenant: TenantId, key_id: ApiKeyId, kind: TriggerKind) -> Mapping[str, StoreId]:
        triggers = self.of_key(tenant, key_id)
        return {word.keyword: each.store_id for each in triggers for word in each.words if word.kind is kind}

    def holder(self, tenant: TenantId, key_id: ApiKeyId, kind: TriggerKind, keyword: str) -> StoreId | None:
        words = self.words(tenant, key_id, kind)
        return next((store for word, store in words.items() if folded(word) == folded(keyword)), None)

    def end(self, trigger: Trigger) -> bool:
        self.outage.check()
        with self._lock:
            there = self.standing.get(_place(trigger))
            if there is None or there.activation != trigger.activation:
                return False
            del self.standing[_place(trigger)]
            return True

    def fire(self, trigger_run: TriggerRun, over: Trigger, timer: Timer) -> Fired:
        self.outage.check()
        with self._lock:
            if (trigger_run.tenant, trigger_run.id) in self.firings:
                return Fired.REPEATED
            there = self.standing.get(_place(over))
            if there is None or (there.activation, there.fired) != (over.activation, over.fired):
                return Fired.CONFLICT
            self.firings[trigger_run.tenant, trigger_run.id] = trigger_run
            self.standing[_place(over)] = there.after(trigger_run)
            self.timers.arm(timer)
            return Fired.DONE

    def refuse(self, trigger_run: TriggerRun) -> bool:
        self.outage.check()
        with self._lock:
            return self.firings.setdefault((trigger_run.tenant, trigger_run.id), trigger_run) is trigger_run

    def trigger_run(self, tenant: TenantId, trigger_run_id: TriggerRunId) -> TriggerRun | None:
        self.outage.check()
        return self.firings.get((tenant, trigger_run_id))

    def fail(self, trigger_run: TriggerRun) -> bool:
        self.outage.check()
        with self._lock:
            there = self.firings.get((trigger_run.tenant, trigger_run.id))
            if there is None or there.state is not TriggerRunState.DUE:
                return False
            self.firings[trigger_run.tenant, trigger_run.id] = trigger_run
            return True


class _Armings:
    def __init__(self, triggers: FakeTriggers) -> None:
        self._triggers = triggers

    def holds(self, participants: TriggerActivated, alert: Alert) -> bool:
        trigger, stores = participants.trigger, self._triggers.stores
        there = stores.find(trigger.tenant, trigger.key_id, trigger.store_id, alert.accepted_at)
        return there is not None and self._triggers.may_arm(participants, alert.accepted_at)

    def write(self, participants: TriggerActivated, alert: Alert) -> None:
        self._triggers.standing[_place(participants.trigger)] = participants.trigger


class _Sendings:
    def __init__(self, triggers: FakeTriggers) -> None:
        self._triggers = triggers

    def holds(self, participants: TriggerRunSent, alert: Alert) -> bool:
        there = self._triggers.firings.get((participants.trigger_run.tenant, participants.trigger_run.id))
        return there is not None and there.state is TriggerRunState.DUE

    def write(self, participants: TriggerRunSent, alert: Alert) -> None:
        place = participants.trigger_run.tenant, participants.trigger_run.id
        self._triggers.firings[place] = replace(
            self._triggers.firings[place], state=TriggerRunState.SENT, alert=alert.ref
        )


def _place(trigger: Trigger) -> _Place:
    return trigger.tenant, trigger.key_id, trigger.store_id
