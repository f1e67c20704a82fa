"""Appointments for a caller: read, list, make, change, cancel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tocsin.audit.domain.entry import AuditEntry, Thing, changes
from tocsin.directory.domain.things import Kind
from tocsin.directory.ports import Directory
from tocsin.identity.application.audit_entry import audit_entry
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import Fault, InvalidRequest, NotFound, StaleWrite, WrongState
from tocsin.kernel.domain.ids import TenantId, UserId, time_ordered_uuid
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.kernel.ports import Clock, Randomness
from tocsin.reminders.application.write_appointment import WriteAppointment
from tocsin.reminders.domain.appointment import UNASSIGNED, Appointment, AppointmentState, whole_milliseconds
from tocsin.reminders.domain.reports import place_of_change
from tocsin.reminders.domain.rights import (
    check_may_act_for,
    check_may_change,
    check_may_read,
    check_may_touch,
    may_act_for,
    may_act_for_others,
)
from tocsin.reminders.ports import AppointmentFilter, AppointmentPage, Appointments

MASK = "•••"
"""Stands in the audit trail for words of an appointment that changed."""

ROUNDS = 3
"""How often a change is tried that loses against others."""


@dataclass(frozen=True, slots=True)
class AppointmentFields:
    """What a caller says of an appointment.

    Attributes:
        starts_at: as `start_of` gives it.
        assignee: None = the person who calls.
    """

    title: str
    starts_at: datetime
    assignee: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageAppointments:
    """Appointments of the caller's tenant. A change is written with its entry in the audit trail and its timers.

    Raises:
        Forbidden: the caller may not; the sentence says who may.
        NotFound: the tenant has no such appointment.
    """

    appointments: Appointments
    write: WriteAppointment
    directory: Directory
    clock: Clock
    randomness: Randomness

    def get(self, caller: Principal, id: str) -> Appointment:
        """Return an appointment."""
        check_may_read(caller)
        found = self.appointments.get(caller.tenant, id, self.clock())
        if found is None or found.assignee == UNASSIGNED:
            raise NotFound("appointment")
        check_may_touch(caller, found, self._person(caller.tenant, found.assignee))
        return found

    def page(self, caller: Principal, filter: AppointmentFilter, limit: int, cursor: str | None) -> AppointmentPage:
        """Return a page of the appointments of one person. Raises InvalidRequest for a cursor of another list."""
        check_may_read(caller)
        check_may_act_for(caller, self._person(caller.tenant, filter.assignee))
        return self.appointments.page(caller.tenant, filter, limit, cursor, self.clock())

    def person(self, caller: Principal, name: str | None) -> UserId:
        """Return whose appointments are meant: `me`, None = the caller, or the id of a person.

        Raises:
            InvalidRequest: the caller is no person, or there is no person of this id.
        """
        check_may_read(caller)
        if name in (None, "me") or (caller.user is not None and name == caller.user.id):
            if caller.user is None:
                raise InvalidRequest([Fault("/assignee", "REQUIRED", "an API key names a person")])
            return caller.user.id
        person = self._person(caller.tenant, str(name))
        check_may_act_for(caller, person)
        if person is None:
            raise InvalidRequest([Fault("/assignee", "NO_SUCH_THING", "there is no such user", (str(name),))])
        return person.id

    def people(self, caller: Principal) -> Sequence[User]:
        """Return the people whose appointments the caller may make, in no order."""
        check_may_read(caller)
        if not may_act_for_others(caller):
            return [] if caller.user is None else [caller.user]
        found = self.directory.all(caller.tenant, Kind.USER)
        return [each for each in found if isinstance(each, User) and may_act_for(caller, each)]

    def create(self, caller: Principal, fields: AppointmentFields, id: str | None = None) -> Appointment:
        """Make an appointment. The past is allowed: then there are no reminders.

        Args:
            id: the same for every repeat of the call, which gets what was made; None = a new one.

        Raises:
            InvalidRequest: there is no such person.
        """
        check_may_change(caller)
        now, by = self._now(), caller.user.id if caller.user else None
        if id is not None and (earlier := self.appointments.get(caller.tenant, id, now)) is not None:
            return earlier
        appointment = Appointment(
            tenant=caller.tenant,
            id=id or time_ordered_uuid(now, self.randomness.token(10)).replace("-", ""),
            title=fields.title,
            starts_at=fields.starts_at,
            note=fields.note,
            assignee=self.person(caller, fields.assignee),
            assigned_at=now,
            assigned_by=by,
            created_at=now,
            changed_at=now,
            by=by,
        )
        self.write(None, appointment, now, self._entry(caller, None, appointment))
        return appointment

    def change(self, caller: Principal, id: str, change: Callable[[Appointment], AppointmentFields]) -> Appointment:
        """Write what a change makes of an appointment. Nothing is written if it changes nothing.

        Args:
            change: what it raises is raised. It may be called again.

        Raises:
            InvalidRequest: there is no such person.
            WrongState: the appointment is cancelled.
            StaleWrite: the appointment kept changing.
        """
        check_may_change(caller)

        def changed(before: Appointment, now: datetime) -> Appointment:
            fields = change(before)
            if before.state is AppointmentState.CANCELLED:
                raise WrongState("this appointment is cancelled; make a new one")
            after = replace(before, title=fields.title, starts_at=fields.starts_at, note=fields.note)
            assignee = before.assignee if fields.assignee == before.assignee else self.person(caller, fields.assignee)
            return given(after, assignee, caller, now)

        return self._write(caller, id, changed, "updated")

    def cancel(self, caller: Principal, id: str, check: Callable[[Appointment], None]) -> Appointment:
        """Cancel an appointment: it reminds no more, and can be read for 30 days. A repeat changes nothing.

        Args:
            check: judges the appointment as it stands; what it raises is raised.

        Raises:
            StaleWrite: the appointment kept changing.
        """
        check_may_change(caller)

        def cancelled(before: Appointment, now: datetime) -> Appointment:
            check(before)
            if before.state is AppointmentState.CANCELLED:
                return before
            return replace(before, state=AppointmentState.CANCELLED, cancelled_at=now)

        return self._write(caller, id, cancelled, "cancelled")

    def _write(
        self, caller: Principal, id: str, change: Callable[[Appointment, datetime], Appointment], verb: str
    ) -> Appointment:
        for _ in range(ROUNDS):
            before, now = self.get(caller, id), self._now()
            after = change(before, now)
            if after == before:
                return before
            after = next_version(after, now)
            try:
                self.write(before, after, now, self._entry(caller, before, after, verb))
            except StaleWrite:
                continue
            return after
        raise StaleWrite("another call kept changing this appointment")

    def _entry(
        self, caller: Principal, before: Appointment | None, after: Appointment, verb: str = "created"
    ) -> AuditEntry:
        was, became = changes(told(before) if before else {}, told(after))
        became |= {name: MASK for name in ("title", "note") if before and getattr(before, name) != getattr(after, name)}
        thing = Thing("appointment", after.id)
        return audit_entry(
            caller, f"appointment.{verb}", thing, was, became, at=after.changed_at, randomness=self.randomness
        )

    def _person(self, tenant: TenantId, id: str) -> User | None:
        found = self.directory.get(tenant, Kind.USER, id)
        return found if isinstance(found, User) else None

    def _now(self) -> datetime:
        return whole_milliseconds(self.clock())


def given(appointment: Appointment, to: UserId, caller: Principal, now: datetime) -> Appointment:
    """Return an appointment that is a person's from now on; the same object if it was theirs."""
    if appointment.assignee == to:
        return appointment
    by = caller.user.id if caller.user else None
    return appointment.given_to(to, now, by)


def next_version(appointment: Appointment, now: datetime) -> Appointment:
    """Return a changed appointment in its next version. Of one that an event made, older events change nothing now."""
    newest = place_of_change(now) if appointment.source is not None else ""
    return replace(appointment, changed_at=now, newest=newest, version=appointment.version + 1)


def told(appointment: Appointment) -> dict[str, Any]:
    """Return the fields of an appointment that the audit trail keeps: an entry outlives the appointment."""
    return {
        "starts_at": wire_time(appointment.starts_at),
        "assignee": appointment.assignee,
        "state": appointment.state.value,
    }
