"""Triggers, their words and their firings <-> rows. What clients and people said is sealed; hashes are keyed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.instants import instant
from tocsin.adapters.dynamodb.table.layout import (
    TRIGGER,
    expiry,
    firing_key,
    key,
    time,
    trigger_key,
    triggers_pk,
    word_sk,
)
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.alerts.domain.features import TriggerKind, TriggerWord
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, StoreId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.triggers.domain.keyword import folded
from tocsin.triggers.domain.trigger import FIRING_KEPT, Firing, FiringId, FiringState, Refusal, Trigger

_MILLISECOND = timedelta(milliseconds=1)


def trigger_row(trigger: Trigger, sealer: Sealer) -> Item:
    """Return the row of a trigger."""
    row: Item = trigger_key(trigger.tenant, trigger.key_id, trigger.store_id) | expiry(trigger.expires_at)
    row |= {
        "armed": {"S": trigger.armed},
        "every": {"N": str(trigger.every // _MILLISECOND)},
        "most": {"N": str(trigger.at_most)},
        "at": time(trigger.armed_at),
        "fired": {"N": str(trigger.fired)},
    }
    if trigger.last_at is not None:
        row["last"] = time(trigger.last_at)
    words = [[word.kind.value, word.keyword, word.tag] for word in trigger.words]
    row["sealed"] = {"B": seal(sealer, trigger.tenant, row, "sealed", [words, trigger.client_ref])}
    return row


def trigger_of(sealer: Sealer, tenant: TenantId, key_id: ApiKeyId, row: Item) -> Trigger:
    """Return the trigger of a row."""
    words, client_ref = unseal(sealer, tenant, row, "sealed")
    return Trigger(
        tenant=tenant,
        key_id=key_id,
        store_id=StoreId(row["sk"]["S"].removeprefix(TRIGGER)),
        armed=row["armed"]["S"],
        words=tuple(TriggerWord(TriggerKind(kind), keyword, tag) for kind, keyword, tag in words),
        every=int(row["every"]["N"]) * _MILLISECOND,
        at_most=int(row["most"]["N"]),
        armed_at=instant(int(row["at"]["N"])),
        expires_at=instant(int(row["exp"]["N"])),
        client_ref=client_ref,
        fired=int(row["fired"]["N"]),
        last_at=instant(int(row["last"]["N"])) if "last" in row else None,
    )


def word_key(sealer: Sealer, tenant: TenantId, key_id: ApiKeyId, kind: TriggerKind, keyword: str) -> Item:
    """Return the key of a word: the same for every way to write its keyword in upper and lower case."""
    said = folded(keyword).encode("utf-8", "surrogatepass")
    fingerprint = sealer.fingerprint(tenant, f"keyword|{key_id}|{kind.value}", said)
    return key(triggers_pk(tenant, key_id), word_sk(kind, fingerprint[:16]))


def word_keys(sealer: Sealer, trigger: Trigger) -> list[Item]:
    """Return the key of each word of a trigger, in order."""
    return [word_key(sealer, trigger.tenant, trigger.key_id, word.kind, word.keyword) for word in trigger.words]


def word_rows(sealer: Sealer, trigger: Trigger) -> list[Item]:
    """Return the row of each word of a trigger, in order."""
    rows = []
    for word, spot in zip(trigger.words, word_keys(sealer, trigger), strict=True):
        row: Item = spot | expiry(trigger.expires_at)
        row |= {"sid": {"S": trigger.store_id}, "armed": {"S": trigger.armed}}
        row["sealed"] = {"B": seal(sealer, trigger.tenant, row, "sealed", word.keyword)}
        rows.append(row)
    return rows


def firing_row(firing: Firing, sealer: Sealer) -> Item:
    """Return the row of a firing."""
    row: Item = firing_key(firing.tenant, firing.id) | expiry(firing.at + FIRING_KEPT)
    row |= {
        "key": {"S": firing.key_id},
        "sid": {"S": firing.store_id},
        "st": {"S": firing.state.value},
        "type": {"S": firing.word.kind.value},
        "channel": {"S": firing.channel.value},
        "at": time(firing.at),
    }
    if firing.contact_id is not None:
        row["contact"] = {"S": firing.contact_id}
    if firing.reason is not None:
        row["rs"] = {"S": firing.reason.value}
    if firing.alert is not None:
        row["alert"] = {"S": firing.alert}
    said: list[Any] = [firing.alerter, firing.word.keyword, firing.word.tag, firing.client_ref]
    row["sealed"] = {"B": seal(sealer, firing.tenant, row, "sealed", said)}
    return row


def firing_of(sealer: Sealer, tenant: TenantId, row: Item) -> Firing:
    """Return the firing of a row."""
    alerter, keyword, tag, client_ref = unseal(sealer, tenant, row, "sealed")
    return Firing(
        id=FiringId(row["sk"]["S"]),
        tenant=tenant,
        key_id=ApiKeyId(row["key"]["S"]),
        store_id=StoreId(row["sid"]["S"]),
        word=TriggerWord(TriggerKind(row["type"]["S"]), keyword, tag),
        alerter=alerter,
        contact_id=row["contact"]["S"] if "contact" in row else None,
        channel=Channel(row["channel"]["S"]),
        at=instant(int(row["at"]["N"])),
        state=FiringState(row["st"]["S"]),
        client_ref=client_ref,
        reason=Refusal(row["rs"]["S"]) if "rs" in row else None,
        alert=AlertRef(row["alert"]["S"]) if "alert" in row else None,
    )
