"""Runs of notices in DynamoDB, each written in the transaction of its alert.

    T#<t>#NR#<2 hex> / <keyed hash of kind and key>     gsi1: T#<t>#NRE#<event> / <kind>#<hash>

A key may be made of numbers of people, so it is hashed and sealed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tocsin.adapters.dynamodb.table.actions import FREE, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.indexes import GSI1
from tocsin.adapters.dynamodb.table.rows import expired, expiry, instant, key, key_of, milliseconds
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import AlertRef, TenantId, UserId
from tocsin.kernel.ports import Sealer
from tocsin.personal_notices.domain.notice import NoticeKind, PersonalNotice
from tocsin.personal_notices.domain.notice_run import RUN_KEPT, NoticeRun, NoticeRunWritten, PersonTold
from tocsin.personal_notices.domain.outcomes import NoticeChannel, NoticeOutcome
from tocsin.preferences.domain.settings import AppointmentMoment, Communication


class DynamoDbNoticeRuns:
    """Runs by kind and key, and by event."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def get(self, tenant: TenantId, kind: NoticeKind, key: str, now: datetime) -> NoticeRun | None:
        """Return the run of a notice, strongly consistent."""
        row = self._table.get(_key(self._sealer, tenant, kind, key))
        return None if row is None or expired(row, now) else self._run(tenant, row)

    def of_event(self, tenant: TenantId, event: str, now: datetime) -> Sequence[NoticeRun]:
        """Return the runs of an event's notices."""
        places = list(self._table.query("gsi1pk = :pk", {":pk": {"S": _event_pk(tenant, event)}}, IndexName=GSI1))
        rows = self._table.get_all([key_of(place) for place in places], "runs of notices")
        rows.sort(key=lambda row: row["gsi1sk"]["S"])
        return [self._run(tenant, row) for row in rows if not expired(row, now)]

    def _run(self, tenant: TenantId, row: Item) -> NoticeRun:
        notice, people = unseal(self._sealer, tenant, row)
        return NoticeRun(
            _notice(tenant, NoticeKind(row["nk"]["S"]), notice),
            tuple(_person(each) for each in people),
            instant(int(row["at"]["N"])),
            AlertRef(row["alert"]["S"]) if "alert" in row else None,
        )


def notice_run_actions(written: NoticeRunWritten, sealer: Sealer) -> list[Item]:
    """Return the action of what is written with a notice, with its condition."""
    run, notice = written.run, written.run.notice
    row = _key(sealer, notice.tenant, notice.kind, notice.key)
    row |= {"nk": {"S": notice.kind.value}, "at": {"N": str(milliseconds(run.decided_at))}}
    row |= expiry(run.decided_at + RUN_KEPT)
    if run.alert is not None:
        row["alert"] = {"S": run.alert}
    if notice.event is not None:
        row["gsi1pk"] = {"S": _event_pk(notice.tenant, notice.event)}
        row["gsi1sk"] = {"S": f"{notice.kind.value}#{row['sk']['S']}"}
    people = [[each.user, each.because, each.zone, *map(list, each.channels)] for each in run.people]
    return [put(row | seal(sealer, notice.tenant, row, [_stored(notice), people]), FREE)]


def _stored(notice: PersonalNotice) -> dict[str, Any]:
    return {
        "key": notice.key,
        "at": notice.at.isoformat(),
        "subject": notice.subject,
        "line": notice.line,
        "fields": [
            [label, [value.isoformat()] if isinstance(value, datetime) else value] for label, value in notice.fields
        ],
        "url": notice.url,
        "event": notice.event,
        "too_late_at": None if notice.too_late_at is None else notice.too_late_at.isoformat(),
        "switches": sorted(notice.switches),
    }


def _notice(tenant: TenantId, kind: NoticeKind, stored: dict[str, Any]) -> PersonalNotice:
    late = stored["too_late_at"]
    return PersonalNotice(
        tenant=tenant,
        kind=kind,
        key=stored["key"],
        at=datetime.fromisoformat(stored["at"]),
        subject=stored["subject"],
        line=stored["line"],
        fields=tuple(
            (label, value if isinstance(value, str) else datetime.fromisoformat(*value))
            for label, value in stored["fields"]
        ),
        url=stored["url"],
        event=stored["event"],
        too_late_at=None if late is None else datetime.fromisoformat(late),
        switches=frozenset(map(_switch, stored["switches"])),
    )


def _switch(word: str) -> Communication | AppointmentMoment:
    return Communication(word) if word in set(Communication) else AppointmentMoment(word)


def _person(stored: list[Any]) -> PersonTold:
    user, because, zone, *channels = stored
    told = tuple((NoticeChannel(channel), NoticeOutcome(outcome)) for channel, outcome in channels)
    return PersonTold(UserId(user), because, told, zone)


def _key(sealer: Sealer, tenant: TenantId, kind: NoticeKind, of: str) -> Item:
    hashed = sealer.fingerprint(tenant, "notice runs", f"{kind.value}|{of}".encode("utf-8", "surrogatepass")).hex()
    return key(f"T#{tenant}#NR#{hashed[:2]}", hashed)


def _event_pk(tenant: TenantId, event: str) -> str:
    return f"T#{tenant}#NRE#{event}"
