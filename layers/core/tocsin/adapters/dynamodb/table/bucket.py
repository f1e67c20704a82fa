"""Sealed values too big for a row: objects in the bucket, named by the row."""

from __future__ import annotations

import logging
from typing import Any

from botocore.exceptions import ClientError

from tocsin.adapters.dynamodb.table.client import Item, ObjectStore, errors_mapped
from tocsin.adapters.dynamodb.table.sealing import open_json, place_of, seal, unseal
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.domain.keep_classes import FOREVER
from tocsin.kernel.ports import Sealer

LARGEST_IN_A_ROW = 300_000
"""Bytes. DynamoDB takes rows of 400 KB, keys and other attributes included."""

_log = logging.getLogger(__name__)


class Bucket:
    """The objects of the bucket. They hold sealed bytes only."""

    def __init__(self, s3: ObjectStore, name: str) -> None:
        self._s3 = s3
        self._name = name

    def put(self, key: str, sealed: bytes) -> None:
        """Write an object, and replace the one of the same key."""
        with errors_mapped():
            self._s3.put_object(Bucket=self._name, Key=key, Body=sealed)

    def get(self, key: str) -> bytes:
        """Return an object. Raises ClientError if it is missing: no rule removes an object before its row."""
        with errors_mapped():
            body: bytes = self._s3.get_object(Bucket=self._name, Key=key)["Body"].read()
        return body

    def find(self, key: str) -> bytes | None:
        """Return an object, None if it is missing; for rows whose objects are replaced."""
        try:
            return self.get(key)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "NoSuchKey":
                raise
            return None

    def discard(self, key: str | None) -> None:
        """Remove an object that no row names. If that fails it is logged: the object stays, sealed."""
        if key is None:
            return
        try:
            with errors_mapped():
                self._s3.delete_object(Bucket=self._name, Key=key)
        except StorageUnavailable:
            _log.warning("an object that no row names stays in the bucket", extra={"object": key})

    def forget_earlier(self, key: str) -> None:
        """Delete the earlier versions of an object. For operators only: no function may list versions."""
        s3: Any = self._s3
        with errors_mapped():
            for page in s3.get_paginator("list_object_versions").paginate(Bucket=self._name, Prefix=key):
                for one in page.get("Versions", ()):
                    if one["Key"] == key and not one["IsLatest"]:
                        s3.delete_object(Bucket=self._name, Key=key, VersionId=one["VersionId"])

    def discard_of(self, row: Item) -> None:
        """Remove the object of a row that was not written."""
        self.discard(row["s3"]["S"] if "s3" in row else None)


class Contents:
    """Seals values that may be too big for a row: into the attribute `sealed`, or into an object named by `s3`."""

    def __init__(self, sealer: Sealer, bucket: Bucket) -> None:
        self._sealer = sealer
        self._bucket = bucket

    def seal(
        self, tenant: TenantId, row: Item, value: Any, room: int, keep: str = FOREVER, *, part: str | None = None
    ) -> Item:
        """Return the attribute that holds `value`, or the name of its object if it takes more than `room` bytes.

        Args:
            keep: the class of the object, see `keep_classes`.
            part: the last part of the object's name, for a row that may be written again with something else; by
                default the sort key, for one that is written once.
        """
        attribute = seal(self._sealer, tenant, row, value)
        sealed = attribute["sealed"]["B"]
        if len(sealed) <= min(room, LARGEST_IN_A_ROW):
            return attribute
        name = _object_name(tenant, row, keep, part)
        self._bucket.put(name, sealed)
        return {"s3": {"S": name}}

    def unseal(self, tenant: TenantId, row: Item) -> Any:
        """Return the value that `seal` stored in the row or in its object."""
        if "s3" not in row:
            return unseal(self._sealer, tenant, row)
        return open_json(self._sealer, tenant, place_of(row, "sealed"), self._bucket.get(row["s3"]["S"]))

    def discard(self, row: Item) -> None:
        """Remove the object of a row that was not written; if that fails, the object stays, sealed."""
        self._bucket.discard_of(row)


def _object_name(tenant: TenantId, row: Item, keep: str, part: str | None) -> str:
    alert = row["pk"]["S"].rpartition("#")[2]
    return f"sealed/{keep}/{tenant}/{alert}/{part or row['sk']['S'].replace('#', '-')}"
