"""Finds our id of a text by SNS's MessageId, for the simulated carrier.

With End User Messaging, events about a text contain our id. SNS, which the engine emulates, does not send our id, so
SNS's delivery logs cannot change a message's state. To report texts as in production, the carrier reads our id from the
message row, where the worker has stored SNS's MessageId.
"""

from __future__ import annotations

from typing import Any


def sent_messages(dynamodb: Any, table: str) -> dict[str, str]:
    """Return our id of the try by the provider's id, for all messages in state `sent`."""
    return _ids(dynamodb, table, "st = :sent AND attribute_type(pid, :text)", {":sent": {"S": "sent"}})


def message_named(dynamodb: Any, table: str, provider_id: str) -> str | None:
    """Return our id of one message in any state, None if there is none."""
    return _ids(dynamodb, table, "attribute_type(pid, :text) AND pid = :pid", {":pid": {"S": provider_id}}).get(
        provider_id
    )


def _ids(dynamodb: Any, table: str, condition: str, values: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for page in dynamodb.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression=condition,
        ExpressionAttributeValues={**values, ":text": {"S": "S"}},
        ProjectionExpression="pk, sk, n, pid",
        ConsistentRead=True,
    ):
        for row in page["Items"]:
            # T#<tenant>#A#<alert>#M#<item>#<chunk> and <position>: docs/data-model.md
            _, tenant, _, alert, _, item, chunk = row["pk"]["S"].split("#")
            numbers = (item, chunk, row["sk"]["S"], row["n"]["N"])
            found[row["pid"]["S"]] = ".".join([tenant, alert, *(str(int(number)) for number in numbers)])
    return found
