"""An appointment of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.kernel.domain.ids import TenantId, UserId


class AppointmentState(StrEnum):
    """Whether it takes place; the values are words of the API."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """An appointment.

    Attributes:
        title: one line, up to 200 characters. Personal data.
        starts_at: aware UTC time.
        by: who made it; None = an event or an API key.
        source, external_id: of the event that made it; both None if a person did.
        cancelled_at: kept for 30 days from then.
        version: each change adds one.
    """

    tenant: TenantId
    id: str
    title: str
    starts_at: datetime
    assignee: UserId
    created_at: datetime
    by: UserId | None = None
    note: str = ""
    source: str | None = None
    external_id: str | None = None
    state: AppointmentState = AppointmentState.PLANNED
    cancelled_at: datetime | None = None
    version: int = 1
