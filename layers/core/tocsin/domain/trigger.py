"""Words that set a stored alert off: written in a text or the subject of a mail, or the reference of a short link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tocsin.domain.stored_content import StoreRef


class TriggerKind(StrEnum):
    """Where the keyword comes from."""

    SMS = "sms"
    EMAIL = "email"
    SHORTLINK = "shortlink"


@dataclass(frozen=True, slots=True)
class TriggerWord:
    """One way to set an alert off. `keyword` is compared without regard to case and has no blanks."""

    kind: TriggerKind
    keyword: str
    tag: str


@dataclass(frozen=True, slots=True)
class TriggerAsked:
    """The `trigger` block of a request.

    Attributes:
        every: least time between two runs.
        at_most: runs in all; 0 = no limit.
        store: the stored alert that is set off; None = the alert of this call, which is stored and not sent now.
    """

    words: tuple[TriggerWord, ...]
    every: timedelta
    at_most: int = 0
    store: StoreRef | None = None
