"""Sealed attributes of raw rows: each opens in the one row and attribute it stands in.

What is too big for a row goes, sealed just the same, to the object store, and the row keeps where.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tocsin.adapters.dynamodb.table.client import Item, ObjectStore, errors_mapped
from tocsin.adapters.dynamodb.table.sealed_json import open_json, seal_json
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer

KEEP_DAYS = (1, 7, 30, 90, 366)
"""Days after which objects of each class are removed; infra/data.yaml has a rule for each."""

FOREVER = "forever"
"""The class of what no rule removes."""

LARGEST_IN_A_ROW = 300_000
"""Bytes. DynamoDB takes rows of 400 KB, keys and other attributes included."""


def seal(sealer: Sealer, tenant: TenantId, row: Item, name: str, value: Any) -> bytes:
    """Return `value` sealed as the attribute `name` of `row` (its key is enough)."""
    return seal_json(sealer, tenant, _place(row, name), value)


def unseal(sealer: Sealer, tenant: TenantId, row: Item, name: str) -> Any:
    """Return the value sealed in the attribute `name` of `row`."""
    return open_json(sealer, tenant, _place(row, name), row[name]["B"])


def _place(row: Item, name: str) -> str:
    return f"{row['pk']['S']}|{row['sk']['S']}|{name}"


class Contents:
    """The attribute `sealed` of rows that may be too big, and `s3` instead where they are."""

    def __init__(self, sealer: Sealer, s3: ObjectStore, bucket: str) -> None:
        self._sealer = sealer
        self._s3 = s3
        self._bucket = bucket

    def seal(
        self, tenant: TenantId, row: Item, value: Any, room: int, keep: str = FOREVER, *, part: str | None = None
    ) -> Item:
        """Return the attribute that holds `value`; an object in the store too if it takes more than `room` bytes.

        Args:
            keep: the class of the object, see `keep_for`.
            part: the last part of the object's name, for a row that may be written again with something else; by
                default the sort key, for one that is written once.
        """
        sealed = seal(self._sealer, tenant, row, "sealed", value)
        if len(sealed) <= min(room, LARGEST_IN_A_ROW):
            return {"sealed": {"B": sealed}}
        name = _object_name(tenant, row, keep, part)
        with errors_mapped():
            self._s3.put_object(Bucket=self._bucket, Key=name, Body=sealed)
        return {"s3": {"S": name}}

    def unseal(self, tenant: TenantId, row: Item) -> Any:
        """Return the value of `seal`, from the row or from its object."""
        if "s3" not in row:
            return unseal(self._sealer, tenant, row, "sealed")
        with errors_mapped():
            sealed = self._s3.get_object(Bucket=self._bucket, Key=row["s3"]["S"])["Body"].read()
        return open_json(self._sealer, tenant, _place(row, "sealed"), sealed)

    def discard(self, row: Item) -> None:
        """Remove the object of a row that was not written after all; one that stays behind does no harm."""
        if "s3" in row:
            try:
                with errors_mapped():
                    self._s3.delete_object(Bucket=self._bucket, Key=row["s3"]["S"])
            except StorageUnavailable:
                return


def keep_for(lifetime: timedelta | None) -> str:
    """Return the class of an object that belongs to something of this lifetime (None: no end).

    The class is the first part of the object's name, and a lifecycle rule of the bucket removes each class in its
    time: never earlier than the row that names the object is over.
    """
    if lifetime is None:
        return FOREVER
    return next((f"keep-{days:04}" for days in KEEP_DAYS if lifetime <= timedelta(days=days)), FOREVER)


def _object_name(tenant: TenantId, row: Item, keep: str, part: str | None) -> str:
    alert = row["pk"]["S"].rpartition("#")[2]
    return f"sealed/{keep}/{tenant}/{alert}/{part or row['sk']['S'].replace('#', '-')}"
