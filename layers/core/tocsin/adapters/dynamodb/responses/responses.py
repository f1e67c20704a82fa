"""Responses in DynamoDB: a row each beside their alert, and a mark per receiver who has responded.

With a response to an alert of a linked set its contact is marked there too, and with one to an alert of an escalation
the person is counted, in the same transaction.

Ids are hashes, so the rows of one alert come in no order of time, and a walk through them is not upset by new ones.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from tocsin.adapters.dynamodb.escalation import counted
from tocsin.adapters.dynamodb.linked_alerts import seen
from tocsin.adapters.dynamodb.table.client import (
    TRY_AGAIN,
    Backoff,
    Cancelled,
    DynamoDb,
    Item,
    errors_mapped,
    every_page,
)
from tocsin.adapters.dynamodb.table.instants import instant
from tocsin.adapters.dynamodb.table.layout import (
    RESPONSE,
    alert_pk,
    expired,
    expiry,
    key,
    responded_sk,
    response_sk,
    time,
)
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.escalation.domain.escalation import answer_of
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.responses import ResponsePage


class DynamoDbResponses:
    """See the module. `backoff`: waits between tries of a transaction that met another one on its rows."""

    def __init__(self, dynamodb: DynamoDb, table_name: str, sealer: Sealer, backoff: Backoff | None = None) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._sealer = sealer
        self._backoff = backoff or Backoff()

    def add(self, response: Response) -> bool:
        """Keep it and mark its receiver, in one transaction, in its linked set too. False: it is here already.

        A person who was not counted before is counted in the escalation, in the same transaction. Where that fails,
        because they were, or because it is over, the response is kept without it.
        """
        put = {"Item": self._row(response), "ConditionExpression": "attribute_not_exists(pk)"}
        actions: list[Item] = [{"Put": {"TableName": self._table, **put}}]
        if response.matched:
            actions.append({"Update": {"TableName": self._table, **_mark(response)}})
        if counts := response.counts_in:
            link, contact = counts
            actions.append(seen(link, contact, response.kind, response.at, self._table))
        if counts_for := answer_of(response):
            counting = counted(counts_for, self._table, self._sealer, response.expires_at)
            failed = self._write([*actions, *counting])
            if failed is None:
                return True
            if 0 in failed:
                return False
        return self._write(actions) is None

    def _write(self, actions: Sequence[Item]) -> frozenset[int] | None:
        """Write all or nothing; return the places of the actions whose condition did not hold, None if it is done."""
        # The token makes a try whose answer was lost count once; it is good for 10 minutes.
        token = secrets.token_hex(16)
        for _ in self._backoff:
            try:
                with errors_mapped():
                    self._dynamodb.transact_write_items(TransactItems=actions, ClientRequestToken=token)
                return None
            except Cancelled as cancelled:
                codes = [reason.get("Code") for reason in cancelled.reasons]
                if "ConditionalCheckFailed" in codes:
                    return frozenset(place for place, code in enumerate(codes) if code == "ConditionalCheckFailed")
                if not TRY_AGAIN.intersection(codes):
                    raise
        raise StorageUnavailable("the transaction met others on its rows to the last try")

    def of_alert(self, tenant: TenantId, alert: AlertRef, limit: int, after: str | None, now: datetime) -> ResponsePage:
        """Return up to `limit` unexpired responses, ordered by id, strongly consistent."""
        rows = self._rows(tenant, alert, after or "", limit + 1)
        found = list(islice((row for row in rows if not expired(row, now)), limit + 1))
        responses = [self._response(tenant, alert, row) for row in found[:limit]]
        return ResponsePage(responses, responses[-1].id if len(found) > limit else None)

    def count(self, tenant: TenantId, alert: AlertRef, now: datetime) -> int:
        """Return how many unexpired matched responses there are. May be a moment old."""
        request: Item = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :responses)",
            "FilterExpression": "matched = :true AND (attribute_not_exists(#exp) OR #exp > :now)",
            "ExpressionAttributeNames": {"#exp": "exp"},
            "ExpressionAttributeValues": {
                ":pk": {"S": alert_pk(tenant, alert)},
                ":responses": {"S": RESPONSE},
                ":true": {"BOOL": True},
                ":now": time(now),
            },
            "Select": "COUNT",
        }
        counted: int = 0
        while True:
            with errors_mapped():
                page = self._dynamodb.query(**request)
            counted += int(page["Count"])
            if not (last := page.get("LastEvaluatedKey")):
                return counted
            request["ExclusiveStartKey"] = last

    def responded(self, key: ChunkKey, positions: range) -> Mapping[int, datetime]:
        """Return when each receiver in the range first responded, by position, strongly consistent."""
        if not positions:
            return {}
        rows = self._between(key.tenant, key.alert, responded_sk(key, positions[0]), responded_sk(key, positions[-1]))
        return {int(row["sk"]["S"][-3:]): instant(int(row["at"]["N"])) for row in rows}

    def _rows(self, tenant: TenantId, alert: AlertRef, after: str, page: int) -> Iterator[Item]:
        # An id is 64 hex digits: what follows it begins one character further.
        return self._between(tenant, alert, f"{response_sk(after)}0" if after else RESPONSE, f"{RESPONSE}~", page)

    def _between(
        self, tenant: TenantId, alert: AlertRef, first: str, last: str, page: int | None = None
    ) -> Iterator[Item]:
        return every_page(
            self._dynamodb,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": alert_pk(tenant, alert)},
                ":first": {"S": first},
                ":last": {"S": last},
            },
            ConsistentRead=True,
            **({} if page is None else {"Limit": page}),
        )

    def _row(self, response: Response) -> Item:
        tenant = response.key.tenant
        row: Item = key(alert_pk(tenant, response.key.alert), response_sk(response.id))
        row |= {
            "type": {"S": response.kind.value},
            "item": {"N": str(response.key.item)},
            "chunk": {"N": str(response.key.chunk)},
            "position": {"N": str(response.position)},
            "at": time(response.at),
            "late": {"BOOL": response.late},
            "matched": {"BOOL": response.matched},
            **expiry(response.expires_at),
        }
        if response.contact_id is not None:
            row["contact"] = {"S": response.contact_id}
        said = [response.natural_id, response.address, response.text, dict(response.details)]
        row["sealed"] = {"B": seal(self._sealer, tenant, row, "sealed", said)}
        return row

    def _response(self, tenant: TenantId, alert: AlertRef, row: Item) -> Response:
        natural_id, address, text, details = unseal(self._sealer, tenant, row, "sealed")
        return Response(
            key=ChunkKey(tenant, alert, int(row["item"]["N"]), int(row["chunk"]["N"])),
            position=int(row["position"]["N"]),
            kind=ResponseKind(row["type"]["S"]),
            natural_id=natural_id,
            address=address,
            contact_id=row["contact"]["S"] if "contact" in row else None,
            at=instant(int(row["at"]["N"])),
            text=text,
            late=row["late"]["BOOL"],
            matched=row["matched"]["BOOL"],
            details=details,
            expires_at=instant(int(row["exp"]["N"])) if "exp" in row else None,
        )


def _mark(response: Response) -> Item:
    values: Item = {":at": time(response.at), ":type": {"S": response.kind.value}}
    update = "SET #at = if_not_exists(#at, :at), #type = if_not_exists(#type, :type)"
    ends = expiry(response.expires_at)
    names = {"#at": "at", "#type": "type"}
    if response.contact_id is not None:
        update += ", contact = :contact"
        values[":contact"] = {"S": response.contact_id}
    for name, value in ends.items():
        update += f", #{name} = :{name}"
        names[f"#{name}"] = name
        values[f":{name}"] = value
    return {
        "Key": key(alert_pk(response.key.tenant, response.key.alert), responded_sk(response.key, response.position)),
        "UpdateExpression": update,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
