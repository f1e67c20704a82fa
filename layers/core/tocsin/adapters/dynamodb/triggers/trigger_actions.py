"""What is written about triggers in somebody's transaction: a call that arms one, a send that a firing made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.layout import firing_key, store_key, time
from tocsin.adapters.dynamodb.triggers.trigger_row import trigger_row, word_keys, word_rows
from tocsin.kernel.domain.ids import AlertRef, StoreId
from tocsin.kernel.ports import Sealer
from tocsin.triggers.domain.trigger import FiringSent, FiringState, TriggerArmed

_FREE = "attribute_not_exists(pk)"


def arming(armed: TriggerArmed, table: str, sealer: Sealer, now: datetime) -> list[Item]:
    """Return the actions that arm a trigger over what was found there, and let go of the words it had."""
    trigger, over = armed.trigger, armed.over
    mine = {":store": {"S": trigger.store_id}}
    if over is None:
        condition = {"ConditionExpression": f"{_FREE} OR #exp <= :now", **_at(now)}
    else:
        condition = {
            "ConditionExpression": "armed = :over",
            "ExpressionAttributeValues": {":over": {"S": over.armed}},
        }
    actions: list[Item] = [{"Put": {"TableName": table, "Item": trigger_row(trigger, sealer), **condition}}]
    words = word_rows(sealer, trigger)
    for row in words:
        free = {"ConditionExpression": f"{_FREE} OR sid = :store OR #exp <= :now", **_at(now, mine)}
        actions.append({"Put": {"TableName": table, "Item": row, **free}})
    kept = [row["sk"] for row in words]
    for spot in word_keys(sealer, over) if over else ():
        if spot["sk"] not in kept:
            actions.append(word_removed(table, spot, trigger.store_id))
    return actions


def store_there(armed: TriggerArmed, table: str, now: datetime) -> Item:
    """Return the check that the store of a trigger has not gone meanwhile."""
    trigger = armed.trigger
    spot = store_key(trigger.tenant, trigger.key_id, trigger.store_id)
    there = "attribute_exists(pk) AND (attribute_not_exists(#exp) OR #exp > :now)"
    return {"ConditionCheck": {"TableName": table, "Key": spot, "ConditionExpression": there, **_at(now)}}


def firing_sent(sent: FiringSent, alert: AlertRef, table: str) -> Item:
    """Return the action that notes what a firing sends, once."""
    return {
        "Update": {
            "TableName": table,
            "Key": firing_key(sent.firing.tenant, sent.firing.id),
            "UpdateExpression": "SET st = :sent, alert = :alert",
            "ConditionExpression": "st = :due",
            "ExpressionAttributeValues": {
                ":sent": {"S": FiringState.SENT.value},
                ":due": {"S": FiringState.DUE.value},
                ":alert": {"S": alert},
            },
        }
    }


def word_removed(table: str, spot: Item, store: StoreId) -> Item:
    """Return the action that lets go of a word, unless another store has it by now."""
    return {
        "Delete": {
            "TableName": table,
            "Key": spot,
            "ConditionExpression": f"{_FREE} OR sid = :store",
            "ExpressionAttributeValues": {":store": {"S": store}},
        }
    }


def _at(now: datetime, values: Mapping[str, Item] | None = None) -> Item:
    return {
        "ExpressionAttributeNames": {"#exp": "exp"},
        "ExpressionAttributeValues": {":now": time(now), **(values or {})},
    }
