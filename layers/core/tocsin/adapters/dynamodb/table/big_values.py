"""Sealed values too big for a row: objects in the bucket, each written once under a name of its own."""

from __future__ import annotations

import hashlib
import logging

from botocore.exceptions import ClientError

from tocsin.adapters.dynamodb.table.client import ObjectStore, errors_mapped
from tocsin.kernel.domain.errors import StorageUnavailable

_log = logging.getLogger(__name__)


class BigValues:
    """Objects of sealed bytes. A row that is replaced points to a new object; the old one is discarded."""

    def __init__(self, s3: ObjectStore, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def put(self, folder: str, sealed: bytes) -> str:
        """Write an object and return its name. Equal bytes get an equal name; sealed bytes are never equal twice."""
        name = f"sealed/{folder}/{hashlib.sha256(sealed).hexdigest()[:32]}"
        with errors_mapped():
            self._s3.put_object(Bucket=self._bucket, Key=name, Body=sealed)
        return name

    def get(self, name: str) -> bytes | None:
        """Return the object, None if it is gone."""
        with errors_mapped():
            try:
                body: bytes = self._s3.get_object(Bucket=self._bucket, Key=name)["Body"].read()
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") != "NoSuchKey":
                    raise
                return None
        return body

    def discard(self, name: str | None) -> None:
        """Remove the object nothing points to any more. One that stays behind is sealed and can't be found."""
        if name is None:
            return
        try:
            with errors_mapped():
                self._s3.delete_object(Bucket=self._bucket, Key=name)
        except StorageUnavailable:
            _log.warning("a replaced object stays in the bucket", extra={"object": name})
