"""One text message from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class IncomingText:
    """One text message from outside.

    Attributes:
        id: the provider's id of it.
        ours, theirs: E.164.
        answered: the provider's id of the message that it answers, None if it names none.
        at: when it reached us.
    """

    id: str
    ours: str
    theirs: str
    text: str
    answered: str | None
    at: datetime
