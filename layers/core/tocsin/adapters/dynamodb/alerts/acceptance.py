"""One acceptance as one transaction: its actions, and the outcome of a cancelled one.

    META + idempotency row + consumed capacities + intake chunks + work rows + subject reference + excluded receivers
         + the rows of the participants

An alert of one batch and little content has no chunk and no work row: META holds both (ADR 0085). If nothing else is
written with it, META is the only action. Of an alert of several batches of texts and mails, META says that its messages
are in packs (ADR 0164).

10,000 recipients in 25 items are at most 1 + 1 + 4 + 64 + 22 + 1 + 1 = 94 actions; DynamoDB takes 100.
A linked set adds 2 actions, an escalation 3. A run of a schedule has no idempotency row and adds 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tocsin.adapters.dynamodb.alerts.alert_row import (
    clear_attributes,
    contents,
    for_packs,
    from_excluded,
    from_recipients,
    head,
)
from tocsin.adapters.dynamodb.alerts.keys import EXCLUDED, META, PACKED, RECIPIENTS, alert_list_pk, alert_pk, chunk_sk
from tocsin.adapters.dynamodb.alerts.participants import participant_actions
from tocsin.adapters.dynamodb.alerts.receiver_filter import filter_of
from tocsin.adapters.dynamodb.delivery.dispatch_progress import fresh_rows
from tocsin.adapters.dynamodb.idempotency import claimed, earlier_use
from tocsin.adapters.dynamodb.identity.key_rows import capacity_key
from tocsin.adapters.dynamodb.responses.subject_references import reference_row
from tocsin.adapters.dynamodb.table.actions import FREE, put, update
from tocsin.adapters.dynamodb.table.bucket import Contents
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry, key, number
from tocsin.adapters.dynamodb.table.sealing import seal
from tocsin.adapters.dynamodb.table.table import condition_failed
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.participants import Participant
from tocsin.alerts.ports.alerts import Acceptance, AcceptOutcome, CapacityShort, Committed, Conflict
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.errors import RequestTooLarge
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.domain.keep_classes import keep_for
from tocsin.kernel.ports import Sealer

ROOM = 3_000_000
"""Bytes of sealed attributes one transaction may carry; DynamoDB takes 4 MB of rows, keys and the rest included."""

ONE_ROW = 2_000
"""Bytes of sealed attributes of an alert that is one row. Each step of its messages writes the whole row again."""

MOST_ACTIONS = 100
"""Actions of one transaction; DynamoDB takes no more. Only an alert with keywords can come near it."""


@dataclass
class Transaction:
    """What one acceptance writes.

    Attributes:
        actions: META first, and the idempotency row, if there is one, second.
        rows: the rows whose contents may be in the object store.
        participants: the participant that each action belongs to, by index of the action.
    """

    acceptance: Acceptance
    actions: list[Item] = field(default_factory=list)
    rows: list[Item] = field(default_factory=list)
    participants: dict[int, Participant] = field(default_factory=dict)


def transaction_of(acceptance: Acceptance, sealer: Sealer, store: Contents, room: int = ROOM) -> Transaction:
    """Seal the contents and return the transaction; contents too big for it are put into the object store.

    Args:
        room: bytes of sealed attributes it may carry.

    Raises:
        RequestTooLarge: the alert and its participants do not fit into one transaction.
    """
    alert, claim = acceptance.alert, acceptance.claim
    tenant, pk = alert.tenant, alert_pk(alert.tenant, alert.ref)
    transaction = Transaction(acceptance)
    keep = keep_for(None if alert.expires_at is None else alert.expires_at - alert.accepted_at)

    meta: Item = key(pk, META) | clear_attributes(alert)
    if alert.listed:
        meta |= {"gsi1pk": {"S": alert_list_pk(tenant, sandbox=alert.sandbox)}, "gsi1sk": {"S": alert.ref}}
    addresses = (who.address for chunk in acceptance.chunks.values() for who in chunk)
    meta |= seal(sealer, tenant, meta, head(alert, filter_of(sealer, tenant, addresses)), "head")
    packed = _in_packs(alert)
    if packed:
        meta[PACKED] = {"BOOL": True}
    meta |= store.seal(tenant, meta, for_packs(contents(alert)) if packed else contents(alert), room, keep)
    room -= len(meta["head"]["B"]) + _bytes_inside(meta)
    chunks, work_rows = acceptance.chunks, fresh_rows(alert)
    if to := _recipients_inside(acceptance, meta, sealer):
        (work_row,) = work_rows
        meta |= {**work_row, **key(pk, META), **to}
        chunks, work_rows = {}, []
    transaction.rows.append(meta)
    transaction.actions.append(put(meta, FREE))

    if claim is not None:
        transaction.actions.append(claimed(tenant, alert.key_id, claim, acceptance.answer, alert.accepted_at, sealer))
    transaction.actions += consumed(tenant, alert.key_id, acceptance.consumption)

    ends = expiry(alert.expires_at)
    for chunk, recipients in chunks.items():
        row = {**key(pk, chunk_sk(chunk)), **ends}
        row |= store.seal(tenant, row, from_recipients(recipients), room, keep)
        room -= _bytes_inside(row)
        transaction.rows.append(row)
        transaction.actions.append(put(row))
    transaction.actions += [put({**row, **ends}) for row in work_rows]
    if reference := reference_row(alert):
        transaction.actions.append(put(reference))
    if left := from_excluded(acceptance.excluded):
        row = {**key(pk, EXCLUDED), **ends}
        row |= store.seal(tenant, row, left, room, keep)
        transaction.rows.append(row)
        transaction.actions.append(put(row))
    for participant in acceptance.participants:
        for action in participant_actions(participant, alert, sealer, store):
            transaction.participants[len(transaction.actions)] = participant
            transaction.actions.append(action)
            if "Put" in action:
                transaction.rows.append(action["Put"]["Item"])
    if len(transaction.actions) > MOST_ACTIONS:
        for row in transaction.rows:
            store.discard(row)
        raise RequestTooLarge(MOST_ACTIONS, "rows; send to fewer receivers at once, or use fewer keywords")
    return transaction


def outcome_of(transaction: Transaction, reasons: Sequence[Item], sealer: Sealer) -> AcceptOutcome | None:
    """Return the outcome of a transaction that was cancelled for these reasons; None if no condition failed."""
    failed = [condition_failed(reason) for reason in reasons]
    if not any(failed):
        return None
    if failed[0]:
        return Committed()  # an earlier try of this call wrote the alert, and its response was lost
    alert, claim = transaction.acceptance.alert, transaction.acceptance.claim
    if claim is not None and failed[1]:
        return earlier_use(alert.tenant, reasons[1].get("Item"), claim, alert.accepted_at, sealer)
    for place, participant in transaction.participants.items():
        if failed[place]:
            return Conflict(participant)
    return CapacityShort()


def consumed(tenant: TenantId, key_id: ApiKeyId, consumption: Mapping[Channel, int]) -> list[Item]:
    """Return the actions that consume capacity of an API key, each on condition that enough remains."""
    return [
        update(
            capacity_key(tenant, key_id, channel),
            "SET remaining = remaining - :units",
            "remaining >= :units",
            {":units": number(units)},
        )
        for channel, units in consumption.items()
        if units
    ]


def _in_packs(alert: Alert) -> bool:
    """Return whether the messages of an alert are in packs (ADR 0164).

    A call takes many steps by itself, and each would write its whole pack. An alert of one batch is one row, if it can.
    """
    calls = any(item.channel not in (Channel.SMS, Channel.EMAIL) for item in alert.items)
    return not calls and len(list(alert.batches())) > 1


def _recipients_inside(acceptance: Acceptance, meta: Item, sealer: Sealer) -> Item:
    """Return the attribute with the recipients of an alert that is one row; empty for every other alert."""
    if len(list(acceptance.alert.batches())) != 1 or "s3" in meta:
        return {}
    ((_, recipients),) = acceptance.chunks.items()
    to = seal(sealer, acceptance.alert.tenant, meta, from_recipients(recipients), RECIPIENTS)
    small = sum(len(part["B"]) for part in (meta["head"], meta["sealed"], to[RECIPIENTS])) <= ONE_ROW
    return to if small else {}


def _bytes_inside(row: Item) -> int:
    return len(row["sealed"]["B"]) if "sealed" in row else 0
