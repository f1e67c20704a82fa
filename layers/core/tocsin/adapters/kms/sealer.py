"""Encryption at rest: AES-256-GCM under a data key per tenant and month, fingerprints under one more per tenant.

    sealed = version (1 byte) | data key id (6, yyyymm) | nonce (12) | ciphertext and tag (n + 16)

The month of writing selects the key; a sealed value names its key. The associated data is
`tenant|place`, so a value copied into another row, or another tenant's row, does not open. Reasons:
docs/adr/0001.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tocsin.adapters.kms.data_keys import DataKeys
from tocsin.kernel.domain.errors import SealBroken
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock, Randomness

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient

_VERSION = b"\x01"
_ID_END = 7
_NONCE_END = 19
_TAG = 16
_KEY_ID = re.compile(rb"[0-9]{6}")

_INDEX = "index"
"""Id of the data key for fingerprints. It never changes, because rows are found by fingerprint."""


class KmsSealer:
    """Seals with AES-256-GCM; the data keys are wrapped by one KMS key.

    Args:
        kms, dynamodb: low-level clients.
        table_name: the core table, where the wrapped data keys lie.
        key_id: the KMS key that wraps them.
        randomness: source of nonces. Outside tests it must be the operating system's: a nonce used twice under one
            key breaks the encryption of both values.
    """

    def __init__(
        self,
        kms: KMSClient,
        dynamodb: DynamoDBClient,
        table_name: str,
        key_id: str,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        self._keys = DataKeys(kms, dynamodb, table_name, key_id, clock)
        self._clock = clock
        self._randomness = randomness

    def seal(self, tenant: TenantId, place: str, plain: bytes) -> bytes:
        """Encrypt under this month's key. Raises StorageUnavailable if the key cannot be loaded."""
        key = self._keys.existing_or_new(tenant, f"{self._clock():%Y%m}")
        nonce = self._randomness.token(_NONCE_END - _ID_END)
        return _VERSION + key.id.encode() + nonce + AESGCM(key.secret).encrypt(nonce, plain, _bound_to(tenant, place))

    def open(self, tenant: TenantId, place: str, sealed: bytes) -> bytes:
        """Decrypt under the key it names.

        Raises:
            SealBroken: the value is of another tenant or place, was altered, or its data key was deleted.
            StorageUnavailable: the key cannot be loaded now.
        """
        key_id, nonce = sealed[1:_ID_END], sealed[_ID_END:_NONCE_END]
        if sealed[:1] != _VERSION or len(sealed) < _NONCE_END + _TAG or not _KEY_ID.fullmatch(key_id):
            raise SealBroken("this is not a sealed value")
        key = self._keys.existing(tenant, key_id.decode())
        try:
            return AESGCM(key.secret).decrypt(nonce, sealed[_NONCE_END:], _bound_to(tenant, place))
        except InvalidTag as error:
            raise SealBroken("sealed data does not open here") from error

    def fingerprint(self, tenant: TenantId, purpose: str, value: bytes) -> bytes:
        """Return HMAC-SHA256 over purpose and value; with the purpose's length first, so that no two pairs collide."""
        return self.fingerprints(tenant, purpose, (value,))[0]

    def fingerprints(self, tenant: TenantId, purpose: str, values: Iterable[bytes]) -> Sequence[bytes]:
        """Return the fingerprint of each value, in order."""
        name = purpose.encode()
        begin = len(name).to_bytes(2, "big") + name
        key = self._keys.existing_or_new(tenant, _INDEX)
        return [hmac.digest(key.secret, begin + value, "sha256") for value in values]


def _bound_to(tenant: TenantId, place: str) -> bytes:
    return f"{tenant}|{place}".encode()
