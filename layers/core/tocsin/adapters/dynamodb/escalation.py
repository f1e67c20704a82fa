"""Escalations in DynamoDB, in the partition of their linked set.

    ESC#<first alert>                  where it stands: few and small attributes, for workers read it with every slice
    LADDER#<first alert>               what it sends when, sealed; written once
    WHO#<first alert>#<fingerprint>    a person who was counted

Its timer is written with it. An answer counts a person by a mark that must not be there yet, and adds one to the count,
which must be short of what is needed; so the count never passes the need, and the one who reaches it is the last.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from tocsin.adapters.dynamodb.table.client import Backoff, ConditionFailed, DynamoDb, Item, ObjectStore, errors_mapped
from tocsin.adapters.dynamodb.table.client import every_page as pages
from tocsin.adapters.dynamodb.table.instants import instant, milliseconds
from tocsin.adapters.dynamodb.table.layout import (
    ESCALATION,
    counted_sk,
    escalation_key,
    expiry,
    key,
    ladder_key,
    link_pk,
    time,
)
from tocsin.adapters.dynamodb.table.sealing import Contents, keep_for
from tocsin.adapters.dynamodb.timers import timer_put
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.link import LinkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.contacts.domain.recipient import Recipient, person
from tocsin.escalation.domain.escalation import (
    Answerer,
    Escalation,
    EscalationBegun,
    EscalationKey,
    EscalationState,
    Ladder,
)
from tocsin.escalation.ports import Standing
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Sealer

LARGEST_LADDER_IN_ITS_ROW = 200_000
"""Bytes; a transaction with 10,000 recipients must still take it."""

_PURPOSE = "person"
_NAMES = {"#st": "st", "#at": "at", "#step": "step", "#need": "need", "#answered": "answered"}
_BATCH = 100  # keys of one BatchGetItem


def begun(beside: EscalationBegun, alert: Alert, table: str, sealer: Sealer, store: Contents) -> list[Item]:
    """Return the actions that begin an escalation with its first alert, its timer armed."""
    escalation, ladder = beside.escalation, beside.ladder
    ends = expiry(escalation.expires_at)
    row: Item = escalation_key(escalation.key) | ends
    row |= {
        "st": {"S": escalation.state.value},
        "steps": _number(escalation.steps),
        "step": _number(escalation.step),
        "need": _number(escalation.need),
        "answered": _number(escalation.answered),
        "everybody": {"BOOL": escalation.everybody},
        "began": time(escalation.began_at),
        "at": time(escalation.due_at),
        "alerts": {"S": _alerts(escalation)},
        "stepped": time(escalation.stepped_at),
    }
    sealed: Item = ladder_key(escalation.key) | ends
    keep = keep_for(None if alert.expires_at is None else alert.expires_at - alert.accepted_at)
    sealed |= store.seal(alert.tenant, sealed, _ladder(ladder), LARGEST_LADDER_IN_ITS_ROW, keep)
    absent = {"ConditionExpression": "attribute_not_exists(pk)"}
    return [
        {"Put": {"TableName": table, "Item": row, **absent}},
        {"Put": {"TableName": table, "Item": sealed}},
        *(timer_put(table, timer) for timer in beside.timers),
    ]


def moved(before: Escalation, after: Escalation, table: str) -> Item:
    """Return the action that takes a step or ends it, if `may_follow`."""
    enough = after.state is EscalationState.ACKNOWLEDGED
    update = "SET #st = :st, #step = :step, #need = :need, #at = :at, alerts = :alerts, stepped = :stepped"
    values: Item = {
        ":armed": {"S": EscalationState.ARMED.value},
        ":before": _number(before.step),
        ":st": {"S": after.state.value},
        ":step": _number(after.step),
        ":need": _number(after.need),
        ":at": time(after.due_at),
        ":alerts": {"S": _alerts(after)},
        ":stepped": time(after.stepped_at),
    }
    if after.ended_at is not None:
        update += ", ended = :ended"
        values[":ended"] = time(after.ended_at)
    return {
        "Update": {
            "TableName": table,
            "Key": escalation_key(before.key),
            "UpdateExpression": update,
            "ConditionExpression": f"#st = :armed AND #step = :before AND #answered {'>=' if enough else '<'} #need",
            "ExpressionAttributeNames": _NAMES,
            "ExpressionAttributeValues": values,
        }
    }


def counted(
    answer: tuple[EscalationKey, Answerer, str], table: str, sealer: Sealer, expires_at: datetime | None
) -> list[Item]:
    """Return the actions that count a person: who was not counted yet, in an escalation that still needs somebody."""
    escalation, by, who = answer
    tenant = escalation.link.tenant
    mark: Item = key(link_pk(escalation.link), counted_sk(escalation, _fingerprint(sealer, tenant, who)))
    mark |= {"at": time(by.at), **expiry(expires_at)}
    # The contact stands alone, where an erasure finds and removes it.
    contact = {} if by.contact_id is None else {":contact": {"S": by.contact_id}}
    update = f"SET #by = :by{', contact = :contact' if contact else ' REMOVE contact'} ADD #answered :one"
    return [
        {"Put": {"TableName": table, "Item": mark, "ConditionExpression": "attribute_not_exists(pk)"}},
        {
            "Update": {
                "TableName": table,
                "Key": escalation_key(escalation),
                "UpdateExpression": update,
                "ConditionExpression": "#st = :armed AND #answered < #need",
                "ExpressionAttributeNames": {"#st": "st", "#need": "need", "#answered": "answered", "#by": "by"},
                "ExpressionAttributeValues": {
                    ":armed": {"S": EscalationState.ARMED.value},
                    ":by": {"S": _said_by(by)},
                    ":one": _number(1),
                    **contact,
                },
            }
        },
    ]


class DynamoDbEscalations:
    """See the module. `s3` and `bucket`: where long ladders lie."""

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
        self._contents = Contents(sealer, s3, bucket)
        self._backoff = backoff or Backoff()

    def get(self, key: EscalationKey) -> Escalation | None:
        """Return the escalation as it stands, strongly consistent."""
        row = self._row(escalation_key(key))
        return None if row is None else _escalation(key, row)

    def ladder(self, key: EscalationKey) -> Ladder | None:
        """Return what it sends when."""
        row = self._row(ladder_key(key))
        return None if row is None else _read_ladder(self._contents.unseal(key.link.tenant, row))

    def standing(self, key: EscalationKey, recipients: Sequence[Recipient]) -> Standing | None:
        """Return the escalation and who of these people has answered; up to 99 of them are one read."""
        tenant = key.link.tenant
        marks = {
            counted_sk(key, _fingerprint(self._sealer, tenant, who)): who
            for who in dict.fromkeys(map(person, recipients))
        }
        if len(marks) < _BATCH:
            rows = self._batch(
                [escalation_key(key), *({"pk": {"S": link_pk(key.link)}, "sk": {"S": sk}} for sk in marks)]
            )
        else:
            prefix = counted_sk(key, "")
            alone = self._row(escalation_key(key))
            rows = [*([alone] if alone else []), *self._beginning_with(key.link, prefix)]
        by_sk = {row["sk"]["S"]: row for row in rows}
        row = by_sk.get(escalation_key(key)["sk"]["S"])
        if row is None:
            return None
        return Standing(_escalation(key, row), frozenset(who for sk, who in marks.items() if sk in by_sk))

    def move(self, before: Escalation, after: Escalation) -> bool:
        """Take a step without an alert, or end it. False: it does not stand there any more."""
        try:
            with errors_mapped():
                self._dynamodb.update_item(**moved(before, after, self._table)["Update"])
        except ConditionFailed:
            return False
        return True

    def of_set(self, link: LinkKey) -> Sequence[Escalation]:
        """Return every escalation of a linked set, oldest first."""
        rows = self._beginning_with(link, ESCALATION)
        return [
            _escalation(EscalationKey(link, AlertRef(row["sk"]["S"].removeprefix(ESCALATION))), row) for row in rows
        ]

    def _row(self, key: Item) -> Item | None:
        with errors_mapped():
            answer = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        row: Item | None = answer.get("Item")
        return row

    def _batch(self, owed: list[Item]) -> list[Item]:
        found: list[Item] = []
        for _ in self._backoff if owed else ():
            with errors_mapped():
                answer = self._dynamodb.batch_get_item(
                    RequestItems={self._table: {"Keys": owed, "ConsistentRead": True}}
                )
            found += answer["Responses"].get(self._table, ())
            owed = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
            if not owed:
                break
        if owed:
            raise StorageUnavailable(f"{len(owed)} rows of an escalation were throttled to the last try")
        return found

    def _beginning_with(self, link: LinkKey, prefix: str) -> list[Item]:
        return list(
            pages(
                self._dynamodb,
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
                ExpressionAttributeValues={":pk": {"S": link_pk(link)}, ":prefix": {"S": prefix}},
                ConsistentRead=True,
            )
        )


def is_ladder(row: Item) -> bool:
    """Whether a row holds what an escalation sends."""
    sort_key: str = row["sk"]["S"]
    return sort_key.startswith("LADDER#")


def _fingerprint(sealer: Sealer, tenant: TenantId, who: str) -> str:
    return sealer.fingerprint(tenant, _PURPOSE, who.encode()).hex()


def _escalation(key: EscalationKey, row: Item) -> Escalation:
    return Escalation(
        key=key,
        state=EscalationState(row["st"]["S"]),
        steps=int(row["steps"]["N"]),
        step=int(row["step"]["N"]),
        need=int(row["need"]["N"]),
        answered=int(row["answered"]["N"]),
        everybody=row["everybody"]["BOOL"],
        began_at=instant(int(row["began"]["N"])),
        due_at=instant(int(row["at"]["N"])),
        alerts=tuple(AlertRef(ref) if ref else None for ref in row["alerts"]["S"].split(",")),
        stepped_at=instant(int(row["stepped"]["N"])),
        by=_read_by(key, row) if "by" in row else None,
        ended_at=instant(int(row["ended"]["N"])) if "ended" in row else None,
        expires_at=instant(int(row["exp"]["N"])) if "exp" in row else None,
    )


def _alerts(escalation: Escalation) -> str:
    return ",".join(ref or "" for ref in escalation.alerts)


def _said_by(by: Answerer) -> str:
    place = [by.key.alert, by.key.item, by.key.chunk, by.position]
    return json.dumps([*place, by.kind.value, milliseconds(by.at)], separators=(",", ":"))


def _read_by(key: EscalationKey, row: Item) -> Answerer:
    alert, item, chunk, position, kind, at = json.loads(row["by"]["S"])
    contact = row["contact"]["S"] if "contact" in row else None
    place = ChunkKey(key.link.tenant, AlertRef(alert), item, chunk)
    return Answerer(place, position, ResponseKind(kind), instant(at), contact)


def _ladder(ladder: Ladder) -> Item:
    return {
        "client_ref": ladder.client_ref,
        "link_ref": ladder.link_ref,
        "after": [after // timedelta(milliseconds=1) for after in ladder.after],
        "steps": list(ladder.steps),
        "on_stopped": ladder.on_stopped,
    }


def _read_ladder(said: Item) -> Ladder:
    return Ladder(
        client_ref=said["client_ref"],
        link_ref=said["link_ref"],
        after=tuple(timedelta(milliseconds=after) for after in said["after"]),
        steps=tuple(said["steps"]),
        on_stopped=said["on_stopped"],
    )


def _number(value: int) -> Item:
    return {"N": str(value)}
