"""The result of a send as text. It is stored with the Idempotency-Key and returned to a repeat."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from tocsin.alerts.domain.result import ItemResult, SendResult
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.warnings import Warned, WarningCode

_VERSION = 1


def encode_answer(result: SendResult) -> str:
    """Return the result as one line of JSON. It has no excluded receivers: only a result without an alert has them."""
    body = {"v": _VERSION, **asdict(result)}
    del body["excluded"]
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def decode_answer(text: str) -> SendResult:
    """Return the result from its text.

    Raises:
        ValueError: the text is not a result of a known version.
    """
    try:
        body = json.loads(text)
        if body.pop("v") != _VERSION:
            raise ValueError("an answer of another version")
        items = tuple(map(_item, body.pop("items")))
        return SendResult(items=items, **body)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not an answer to a send") from error


def _item(item: dict[str, Any]) -> ItemResult:
    warnings = tuple(
        Warned(each["pointer"], WarningCode(each["code"]), each["message"]) for each in item.get("warnings", ())
    )
    return ItemResult(**{**item, "channel": Channel(item["channel"]), "warnings": warnings})
