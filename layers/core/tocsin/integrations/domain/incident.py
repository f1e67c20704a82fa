"""An incident: the time in which an integration does not work, and when people are mailed about it.

    (none) ──failed──► told ──7 d──► day 7 ──► day 14 ──► day 21, the last mail
       └──pending──► waiting ──more than 24 h──► told
                        └──failed──► told                 each ──active, disabled, deleted──► over

Failed and pending are one incident with one clock, which begins with the first of them. A stage whose moment is past is
told at once; of several that were missed, only the latest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.kernel.domain.ids import TenantId
from tocsin.timers.domain.timer import TimerKey, TimerKind

INCIDENT_KEPT = timedelta(days=90)
"""After it is over."""

REPAIR_AFTER = timedelta(minutes=1)
"""When the timer mails a stage whose own worker may have died before it did."""


class Stage(StrEnum):
    """When people are mailed; the values are words of the API, in the order of time."""

    TOLD = "told"
    DAY_7 = "day_7"
    DAY_14 = "day_14"
    DAY_21 = "day_21"


_STAGES = tuple(Stage)

PENDING_FOR = timedelta(hours=24)
"""So long an integration may be pending before people are mailed."""

_AFTER_PENDING = PENDING_FOR + timedelta(milliseconds=1)  # not yet after exactly 24 hours
_DAYS = {Stage.DAY_7: timedelta(days=7), Stage.DAY_14: timedelta(days=14), Stage.DAY_21: timedelta(days=21)}


@dataclass(frozen=True, slots=True)
class StageTold:
    """A stage that was told.

    Attributes:
        at: when it was decided; the mail's reference is made of it.
        people: how many were mailed; None = the mail is still owed.
    """

    stage: Stage
    at: datetime
    people: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationIncident:
    """An incident of one integration.

    Attributes:
        since: when the integration failed, or became pending; days are counted from then.
        failed: it was reported as failed, not only as pending.
        told: the stages that were told, in their order; the last one may be owed.
        ended_at: None = it goes on.
    """

    tenant: TenantId
    id: str
    integration: str
    since: datetime
    failed: bool
    told: tuple[StageTold, ...] = ()
    ended_at: datetime | None = None

    @property
    def owed(self) -> StageTold | None:
        """The stage of which the mail is still owed; None = there is none."""
        return self.told[-1] if self.told and self.told[-1].people is None else None

    @property
    def timer_key(self) -> TimerKey:
        """Key of the timer that moves from stage to stage."""
        return TimerKey(self.tenant, TimerKind.INCIDENT, f"{self.integration}.{self.id}")

    def moments(self) -> Iterator[tuple[Stage, datetime]]:
        """Yield the stages that were not told and come after those that were, each with its moment."""
        last = _STAGES.index(self.told[-1].stage) if self.told else -1
        if last < 0:
            yield Stage.TOLD, self.since if self.failed else self.since + _AFTER_PENDING
        for stage, after in _DAYS.items():
            if _STAGES.index(stage) > last:
                yield stage, self.since + after

    def due(self, now: datetime) -> Stage | None:
        """Return the latest stage whose moment is past; None = nothing is to be told now."""
        past = [stage for stage, moment in self.moments() if moment <= now]
        return None if self.ended_at is not None or not past else past[-1]

    def next_moment(self) -> datetime | None:
        """Return when the next stage is told; None = none is left."""
        return None if self.ended_at is not None else next((moment for _, moment in self.moments()), None)

    def next_stage(self) -> Stage | None:
        """Return the next stage; None = none is left."""
        return None if self.ended_at is not None else next((stage for stage, _ in self.moments()), None)

    def with_due(self, now: datetime) -> IntegrationIncident:
        """Return the incident with the stage that is due, of which the mail is owed; itself if none is due."""
        stage = self.due(now)
        if stage is None:
            return self
        before = (
            self.told if self.owed is None else self.mailed(0).told
        )  # a later one is due: its mail is not sent any more
        return replace(self, told=(*before, StageTold(stage, whole(now))))

    def mailed(self, people: int) -> IntegrationIncident:
        """Return the incident without the owed mail."""
        assert self.owed is not None
        return replace(self, told=(*self.told[:-1], replace(self.owed, people=people)))

    def cause(self, told: StageTold) -> Cause:
        """Return the cause of the mail of a stage."""
        return Cause(CauseKind.INCIDENT, self.id, told.stage.value, told.at)


def whole(at: datetime) -> datetime:
    """Return a time in whole milliseconds, rounded down, as rows keep it."""
    return at.replace(microsecond=at.microsecond // 1_000 * 1_000)


def incident_of(key: TimerKey) -> tuple[str, str]:
    """Return the ids of integration and incident of a timer."""
    integration, _, incident = key.subject.partition(".")
    return integration, incident
