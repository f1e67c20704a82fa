"""The tenants' data keys: in the table as KMS ciphertext, in the process as plaintext for 15 minutes.

The row `T#<tenant>` / `DEK#<id>` is the only copy of a data key: deleting it makes all data under it unreadable.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from tocsin.kernel.domain.errors import SealBroken, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient

REMEMBERED_FOR = timedelta(minutes=15)
"""How long a plaintext key stays in a process. A withdrawn KMS permission takes effect within this time."""

REMEMBERED = 2_000
"""Plaintext keys a process holds at most; the least recently used one is dropped first."""

_OPENS_NOTHING = {"InvalidCiphertextException", "IncorrectKeyException"}


@dataclass(frozen=True, slots=True)
class DataKey:
    """256 secret bits. Never printed: not by repr, not in a traceback."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Remembered:
    key: DataKey
    until: datetime


class DataKeys:
    """Finds a tenant's data key by its id, and makes the ones that do not exist yet.

    Args:
        kms: client of the Key Management Service.
        dynamodb: client of the low-level kind.
        table_name: the core table.
        key_id: the KMS key that wraps the data keys.
        clock: tells when a key in memory is too old.
    """

    def __init__(self, kms: KMSClient, dynamodb: DynamoDBClient, table_name: str, key_id: str, clock: Clock) -> None:
        self._kms = kms
        self._dynamodb = dynamodb
        self._table_name = table_name
        self._key_id = key_id
        self._clock = clock
        self._keys: OrderedDict[tuple[TenantId, str], _Remembered] = OrderedDict()
        # Ten sender threads of a cold process need the same key at once: one of them fetches it.
        self._lock = Lock()

    def existing(self, tenant: TenantId, key_id: str) -> DataKey:
        """Return the key.

        Raises:
            SealBroken: there is no such key (any more).
            StorageUnavailable: the table or KMS did not answer.
        """
        with self._lock:
            key = self._remembered(tenant, key_id) or self._stored(tenant, key_id)
        if key is None:
            raise SealBroken("the data key does not exist")
        return key

    def existing_or_new(self, tenant: TenantId, key_id: str) -> DataKey:
        """Return the key; create it if the tenant has none of this id yet.

        If two processes create it at once, one row is written, and both use that key.

        Raises:
            StorageUnavailable: the table or KMS did not answer.
        """
        with self._lock:
            key = (
                self._remembered(tenant, key_id)
                or self._stored(tenant, key_id)
                or self._made(tenant, key_id)
                or self._stored(tenant, key_id)
            )
        if key is None:
            raise StorageUnavailable("a data key that another process wrote was not found")
        return key

    def _remembered(self, tenant: TenantId, key_id: str) -> DataKey | None:
        entry = self._keys.get((tenant, key_id))
        if entry is None or self._clock() >= entry.until:
            return None
        self._keys.move_to_end((tenant, key_id))
        return entry.key

    def _stored(self, tenant: TenantId, key_id: str) -> DataKey | None:
        with _mapped_errors():
            row = self._dynamodb.get_item(
                TableName=self._table_name, Key=_row(tenant, key_id), ConsistentRead=True
            ).get("Item")
            if row is None:
                return None
            plain = self._kms.decrypt(
                CiphertextBlob=row["blob"]["B"], EncryptionContext={"tenant": tenant}, KeyId=self._key_id
            )["Plaintext"]
        return self._remember(tenant, DataKey(key_id, plain))

    def _made(self, tenant: TenantId, key_id: str) -> DataKey | None:
        """Write a new key; None if another process was first."""
        with _mapped_errors():
            fresh = self._kms.generate_data_key(
                KeyId=self._key_id, KeySpec="AES_256", EncryptionContext={"tenant": tenant}
            )
            try:
                self._dynamodb.put_item(
                    TableName=self._table_name,
                    Item={**_row(tenant, key_id), "kind": {"S": "data key"}, "blob": {"B": fresh["CiphertextBlob"]}},
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                return None
        return self._remember(tenant, DataKey(key_id, fresh["Plaintext"]))

    def _remember(self, tenant: TenantId, key: DataKey) -> DataKey:
        self._keys[tenant, key.id] = _Remembered(key, self._clock() + REMEMBERED_FOR)
        self._keys.move_to_end((tenant, key.id))
        if len(self._keys) > REMEMBERED:
            self._keys.popitem(last=False)
        return key


def _row(tenant: TenantId, key_id: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": f"T#{tenant}"}, "sk": {"S": f"DEK#{key_id}"}}


@contextmanager
def _mapped_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        if code in _OPENS_NOTHING:
            raise SealBroken("the data key is not this tenant's, or is damaged") from error
        raise StorageUnavailable(f"no data key: {code}") from error
    except BotoCoreError as error:
        raise StorageUnavailable("no data key: the service did not answer") from error
