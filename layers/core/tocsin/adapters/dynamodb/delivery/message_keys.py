"""Where messages are stored: the row of each, by the layout of its alert (`alerts/layouts.py`)."""

from __future__ import annotations

from tocsin.adapters.dynamodb.alerts.keys import META, alert_pk
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key
from tocsin.alerts.domain.alert import BATCH_SIZE, ChunkKey

_PACK = "PACK#"


def alert_key(chunk: ChunkKey) -> Item:
    """Return the key of the row of an alert that is one row."""
    return key(alert_pk(chunk.tenant, chunk.alert), META)


def message_attribute(chunk: ChunkKey, position: int) -> str:
    """Return the attribute of a message in the row of its alert."""
    return f"m{chunk.item}_{position}"


def chunk_pk(chunk: ChunkKey) -> str:
    """Return the partition of the messages of a chunk."""
    return f"T#{chunk.tenant}#A#{chunk.alert}#M#{chunk.item:02}#{chunk.chunk:03}"


def message_sk(position: int) -> str:
    """Return the sort key of a message that has a row of its own."""
    return f"{position:03}"


def pack_number(position: int) -> int:
    """Return the number of the pack of a message in its chunk: a pack holds the messages of one batch."""
    return position // BATCH_SIZE


def pack_sk(number: int) -> str:
    """Return the sort key of a pack."""
    return f"{_PACK}{number:02}"


def pack_number_of(row: Item) -> int:
    """Return the number of a pack by its row."""
    return int(row["sk"]["S"].removeprefix(_PACK))


def pack_attribute(position: int) -> str:
    """Return the attribute of a message in its pack."""
    return f"m{position % BATCH_SIZE}"
