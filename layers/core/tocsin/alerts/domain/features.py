"""What a request may ask for beside sending: a linked set, a schedule, a trigger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.calendar.domain.lifetime import Lifetime
from tocsin.calendar.domain.repeat import Interval
from tocsin.stored_content.domain.stored_content import StoreRef


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """The `linkedAlerts` block of a request.

    Attributes:
        lifetime: of the set; looked at on its first alert only; None = the system's default.
        only_if_exists: fail rather than begin a set.
        cancel_cancellation: lift an earlier cancellation of the set.
    """

    link_ref: str
    lifetime: Lifetime | None = None
    only_if_exists: bool = False
    cancel_cancellation: bool = False


@dataclass(frozen=True, slots=True)
class ScheduleOptions:
    """The `schedule` block of a request.

    Attributes:
        start: aware, or naive for a time on the account's own clocks; None = now.
        delay: added to `start`.
        repeat: from one run to the next; None = it runs once.
        end: no run after this; set with `repeat`. Aware or naive, as `start`.
    """

    start: datetime | None
    delay: Interval
    repeat: Interval | None = None
    paused: bool = False
    end: datetime | None = None


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
class TriggerOptions:
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
