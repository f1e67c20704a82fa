"""The clock of the local engine: how far it is ahead of this machine's (`make tick`, ADR 0141)."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.local.complaint import Complaint
from infra.local.places import Places

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_SPAN = re.compile(r"(?:[0-9]{1,6}[dhms])+")
_LONGEST = timedelta(days=3660)


def ahead(places: Places) -> timedelta:
    """Return how far the clock is ahead; 0 if it was never moved."""
    try:
        return timedelta(seconds=float(places.clock.read_text()))
    except FileNotFoundError:
        return timedelta(0)


def move(places: Places, to: timedelta) -> None:
    """Put the clock so far ahead, and note what time it is in `run.json`. It never goes back.

    Raises:
        Complaint: it is further ahead already.
    """
    if to < ahead(places):
        raise Complaint("the clock never goes back; make fresh begins anew")
    _replace(places.clock, f"{to.total_seconds():.6f}\n")
    try:
        noted = json.loads(places.run.read_text())
    except (OSError, ValueError):
        return
    _replace(places.run, json.dumps(noted | {"now": shown_now(places)}, indent=2) + "\n")


def shown_now(places: Places) -> str:
    """Return the time on the clock: RFC 3339, UTC, whole seconds."""
    return f"{datetime.now(UTC) + ahead(places):%Y-%m-%dT%H:%M:%SZ}"


def span_of(text: str) -> timedelta:
    """Return the span that is written as `7d`, `90m` or `1d12h`.

    Raises:
        Complaint: it is none, is zero or below, or is longer than ten years.
    """
    if text.strip().startswith("-"):
        raise Complaint("the clock never goes back; make fresh begins anew")
    if not _SPAN.fullmatch(text):
        raise Complaint("say how far, in days, hours, minutes or seconds: make tick BY=7d, BY=90m or BY=1d12h")
    parts = re.findall(r"([0-9]+)([dhms])", text)
    span = sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in parts), timedelta(0))
    if not timedelta(0) < span <= _LONGEST:
        raise Complaint("the clock goes forward by a second at least, and by ten years at most")
    return span


def _replace(file: Path, text: str) -> None:
    unfinished = file.with_suffix(".part")
    unfinished.touch(mode=0o600)
    unfinished.write_text(text)
    unfinished.replace(file)
