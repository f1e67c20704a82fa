"""What every store of appointments promises."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.canaries import blobs_of
from tests.contract.alert_path import AlertPath
from tests.fakes.appointments import FakeAppointments
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import NOON
from tests.fakes.timers import FakeTimers
from tests.unit.reminders.appointment_world import ACME, ANA, BEN, DAY, HOUR, MINUTE, an_appointment
from tocsin.adapters.dynamodb.reminders.appointments import DynamoDbAppointments
from tocsin.adapters.dynamodb.timers import DynamoDbTimers
from tocsin.audit.domain.actor import SYSTEM, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.kernel.domain.errors import InvalidRequest, StaleWrite
from tocsin.kernel.domain.ids import TenantId
from tocsin.reminders.domain.appointment import APPOINTMENT_KEPT, UNASSIGNED, Appointment, AppointmentState
from tocsin.reminders.domain.reminding import all_keys, timer_changes
from tocsin.reminders.ports import AppointmentChange, AppointmentFilter, Appointments
from tocsin.timers.ports import Timers

MILLISECOND = timedelta(milliseconds=1)
OTHER = TenantId("other")


@dataclass
class Stores:
    appointments: Appointments
    timers: Timers

    def write(self, after: Appointment, before: Appointment | None = None) -> Appointment:
        """Write an appointment with its timers, as every use case does."""
        changes = timer_changes(before, after, after.changed_at)
        self.appointments.commit(AppointmentChange(before, after, changes))
        return after

    def due(self, appointment: Appointment) -> dict[str, Any]:
        """Return when each timer of an appointment is due."""
        found = (self.timers.get(key) for key in all_keys(appointment.tenant, appointment.id))
        return {timer.key.subject: timer.due_at - NOON for timer in found if timer}


@pytest.fixture
def stores(world: AlertPath) -> Iterator[Stores]:
    if world.engine == "fake":
        timers = FakeTimers()
        yield Stores(FakeAppointments(timers), timers)
    else:
        yield Stores(DynamoDbAppointments(world.table, FakeSealer()), DynamoDbTimers(world.table))


def test_an_appointment_is_read_as_it_was_written_with_its_timers(stores: Stores) -> None:
    made = stores.write(an_appointment(source="crm", external_id="7", newest="x"))
    assert stores.appointments.get(ACME, "a1", NOON) == made
    assert stores.appointments.get(OTHER, "a1", NOON) is None
    assert stores.due(made) == {
        "a1.1h": 2 * HOUR, "a1.15m": 165 * MINUTE, "a1.1m": 179 * MINUTE, "a1.assigned": timedelta(0),
    }  # fmt: skip


def test_up_15_a_move_and_a_cancel_change_appointment_and_timers_at_once(stores: Stores) -> None:
    made = stores.write(an_appointment())
    moved = stores.write(replace(made, starts_at=NOON + 2 * DAY, version=2), made)
    assert stores.due(made)["a1.1d"] == DAY
    assert stores.due(made)["a1.1m"] == 2 * DAY - MINUTE
    gone = replace(moved, state=AppointmentState.CANCELLED, cancelled_at=NOON, version=3)
    stores.write(gone, moved)
    assert stores.appointments.get(ACME, "a1", NOON) == gone
    assert stores.due(made).keys() == {"a1.assigned"}  # it finds that there is nothing to tell


def test_the_slower_of_two_writers_changes_neither_appointment_nor_timers(stores: Stores) -> None:
    made = stores.write(an_appointment())
    with pytest.raises(StaleWrite):
        stores.write(an_appointment(title="Other"))
    moved = stores.write(replace(made, starts_at=NOON + 2 * DAY, version=2), made)
    with pytest.raises(StaleWrite):
        stores.write(replace(made, starts_at=NOON + 9 * DAY, version=2), made)
    assert stores.appointments.get(ACME, "a1", NOON) == moved
    assert stores.due(made)["a1.1d"] == DAY


@pytest.mark.deep
def test_of_many_writers_at_once_one_wins(stores: Stores) -> None:
    made = stores.write(an_appointment())

    def write(n: int) -> bool:
        try:
            stores.write(replace(made, starts_at=NOON + n * DAY, version=2), made)
        except StaleWrite:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(write, range(2, 8))) == 1


def test_the_entry_of_the_audit_trail_is_written_with_it_or_not_at_all(stores: Stores, world: AlertPath) -> None:
    made = an_appointment()
    entry = AuditEntry(ACME, "e1", NOON, SYSTEM, Via.API, "appointment.created", Thing("appointment", "a1"))
    stores.appointments.commit(AppointmentChange(None, made, entry=entry))
    with pytest.raises(StaleWrite):
        stores.appointments.commit(AppointmentChange(None, made, entry=replace(entry, id="e2")))
    if isinstance(stores.appointments, FakeAppointments):
        assert stores.appointments.entries == [entry]
    else:
        assert [row["sk"]["S"] for row in world.table.beginning_with(f"T#acme#AUDIT#{NOON:%Y%m}", "e")] == ["e1"]


def test_a_person_has_a_list_by_start_page_by_page(stores: Stores) -> None:
    for n in (3, 1, 2):
        stores.write(an_appointment(n * HOUR, id=f"a{n}"))
    stores.write(an_appointment(HOUR, id="b1", assignee=BEN))
    stores.write(an_appointment(HOUR, id="b2", assignee=UNASSIGNED))
    stores.write(an_appointment(HOUR, id="b3", tenant=OTHER))
    mine = AppointmentFilter(ANA)
    first = stores.appointments.page(ACME, mine, 2, None, NOON)
    assert [each.id for each in first.appointments] == ["a1", "a2"]
    second = stores.appointments.page(ACME, mine, 2, first.next, NOON)
    assert ([each.id for each in second.appointments], second.next) == (["a3"], None)
    with pytest.raises(InvalidRequest):
        stores.appointments.page(ACME, AppointmentFilter(BEN), 2, first.next, NOON)
    latest = replace(mine, latest_first=True)
    first = stores.appointments.page(ACME, latest, 2, None, NOON)
    second = stores.appointments.page(ACME, latest, 2, first.next, NOON)
    assert [each.id for page in (first, second) for each in page.appointments] == ["a3", "a2", "a1"]


@pytest.mark.parametrize("latest_first", [False, True])
def test_a_list_is_cut_by_start_and_state(stores: Stores, latest_first: bool) -> None:
    made = [stores.write(an_appointment(n * HOUR, id=f"a{n}")) for n in range(5)]
    cancelled = replace(made[2], state=AppointmentState.CANCELLED, cancelled_at=NOON, version=2)
    stores.write(cancelled, made[2])
    cut = AppointmentFilter(ANA, NOON + HOUR, NOON + 4 * HOUR, latest_first=latest_first)

    def ids(filter: AppointmentFilter) -> list[str]:
        return sorted(each.id for each in stores.appointments.page(ACME, filter, 9, None, NOON).appointments)

    assert ids(cut) == ["a1", "a2", "a3"]
    assert ids(replace(cut, state=AppointmentState.CANCELLED)) == ["a2"]
    assert ids(replace(cut, state=AppointmentState.PLANNED)) == ["a1", "a3"]
    assert ids(replace(cut, since=NOON + 4 * HOUR)) == []


def test_up_7_a_list_follows_the_assignee_and_the_start(stores: Stores) -> None:
    made = stores.write(an_appointment())
    stores.write(replace(made, assignee=BEN, starts_at=NOON + 9 * DAY, version=2), made)
    assert not stores.appointments.page(ACME, AppointmentFilter(ANA), 9, None, NOON).appointments
    assert len(stores.appointments.page(ACME, AppointmentFilter(BEN), 9, None, NOON).appointments) == 1


def test_retention_an_appointment_is_kept_for_30_days_after_its_end_and_its_id_is_free_then(stores: Stores) -> None:
    over = an_appointment(HOUR)
    stores.write(over)
    ends = NOON + HOUR + APPOINTMENT_KEPT
    assert stores.appointments.get(ACME, "a1", ends - MILLISECOND) == over
    assert stores.appointments.get(ACME, "a1", ends) is None
    assert not stores.appointments.page(ACME, AppointmentFilter(ANA), 9, None, ends).appointments
    stores.appointments.commit(AppointmentChange(None, replace(over, changed_at=ends)))
    assert stores.appointments.get(ACME, "a1", ends) is not None


def test_retention_a_cancelled_one_is_kept_for_30_days(stores: Stores) -> None:
    stores.write(an_appointment(90 * DAY, state=AppointmentState.CANCELLED, cancelled_at=NOON))
    assert stores.appointments.get(ACME, "a1", NOON + APPOINTMENT_KEPT - MILLISECOND) is not None
    assert stores.appointments.get(ACME, "a1", NOON + APPOINTMENT_KEPT) is None


def test_those_of_a_deleted_person_are_gone_with_their_timers(stores: Stores) -> None:
    made, kept = stores.write(an_appointment()), stores.write(an_appointment(id="b1", assignee=BEN))
    other = stores.write(an_appointment(tenant=OTHER))
    for _ in range(2):
        stores.appointments.forget(ACME, ANA)
    assert stores.appointments.get(ACME, "a1", NOON) is None
    assert stores.due(made) == {}
    assert [stores.appointments.get(each.tenant, each.id, NOON) for each in (kept, other)] == [kept, other]
    assert len(stores.due(kept)) == len(stores.due(other)) == 4


def test_s4_what_people_write_is_sealed(stores: Stores, world: AlertPath) -> None:
    if world.engine == "fake":
        pytest.skip("the fake seals nothing")
    stores.write(an_appointment())
    (row,) = world.table.beginning_with("T#acme#AP#a1", "a1")
    assert not any(b"drill" in blob or b"gate" in blob for blob in blobs_of(row))
