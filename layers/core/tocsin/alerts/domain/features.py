"""The blocks of a request for linked alerts, schedules and triggers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.alerts.domain.link import LinkKey
from tocsin.calendar.domain.lifetime import Lifetime
from tocsin.calendar.domain.repeat import Interval
from tocsin.stored_content.domain.stored_content import StoreRef


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """The `linkedAlerts` block of a request.

    Attributes:
        lifetime: lifetime of the set, used for its first alert only; None = the default.
        only_if_exists: whether the request fails if the set does not exist.
        cancel_cancellation: whether an earlier cancellation of the set is lifted.
        key: the set itself, for a step of an escalation; None = the set that `link_ref` names. An erasure may have
            taken a person's address out of the escalation's `link_ref`.
    """

    link_ref: str
    lifetime: Lifetime | None = None
    only_if_exists: bool = False
    cancel_cancellation: bool = False
    key: LinkKey | None = None


@dataclass(frozen=True, slots=True)
class ScheduleOptions:
    """The `schedule` block of a request.

    Attributes:
        start: aware, or naive for local time of the account; None = now.
        delay: added to `start`.
        repeat: time from one run to the next; None = one run.
        end: no run after this time; set with `repeat` only. Aware or naive, as `start`.
    """

    start: datetime | None
    delay: Interval
    repeat: Interval | None = None
    paused: bool = False
    end: datetime | None = None


class TriggerKind(StrEnum):
    """How a keyword arrives."""

    SMS = "sms"
    EMAIL = "email"
    SHORTLINK = "shortlink"


@dataclass(frozen=True, slots=True)
class TriggerWord:
    """One keyword of a trigger. `keyword` has no blanks and is compared without regard to case."""

    kind: TriggerKind
    keyword: str
    tag: str


@dataclass(frozen=True, slots=True)
class TriggerOptions:
    """The `trigger` block of a request.

    Attributes:
        every: shortest time between two runs.
        at_most: most runs in total; 0 = no limit.
        store: the stored alert that is sent; None = the alert of this call, which is stored and not sent now.
    """

    words: tuple[TriggerWord, ...]
    every: timedelta
    at_most: int = 0
    store: StoreRef | None = None
