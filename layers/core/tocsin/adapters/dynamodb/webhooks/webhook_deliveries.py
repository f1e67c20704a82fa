"""Webhook deliveries in DynamoDB: a row each, and a row per failed attempt with an excerpt of the response."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tocsin.adapters.dynamodb.table import cursors
from tocsin.adapters.dynamodb.table.actions import put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.indexes import GSI1, defer, due_in, due_rows
from tocsin.adapters.dynamodb.table.rows import (
    expired,
    expiry,
    instant,
    milliseconds,
    number,
    time,
    time_of,
    time_or_none,
)
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import STATEMENTS, Table
from tocsin.adapters.dynamodb.webhooks.versions import save_over
from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId, UserId
from tocsin.kernel.ports import Sealer
from tocsin.webhooks.domain.callback import BusHead, EndpointKey, PushOrigin, RuleOrigin, WebhookMethod
from tocsin.webhooks.domain.delivery import Attempt, Delivery, DeliveryKey, DeliveryState
from tocsin.webhooks.ports.callbacks import DeliveryPage

_MOVING = ("st", "v", "log", "enqueued", "at", "due", "duesk", "w")
"""Attributes that change. None of them is in `gsi1`, so a change of state costs no write to that index."""

_DUE = "DUE#CBD"


class DynamoDbWebhookDeliveries:
    """Stores the deliveries of each endpoint, and excerpts of responses.

    Every write has a mark, so that a writer whose response was lost recognises its own.
    """

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def add(self, delivery: Delivery) -> Delivery | None:
        """Write a new delivery. None: it is written; otherwise the existing one."""
        row = delivery_row(self._sealer, delivery)
        there = self._table.insert(row)
        return None if there is None or there["w"] == row["w"] else self._delivery(there)

    def add_all(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        """Write new deliveries, 25 in a call; return the existing ones of those that were there."""
        rows = [delivery_row(self._sealer, delivery) for delivery in deliveries]
        there: list[Item] = []
        for first in range(0, len(rows), STATEMENTS):
            some = rows[first : first + STATEMENTS]
            inserted = {number: self._table.insertion(row) for number, row in enumerate(some)}
            there += [some[number] for number in self._table.run(inserted, "webhook deliveries")]
        marks = {row["sk"]["S"]: row["w"] for row in there}
        keys = [row_key(row["pk"]["S"], row["sk"]["S"]) for row in there]
        stored = self._table.get_all(keys, "webhook deliveries") if keys else []
        return [self._delivery(row) for row in stored if row["w"] != marks[row["sk"]["S"]]]

    def get(self, key: DeliveryKey) -> Delivery | None:
        """Return a delivery, strongly consistent; it may be expired."""
        row = self._table.get(_key(key))
        return None if row is None else self._delivery(row)

    def save(self, delivery: Delivery) -> Delivery | None:
        """Write a delivery over the version it was made from; None: another writer was first."""
        after = replace(delivery, version=delivery.version + 1)
        mark = secrets.token_urlsafe(6)
        saved = save_over(self._table, _key(delivery.key), delivery.version, _moving(after, mark), _MOVING)
        return after if saved else None

    def of_endpoint(
        self, endpoint: EndpointKey, since: datetime, until: datetime, limit: int, after: str | None, now: datetime
    ) -> DeliveryPage:
        """Return unexpired deliveries made in [since, until), newest first. May be a moment old."""
        query = _list_pk(endpoint)
        last = f"{milliseconds(until):014}"
        if after is not None:
            last = min(last, cursors.read(self._sealer, endpoint.tenant, query, after))
        found: list[Delivery] = []
        for row in self._table.query(
            "gsi1pk = :pk AND gsi1sk BETWEEN :since AND :last",
            {":pk": {"S": query}, ":since": {"S": f"{milliseconds(since):014}"}, ":last": {"S": last}},
            IndexName=GSI1,
            ScanIndexForward=False,
            Limit=limit + 2,
        ):
            if row["gsi1sk"]["S"] == last or expired(row, now):
                continue  # BETWEEN includes the cursor's own row
            if len(found) == limit:
                edge = _list_sk(found[-1].created_at, found[-1].key.event_id)
                return DeliveryPage(found, cursors.issue(self._sealer, endpoint.tenant, query, edge))
            if (delivery := self.get(_key_of(row))) is not None:
                found.append(delivery)
        return DeliveryPage(found, None)

    def get_many(self, keys: Sequence[DeliveryKey]) -> Sequence[Delivery]:
        """Return those of the deliveries that are there, in no order, strongly consistent; a call for 100 of them."""
        rows = self._table.get_all([_key(key) for key in dict.fromkeys(keys)], "webhook deliveries")
        return [self._delivery(row) for row in rows]

    def due(self, before: datetime, limit: int) -> Sequence[DeliveryKey]:
        """Return up to `limit` deliveries of all tenants whose `next_check_at` has passed, oldest first."""
        return [_key_of(row) for row in due_rows(self._table, _DUE, before, limit)]

    def check_again(self, key: DeliveryKey, at: datetime) -> None:
        """Set when the sweeper checks an open delivery next."""
        defer(self._table, _key(key), at)

    def keep_answer(self, key: DeliveryKey, attempt: int, excerpt: bytes, until: datetime) -> None:
        """Store the first bytes of a response until `until`."""
        row = row_key(_pk(key), f"{_answer_prefix(key)}{attempt:03}") | expiry(until)
        row |= seal(self._sealer, key.tenant, row, base64.b64encode(excerpt).decode())
        self._table.write(put(row))

    def answers(self, key: DeliveryKey, now: datetime) -> Mapping[int, bytes]:
        """Return excerpts of responses by number of the attempt."""
        prefix = _answer_prefix(key)
        return {
            int(row["sk"]["S"].removeprefix(prefix)): base64.b64decode(unseal(self._sealer, key.tenant, row))
            for row in self._table.beginning_with(_pk(key), prefix)
            if not expired(row, now)
        }

    def _delivery(self, row: Item) -> Delivery:
        key = _key_of(row)
        url, encoding, body, *more = unseal(self._sealer, key.tenant, row)
        method, headers, endpoint_url = more or [WebhookMethod.POST, (), None]
        return Delivery(
            key=key,
            endpoint=EndpointKey(key.tenant, ApiKeyId(row["key"]["S"]), row["ep"]["S"]),
            alert=AlertRef(row["alert"]["S"]) if "alert" in row else None,
            url=url,
            encoding=CallbackEncoding(encoding),
            body=body,
            created_at=time_of(row, "created"),
            expires_at=time_of(row, "exp"),
            state=DeliveryState(row["st"]["S"]),
            attempts=tuple(_attempt(*values) for values in json.loads(row["log"]["S"])),
            retry_step=int(row["enqueued"]["N"]),
            due_at=time_or_none(row, "at"),
            next_check_at=time_or_none(row, "duesk"),
            version=int(row["v"]["N"]),
            method=WebhookMethod(method),
            headers=tuple((name, value) for name, value in headers),
            origin=RuleOrigin(row["rule"]["S"], row["action"]["S"]) if "rule" in row else None,
            endpoint_url=endpoint_url,
            push=PushOrigin(UserId(row["user"]["S"]), row["browser"]["S"]) if "browser" in row else None,
            bus=BusHead(row["bus"]["S"], time_of(row, "when"), row["about"]["S"]) if "bus" in row else None,
        )


def delivery_row(sealer: Sealer, delivery: Delivery) -> Item:
    """Return the row of a new delivery. URL, headers, body are sealed; callbacks have no `rule`, `browser` or `bus`.

    Deliveries to the bus are in no list of an endpoint.
    """
    row: Item = {
        **_key(delivery.key),
        **_moving(delivery, secrets.token_urlsafe(6)),
        **expiry(delivery.expires_at),
        "key": {"S": delivery.endpoint.key_id},
        "ep": {"S": delivery.endpoint.hash},
        "created": time(delivery.created_at),
    }
    if (head := delivery.bus) is not None:
        row |= {"bus": {"S": head.kind}, "when": time(head.at), "about": {"S": head.resource}}
    else:
        row["gsi1pk"] = {"S": _list_pk(delivery.endpoint)}
        row["gsi1sk"] = {"S": _list_sk(delivery.created_at, delivery.key.event_id)}
    if delivery.alert is not None:
        row["alert"] = {"S": delivery.alert}
    private: list[Any] = [delivery.url, delivery.encoding.value, delivery.body]
    if (origin := delivery.origin) is not None:
        row |= {"rule": {"S": origin.rule}, "action": {"S": origin.action}}
    if (push := delivery.push) is not None:
        row |= {"user": {"S": push.user}, "browser": {"S": push.subscription}}
    if origin is not None or push is not None:
        private += [delivery.method.value, delivery.headers, delivery.endpoint_url]
    return row | seal(sealer, delivery.key.tenant, row, private)


def _moving(delivery: Delivery, mark: str) -> Item:
    """Return the attributes that change from write to write."""
    log = [[a.number, milliseconds(a.at), a.status, a.reason, a.milliseconds] for a in delivery.attempts]
    row: Item = {
        "st": {"S": delivery.state.value},
        "v": number(delivery.version),
        "log": {"S": json.dumps(log, separators=(",", ":"))},
        "enqueued": number(delivery.retry_step),
        "w": {"S": mark},
    }
    if delivery.due_at is not None:
        row["at"] = time(delivery.due_at)
    if delivery.next_check_at is not None:
        row |= due_in(_DUE, delivery.key.event_id, delivery.next_check_at)
    return row


def _attempt(number: int, at: int, status: int | None, reason: str | None, took: int | None) -> Attempt:
    return Attempt(number, instant(at), status, reason, took)


def _pk(delivery: DeliveryKey) -> str:
    """Return the partition of a delivery, one of 256: a broadcast makes tens of thousands at once."""
    return f"T#{delivery.tenant}#WD#{delivery.event_id.removeprefix('evt_')[:2]}"


def _key(delivery: DeliveryKey) -> Item:
    return row_key(_pk(delivery), delivery.event_id)


def _key_of(row: Item) -> DeliveryKey:
    return DeliveryKey(TenantId(row["pk"]["S"].split("#")[1]), row["sk"]["S"])


def _answer_prefix(delivery: DeliveryKey) -> str:
    """Return the prefix of the sort keys of response excerpts; the number of the attempt follows."""
    return f"{delivery.event_id}#A"


def _list_pk(endpoint: EndpointKey) -> str:
    return f"T#{endpoint.tenant}#K#{endpoint.key_id}#EP#{endpoint.hash}"


def _list_sk(created: datetime, event_id: str) -> str:
    """Return the `gsi1` sort key of a delivery: oldest first."""
    return f"{milliseconds(created):014}#{event_id}"
