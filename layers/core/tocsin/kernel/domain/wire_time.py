"""Times in the API."""

from __future__ import annotations

from datetime import UTC, datetime


def wire_time(at: datetime) -> str:
    """Return a time as ISO 8601 text: UTC, milliseconds, `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
