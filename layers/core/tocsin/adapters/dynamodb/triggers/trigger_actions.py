"""Trigger writes for other transactions: a call that activates a trigger, and the send of a trigger run."""

from __future__ import annotations

from datetime import datetime

from tocsin.adapters.dynamodb.stored_content.store_row import store_key
from tocsin.adapters.dynamodb.table.actions import FREE, THERE, check, delete, put, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import time
from tocsin.adapters.dynamodb.triggers.trigger_row import trigger_row, trigger_run_key, word_keys, word_rows
from tocsin.kernel.domain.ids import AlertRef, StoreId
from tocsin.kernel.ports import Sealer
from tocsin.triggers.domain.trigger import TriggerActivated, TriggerRunSent, TriggerRunState


def activation_actions(active: TriggerActivated, sealer: Sealer, now: datetime) -> list[Item]:
    """Return the actions that arm a trigger over what was found there, and let go of the words it had."""
    trigger, over = active.trigger, active.over
    row, words = trigger_row(trigger, sealer), word_rows(sealer, trigger)
    if over is None:
        actions = [put(row, f"{FREE} OR #exp <= :now", {":now": time(now)})]
    else:
        actions = [put(row, "activation = :over", {":over": {"S": over.activation}})]
    mine = {":now": time(now), ":store": {"S": trigger.store_id}}
    actions += [put(word, f"{FREE} OR sid = :store OR #exp <= :now", mine) for word in words]
    kept = [word["sk"] for word in words]
    for spot in word_keys(sealer, over) if over else ():
        if spot["sk"] not in kept:
            actions.append(word_removed(spot, trigger.store_id))
    return actions


def store_there(active: TriggerActivated, now: datetime) -> Item:
    """Return the check that the store of a trigger still exists."""
    trigger = active.trigger
    there = f"{THERE} AND (attribute_not_exists(#exp) OR #exp > :now)"
    return check(store_key(trigger.tenant, trigger.key_id, trigger.store_id), there, {":now": time(now)})


def trigger_run_sent(sent: TriggerRunSent, alert: AlertRef) -> Item:
    """Return the action that records the alert that a trigger run sent, once."""
    values = {
        ":sent": {"S": TriggerRunState.SENT.value},
        ":due": {"S": TriggerRunState.DUE.value},
        ":alert": {"S": alert},
    }
    spot = trigger_run_key(sent.trigger_run.tenant, sent.trigger_run.id)
    return update(spot, "SET st = :sent, alert = :alert", "st = :due", values)


def word_removed(spot: Item, store: StoreId) -> Item:
    """Return the action that removes a word, unless another store has it now."""
    return delete(spot, f"{FREE} OR sid = :store", {":store": {"S": store}})
