"""Appointments in memory, with the timers that are written with them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from tests.fakes.outage import Outage
from tests.fakes.timers import FakeTimers
from tocsin.audit.domain.entry import AuditEntry
from tocsin.kernel.domain.errors import Fault, InvalidRequest, StaleWrite
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.reminders.domain.appointment import UNASSIGNED, Appointment
from tocsin.reminders.domain.reminding import all_keys
from tocsin.reminders.ports import AppointmentChange, AppointmentFilter, AppointmentPage

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def _named(appointment: Appointment) -> str:
    return f"{int(appointment.starts_at.timestamp() * 1000):015}.{appointment.id}"


class FakeAppointments:
    """`kept` and `entries` may be inspected."""

    def __init__(self, timers: FakeTimers | None = None) -> None:
        self.timers = timers or FakeTimers()
        self.kept: dict[tuple[TenantId, str], Appointment] = {}
        self.entries: list[AuditEntry] = []
        self.outage = Outage()
        self._lock = threading.Lock()

    def get(self, tenant: TenantId, id: str, now: datetime) -> Appointment | None:
        self.outage.check()
        found = self.kept.get((tenant, id))
        return found if found is not None and now < found.kept_until else None

    def commit(self, change: AppointmentChange) -> None:
        self.outage.check()
        before, after = change.before, change.after
        with self._lock:
            there = self.kept.get((after.tenant, after.id))
            if before is None and there is not None and after.changed_at >= there.kept_until:
                there = None
            if (before and before.version) != (there and there.version):
                raise StaleWrite("another call changed this appointment")
            standing = [self.timers.rows.get(timer.key) for timer in change.timers.armed]
            if any(row and row.generation >= after.version for row in standing):
                raise StaleWrite("a timer of this appointment is newer")
            self.kept[after.tenant, after.id] = after
            for timer in change.timers.armed:
                self.timers.arm(timer)
            for key in change.timers.dropped:
                self.timers.cancel(key)
            if change.entry is not None:
                self.entries.append(change.entry)

    def page(
        self, tenant: TenantId, filter: AppointmentFilter, limit: int, cursor: str | None, now: datetime
    ) -> AppointmentPage:
        self.outage.check()
        place = f"{tenant}|{hash(filter)}|"
        if cursor is not None and not cursor.startswith(place):
            raise InvalidRequest([Fault("/cursor", "INVALID_CURSOR", "this cursor was not issued for this list")])
        found = sorted(
            (
                each
                for (owner, _), each in self.kept.items()
                if owner == tenant
                and each.assignee == filter.assignee != UNASSIGNED
                and now < each.kept_until
                and (filter.since or _FIRST) <= each.starts_at < (filter.until or _LAST)
                and filter.state in (None, each.state)
            ),
            key=lambda each: (each.starts_at, each.id),
            reverse=filter.latest_first,
        )
        if cursor is not None:
            last = cursor.removeprefix(place)
            found = [each for each in found if (_named(each) < last if filter.latest_first else _named(each) > last)]
        return AppointmentPage(found[:limit], place + _named(found[limit - 1]) if len(found) > limit else None)

    def forget(self, tenant: TenantId, user: UserId) -> None:
        self.outage.check()
        for owner, id in [name for name, each in self.kept.items() if (name[0], each.assignee) == (tenant, user)]:
            del self.kept[owner, id]
            for key in all_keys(owner, id):
                self.timers.cancel(key)
