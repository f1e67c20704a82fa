"""Appointments that other systems tell by events."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tocsin.directory.application.find_by_name import FindByName
from tocsin.directory.ports import Directory
from tocsin.kernel.domain.errors import StaleWrite, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Clock
from tocsin.reminders.application.manage_appointments import ROUNDS
from tocsin.reminders.application.write_appointment import WriteAppointment
from tocsin.reminders.domain.appointment import UNASSIGNED, start_of, whole_milliseconds
from tocsin.reminders.domain.reports import AppointmentReport, applied, is_about_appointments
from tocsin.reminders.ports import Appointments
from tocsin.telephony.application.ingest import Decide
from tocsin.telephony.domain.acts import Act, ActKind
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_data.shapes import instant
from tocsin.telephony.domain.stored_event import EventDecision, StoredEvent

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DecideAppointments:
    """The `Decide` of IngestEvents: what another one decides, and the change of the appointment."""

    decide: Decide

    def __call__(self, tenant: TenantId, event: TelephonyEvent) -> EventDecision:
        """Return what the event brings about. Events of sandbox keys change no appointments."""
        decision = self.decide(tenant, event)
        if event.sandbox or not is_about_appointments(event.type):
            return decision
        return replace(decision, acts=(*decision.acts, [ActKind.APPOINTMENT.value]))


@dataclass(frozen=True, slots=True)
class ActOnAppointment:
    """The `Perform` of ActKind.APPOINTMENT: makes, changes or cancels the appointment. Safe to repeat."""

    appointments: Appointments
    write: WriteAppointment
    directory: Directory
    clock: Clock

    def __call__(self, tenant: TenantId, stored: StoredEvent, act: Act) -> None:
        """Do it. Raises StorageUnavailable: repeat it."""
        event, said = stored.event, stored.event.data["appointment"]
        starts_at = self._start(said)
        if starts_at is None and "startsAt" in said:
            _log.warning("appointment_not_made", extra={"tenant": tenant, "event": stored.name, "reason": "start"})
            return
        report = AppointmentReport(
            tenant=tenant,
            type=event.type,
            name=stored.name,
            at=event.at,
            source=event.source,
            external_id=said["id"],
            title=said.get("title"),
            starts_at=starts_at,
            assignee=self._person(tenant, said.get("assigneeId")),
        )
        for _ in range(ROUNDS):
            now = whole_milliseconds(self.clock())
            before = self.appointments.get(tenant, report.id, now)
            after = applied(before, report, now)
            if after is None:
                return
            try:
                self.write(before, after, now)
            except StaleWrite:
                continue
            return
        raise StorageUnavailable("other writers kept changing this appointment")

    def _start(self, said: Mapping[str, Any]) -> Any:
        at = instant(said["startsAt"]) if "startsAt" in said else None
        return None if at is None else start_of(at)

    def _person(self, tenant: TenantId, name: str | None) -> UserId:
        """Return the person whom an event names."""
        found = FindByName(self.directory, tenant).user(name) if name else None
        return found.id if found else UNASSIGNED
