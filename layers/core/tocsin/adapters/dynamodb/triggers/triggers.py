"""Triggers in DynamoDB: a row per store and one per word in the partition of their key, and a row per firing.

Writes that others make in transactions of their own are in `trigger_actions.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.alerts.acceptance import claimed, earlier_use
from tocsin.adapters.dynamodb.stored_content.store_row import fresh_row
from tocsin.adapters.dynamodb.table.big_values import BigValues
from tocsin.adapters.dynamodb.table.client import (
    TRY_AGAIN,
    Backoff,
    Cancelled,
    ConditionFailed,
    DynamoDb,
    Item,
    ObjectStore,
    errors_mapped,
    every_page,
)
from tocsin.adapters.dynamodb.table.layout import TRIGGER, firing_key, time, trigger_key, triggers_pk, word_sk
from tocsin.adapters.dynamodb.table.sealing import unseal
from tocsin.adapters.dynamodb.timers import timer_put
from tocsin.adapters.dynamodb.triggers.trigger_actions import arming, word_removed
from tocsin.adapters.dynamodb.triggers.trigger_row import firing_of, firing_row, trigger_of, word_key, word_keys
from tocsin.alerts.domain.features import TriggerKind
from tocsin.idempotency.domain.claim import KeyReused, Replayed
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.timers.domain.timer import Timer
from tocsin.triggers.domain.trigger import Firing, FiringId, FiringState, Trigger
from tocsin.triggers.ports import Armed, Arming, Fired

_FAILED = "ConditionalCheckFailed"
_FREE = "attribute_not_exists(pk)"


class DynamoDbTriggers:
    """See the module.

    Args:
        s3, bucket: where a stored alert lies that is too big for a row.
        backoff: waits between tries of a transaction that met another one on its rows.
    """

    def __init__(
        self,
        dynamodb: DynamoDb,
        table_name: str,
        sealer: Sealer,
        s3: ObjectStore,
        bucket: str,
        backoff: Backoff | None = None,
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._sealer = sealer
        self._objects = BigValues(s3, bucket)
        self._backoff = backoff or Backoff()

    def arm(self, arm: Arming, now: datetime) -> Armed | Replayed | KeyReused:
        """Write store, trigger, its words and the claim in one transaction."""
        trigger, claim = arm.armed.trigger, arm.claim
        store = fresh_row(self._sealer, self._objects, arm.store, held=True)
        actions: list[Item] = []
        if claim is not None:
            actions.append(claimed(self._table, trigger.tenant, trigger.key_id, claim, arm.answer, now, self._sealer))
        actions.append({"Put": {"TableName": self._table, "Item": store, "ConditionExpression": _FREE}})
        actions += arming(arm.armed, self._table, self._sealer, now)
        reasons = self._transact(actions)
        if reasons is None:
            return Armed.DONE
        self._objects.discard(store["s3"]["S"] if "s3" in store else None)
        if claim is not None and _failed(reasons[0]):
            earlier = earlier_use(trigger.tenant, reasons[0].get("Item"), claim, now, self._sealer)
            return earlier or Armed.OVERTAKEN
        return Armed.OVERTAKEN

    def get(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId) -> Trigger | None:
        """Return the trigger of a store, strongly consistent."""
        row = self._row(trigger_key(tenant, key_id, store_id))
        return None if row is None else trigger_of(self._sealer, tenant, key_id, row)

    def of_key(self, tenant: TenantId, key_id: ApiKeyId) -> Sequence[Trigger]:
        """Return every trigger of the key, oldest first, strongly consistent."""
        rows = self._rows(tenant, key_id, TRIGGER)
        found = [trigger_of(self._sealer, tenant, key_id, row) for row in rows]
        return sorted(found, key=lambda trigger: (trigger.armed_at, trigger.store_id))

    def words(self, tenant: TenantId, key_id: ApiKeyId, kind: TriggerKind) -> Mapping[str, StoreId]:
        """Return the store each keyword of one kind sets off, strongly consistent."""
        rows = self._rows(tenant, key_id, word_sk(kind))
        return {unseal(self._sealer, tenant, row, "sealed"): StoreId(row["sid"]["S"]) for row in rows}

    def holder(self, tenant: TenantId, key_id: ApiKeyId, kind: TriggerKind, keyword: str) -> StoreId | None:
        """Return the store a keyword of one kind sets off, strongly consistent."""
        row = self._row(word_key(self._sealer, tenant, key_id, kind, keyword))
        return None if row is None else StoreId(row["sid"]["S"])

    def end(self, trigger: Trigger) -> bool:
        """Remove exactly this arming and its words. False: it is not there any more."""
        removed = {
            "TableName": self._table,
            "Key": trigger_key(trigger.tenant, trigger.key_id, trigger.store_id),
            "ConditionExpression": "armed = :armed",
            "ExpressionAttributeValues": {":armed": {"S": trigger.armed}},
        }
        words = [word_removed(self._table, spot, trigger.store_id) for spot in word_keys(self._sealer, trigger)]
        return self._transact([{"Delete": removed}, *words]) is None

    def fire(self, firing: Firing, over: Trigger, timer: Timer) -> Fired:
        """Write a firing that is due, count it with its trigger and arm its timer, in one transaction."""
        put = {"TableName": self._table, "Item": firing_row(firing, self._sealer), "ConditionExpression": _FREE}
        counted = {
            "TableName": self._table,
            "Key": trigger_key(over.tenant, over.key_id, over.store_id),
            "UpdateExpression": "SET fired = :next, #last = :at",
            "ConditionExpression": "armed = :armed AND fired = :fired",
            "ExpressionAttributeNames": {"#last": "last"},
            "ExpressionAttributeValues": {
                ":armed": {"S": over.armed},
                ":fired": {"N": str(over.fired)},
                ":next": {"N": str(over.fired + 1)},
                ":at": time(firing.at),
            },
        }
        reasons = self._transact([{"Put": put}, {"Update": counted}, timer_put(self._table, timer)])
        if reasons is None:
            return Fired.DONE
        return Fired.REPEATED if _failed(reasons[0]) else Fired.OVERTAKEN

    def refuse(self, firing: Firing) -> bool:
        """Write a refused firing. False: the same message has a firing already."""
        return self._put(firing, _FREE, {})

    def firing(self, tenant: TenantId, firing_id: FiringId) -> Firing | None:
        """Return a firing, strongly consistent."""
        row = self._row(firing_key(tenant, firing_id))
        return None if row is None else firing_of(self._sealer, tenant, row)

    def fail(self, firing: Firing) -> bool:
        """Put `firing`, which failed, in the place of a due one. False: it is not due any more."""
        due = {"ExpressionAttributeValues": {":due": {"S": FiringState.DUE.value}}}
        return self._put(firing, "st = :due", due)

    def _put(self, firing: Firing, condition: str, terms: Item) -> bool:
        row = firing_row(firing, self._sealer)
        try:
            with errors_mapped():
                self._dynamodb.put_item(TableName=self._table, Item=row, ConditionExpression=condition, **terms)
        except ConditionFailed:
            return False
        return True

    def _row(self, spot: Item) -> Item | None:
        with errors_mapped():
            answer = self._dynamodb.get_item(TableName=self._table, Key=spot, ConsistentRead=True)
        found: Item | None = answer.get("Item")
        return found

    def _rows(self, tenant: TenantId, key_id: ApiKeyId, prefix: str) -> list[Item]:
        return list(
            every_page(
                self._dynamodb,
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
                ExpressionAttributeValues={":pk": {"S": triggers_pk(tenant, key_id)}, ":prefix": {"S": prefix}},
                ConsistentRead=True,
            )
        )

    def _transact(self, actions: Sequence[Item]) -> Sequence[Item] | None:
        """Write all or nothing; return why not, by action, None if it was written."""
        # The token makes a try whose answer was lost count once; it is good for 10 minutes.
        token = secrets.token_hex(16)
        for _ in self._backoff:
            try:
                with errors_mapped():
                    self._dynamodb.transact_write_items(TransactItems=list(actions), ClientRequestToken=token)
                return None
            except Cancelled as cancelled:
                if any(reason.get("Code") in TRY_AGAIN for reason in cancelled.reasons):
                    continue
                if not any(map(_failed, cancelled.reasons)):
                    raise
                return cancelled.reasons
        raise StorageUnavailable("the transaction met others on its rows to the last try")


def _failed(reason: Item) -> bool:
    return bool(reason.get("Code") == _FAILED)
