"""Appointments to try things on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.fakes.time import NOON
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.reminders.domain.appointment import Appointment

ACME = TenantId("acme")
ANA, BEN, CYD = UserId("ana"), UserId("ben"), UserId("cyd")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def an_appointment(ahead: timedelta = 3 * HOUR, id: str = "a1", **given: Any) -> Appointment:
    """Return an appointment of Ana, made at noon by Ben, that begins so long after noon."""
    fixed: dict[str, Any] = {
        "tenant": ACME, "title": "Fire drill", "assignee": ANA, "assigned_at": NOON, "assigned_by": BEN,
        "created_at": NOON, "changed_at": NOON, "by": BEN, "note": "Back gate",
    }  # fmt: skip
    return Appointment(id=id, starts_at=NOON + ahead, **fixed | given)
