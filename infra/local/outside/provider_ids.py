"""Finds our id of a text by SNS's MessageId, for the simulated carrier.

With End User Messaging, events about a text contain our id. SNS, which the engine emulates, does not send our id, so
SNS's delivery logs cannot change a message's state. To report texts as in production, the carrier reads our id from the
message row, or from the row of a small alert, where the worker has stored SNS's MessageId.
"""

from __future__ import annotations

import json
import re
from typing import Any

_INSIDE = re.compile(r"m(\d+)_(\d+)")
"""A message inside the row of its alert, by item and position: docs/data-model.md."""


def sent_messages(dynamodb: Any, table: str) -> dict[str, str]:
    """Return our id of the try by the provider's id, for all messages in state `sent`."""
    rows = _ids(dynamodb, table, "st = :sent AND attribute_type(pid, :text)", {":sent": {"S": "sent"}})
    return rows | {pid: ours for pid, (letter, ours) in _inside_alerts(dynamodb, table).items() if letter == "t"}


def message_named(dynamodb: Any, table: str, provider_id: str) -> str | None:
    """Return our id of one message in any state, None if there is none."""
    named = _ids(dynamodb, table, "attribute_type(pid, :text) AND pid = :pid", {":pid": {"S": provider_id}})
    _, inside = _inside_alerts(dynamodb, table).get(provider_id, ("", None))
    return named.get(provider_id) or inside


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


def _inside_alerts(dynamodb: Any, table: str) -> dict[str, tuple[str, str]]:
    """Return the state's letter and our id of each message inside its alert's row, by the provider's id."""
    found: dict[str, tuple[str, str]] = {}
    for page in dynamodb.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="sk = :meta AND attribute_exists(#to)",
        ExpressionAttributeNames={"#to": "to"},
        ExpressionAttributeValues={":meta": {"S": "META"}},
        ConsistentRead=True,
    ):
        for row in page["Items"]:
            _, tenant, _, alert = row["pk"]["S"].split("#")
            for name, value in row.items():
                if place := _INSIDE.fullmatch(name):
                    _, letter, attempt, _, provider_id, *_ = json.loads(value["S"])
                    if provider_id is not None:
                        ours = f"{tenant}.{alert}.{place[1]}.0.{place[2]}.{attempt}"
                        found[provider_id] = (letter, ours)
    return found
