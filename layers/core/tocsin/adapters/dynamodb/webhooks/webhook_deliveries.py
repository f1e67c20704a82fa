"""Deliveries of callbacks in DynamoDB: a row each, and one beside it for what a receiver said to a failed attempt."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tocsin.adapters.dynamodb.table import cursors
from tocsin.adapters.dynamodb.table.client import ConditionFailed, DynamoDb, Item, errors_mapped, every_page
from tocsin.adapters.dynamodb.table.due_rows import due_rows, put_off
from tocsin.adapters.dynamodb.table.instants import instant, milliseconds
from tocsin.adapters.dynamodb.table.layout import (
    DUE_DELIVERIES,
    GSI1,
    answer_sk,
    delivery_key,
    delivery_list_pk,
    delivery_list_sk,
    delivery_of,
    due_in,
    expired,
    expiry,
    time,
)
from tocsin.adapters.dynamodb.table.layout import key as row_key
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId
from tocsin.kernel.ports import Sealer
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.delivery import Attempt, Delivery, DeliveryKey, DeliveryState
from tocsin.webhooks.ports.callbacks import DeliveryPage

_MOVING = ("st", "v", "log", "rung", "at", "due", "duesk", "w")
"""Attributes that change. None of them is in `gsi1`, so a delivery that moves costs that index nothing."""


class DynamoDbWebhookDeliveries:
    """Keeps the deliveries owed to each endpoint, and excerpts of answers.

    Every write bears a mark, so that a writer whose answer was lost knows its own.
    """

    def __init__(self, dynamodb: DynamoDb, table_name: str, sealer: Sealer) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._sealer = sealer

    def add(self, delivery: Delivery) -> Delivery | None:
        """Write a new delivery; return the one that stands there instead, None if it was written."""
        mark = secrets.token_urlsafe(6)
        row: Item = {
            **delivery_key(delivery.key),
            **_moving(delivery, mark),
            **expiry(delivery.expires_at),
            "key": {"S": delivery.endpoint.key_id},
            "ep": {"S": delivery.endpoint.hash},
            "alert": {"S": delivery.alert},
            "created": time(delivery.created_at),
            "gsi1pk": {"S": delivery_list_pk(delivery.endpoint)},
            "gsi1sk": {"S": delivery_list_sk(delivery.created_at, delivery.key.event_id)},
        }
        said = [delivery.url, delivery.encoding.value, delivery.body]
        row["sealed"] = {"B": seal(self._sealer, delivery.key.tenant, row, "sealed", said)}
        try:
            with errors_mapped():
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=row,
                    ConditionExpression="attribute_not_exists(pk)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConditionFailed as failed:
            stands = failed.current or self._row(delivery.key)
            if stands is None:
                raise
            return None if stands["w"]["S"] == mark else self._delivery(stands)
        return None

    def get(self, key: DeliveryKey) -> Delivery | None:
        """Return a delivery, strongly consistent; it may be expired."""
        row = self._row(key)
        return None if row is None else self._delivery(row)

    def save(self, delivery: Delivery) -> Delivery | None:
        """Write over the version this one was made from; None: another writer was first."""
        after = replace(delivery, version=delivery.version + 1)
        mark = secrets.token_urlsafe(6)
        values = _moving(after, mark)
        sets = ", ".join(f"#{name} = :{name}" for name in values)
        gone = [name for name in _MOVING if name not in values]
        removes = " REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
        try:
            with errors_mapped():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=delivery_key(delivery.key),
                    UpdateExpression=f"SET {sets}{removes}",
                    ConditionExpression="#v = :before",
                    ExpressionAttributeNames={f"#{name}": name for name in _MOVING},
                    ExpressionAttributeValues={
                        **{f":{name}": value for name, value in values.items()},
                        ":before": {"N": str(delivery.version)},
                    },
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConditionFailed as failed:
            ours = failed.current is not None and failed.current.get("w") == {"S": mark}
            return after if ours else None
        return after

    def of_endpoint(
        self, endpoint: EndpointKey, since: datetime, until: datetime, limit: int, after: str | None, now: datetime
    ) -> DeliveryPage:
        """Return unexpired deliveries made in [since, until), newest first. May be a moment old."""
        query = delivery_list_pk(endpoint)
        last = f"{milliseconds(until):014}"
        if after is not None:
            last = min(last, cursors.read(self._sealer, endpoint.tenant, query, after))
        found: list[Delivery] = []
        for row in every_page(
            self._dynamodb,
            TableName=self._table,
            IndexName=GSI1,
            KeyConditionExpression="gsi1pk = :pk AND gsi1sk BETWEEN :since AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": query},
                ":since": {"S": f"{milliseconds(since):014}"},
                ":last": {"S": last},
            },
            ScanIndexForward=False,
            Limit=limit + 2,
        ):
            if row["gsi1sk"]["S"] == last or expired(row, now):
                continue  # BETWEEN includes the cursor's own row
            if len(found) == limit:
                edge = delivery_list_sk(found[-1].created_at, found[-1].key.event_id)
                return DeliveryPage(found, cursors.issue(self._sealer, endpoint.tenant, query, edge))
            if (delivery := self.get(delivery_of(row))) is not None:
                found.append(delivery)
        return DeliveryPage(found, None)

    def due(self, before: datetime, limit: int) -> Sequence[DeliveryKey]:
        """Return deliveries whose `look_at` has passed, oldest first, of all tenants."""
        return [delivery_of(row) for row in due_rows(self._dynamodb, self._table, DUE_DELIVERIES, before, limit)]

    def look_again(self, key: DeliveryKey, at: datetime) -> None:
        """Set when the sweeper looks at an open delivery next."""
        put_off(self._dynamodb, self._table, delivery_key(key), at)

    def keep_answer(self, key: DeliveryKey, attempt: int, excerpt: bytes, until: datetime) -> None:
        """Keep the beginning of what a receiver answered, until then."""
        row: Item = row_key(delivery_key(key)["pk"]["S"], answer_sk(key.event_id, attempt)) | expiry(until)
        text = base64.b64encode(excerpt).decode()
        row["sealed"] = {"B": seal(self._sealer, key.tenant, row, "sealed", text)}
        with errors_mapped():
            self._dynamodb.put_item(TableName=self._table, Item=row)

    def answers(self, key: DeliveryKey, now: datetime) -> Mapping[int, bytes]:
        """Return what receivers answered, by number of the attempt."""
        prefix = f"{key.event_id}#A"
        return {
            int(row["sk"]["S"].removeprefix(prefix)): base64.b64decode(unseal(self._sealer, key.tenant, row, "sealed"))
            for row in every_page(
                self._dynamodb,
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
                ExpressionAttributeValues={":pk": delivery_key(key)["pk"], ":prefix": {"S": prefix}},
                ConsistentRead=True,
            )
            if not expired(row, now)
        }

    def _row(self, key: DeliveryKey) -> Item | None:
        with errors_mapped():
            answer = self._dynamodb.get_item(TableName=self._table, Key=delivery_key(key), ConsistentRead=True)
        row: Item | None = answer.get("Item")
        return row

    def _delivery(self, row: Item) -> Delivery:
        key = delivery_of(row)
        url, encoding, body = unseal(self._sealer, key.tenant, row, "sealed")
        return Delivery(
            key=key,
            endpoint=EndpointKey(key.tenant, ApiKeyId(row["key"]["S"]), row["ep"]["S"]),
            alert=AlertRef(row["alert"]["S"]),
            url=url,
            encoding=CallbackEncoding(encoding),
            body=body,
            created_at=_at(row["created"]),
            expires_at=_at(row["exp"]),
            state=DeliveryState(row["st"]["S"]),
            attempts=tuple(_attempt(*values) for values in json.loads(row["log"]["S"])),
            rung=int(row["rung"]["N"]),
            due_at=_at(row["at"]) if "at" in row else None,
            look_at=_at(row["duesk"]) if "duesk" in row else None,
            version=int(row["v"]["N"]),
        )


def _moving(delivery: Delivery, mark: str) -> Item:
    """Return the attributes that change from write to write."""
    log = [[a.number, milliseconds(a.at), a.status, a.reason, a.milliseconds] for a in delivery.attempts]
    row: Item = {
        "st": {"S": delivery.state.value},
        "v": {"N": str(delivery.version)},
        "log": {"S": json.dumps(log, separators=(",", ":"))},
        "rung": {"N": str(delivery.rung)},
        "w": {"S": mark},
    }
    if delivery.due_at is not None:
        row["at"] = time(delivery.due_at)
    if delivery.look_at is not None:
        row |= due_in(DUE_DELIVERIES, delivery.key.event_id, delivery.look_at)
    return row


def _attempt(number: int, at: int, status: int | None, reason: str | None, took: int | None) -> Attempt:
    return Attempt(number, instant(at), status, reason, took)


def _at(value: dict[str, Any]) -> datetime:
    return instant(int(value["N"]))
