"""Finds our id of a text by SNS's MessageId, for the simulated carrier.

With End User Messaging, events about a text contain our id. SNS, which the engine emulates, does not send our id, so
SNS's delivery logs cannot change a message's state. To report texts as in production, the carrier reads our id from the
message's row or pack, or from the row of a small alert, where the worker has stored SNS's MessageId.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_INSIDE = re.compile(r"m(\d+)_(\d+)")
"""A message inside the row of its alert, by item and position: docs/data-model.md."""

_IN_PACK = re.compile(r"m(\d+)")
"""A message inside its pack, by its place in it."""

_BATCH = 25
"""Messages of a full pack."""


def sent_messages(dynamodb: Any, table: str) -> dict[str, str]:
    """Return our id of the try by the provider's id, for all messages in state `sent`."""
    found = _messages(dynamodb, table, "st = :sent", {":sent": {"S": "sent"}})
    return {provider_id: ours for provider_id, ours, sent in found if sent}


def message_named(dynamodb: Any, table: str, provider_id: str) -> str | None:
    """Return our id of one message in any state, None if there is none."""
    found = _messages(dynamodb, table, "pid = :pid", {":pid": {"S": provider_id}})
    return next((ours for named, ours, _ in found if named == provider_id), None)


def _messages(dynamodb: Any, table: str, condition: str, values: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Yield the provider's id, our id, and whether the state is `sent`.

    One scan finds messages in rows of their own, if they fulfil `condition`, and all messages in packs and inside the
    row of their alert (docs/data-model.md). The engine reads the whole table for a scan, and answers nothing meanwhile.
    """
    inside = "(sk = :meta AND attribute_exists(#to)) OR begins_with(sk, :pack)"
    for page in dynamodb.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression=f"(attribute_type(pid, :text) AND {condition}) OR {inside}",
        ExpressionAttributeNames={"#to": "to"},
        ExpressionAttributeValues={**values, ":text": {"S": "S"}, ":meta": {"S": "META"}, ":pack": {"S": "PACK#"}},
        ConsistentRead=True,
    ):
        for row in page["Items"]:
            if row["sk"]["S"] == "META":
                yield from _inside(row)
            elif row["sk"]["S"].startswith("PACK#"):
                yield from _in_pack(row)
            else:
                yield _of_its_own(row)


def _of_its_own(row: dict[str, Any]) -> tuple[str, str, bool]:
    ours = _our_id(row, row["sk"]["S"], row["n"]["N"])
    return row["pid"]["S"], ours, row["st"]["S"] == "sent"


def _in_pack(row: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    first = int(row["sk"]["S"].removeprefix("PACK#")) * _BATCH
    for name, value in row.items():
        if place := _IN_PACK.fullmatch(name):
            _, letter, attempt, _, provider_id, *_ = json.loads(value["S"])
            if provider_id is not None:
                yield provider_id, _our_id(row, first + int(place[1]), attempt), letter == "t"


def _our_id(row: dict[str, Any], position: int | str, attempt: int | str) -> str:
    # T#<tenant>#A#<alert>#M#<item>#<chunk>
    _, tenant, _, alert, _, item, chunk = row["pk"]["S"].split("#")
    return ".".join([tenant, alert, *(str(int(number)) for number in (item, chunk, position, attempt))])


def _inside(row: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    _, tenant, _, alert = row["pk"]["S"].split("#")
    for name, value in row.items():
        if place := _INSIDE.fullmatch(name):
            _, letter, attempt, _, provider_id, *_ = json.loads(value["S"])
            if provider_id is not None:
                yield provider_id, f"{tenant}.{alert}.{place[1]}.0.{place[2]}.{attempt}", letter == "t"
