"""The system clock."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the current instant, aware UTC. Serves the `Clock` port."""
    return datetime.now(UTC)
