"""Times and spans in sentences: the account's clock, and spans in their two largest units."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def clock_text(at: datetime, zone: ZoneInfo) -> str:
    """Return a time on the account's clock: `2026-11-28 18:44 GMT`."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def span_text(span: timedelta) -> str:
    """Return a span in its two largest units, rounded down: `2 hours 5 minutes`, `1 day`, `0 seconds`."""
    rest, parts = int(span.total_seconds()), list[str]()
    for size, name in _UNITS:
        count, rest = divmod(rest, size)
        if count or parts:
            parts.append(f"{count} {name}" + ("s" if count != 1 else "") if count else "")
        if len(parts) == 2:
            break
    return " ".join(filter(None, parts)) or "0 seconds"
