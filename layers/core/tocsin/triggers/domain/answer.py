"""The answer to a call with a trigger, and its text form for the idempotency store."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tocsin.alerts.domain.features import TriggerWord
from tocsin.alerts.domain.result import SendResult
from tocsin.kernel.domain.ids import StoreId


@dataclass(frozen=True, slots=True)
class KeywordActive:
    """One active keyword. `where`: the numbers, or the mailbox, to which people write it; empty for a short link."""

    word: TriggerWord
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TriggerResult:
    """The answer to one call with a trigger.

    Attributes:
        store_id: the alert that the keywords send; None = no trigger was activated, see `sent`.
        expiration_in_days: lifetime of the store if no keyword arrives.
        sent: the result of the call's own alert; None = that alert was stored.
    """

    client_ref: str
    store_id: StoreId | None = None
    expiration_in_days: int = 0
    words: tuple[KeywordActive, ...] = ()
    sent: SendResult | None = None


def encode_active(result: TriggerResult) -> str:
    """Return the text of the answer to a call whose own alert was stored. Keywords are not part of the text."""
    kept = {"v": 1, "client_ref": result.client_ref, "store_id": result.store_id, "days": result.expiration_in_days}
    return json.dumps(kept, separators=(",", ":"))


def decode_active(answer: str, words: tuple[KeywordActive, ...]) -> TriggerResult:
    """Return the encoded answer, with the keywords of the repeated call."""
    kept = json.loads(answer)
    return TriggerResult(kept["client_ref"], StoreId(kept["store_id"]), kept["days"], words)
