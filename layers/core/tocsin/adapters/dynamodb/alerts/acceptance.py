"""One acceptance as one transaction: its actions, and what a refused one means.

    META + idempotency row + capacity draws + intake chunks + work rows + subject reference + who was left out
         + what is written beside it

10,000 recipients in 25 items are at most 1 + 1 + 4 + 64 + 22 + 1 + 1 = 94 actions; DynamoDB takes 100.
A linked set adds 2 to them, an escalation 3; a run of a schedule has no idempotency row and adds 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.adapters.dynamodb.alerts.alert_row import clear_attributes, contents, from_left_out, from_recipients, head
from tocsin.adapters.dynamodb.alerts.beside import actions_beside
from tocsin.adapters.dynamodb.delivery.work import fresh_rows
from tocsin.adapters.dynamodb.responses.subject_references import reference_row
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.layout import (
    LEFT_OUT,
    META,
    alert_list_pk,
    alert_pk,
    capacity_key,
    chunk_sk,
    expired,
    expiry,
    idempotency_key,
    key,
    time,
)
from tocsin.adapters.dynamodb.table.sealing import Contents, keep_for, seal, unseal
from tocsin.alerts.domain.beside import Beside
from tocsin.alerts.ports.alerts import Acceptance, AcceptOutcome, CapacityShort, Committed, Overtaken
from tocsin.contacts.domain.channel import Channel
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.errors import RequestTooLarge
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer

CLAIM_STANDS = timedelta(hours=24)
"""How long an Idempotency-Key answers for its first use."""

ROOM = 3_000_000
"""Bytes of sealed attributes one transaction may carry; DynamoDB takes 4 MB of rows, keys and the rest included."""

MOST_ACTIONS = 100
"""Of one transaction. No alert by itself comes to it, but one with ten keywords beside it may."""

FAILED = "ConditionalCheckFailed"


@dataclass
class Transaction:
    """What one acceptance writes.

    Attributes:
        actions: META first, and the idempotency row, if there is one, second.
        rows: the rows whose contents may lie in the object store.
        beside: what was written beside the alert, by the place of its action.
    """

    acceptance: Acceptance
    actions: list[Item] = field(default_factory=list)
    rows: list[Item] = field(default_factory=list)
    beside: dict[int, Beside] = field(default_factory=dict)


def transaction_of(
    acceptance: Acceptance, table: str, sealer: Sealer, store: Contents, room: int = ROOM
) -> Transaction:
    """Seal everything and lay out the transaction; contents too big for it are put into the object store.

    Args:
        room: bytes of sealed attributes it may carry.

    Raises:
        RequestTooLarge: with what is written beside it the alert does not fit into one transaction.
    """
    alert, claim = acceptance.alert, acceptance.claim
    tenant, pk = alert.tenant, alert_pk(alert.tenant, alert.ref)
    transaction = Transaction(acceptance)
    keep = keep_for(None if alert.expires_at is None else alert.expires_at - alert.accepted_at)

    meta: Item = key(pk, META) | clear_attributes(alert)
    if not alert.house:
        meta |= {"gsi1pk": {"S": alert_list_pk(tenant, sandbox=alert.sandbox)}, "gsi1sk": {"S": alert.ref}}
    meta["head"] = {"B": seal(sealer, tenant, meta, "head", head(alert))}
    meta |= store.seal(tenant, meta, contents(alert), room, keep)
    room -= len(meta["head"]["B"]) + _bytes_inside(meta)
    transaction.rows.append(meta)
    transaction.actions.append(_put(table, meta, ConditionExpression="attribute_not_exists(pk)"))

    if claim is not None:
        transaction.actions.append(
            claimed(table, tenant, alert.key_id, claim, acceptance.answer, alert.accepted_at, sealer)
        )
    transaction.actions += drawn(table, tenant, alert.key_id, acceptance.draws)

    ends = expiry(alert.expires_at)
    for chunk, recipients in acceptance.chunks.items():
        row = {**key(pk, chunk_sk(chunk)), **ends}
        row |= store.seal(tenant, row, from_recipients(recipients), room, keep)
        room -= _bytes_inside(row)
        transaction.rows.append(row)
        transaction.actions.append(_put(table, row))
    transaction.actions += [_put(table, {**row, **ends}) for row in fresh_rows(alert)]
    if reference := reference_row(alert):
        transaction.actions.append(_put(table, reference))
    if left := from_left_out(acceptance.left_out):
        row = {**key(pk, LEFT_OUT), **ends}
        row |= store.seal(tenant, row, left, room, keep)
        transaction.rows.append(row)
        transaction.actions.append(_put(table, row))
    for beside in acceptance.beside:
        for action in actions_beside(beside, alert, table, sealer, store):
            transaction.beside[len(transaction.actions)] = beside
            transaction.actions.append(action)
            if "Put" in action:
                transaction.rows.append(action["Put"]["Item"])
    if len(transaction.actions) > MOST_ACTIONS:
        for row in transaction.rows:
            store.discard(row)
        raise RequestTooLarge(MOST_ACTIONS, "rows; send to fewer receivers at once, or arm fewer keywords")
    return transaction


def outcome_of(transaction: Transaction, reasons: Sequence[Item], sealer: Sealer) -> AcceptOutcome | None:
    """Return what a transaction cancelled for these reasons came to; None if no condition of ours failed."""
    failed = [reason.get("Code") == FAILED for reason in reasons]
    if not any(failed):
        return None
    if failed[0]:
        return Committed()  # this very alert was written before: our own try, whose answer was lost
    alert, claim = transaction.acceptance.alert, transaction.acceptance.claim
    if claim is not None and failed[1]:
        return earlier_use(alert.tenant, reasons[1].get("Item"), claim, alert.accepted_at, sealer)
    for place, beside in transaction.beside.items():
        if failed[place]:
            return Overtaken(beside)
    return CapacityShort()


def earlier_use(
    tenant: TenantId, row: Item | None, claim: IdempotencyClaim, now: datetime, sealer: Sealer
) -> Replayed | KeyReused | None:
    """Return what the row of an Idempotency-Key says to another use of it; None if it is free."""
    if row is None or expired(row, now):
        return None
    if row["fingerprint"]["S"] != claim.fingerprint:
        return KeyReused()
    return Replayed(unseal(sealer, tenant, row, "sealed"))


def claimed(
    table: str,
    tenant: TenantId,
    key_id: ApiKeyId,
    claim: IdempotencyClaim,
    answer: str | None,
    at: datetime,
    sealer: Sealer,
) -> Item:
    """Return the action that keeps an answer under an Idempotency-Key; refused, it returns the row that is there."""
    row: Item = idempotency_key(tenant, key_id, claim) | expiry(at + CLAIM_STANDS)
    row["fingerprint"] = {"S": claim.fingerprint}
    row["sealed"] = {"B": seal(sealer, tenant, row, "sealed", answer or "")}
    return _put(
        table,
        row,
        ConditionExpression="attribute_not_exists(pk) OR #exp <= :now",
        ExpressionAttributeNames={"#exp": "exp"},
        ExpressionAttributeValues={":now": time(at)},
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )


def drawn(table: str, tenant: TenantId, key_id: ApiKeyId, draws: Mapping[Channel, int]) -> list[Item]:
    """Return the actions that draw from the capacities of a key."""
    return [
        {
            "Update": {
                "TableName": table,
                "Key": capacity_key(tenant, key_id, channel),
                "UpdateExpression": "SET remaining = remaining - :units",
                "ConditionExpression": "remaining >= :units",
                "ExpressionAttributeValues": {":units": {"N": str(units)}},
            }
        }
        for channel, units in draws.items()
        if units
    ]


def _put(table: str, row: Item, **terms: object) -> Item:
    return {"Put": {"TableName": table, "Item": row, **terms}}


def _bytes_inside(row: Item) -> int:
    return len(row["sealed"]["B"]) if "sealed" in row else 0
