"""Packs of events: a row a part, and an object with the events, both sealed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from tocsin.adapters.dynamodb.table.actions import delete
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, key_of, number
from tocsin.adapters.dynamodb.table.sealing import open_json, place_of, seal, seal_json, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.domain.keep_classes import keep_for
from tocsin.kernel.ports import Sealer
from tocsin.telephony.domain.event_pack import (
    EventCount,
    PackContents,
    PackedEvent,
    PackPart,
    hour_name,
    hour_named,
    unpacked,
)


class DynamoDbEventPacks:
    """Rows `T#<t>#PK` / `<yyyymmddhh>#<part:03>`, objects `sealed/keep-<days>/<t>/events/<yyyymmddhh>-<part:03>`."""

    def __init__(self, table: Table, sealer: Sealer, bucket: Bucket) -> None:
        self._table = table
        self._sealer = sealer
        self._bucket = bucket

    def keep(self, tenant: TenantId, part: PackPart, events: Sequence[Any], kept_for: timedelta) -> None:
        """Write the object, then the row that names it: a row never names an object that is not there."""
        row = _key(tenant, part.hour, part.number)
        name = row["sk"]["S"].replace("#", "-")
        object_name = f"sealed/{keep_for(kept_for)}/{tenant}/events/{name}"
        self._bucket.put(object_name, seal_json(self._sealer, tenant, place_of(row, "sealed"), events))
        row |= {
            "n": number(part.events),
            "rows": number(part.rows),
            "last": {"S": part.last},
            "done": {"BOOL": part.complete},
            "s3": {"S": object_name},
            **expiry(part.hour + kept_for),
        }
        contents = part.contents
        counts = [[each.quarter.isoformat(), *each[1:]] for each in contents.counts]
        row |= seal(self._sealer, tenant, row, [counts, contents.lines, contents.groups], "head")
        self._table.put_all([row], "packs")

    def parts(self, tenant: TenantId, first: datetime, last: datetime, now: datetime) -> Sequence[PackPart]:
        """Return the parts of some hours: one Query a megabyte of rows."""
        return [self._part(tenant, row) for row in self._rows(tenant, first, last) if not expired(row, now)]

    def events(self, tenant: TenantId, part: PackPart) -> Sequence[PackedEvent]:
        """Return the events of a part. Its row says where the object is: a part may move to another class."""
        row = self._table.get(_key(tenant, part.hour, part.number))
        sealed = None if row is None else self._bucket.find(row["s3"]["S"])
        if row is None or sealed is None:
            return ()
        return [unpacked(event) for event in open_json(self._sealer, tenant, place_of(row, "sealed"), sealed)]

    def drop(self, tenant: TenantId, hour: datetime) -> None:
        """Remove the rows of an hour, the last part first, and their objects."""
        for row in reversed(list(self._rows(tenant, hour, hour))):
            self._table.write(delete(key_of(row)))
            self._bucket.discard_of(row)

    def _rows(self, tenant: TenantId, first: datetime, last: datetime) -> Iterator[Item]:
        return self._table.between(_pk(tenant), f"{hour_name(first)}#", f"{hour_name(last)}#~")

    def _part(self, tenant: TenantId, row: Item) -> PackPart:
        counts, lines, groups = unseal(self._sealer, tenant, row, "head")
        hour, _, part = row["sk"]["S"].partition("#")
        alike = tuple(EventCount(datetime.fromisoformat(quarter), *more) for quarter, *more in counts)
        return PackPart(
            hour=hour_named(hour),
            number=int(part),
            events=int(row["n"]["N"]),
            rows=int(row["rows"]["N"]),
            last=row["last"]["S"],
            complete=row["done"]["BOOL"],
            contents=PackContents(alike, tuple(lines), tuple(groups)),
        )


def _pk(tenant: TenantId) -> str:
    return f"T#{tenant}#PK"


def _key(tenant: TenantId, hour: datetime, part: int) -> Item:
    return key(_pk(tenant), f"{hour_name(hour)}#{part:03}")
