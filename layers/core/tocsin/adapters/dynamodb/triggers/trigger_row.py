"""Triggers, their words and their runs <-> rows. Text is sealed; fingerprints are keyed hashes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tocsin.adapters.dynamodb.identity.made import made_attributes, made_of
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry, key, number, time, time_of, time_or_none
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.alerts.domain.features import TriggerKind, TriggerWord
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, StoreId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.triggers.domain.keyword import folded
from tocsin.triggers.domain.trigger import (
    TRIGGER_RUN_KEPT,
    NotFiredReason,
    Trigger,
    TriggerRun,
    TriggerRunId,
    TriggerRunState,
)

TRIGGER = "STORE#"
"""Prefix of the sort keys of triggers, in the partition of their API key."""

_MILLISECOND = timedelta(milliseconds=1)


def triggers_pk(tenant: TenantId, key_id: ApiKeyId) -> str:
    """Return the partition of the triggers of an API key, and of their words."""
    return f"T#{tenant}#K#{key_id}#TRG"


def trigger_key(tenant: TenantId, key_id: ApiKeyId, store: StoreId) -> Item:
    """Return the key of the trigger of a store."""
    return key(triggers_pk(tenant, key_id), TRIGGER + store)


def word_sk(kind: TriggerKind, fingerprint: str = "") -> str:
    """Return the sort key of a word of a trigger; without a fingerprint, the prefix of its kind."""
    return f"WORD#{kind.value}#{fingerprint}"


def trigger_run_key(tenant: TenantId, trigger_run: TriggerRunId) -> Item:
    """Return the row key of a trigger run, in one of 256 partitions of its tenant: a keyword may become popular."""
    return key(f"T#{tenant}#TRF#{trigger_run[:2]}", trigger_run)


def trigger_row(trigger: Trigger, sealer: Sealer) -> Item:
    """Return the row of a trigger."""
    row = trigger_key(trigger.tenant, trigger.key_id, trigger.store_id) | expiry(trigger.expires_at)
    row |= made_attributes(trigger.made) | {
        "activation": {"S": trigger.activation},
        "every": number(trigger.every // _MILLISECOND),
        "most": number(trigger.at_most),
        "at": time(trigger.activated_at),
        "fired": number(trigger.fired),
    }
    if trigger.last_at is not None:
        row["last"] = time(trigger.last_at)
    row |= {name: times for name, times in counted_mails(trigger).items() if times["L"]}
    words = [[word.kind.value, word.keyword, word.tag] for word in trigger.words]
    return row | seal(sealer, trigger.tenant, row, [words, trigger.client_ref])


def trigger_of(sealer: Sealer, tenant: TenantId, key_id: ApiKeyId, row: Item) -> Trigger:
    """Return the trigger of a row."""
    words, client_ref = unseal(sealer, tenant, row)
    return Trigger(
        tenant=tenant,
        key_id=key_id,
        store_id=StoreId(row["sk"]["S"].removeprefix(TRIGGER)),
        activation=row["activation"]["S"],
        words=tuple(TriggerWord(TriggerKind(kind), keyword, tag) for kind, keyword, tag in words),
        every=int(row["every"]["N"]) * _MILLISECOND,
        at_most=int(row["most"]["N"]),
        activated_at=time_of(row, "at"),
        expires_at=time_of(row, "exp"),
        client_ref=client_ref,
        fired=int(row["fired"]["N"]),
        last_at=time_or_none(row, "last"),
        mailed_at=_times(row, "mailed"),
        answered_at=_times(row, "answers"),
        made=made_of(row),
    )


def counted_mails(trigger: Trigger) -> Item:
    """Return the attributes with the times of a trigger's latest runs by mail."""
    times = {"mailed": trigger.mailed_at, "answers": trigger.answered_at}
    return {name: {"L": [time(at) for at in several]} for name, several in times.items()}


def _times(row: Item, name: str) -> tuple[datetime, ...]:
    return tuple(time_of(one, "at") for one in ({"at": value} for value in row.get(name, {"L": []})["L"]))


def word_key(sealer: Sealer, tenant: TenantId, key_id: ApiKeyId, kind: TriggerKind, keyword: str) -> Item:
    """Return the row key of a word; upper and lower case make no difference."""
    text = folded(keyword).encode("utf-8", "surrogatepass")
    fingerprint = sealer.fingerprint(tenant, f"keyword|{key_id}|{kind.value}", text)
    return key(triggers_pk(tenant, key_id), word_sk(kind, fingerprint[:16].hex()))


def word_keys(sealer: Sealer, trigger: Trigger) -> list[Item]:
    """Return the key of each word of a trigger, in order."""
    return [word_key(sealer, trigger.tenant, trigger.key_id, word.kind, word.keyword) for word in trigger.words]


def word_rows(sealer: Sealer, trigger: Trigger) -> list[Item]:
    """Return the row of each word of a trigger, in order."""
    rows = []
    for word, spot in zip(trigger.words, word_keys(sealer, trigger), strict=True):
        row = spot | expiry(trigger.expires_at)
        row |= {"sid": {"S": trigger.store_id}, "activation": {"S": trigger.activation}}
        rows.append(row | seal(sealer, trigger.tenant, row, word.keyword))
    return rows


def trigger_run_row(trigger_run: TriggerRun, sealer: Sealer) -> Item:
    """Return the row of a trigger run."""
    row = trigger_run_key(trigger_run.tenant, trigger_run.id) | expiry(trigger_run.at + TRIGGER_RUN_KEPT)
    row |= made_attributes(trigger_run.made) | {
        "key": {"S": trigger_run.key_id},
        "sid": {"S": trigger_run.store_id},
        "st": {"S": trigger_run.state.value},
        "type": {"S": trigger_run.word.kind.value},
        "channel": {"S": trigger_run.channel.value},
        "at": time(trigger_run.at),
    }
    if trigger_run.contact_id is not None:
        row["contact"] = {"S": trigger_run.contact_id}
    if trigger_run.reason is not None:
        row["rs"] = {"S": trigger_run.reason.value}
    if trigger_run.alert is not None:
        row["alert"] = {"S": trigger_run.alert}
    for name, true in (("late", trigger_run.late), ("ours", trigger_run.answers_ours)):
        if true:
            row[name] = {"BOOL": True}
    private: list[Any] = [trigger_run.alerter, trigger_run.word.keyword, trigger_run.word.tag, trigger_run.client_ref]
    return row | seal(sealer, trigger_run.tenant, row, private)


def trigger_run_of(sealer: Sealer, tenant: TenantId, row: Item) -> TriggerRun:
    """Return the trigger run of a row."""
    alerter, keyword, tag, client_ref = unseal(sealer, tenant, row)
    return TriggerRun(
        id=TriggerRunId(row["sk"]["S"]),
        tenant=tenant,
        key_id=ApiKeyId(row["key"]["S"]),
        store_id=StoreId(row["sid"]["S"]),
        word=TriggerWord(TriggerKind(row["type"]["S"]), keyword, tag),
        alerter=alerter,
        contact_id=row["contact"]["S"] if "contact" in row else None,
        channel=Channel(row["channel"]["S"]),
        at=time_of(row, "at"),
        state=TriggerRunState(row["st"]["S"]),
        client_ref=client_ref,
        reason=NotFiredReason(row["rs"]["S"]) if "rs" in row else None,
        alert=AlertRef(row["alert"]["S"]) if "alert" in row else None,
        late="late" in row,
        answers_ours="ours" in row,
        made=made_of(row),
    )
