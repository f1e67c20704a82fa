"""Reminders against a plain calendar: whatever is made, moved, cancelled, given away and switched, and in any order.

The calendar writes down every version of every appointment, and every switch. At the end it looks up, for each start
that was ever set and each offset, what stood at that instant. It knows no timers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.scenarios.reminder_world import LATE, ReminderWorld
from tests.unit.reminders.appointment_world import ACME, ANA, BEN, CYD, MINUTE
from tocsin.kernel.domain.ids import UserId
from tocsin.preferences.domain.settings import AppointmentMoment, Communication, NotificationSettings

HALF_A_MINUTE = timedelta(seconds=30)
"""Everything is changed at half a minute and begins at a whole one, so that no two things fall together."""

OFFSETS = {"1d": timedelta(days=1), "1h": timedelta(hours=1), "15m": 15 * MINUTE, "1m": MINUTE}
people = st.sampled_from([ANA, BEN, CYD])
ahead = st.sampled_from([-30, 1, 2, 14, 16, 59, 61, 180, 1_439, 1_441, 3_000])
spans = st.sampled_from([1, 2, 13, 15, 44, 60, 179, 1_440])
switches = st.sampled_from([*(moment.value for moment in AppointmentMoment), Communication.APPOINTMENT.value])


@dataclass(frozen=True)
class Version:
    """An appointment from an instant on."""

    at: datetime
    start: datetime
    assignee: UserId
    by: UserId
    planned: bool = True


class Calendar(RuleBasedStateMachine):
    """Three people who make appointments for each other."""

    @initialize()
    def begin(self) -> None:
        self.world = ReminderWorld()
        self.world.clock.advance(HALF_A_MINUTE)
        self.versions: dict[str, list[Version]] = {}
        self.on: dict[UserId, list[tuple[datetime, frozenset[str]]]] = {}
        everything = frozenset([*AppointmentMoment, Communication.APPOINTMENT])
        for person in (ANA, BEN, CYD):
            self.on[person] = [(self.world.clock(), everything)]

    @rule(ahead=ahead, assignee=people, by=people)
    def make(self, ahead: int, assignee: UserId, by: UserId) -> None:
        id, start = f"a{len(self.versions)}", self._start(ahead)
        self.world.make(id, start, assignee, by)
        self.versions[id] = [Version(self.world.clock(), start, assignee, by)]
        self._deliver()

    @precondition(lambda self: self._planned())
    @rule(data=st.data(), ahead=ahead, by=people)
    def move(self, data: st.DataObject, ahead: int, by: UserId) -> None:
        id = data.draw(st.sampled_from(self._planned()))
        self._change(id, self._start(ahead), self.versions[id][-1].assignee, by)

    @precondition(lambda self: self._planned())
    @rule(data=st.data(), assignee=people, by=people)
    def give(self, data: st.DataObject, assignee: UserId, by: UserId) -> None:
        id = data.draw(st.sampled_from(self._planned()))
        self._change(id, self.versions[id][-1].start, assignee, by)

    @precondition(lambda self: self._planned())
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(self._planned()))
        self.world.cancel(id)
        last = self.versions[id][-1]
        self.versions[id].append(Version(self.world.clock(), last.start, last.assignee, BEN, planned=False))
        self._deliver()

    @rule(person=people, switch=switches)
    def flip(self, person: UserId, switch: str) -> None:
        on = self.on[person][-1][1] ^ {switch}
        self.on[person].append((self.world.clock(), on))
        moments = frozenset(moment for moment in AppointmentMoment if moment.value in on)
        communication = frozenset({Communication.APPOINTMENT} & on)
        self.world.preferences.add(
            NotificationSettings(tenant=ACME, user=person, moments=moments, communication=communication)
        )

    @rule(minutes=spans)
    def wait(self, minutes: int) -> None:
        self.world.until(self.world.clock() + minutes * MINUTE)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        self.world.until(self.world.clock() + timedelta(days=4))
        told = self.world.told
        assert (
            Counter((each.appointment, each.moment, each.person, each.notice.at) for each in told) == self._enumerated()
        )
        assert all(timedelta(0) <= each.at - each.notice.at < LATE for each in told)
        assert self.world.timers.rows == {}

    # --- the calendar -----------------------------------------------------------------------------------------------

    def _enumerated(self) -> Counter[tuple[str, str, UserId, datetime]]:
        found: Counter[tuple[str, str, UserId, datetime]] = Counter()
        for id, versions in self.versions.items():
            for number, version in enumerate(versions):
                ends = (
                    versions[number + 1].at
                    if number + 1 < len(versions)
                    else datetime.max.replace(tzinfo=version.at.tzinfo)
                )
                if not version.planned:
                    continue
                for moment, before in OFFSETS.items():
                    due = version.start - before
                    if version.at <= due < ends and moment in self._switched(version.assignee, due):
                        found[id, moment, version.assignee, due] += 1
                if self._is_told_of(versions, number):
                    found[id, "created", version.assignee, version.at] += 1
        return found

    def _is_told_of(self, versions: list[Version], number: int) -> bool:
        version = versions[number]
        if version.at >= version.start or (number and versions[number - 1].assignee == version.assignee):
            return False
        counts = {"created"} if not number else set()
        if version.by != version.assignee:
            counts.add("appointment")
        return bool(counts & self._switched(version.assignee, version.at))

    def _switched(self, person: UserId, at: datetime) -> frozenset[str]:
        return [on for since, on in self.on[person] if since <= at][-1]

    # --- the world --------------------------------------------------------------------------------------------------

    def _planned(self) -> list[str]:
        return [id for id, versions in getattr(self, "versions", {}).items() if versions[-1].planned]

    def _start(self, ahead: int) -> datetime:
        return self.world.clock() - HALF_A_MINUTE + ahead * MINUTE

    def _change(self, id: str, start: datetime, assignee: UserId, by: UserId) -> None:
        self.world.change(id, start, assignee, by)
        self.versions[id].append(Version(self.world.clock(), start, assignee, by))
        self._deliver()

    def _deliver(self) -> None:
        self.world.until(self.world.clock() + MINUTE)


Calendar.TestCase.settings = settings(
    max_examples=60, stateful_step_count=15, suppress_health_check=[HealthCheck.too_slow]
)
TestCalendar = Calendar.TestCase
