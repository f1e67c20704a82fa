"""Which message of ours is it? What the carrier of this machine must know and SNS does not say.

With End User Messaging every text carries our id to the carrier and back; with SNS, which the engine plays, it does
not, and SNS's own reports (lines of a log) therefore cannot move a message. So that texts are reported on this machine
as they are in production, the carrier looks up the id in the row where the sender has noted SNS's name for it.
"""

from __future__ import annotations

from typing import Any


def sent_messages(dynamodb: Any, table: str) -> dict[str, str]:
    """Return our id of the try by the provider's id, of all messages that were handed over and not reported since."""
    return _ids(dynamodb, table, "st = :sent AND attribute_type(pid, :text)", {":sent": {"S": "sent"}})


def message_named(dynamodb: Any, table: str, provider_id: str) -> str | None:
    """Return our id of one message, whatever became of it since."""
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
