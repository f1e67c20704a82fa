"""Schedules in the world of timers: made, run, changed and swept by processes that may die at any call.

world = ScheduleWorld()
made = world.make(asked(delay="5m"))
world.until_quiet()
assert len(world.alerts) == 1
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.builders import TENANT
from tests.fakes.schedules import FakeCommitTogether
from tests.scenarios.timer_world import TimerWorld
from tests.scenarios.world import Crash
from tests.unit.alerts.desk import a_request, an_sms
from tests.unit.schedules.schedule_desk import ScheduleDesk, body
from tocsin.alerts.application.check_later import CheckLater
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.features import ScheduleOptions
from tocsin.alerts.ports.alerts import AcceptOutcome
from tocsin.alerts.ports.together import UnitOfWork
from tocsin.calendar.domain.repeat import runs
from tocsin.calendar.domain.time_zone import zone as zone_named
from tocsin.entrypoint.alert_body.alert import read_for_run
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.schedules.application.begin import BeginSchedule
from tocsin.schedules.application.change import Change, ChangeSchedule
from tocsin.schedules.application.run import RunSchedule
from tocsin.schedules.application.schedule_alert import ScheduleAlert
from tocsin.schedules.domain.answer import Changed, Scheduled
from tocsin.schedules.domain.schedule import Schedule, ScheduleId, ScheduleState
from tocsin.timers.domain.timer import Timer

ANA = "+447700900001"


class _Plain:
    """What is written together, with a name for the call, so that it can be wrapped."""

    def __init__(self, together: FakeCommitTogether) -> None:
        self.commit, self.earlier_answer = together.__call__, together.earlier_answer


class _Writes:
    """A wrapped port as the use cases call it."""

    def __init__(self, port: Any) -> None:
        self._port = port

    def __call__(self, together: UnitOfWork) -> AcceptOutcome:
        done: AcceptOutcome = self._port.commit(together)
        return done

    def earlier_answer(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        earlier: Replayed | KeyReused | None = self._port.earlier_answer(tenant, key_id, claim, now)
        return earlier


class ScheduleWorld(TimerWorld):
    """See the module; `standings` is every standing of every schedule, in order."""

    def __init__(
        self,
        seed: int = 1,
        wrap: Callable[[str, Any], Any] = lambda name, port: port,
        *,
        copies: tuple[int, int] = (1, 3),
        zone: str = "UTC",
    ) -> None:
        super().__init__(seed, wrap, copies=copies)
        self.desk = ScheduleDesk(zone=zone)
        self.clock, self.timers, self.queue = self.desk.clock, self.desk.timers, self.desk.orders
        self.scheduler = self.desk.scheduler

    # --- what clients do --------------------------------------------------------------------------------------

    def make(self, asked: ScheduleOptions, tries: int = 3) -> Scheduled | None:
        """Schedule a text message; a client that got no answer asks again under the same Idempotency-Key."""
        claim = IdempotencyClaim("sendalert", f"k{len(self.standings)}", "f")
        for _ in range(tries):
            try:
                return self._make(asked, claim)
            except (Crash, StorageUnavailable):
                continue
        return None

    def change(self, id: ScheduleId, change: Change) -> Changed | None:
        """Change a schedule; None: nobody knows whether it was."""
        do = ChangeSchedule(
            self._port("schedules", self.desk.schedules),
            self._writes(),
            self._port("stores", self.desk.stores),
            self._port("queue", self.queue),
            self.clock,
        )
        try:
            return do(self.desk.key, id, change)
        except (Crash, StorageUnavailable):
            return None

    # --- what is seen -----------------------------------------------------------------------------------------

    @property
    def alerts(self) -> list[Alert]:
        """Every alert, oldest first."""
        return self.desk.sent

    @property
    def standings(self) -> list[Schedule]:
        """Every standing of every schedule, in order."""
        return self.desk.schedules.history

    def standing(self, id: ScheduleId) -> Schedule:
        return self.desk.schedules.rows[TENANT, self.desk.key.id, id]

    # --- the machinery ----------------------------------------------------------------------------------------

    def act(self, timer: Timer, now: datetime) -> datetime | None:
        """Be the action: run the schedule."""
        assert now >= timer.due_at, "early"
        self.runs.append((timer, now))
        desk = self.desk
        keys = self._port("keys", desk.keys)
        send = SendAlert(
            desk.prepare, self._port("alerts", desk.alerts), keys, self._port("batches", desk.queue), self.clock
        )
        run = RunSchedule(
            self._port("schedules", desk.schedules),
            self._writes(),
            self._port("stores", desk.stores),
            keys,
            send,
            read_for_run,
            self._port("messages", desk.told),
        )
        return run(timer, now)

    def _make(self, asked: ScheduleOptions, claim: IdempotencyClaim) -> Scheduled:
        desk = self.desk
        schedule = ScheduleAlert(
            BeginSchedule(CheckLater(desk.prepare), desk.clocks, desk.rng),
            self._writes(),
            self._port("stores", desk.stores),
            self._port("queue", self.queue),
            self.clock,
        )
        made = schedule(desk.key, replace(a_request(an_sms(ANA)), text=body(ANA)), asked, claim)
        assert isinstance(made, Scheduled)
        return made

    def _writes(self) -> _Writes:
        return _Writes(self._port("together", _Plain(self.desk.together)))


def check_history(world: ScheduleWorld) -> None:
    """Raise AssertionError unless what ran is what a plain enumeration of each schedule says (3.4).

    Every occurrence that fell due while the schedule was armed either ran, as exactly one alert and not before it was
    due, or was missed; nothing else ran.
    """
    alerts = {alert.ref: alert for alert in world.alerts}
    ran: list[str] = []
    by_id: dict[ScheduleId, list[Schedule]] = {}
    for standing in world.standings:
        by_id.setdefault(standing.id, []).append(standing)
    for standings in by_id.values():
        assert [standing.generation for standing in standings] == [*range(1, len(standings) + 1)]
        for before, after in itertools.pairwise(standings):
            if after.moved_at == before.moved_at:
                assert (after.runs, after.missed) == (before.runs, before.missed)
                continue
            assert before.state is ScheduleState.ACTIVE, "it came up although nobody wanted it"
            due = occurrences(before, after.moved_at)
            runs_now = after.last_at is not None and after.last_at != before.last_at
            assert after.missed - before.missed == len(due) - runs_now
            if not runs_now:
                continue
            assert after.last_at == due[-1], "not the latest of those that were due"
            assert after.last_alert is not None
            alert = alerts[after.last_alert]
            assert alert.cause is not None
            assert alert.cause.at == after.last_at <= alert.accepted_at
            ran.append(alert.ref)
    assert sorted(ran) == sorted(alerts), "an alert that no run made, or one that two made"


def occurrences(schedule: Schedule, until: datetime | None) -> list[datetime]:
    """Return those from the next one of the schedule until then, by walking through all from the first."""
    assert schedule.next_at is not None
    assert until is not None
    if schedule.interval.none:
        return [schedule.next_at]
    zone = zone_named(schedule.zone)
    assert zone is not None
    found = []
    for at in runs(schedule.wall or schedule.first, schedule.interval, schedule.end, zone):
        if at > until:
            break
        if at >= schedule.next_at:
            found.append(at)
    return found
