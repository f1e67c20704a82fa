"""Events that make, change and cancel appointments, from their receipt to the row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.appointments import FakeAppointments
from tests.fakes.directory import FakeDirectory
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.timers import FakeTimerQueue
from tests.unit.reminders.appointment_world import ACME, ANA, HOUR, MINUTE
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import StaleWrite, StorageUnavailable
from tocsin.kernel.domain.ids import RoleId
from tocsin.reminders.application.act_on_appointments import ActOnAppointment, DecideAppointments
from tocsin.reminders.application.write_appointment import WriteAppointment
from tocsin.reminders.domain.appointment import UNASSIGNED, Appointment, AppointmentState
from tocsin.reminders.domain.reports import appointment_id
from tocsin.reminders.ports import AppointmentChange
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import EventDecision, StoredEvent
from tocsin.telephony.domain.vocabulary import data_faults

SAID = {"id": "7", "title": "Fire drill", "startsAt": "2026-11-23T15:00:00.1239Z", "assigneeId": "crm-ana"}


class Desk:
    """The act on fakes; Ana has an external id and an address."""

    def __init__(self, appointments: FakeAppointments | None = None) -> None:
        self.clock, self.queue, self.directory = VirtualClock(), FakeTimerQueue(), FakeDirectory()
        self.appointments = appointments or FakeAppointments()
        self.directory.add(
            User(ACME, ANA, "ana@example.org", "Ana", RoleId("user"), NOON, external_id="crm-ana", source="crm")
        )
        write = WriteAppointment(self.appointments, self.queue)
        self.act = ActOnAppointment(self.appointments, write, self.directory, self.clock)

    def tell(self, verb: str = "created", after: timedelta = timedelta(0), **said: Any) -> Appointment | None:
        """Let an event be acted on; return the appointment then."""
        found = event(verb, after, **said)
        assert not data_faults(found.type, found.data)
        self.act(ACME, StoredEvent.new(found, (["appointment"],), {}), ["appointment"])
        return self.appointments.kept.get((ACME, appointment_id("crm", "7")))


def event(
    verb: str = "created", after: timedelta = timedelta(0), *, sandbox: bool = False, **said: Any
) -> TelephonyEvent:
    appointment = {name: value for name, value in (SAID | said).items() if value is not None}
    return TelephonyEvent(
        "crm", f"{verb}{after}", f"appointment.{verb}", NOON + after, NOON, {"appointment": appointment}, sandbox
    )


@pytest.mark.parametrize("name", ["crm-ana", "ana", "Ana@Example.org"])
def test_decided_5_6_an_event_makes_an_appointment_with_its_timers_once(name: str) -> None:
    desk = Desk()
    for _ in range(2):
        made = desk.tell(assigneeId=name)
    assert made is not None
    assert (made.title, made.assignee, made.version) == ("Fire drill", ANA, 1)
    assert made.starts_at == NOON + 3 * HOUR + timedelta(milliseconds=123)
    assert (made.source, made.external_id, made.by) == ("crm", "7", None)
    assert len(desk.appointments.timers.rows) == len(desk.queue.waiting) == 4


def test_it_is_moved_given_away_and_cancelled_by_later_events_in_any_order() -> None:
    desk = Desk()
    desk.tell()
    moved = desk.tell("updated", 2 * MINUTE, startsAt="2026-11-23T16:00:00Z")
    late = desk.tell("updated", MINUTE, title="Old title")
    assert moved == late
    gone = desk.tell("cancelled", 3 * MINUTE, title=None, startsAt=None, assigneeId=None)
    assert gone is not None
    assert (gone.title, gone.state, gone.starts_at) == ("Fire drill", AppointmentState.CANCELLED, NOON + 4 * HOUR)
    assert [key.subject.rpartition(".")[2] for key in desk.appointments.timers.rows] == ["assigned"]


def test_one_whom_the_directory_does_not_know_is_reminded_of_nothing() -> None:
    desk = Desk()
    made = desk.tell(assigneeId="ghost")
    assert made is not None
    assert made.assignee == UNASSIGNED
    assert not desk.appointments.timers.rows


def test_a_start_of_another_age_makes_nothing() -> None:
    desk = Desk()
    assert desk.tell(startsAt="9000-01-01T00:00:00Z") is None


class BusyAppointments(FakeAppointments):
    """Another writer is faster at the next calls."""

    faster = 0

    def commit(self, change: AppointmentChange) -> None:
        if self.faster:
            self.faster -= 1
            raise StaleWrite("a test said so")
        super().commit(change)


def test_a_writer_that_was_faster_is_read_again_and_one_that_always_is_means_a_repeat() -> None:
    busy = BusyAppointments()
    desk = Desk(busy)
    busy.faster = 2
    assert desk.tell() is not None
    busy.faster = 9
    with pytest.raises(StorageUnavailable):
        desk.tell("updated", MINUTE)


def test_a_lost_order_of_a_timer_loses_nothing() -> None:
    desk = Desk()
    desk.queue.outage.failing = 1
    assert desk.tell() is not None
    assert len(desk.appointments.timers.rows) == 4


def decided(found: TelephonyEvent) -> tuple[Any, ...]:
    decide = DecideAppointments(lambda tenant, event: EventDecision((["rule", "r1", 1, []],)))
    return decide(ACME, found).acts[1:]


def test_decided_3_11_events_of_sandbox_keys_change_no_appointment() -> None:
    assert decided(event()) == (["appointment"],)
    assert decided(event(sandbox=True)) == ()
    assert decided(TelephonyEvent("crm", "1", "call.ended", NOON, NOON, {})) == ()
