"""Appointments on a virtual clock: whoever writes them, the timers and their queue, and people who are told once.

world = ReminderWorld()
world.make("a1", NOON + HOUR)
world.until(NOON + 2 * HOUR)
assert [told.moment for told in world.told] == ["created", "15m", "1m"]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.appointments import FakeAppointments
from tests.fakes.directory import FakeDirectory
from tests.fakes.preferences import FakePreferencesStore
from tests.fakes.randomness import SeededRandomness
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers, FakeWakeUpScheduler
from tests.scenarios.world import LAMBDA_TIMEOUT, VISIBILITY, Crash
from tests.unit.reminders.appointment_world import ACME, ANA, BEN, CYD, MINUTE
from tocsin.audit.domain.actor import Actor, ActorKind
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import system_role
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import RoleId, UserId
from tocsin.personal_notices.domain.notice import Addressee, PersonalNotice
from tocsin.reminders.application.manage_appointments import AppointmentFields, ManageAppointments
from tocsin.reminders.application.remind import Remind
from tocsin.reminders.application.write_appointment import WriteAppointment
from tocsin.reminders.domain.appointment import Appointment
from tocsin.timers.application.run import RunTimer
from tocsin.timers.application.sweep import SweepTimers
from tocsin.timers.domain.timer import Timer, TimerKind

ATTEMPTS = 20


@dataclass(frozen=True)
class Told:
    """A notice that a person wanted."""

    appointment: str
    moment: str
    person: UserId
    at: datetime
    notice: PersonalNotice


class TellOnce:
    """Stands for TellPeopleOnce: a notice of a key once for ever, to those who want it then."""

    def __init__(self, preferences: FakePreferencesStore, clock: VirtualClock) -> None:
        self.preferences, self.clock = preferences, clock
        self.runs: dict[str, Any] = {}
        self.told: list[Told] = []

    def __call__(self, notice: PersonalNotice, addressees: Sequence[Addressee]) -> Any:
        if notice.key in self.runs:
            return self.runs[notice.key]
        (to,) = addressees
        wanted = notice.is_wanted(self.preferences.get(notice.tenant, to.user))
        in_time = notice.too_late_at is None or self.clock() < notice.too_late_at
        if wanted and in_time:
            appointment, _, rest = notice.key.partition(".")
            moment = "created" if rest.startswith("assigned") else rest.partition(".")[2]
            self.told.append(Told(appointment, moment, to.user, self.clock(), notice))
        self.runs[notice.key] = notice
        return notice


class ReminderWorld:
    """See the module. `wrap` wraps every port by its name."""

    def __init__(self, wrap: Callable[[str, Any], Any] = lambda name, port: port) -> None:
        self.clock = VirtualClock()
        self.timers, self.queue = FakeTimers(), FakeTimerQueue()
        self.scheduler = FakeWakeUpScheduler(self.queue)
        self.appointments, self.directory = FakeAppointments(self.timers), FakeDirectory()
        self.preferences = FakePreferencesStore()
        self.tell = TellOnce(self.preferences, self.clock)
        self._wrap = wrap
        self._again: list[tuple[datetime, Timer]] = []
        self._next_sweep = self.clock() + MINUTE
        for id in (ANA, BEN, CYD):
            self.directory.add(
                User(ACME, id, f"{id}@example.org", id.title(), RoleId("admin"), self.clock(), UserState.ACTIVE)
            )

    @property
    def told(self) -> list[Told]:
        """What people were told, in order."""
        return self.tell.told

    # --- what a story says ----------------------------------------------------------------------------------------

    def make(self, id: str, starts_at: datetime, assignee: UserId = ANA, by: UserId = BEN) -> None:
        """Make an appointment, as often as it takes."""
        fields = AppointmentFields(f"Talk {id}", starts_at, assignee)
        self._persist(lambda manage: manage.create(_caller(by), fields, id))

    def change(self, id: str, starts_at: datetime, assignee: UserId, by: UserId = BEN) -> None:
        """Move an appointment, or give it to another person, as often as it takes."""
        fields = AppointmentFields(f"Talk {id}", starts_at, assignee)
        self._persist(lambda manage: manage.change(_caller(by), id, lambda before: fields))

    def cancel(self, id: str) -> None:
        """Cancel an appointment, as often as it takes."""
        self._persist(lambda manage: manage.cancel(_caller(BEN), id, lambda before: None))

    def until(self, end: datetime) -> None:
        """Let time pass: orders are delivered when they arrive, and the sweeper comes at each full minute it is needed."""
        while True:
            times = [at for at, _ in self.queue.waiting] + [at for at, _ in self._again]
            if any(at <= self.clock() for at in self.timers.looks.values()):
                times.append(self._next_sweep)
            elif self.timers.looks:
                times.append(max(self._next_sweep, _full_minute(min(self.timers.looks.values()))))
            if not times or min(times) > end:
                break
            self.clock.at_least(min(times))
            self.turn()
        self.clock.at_least(end)

    # --- the machinery ----------------------------------------------------------------------------------------------

    def turn(self) -> None:
        """Do everything that is due by now."""
        if self.clock() >= self._next_sweep:
            self._next_sweep = _full_minute(self.clock()) + MINUTE
            self.sweep()
        self.deliver_now()

    def sweep(self) -> None:
        """Be the minute's sweeper."""
        sweep = SweepTimers(self._wrap("timers", self.timers), self._wrap("queue", self.queue), self.clock)
        _survived(lambda: sweep(lambda: LAMBDA_TIMEOUT))

    def deliver_now(self) -> None:
        """Give every order that has arrived to a worker; one that fails comes again."""
        now = self.clock()
        orders = [(order, False) for order in self.queue.take(now)]
        orders += [(order, True) for at, order in self._again if at <= now]
        self._again = [waiting for waiting in self._again if waiting[0] > now]
        for order, again in orders:
            if not _survived(lambda order=order, again=again: self._worker()(order, redelivered=again)):  # type: ignore[misc]
                self._again.append((self.clock() + VISIBILITY, order))

    def _worker(self) -> RunTimer:
        remind = Remind(
            appointments=self._wrap("appointments", self.appointments),
            directory=self.directory,
            timers=self._wrap("timers", self.timers),
            queue=self._wrap("queue", self.queue),
            tell=self._wrap("tell", self.tell).__call__,
            zone=lambda tenant: "Europe/London",
            console="https://console.example",
        )
        timers, queue = self._wrap("timers", self.timers), self._wrap("queue", self.queue)
        scheduler = self._wrap("scheduler", self.scheduler)
        return RunTimer(timers, queue, scheduler, {TimerKind.REMINDER: remind}, self.clock)

    def _manage(self) -> ManageAppointments:
        appointments = self._wrap("appointments", self.appointments)
        return ManageAppointments(
            appointments=appointments,
            write=WriteAppointment(appointments, self._wrap("queue", self.queue)),
            directory=self.directory,
            clock=self.clock,
            randomness=SeededRandomness(),
        )

    def _persist(self, act: Callable[[ManageAppointments], Appointment]) -> None:
        for _ in range(ATTEMPTS):
            if _survived(lambda: act(self._manage())):
                return
        raise AssertionError("it never came through")


def _full_minute(at: datetime) -> datetime:
    """Return the first full minute that is not before a time."""
    return at + (NOON - at) % MINUTE


def _survived(effect: Callable[[], object]) -> bool:
    try:
        effect()
    except (Crash, StorageUnavailable):
        return False
    return True


def _caller(id: UserId) -> Principal:
    role = system_role(ACME, SystemRole.ADMIN)
    user = User(ACME, id, f"{id}@example.org", id.title(), RoleId("admin"), NOON, UserState.ACTIVE)
    return Principal(ACME, Actor(ActorKind.USER, id, id), role, user=user)


LATE = timedelta(seconds=2)
"""How late a reminder may be if nothing fails."""
