"""What a person typed into a form, kept for a day in case the page or the session is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

KEPT = timedelta(hours=24)
"""How long a draft is kept after it was last stored."""

LARGEST = 300_000
"""Bytes of a draft as it is stored: compressed, about a megabyte of text."""


@dataclass(frozen=True, slots=True)
class FormDraft:
    """The draft of one form.

    Attributes:
        owner: who typed it, like `user:u7`; an id, no personal data.
        form: which form, like `alerts/new`; no personal data.
        fields: name and value of each field, in order; a name may occur more than once. Personal data.
        at: when it was stored.
    """

    owner: str
    form: str
    fields: tuple[tuple[str, str], ...]
    at: datetime

    def expired(self, now: datetime) -> bool:
        """Whether it is too old at `now`."""
        return now >= self.at + KEPT
