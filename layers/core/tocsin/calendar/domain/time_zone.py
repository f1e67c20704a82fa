"""Names of time zones, and the wall-clock time in a zone."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_FORM = re.compile(r"[A-Za-z0-9_+\-]+(?:/[A-Za-z0-9_+\-]+)*")
_NOT_PLACES = frozenset({"Factory", "localtime", "posixrules", "leapseconds", "tzdata.zi"})
"""Names that `zoneinfo` opens although they are not places. `right/…` counts leap seconds and differs by half a minute;
`posix/…` repeats all zones."""


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | None:
    """Return the IANA zone of this name; None = there is none. Case matters, as in the database."""
    if not _FORM.fullmatch(name) or name in _NOT_PLACES or name.startswith(("right/", "posix/")):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def wall_clock(at: datetime, name: str) -> datetime:
    """Return the wall-clock time in the zone at the aware instant `at`.

    Raises:
        ValueError: there is no zone of this name.
    """
    found = zone(name)
    if found is None:
        raise ValueError("no such time zone")
    return at.astimezone(found)
