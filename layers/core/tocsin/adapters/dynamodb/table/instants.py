"""Instants as the table writes them: whole milliseconds since 1970, and whole seconds in `ttl`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(at: datetime) -> int:
    """Return the instant in whole milliseconds, rounded down."""
    return (at - _EPOCH) // _MILLISECOND


def instant(value: float) -> datetime:
    """Return the aware UTC time of so many milliseconds."""
    return _EPOCH + int(value) * _MILLISECOND
