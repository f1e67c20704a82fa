"""What all rows share: keys, numbers, times and expiry. `docs/data-model.md` lists the rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tocsin.adapters.dynamodb.table.client import Item

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def key(pk: str, sk: str) -> Item:
    """Return the primary key in wire form."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def key_of(row: Item) -> Item:
    """Return the primary key of a row."""
    return {"pk": row["pk"], "sk": row["sk"]}


def number(value: int) -> Item:
    """Return the wire form of a number."""
    return {"N": str(value)}


def milliseconds(at: datetime) -> int:
    """Return the instant in whole milliseconds since 1970, rounded down."""
    return (at - _EPOCH) // _MILLISECOND


def instant(value: float) -> datetime:
    """Return the aware UTC time of so many milliseconds."""
    return _EPOCH + int(value) * _MILLISECOND


def time(at: datetime) -> Item:
    """Return the wire form of a time."""
    return {"N": str(milliseconds(at))}


def time_of(row: Item, name: str) -> datetime:
    """Return the time that stands in an attribute of a row."""
    return instant(int(row[name]["N"]))


def time_or_none(row: Item, name: str) -> datetime | None:
    """Return the time that stands in an attribute of a row, None if the row has no such attribute."""
    return time_of(row, name) if name in row else None


def expiry(at: datetime | None) -> Item:
    """Return the attributes of a row that ends at `at`: `exp` decides, `ttl` lets DynamoDB remove the row."""
    if at is None:
        return {}
    return {"exp": time(at), "ttl": {"N": str(milliseconds(at) // 1000 + 1)}}


def expired(row: Item, now: datetime) -> bool:
    """Whether the row's time is over; a row without `exp` never ends."""
    return "exp" in row and int(row["exp"]["N"]) <= milliseconds(now)
