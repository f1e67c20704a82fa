"""The answer to a call with a trigger; and as text, kept beside its Idempotency-Key."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tocsin.alerts.domain.features import TriggerWord
from tocsin.alerts.domain.result import SendResult
from tocsin.kernel.domain.ids import StoreId


@dataclass(frozen=True, slots=True)
class KeywordActive:
    """One word that waits. `where`: the numbers or the mailbox to write it to; empty for a short link."""

    word: TriggerWord
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TriggerResult:
    """The answer to one call with a trigger.

    Attributes:
        store_id: the alert that is set off; None = nothing was armed, see `sent`.
        expiration_in_days: days the store lives if nobody writes the word.
        sent: what became of the call's own alert; None = it was stored.
    """

    client_ref: str
    store_id: StoreId | None = None
    expiration_in_days: int = 0
    words: tuple[KeywordActive, ...] = ()
    sent: SendResult | None = None


def encode_active(result: TriggerResult) -> str:
    """Return the text of an answer to a call whose own alert was stored. Its words are those of the call."""
    kept = {"v": 1, "client_ref": result.client_ref, "store_id": result.store_id, "days": result.expiration_in_days}
    return json.dumps(kept, separators=(",", ":"))


def decode_active(answer: str, words: tuple[KeywordActive, ...]) -> TriggerResult:
    """Return the answer that was encoded, with the words of the repeated call."""
    kept = json.loads(answer)
    return TriggerResult(kept["client_ref"], StoreId(kept["store_id"]), kept["days"], words)
