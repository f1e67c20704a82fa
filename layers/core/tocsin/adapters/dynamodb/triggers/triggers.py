"""Triggers in DynamoDB: a row per store and one per word in the partition of their API key, and a row per run.

`trigger_actions.py` has the writes that are part of other transactions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.audit import entry_row
from tocsin.adapters.dynamodb.idempotency import claimed, earlier_use
from tocsin.adapters.dynamodb.stored_content.store_row import fresh_row
from tocsin.adapters.dynamodb.table.actions import FREE, delete, put, update
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import number, time
from tocsin.adapters.dynamodb.table.sealing import unseal
from tocsin.adapters.dynamodb.table.table import Table, condition_failed
from tocsin.adapters.dynamodb.timers import timer_put
from tocsin.adapters.dynamodb.triggers.trigger_actions import activation_actions, word_removed
from tocsin.adapters.dynamodb.triggers.trigger_row import (
    TRIGGER,
    counted_mails,
    trigger_key,
    trigger_of,
    trigger_run_key,
    trigger_run_of,
    trigger_run_row,
    triggers_pk,
    word_key,
    word_keys,
    word_sk,
)
from tocsin.alerts.domain.features import TriggerKind
from tocsin.idempotency.domain.claim import KeyReused, Replayed
from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.timers.domain.timer import Timer
from tocsin.triggers.domain.trigger import Trigger, TriggerRun, TriggerRunId, TriggerRunState
from tocsin.triggers.ports import Activated, Activation, Fired


class DynamoDbTriggers:
    """Stores triggers, the words that fire them, and their runs."""

    def __init__(self, table: Table, sealer: Sealer, bucket: Bucket) -> None:
        self._table = table
        self._sealer = sealer
        self._bucket = bucket

    def activate(self, activation: Activation, now: datetime) -> Activated | Replayed | KeyReused:
        """Write store, trigger, its words, the claim and the audit entry in one transaction."""
        trigger, claim = activation.active.trigger, activation.claim
        store = fresh_row(self._sealer, self._bucket, activation.store, held=True)
        actions: list[Item] = []
        if claim is not None:
            actions.append(claimed(trigger.tenant, trigger.key_id, claim, activation.answer, now, self._sealer))
        actions += [put(store, FREE), *activation_actions(activation.active, self._sealer, now)]
        if activation.entry is not None:
            actions.append(put(entry_row(self._sealer, activation.entry), FREE))
        reasons = self._table.commit(actions)
        if reasons is None:
            return Activated.DONE
        self._bucket.discard_of(store)
        if claim is not None and condition_failed(reasons[0]):
            earlier = earlier_use(trigger.tenant, reasons[0].get("Item"), claim, now, self._sealer)
            return earlier or Activated.CONFLICT
        return Activated.CONFLICT

    def get(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId) -> Trigger | None:
        """Return the trigger of a store, strongly consistent."""
        row = self._table.get(trigger_key(tenant, key_id, store_id))
        return None if row is None else trigger_of(self._sealer, tenant, key_id, row)

    def of_key(self, tenant: TenantId, key_id: ApiKeyId) -> Sequence[Trigger]:
        """Return every trigger of the key, oldest first, strongly consistent."""
        rows = self._table.beginning_with(triggers_pk(tenant, key_id), TRIGGER)
        found = [trigger_of(self._sealer, tenant, key_id, row) for row in rows]
        return sorted(found, key=lambda trigger: (trigger.activated_at, trigger.store_id))

    def words(self, tenant: TenantId, key_id: ApiKeyId, kind: TriggerKind) -> Mapping[str, StoreId]:
        """Return the stored alert that each keyword of one kind fires, strongly consistent."""
        rows = self._table.beginning_with(triggers_pk(tenant, key_id), word_sk(kind))
        return {unseal(self._sealer, tenant, row): StoreId(row["sid"]["S"]) for row in rows}

    def holder(self, tenant: TenantId, key_id: ApiKeyId, kind: TriggerKind, keyword: str) -> StoreId | None:
        """Return the stored alert that a keyword of one kind fires, strongly consistent; None if there is none."""
        row = self._table.get(word_key(self._sealer, tenant, key_id, kind, keyword))
        return None if row is None else StoreId(row["sid"]["S"])

    def end(self, trigger: Trigger) -> bool:
        """Remove a trigger and its words. False: it has ended or was activated again since it was read."""
        spot, active = (
            trigger_key(trigger.tenant, trigger.key_id, trigger.store_id),
            {":activation": {"S": trigger.activation}},
        )
        words = [word_removed(word, trigger.store_id) for word in word_keys(self._sealer, trigger)]
        return self._table.commit([delete(spot, "activation = :activation", active), *words]) is None

    def fire(self, trigger_run: TriggerRun, over: Trigger, timer: Timer) -> Fired:
        """Write a trigger run that is due, count it with its trigger and arm its timer, in one transaction."""
        after = over.after(trigger_run)
        mails = counted_mails(after)
        count = update(
            trigger_key(over.tenant, over.key_id, over.store_id),
            "SET fired = :next, #last = :at, mailed = :mailed, answers = :answers",
            "activation = :activation AND fired = :fired",
            {
                ":activation": {"S": over.activation},
                ":fired": number(over.fired),
                ":next": number(after.fired),
                ":at": time(trigger_run.at),
                ":mailed": mails["mailed"],
                ":answers": mails["answers"],
            },
        )
        reasons = self._table.commit([put(trigger_run_row(trigger_run, self._sealer), FREE), count, timer_put(timer)])
        if reasons is None:
            return Fired.DONE
        return Fired.REPEATED if condition_failed(reasons[0]) else Fired.CONFLICT

    def refuse(self, trigger_run: TriggerRun) -> bool:
        """Write a refused run. False: the same message has a run already."""
        return self._table.write_if(put(trigger_run_row(trigger_run, self._sealer), FREE))

    def trigger_run(self, tenant: TenantId, trigger_run_id: TriggerRunId) -> TriggerRun | None:
        """Return a trigger run, strongly consistent; None if there is none."""
        row = self._table.get(trigger_run_key(tenant, trigger_run_id))
        return None if row is None else trigger_run_of(self._sealer, tenant, row)

    def fail(self, trigger_run: TriggerRun) -> bool:
        """Replace a due run by the failed `trigger_run`. False: it is not due any more."""
        due = {":due": {"S": TriggerRunState.DUE.value}}
        return self._table.write_if(put(trigger_run_row(trigger_run, self._sealer), "st = :due", due))
