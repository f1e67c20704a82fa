"""Appointments in DynamoDB: a row each, written with its timers; a person's are found by their start in `gsi1`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tocsin.adapters.dynamodb.audit import entry_row
from tocsin.adapters.dynamodb.table import cursors
from tocsin.adapters.dynamodb.table.actions import FREE, delete, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.indexes import GSI1
from tocsin.adapters.dynamodb.table.rows import (
    expired,
    expiry,
    key,
    key_of,
    milliseconds,
    number,
    time,
    time_of,
    time_or_none,
)
from tocsin.adapters.dynamodb.table.sealing import place_of, seal, unseal
from tocsin.adapters.dynamodb.table.table import Table, condition_failed
from tocsin.adapters.dynamodb.timers import timer_put, timer_removed
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Sealer
from tocsin.reminders.domain.appointment import UNASSIGNED, Appointment, AppointmentState
from tocsin.reminders.domain.reminding import all_keys
from tocsin.reminders.ports import AppointmentChange, AppointmentFilter, AppointmentPage

LOOKED_AT = 1_000
"""Most rows that are looked at for one page."""

_READ_AT_ONCE = 100
_LATEST = 999_999_999_999_999


def is_appointment(row: Item) -> bool:
    """Whether a row holds an appointment."""
    return "#AP#" in row["pk"]["S"]


class DynamoDbAppointments:
    """Rows `T#<t>#AP#<2 hex>` / `<id>`; title, note and who made it are sealed."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def get(self, tenant: TenantId, id: str, now: datetime) -> Appointment | None:
        """Return an appointment, strongly consistent; None = there is none, or it is not kept any more."""
        row = self._table.get(_key(tenant, id))
        return None if row is None or expired(row, now) else self._appointment(tenant, row)

    def commit(self, change: AppointmentChange) -> None:
        """Write an appointment, its timers and its entry, or nothing. Raises StaleWrite."""
        row = self._row(change.after)
        if change.before is None:  # one that is not kept any more may still be there
            written = put(row, f"{FREE} OR #exp <= :now", {":now": time(change.after.changed_at)})
        else:
            written = put(row, "#v = :v", {":v": number(change.before.version)})
        actions = [written, *map(timer_put, change.timers.armed), *map(timer_removed, change.timers.dropped)]
        if change.entry is not None:
            actions.append(put(entry_row(self._sealer, change.entry), FREE))
        reasons = self._table.commit(actions)
        if reasons is not None and any(map(condition_failed, reasons)):
            raise StaleWrite("another call changed this appointment")

    def page(
        self, tenant: TenantId, filter: AppointmentFilter, limit: int, cursor: str | None, now: datetime
    ) -> AppointmentPage:
        """Return a page of a person's appointments by their start. Raises InvalidRequest for a cursor of another."""
        name = f"appointments|{filter}"
        after = None if cursor is None else cursors.read(self._sealer, tenant, name, cursor)
        found: list[Appointment] = []
        last = ""
        for looked_at, (place, appointment) in enumerate(self._listed(tenant, filter, after, now)):
            if looked_at == LOOKED_AT or len(found) == limit:
                return AppointmentPage(found, cursors.issue(self._sealer, tenant, name, last))
            last = place
            if appointment is not None and filter.state in (None, appointment.state):
                found.append(appointment)
        return AppointmentPage(found, None)

    def forget(self, tenant: TenantId, user: UserId) -> None:
        """Remove all appointments of a person, with their timers."""
        listed = self._table.query("gsi1pk = :pk", {":pk": {"S": _list_pk(tenant, user)}}, IndexName=GSI1)
        for row in list(listed):
            self._table.commit([delete(key_of(row)), *map(timer_removed, all_keys(tenant, row["sk"]["S"]))])

    def _listed(
        self, tenant: TenantId, filter: AppointmentFilter, after: str | None, now: datetime
    ) -> Iterator[tuple[str, Appointment | None]]:
        """Yield the places of a list after one, each with its appointment; None = the index is behind the rows."""
        first = _place(0 if filter.since is None else milliseconds(filter.since))
        until = _place(_LATEST if filter.until is None else milliseconds(filter.until))
        if after is not None:
            first, until = (first, min(after, until)) if filter.latest_first else (max(after, first), until)
        if first >= until:
            return
        pages = self._table.pages(
            "gsi1pk = :pk AND gsi1sk BETWEEN :first AND :until",
            {":pk": {"S": _list_pk(tenant, filter.assignee)}, ":first": {"S": first}, ":until": {"S": until}},
            IndexName=GSI1,
            ScanIndexForward=not filter.latest_first,
            Limit=_READ_AT_ONCE,
        )
        for page in pages:
            places = {place_of(row, ""): row["gsi1sk"]["S"] for row in page["Items"]}
            keys = [key_of(row) for row in page["Items"]]
            rows = {place_of(row, ""): row for row in self._table.get_all(keys, "appointments")}
            for name, place in places.items():
                row = rows.get(name)
                if place in (after, until):
                    continue
                if row is None or row.get("gsi1sk", {}).get("S") != place or expired(row, now):
                    yield place, None
                else:
                    yield place, self._appointment(tenant, row)

    def _row(self, appointment: Appointment) -> Item:
        row = _key(appointment.tenant, appointment.id) | {
            "v": number(appointment.version),
            "at": time(appointment.starts_at),
            "st": {"S": appointment.state.value},
            "since": time(appointment.assigned_at),
            "created": time(appointment.created_at),
            "changed": time(appointment.changed_at),
        }
        if appointment.cancelled_at is not None:
            row["cancelled"] = time(appointment.cancelled_at)
        if appointment.assignee != UNASSIGNED:
            row["gsi1pk"] = {"S": _list_pk(appointment.tenant, appointment.assignee)}
            row["gsi1sk"] = {"S": f"{_place(milliseconds(appointment.starts_at))}{appointment.id}"}
        sealed = {
            "title": appointment.title,
            "note": appointment.note,
            "assignee": appointment.assignee,
            "by": appointment.by,
            "assigned_by": appointment.assigned_by,
            "source": appointment.source,
            "external_id": appointment.external_id,
            "newest": appointment.newest,
        }
        return row | expiry(appointment.kept_until) | seal(self._sealer, appointment.tenant, row, sealed)

    def _appointment(self, tenant: TenantId, row: Item) -> Appointment:
        sealed: dict[str, Any] = unseal(self._sealer, tenant, row)
        return Appointment(
            tenant=tenant,
            id=row["sk"]["S"],
            title=sealed["title"],
            note=sealed["note"],
            starts_at=time_of(row, "at"),
            assignee=UserId(sealed["assignee"]),
            assigned_at=time_of(row, "since"),
            assigned_by=sealed["assigned_by"],
            created_at=time_of(row, "created"),
            changed_at=time_of(row, "changed"),
            by=sealed["by"],
            source=sealed["source"],
            external_id=sealed["external_id"],
            newest=sealed["newest"],
            state=AppointmentState(row["st"]["S"]),
            cancelled_at=time_or_none(row, "cancelled"),
            version=int(row["v"]["N"]),
        )


def _key(tenant: TenantId, id: str) -> Item:
    return key(f"T#{tenant}#AP#{id[-2:]}", id)


def _list_pk(tenant: TenantId, user: UserId) -> str:
    return f"T#{tenant}#U#{user}#AP"


def _place(milliseconds: int) -> str:
    """Return how the places of a start begin; they sort by time, also before 1970."""
    return f"{max(milliseconds, 0):015}#"
