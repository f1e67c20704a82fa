"""How long an object of a bucket is kept, by a class in its name: a lifecycle rule removes each class."""

from __future__ import annotations

from datetime import timedelta

KEEP_DAYS = (1, 7, 30, 90, 366)
"""Days after which objects of each class are removed; data.yaml and recordings.yaml have a rule for each."""

FOREVER = "forever"
"""Class of the objects that no rule removes."""


def keep_for(lifetime: timedelta | None) -> str:
    """Return the class of an object that is needed for this time (None: no end). No rule removes it before."""
    if lifetime is None:
        return FOREVER
    return next((f"keep-{days:04}" for days in KEEP_DAYS if lifetime <= timedelta(days=days)), FOREVER)
