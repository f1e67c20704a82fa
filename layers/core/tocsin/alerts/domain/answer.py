"""The answer to a send, as text: kept beside its Idempotency-Key and given again to a repeat."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from tocsin.alerts.domain.result import ItemResult, SendResult
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.warnings import Warned, WarningCode

_VERSION = 1


def encode_answer(result: SendResult) -> str:
    """Return the answer as one line of JSON."""
    return json.dumps({"v": _VERSION, **asdict(result)}, separators=(",", ":"), ensure_ascii=False)


def decode_answer(text: str) -> SendResult:
    """Read the answer back.

    Raises:
        ValueError: not an answer of a version this code knows.
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
