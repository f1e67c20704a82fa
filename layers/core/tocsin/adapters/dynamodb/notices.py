"""Messages to the owners of keys, a row each, in the order of time."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.table.client import ConditionFailed, DynamoDb, Item, errors_mapped, every_page
from tocsin.adapters.dynamodb.table.instants import instant, milliseconds
from tocsin.adapters.dynamodb.table.layout import client_messages_pk, expired, expiry, key, time
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.notices.domain.client_message import Category, ClientMessage, MessageQuery, Severity

_PAGE = 200


class DynamoDbClientMessages:
    """Messages in `T#<tenant>#K#<key>#MSG`; the sentence is sealed, severity, category and code are words of ours."""

    def __init__(self, dynamodb: DynamoDb, table_name: str, sealer: Sealer) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._sealer = sealer

    def tell(self, message: ClientMessage) -> bool:
        """Keep a message. False: it is there already."""
        place = key(
            client_messages_pk(message.tenant, message.key_id), f"{milliseconds(message.slot):014}#{message.id}"
        )
        row: Item = place | expiry(message.expires_at)
        row |= {
            "at": time(message.at),
            "sev": {"S": message.severity.value},
            "cat": {"S": message.category.value},
            "code": {"S": message.code},
        }
        row["sealed"] = {"B": seal(self._sealer, message.tenant, row, "sealed", [message.text, message.alert])}
        try:
            with errors_mapped():
                self._dynamodb.put_item(TableName=self._table, Item=row, ConditionExpression="attribute_not_exists(pk)")
        except ConditionFailed:
            return False
        return True

    def read(self, tenant: TenantId, key_id: ApiKeyId, query: MessageQuery, now: datetime) -> Sequence[ClientMessage]:
        """Return what the query asks for, in the order of its slots."""
        mark = secrets.token_urlsafe(6)
        found: list[ClientMessage] = []
        for row in self._rows(tenant, key_id, query):
            if expired(row, now) or not _asked_for(row, query):
                continue
            if query.mark and not self._mark(row, now, mark) and query.unreported:
                continue
            found.append(self._message(tenant, key_id, row))
            if len(found) == query.maximum:
                break
        return found

    def _rows(self, tenant: TenantId, key_id: ApiKeyId, query: MessageQuery) -> Iterator[Item]:
        return every_page(
            self._dynamodb,
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": client_messages_pk(tenant, key_id)}},
            ScanIndexForward=query.earliest_first,
            ConsistentRead=True,
            Limit=_PAGE,
        )

    def _mark(self, row: Item, now: datetime, mark: str) -> bool:
        """Note that the message was reported; return whether this call is the one that reports it."""
        try:
            with errors_mapped():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key={"pk": row["pk"], "sk": row["sk"]},
                    UpdateExpression="SET reported = :now, w = :mark",
                    ConditionExpression="attribute_exists(pk) AND attribute_not_exists(reported)",
                    ExpressionAttributeValues={":now": time(now), ":mark": {"S": mark}},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConditionFailed as failed:
            # Our own try, whose answer was lost, bears our mark.
            return failed.current is not None and failed.current.get("w") == {"S": mark}
        return True

    def _message(self, tenant: TenantId, key_id: ApiKeyId, row: Item) -> ClientMessage:
        slot, _, id = row["sk"]["S"].partition("#")
        text, alert = unseal(self._sealer, tenant, row, "sealed")
        return ClientMessage(
            tenant,
            key_id,
            id,
            instant(int(slot)),
            instant(int(row["at"]["N"])),
            Severity(row["sev"]["S"]),
            Category(row["cat"]["S"]),
            row["code"]["S"],
            text,
            None if alert is None else AlertRef(alert),
        )


def _asked_for(row: Item, query: MessageQuery) -> bool:
    return (
        not (query.unreported and "reported" in row)
        and (query.severity is None or row["sev"]["S"] == query.severity.value)
        and (query.category is None or row["cat"]["S"] == query.category.value)
    )
