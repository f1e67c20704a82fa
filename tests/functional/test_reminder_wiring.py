"""Reminders through everything that runs: an event, the timers, notices and the inbox, on one table and its queues."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.functional.events import Context, sqs_event
from tests.functional.test_run_timers import Plant
from tests.functional.test_worker_wiring import Stack, stack
from tocsin.audit.domain.actor import SYSTEM, Via
from tocsin.directory.application.add_person import AddPerson
from tocsin.entrypoint.process.clock import utc_now
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.tenant import Tenant
from tocsin.kernel.domain.ids import TenantId
from tocsin.reminders.domain.reports import appointment_id
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import EventOrder, StoredEvent

__all__ = ["stack"]

ACME = TenantId("acme")


def test_up_7_up_14_an_event_makes_an_appointment_and_its_person_is_mailed_and_finds_it_in_the_inbox(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting, now = stack.start("act_on_events.app"), utc_now()
    storage = acting.storage
    storage.tenants.add(Tenant(ACME, "Acme", now, "Europe/London"))
    add = AddPerson(storage.directory, storage.randomness, storage.clock)
    ana = add(ACME, "ana@example.org", "Ana", SystemRole.USER, SYSTEM, Via.SYSTEM)
    said = {"id": "7", "title": "Fire drill", "assigneeId": ana.id}
    said["startsAt"] = (now + timedelta(hours=3)).isoformat()
    event = TelephonyEvent("crm", "1", "appointment.created", now, now, {"appointment": said})
    stored = StoredEvent.new(event, (["appointment"],), {})
    storage.event_rows.insert(ACME, [stored])

    orders = [EventOrder(ACME, (stored.name,)).encode()]
    for _ in range(2):
        assert acting.handler(sqs_event(orders), Context(60_000)) == {"batchItemFailures": []}
    made = stack.storage.appointments.get(ACME, appointment_id("crm", "7"), now)
    assert made is not None
    assert (made.title, made.assignee) == ("Fire drill", ana.id)

    timers = Plant(stack, monkeypatch)
    waiting = stack.bodies("TIMERS")
    assert len(waiting) == 4
    assert timers.work_off(*waiting) == []
    (notice,) = stack.storage.inboxes.page(ACME, ana.id, 9, None, utc_now()).notices
    assert notice.title == "You have a new appointment: Fire drill"
    assert len(stack.bodies("EMAIL_URGENT")) == 1
    assert timers.work_off(*waiting) == []
    assert len(stack.storage.inboxes.page(ACME, ana.id, 9, None, utc_now()).notices) == 1
