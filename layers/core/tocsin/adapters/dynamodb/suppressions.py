"""Who must not be contacted, in DynamoDB: a row per address, spread over 256 partitions of a tenant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from tocsin.adapters.dynamodb.table.actions import FREE, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key, number, time, time_of
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import TenantId
from tocsin.suppressions.domain.suppression import Suppression, SuppressionReason

_LIFTED = "lifted_"


class DynamoDbSuppressions:
    """Rows hold fingerprints, reasons and times, and no address."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, tenant: TenantId, channel: Channel, fingerprints: Collection[bytes]) -> Mapping[bytes, Suppression]:
        """Return the suppressions among up to 100 addresses, strongly consistent.

        Raises:
            StorageUnavailable: some keys were unprocessed at every try.
        """
        keys = [suppression_key(tenant, channel, fingerprint) for fingerprint in set(fingerprints)]
        found = map(suppression_of, self._table.get_all(keys, "suppressions"))
        return {suppression.fingerprint: suppression for suppression in found}

    def save(self, suppression: Suppression) -> bool:
        """Write a suppression over the version before it; return whether this call did.

        A call that the client repeats after a lost response finds its own write and returns False: the caller reads the
        row and finds nothing to change.
        """
        row = _to_row(suppression)
        if suppression.version == 1:
            return self._table.write_if(put(row, FREE))
        return self._table.write_if(put(row, "v = :before", {":before": number(suppression.version - 1)}))

    def all(self, tenant: TenantId) -> Iterator[Suppression]:
        """Yield every row of a tenant, partition by partition."""
        for partition in range(256):
            yield from map(
                suppression_of, self._table.query("pk = :pk", {":pk": {"S": _pk(tenant, bytes([partition]))}})
            )


def _pk(tenant: TenantId, fingerprint: bytes) -> str:
    """Return the partition of a suppression: one of 256 of its tenant, by the first byte of the fingerprint."""
    return f"T#{tenant}#SUP#{fingerprint[:1].hex()}"


def suppression_key(tenant: TenantId, channel: Channel, fingerprint: bytes) -> Item:
    """Return the key of the row of one suppression."""
    return key(_pk(tenant, fingerprint), f"{channel.value}#{fingerprint.hex()}")


def _to_row(suppression: Suppression) -> Item:
    row: Item = {
        **suppression_key(suppression.tenant, suppression.channel, suppression.fingerprint),
        "v": number(suppression.version),
        **{reason.value: time(at) for reason, at in suppression.given.items()},
        **{_LIFTED + reason.value: time(at) for reason, at in suppression.lifted.items()},
    }
    if forgotten := suppression.forgotten_at:
        row["ttl"] = {"N": str(int(forgotten.timestamp()))}
    return row


def suppression_of(row: Item) -> Suppression:
    """Return the suppression of a row."""
    channel, _, fingerprint = row["sk"]["S"].partition("#")
    tenant = row["pk"]["S"].split("#")[1]

    def times(prefix: str) -> dict[SuppressionReason, datetime]:
        return {reason: time_of(row, name) for reason in SuppressionReason if (name := prefix + reason) in row}

    return Suppression(
        TenantId(tenant),
        Channel(channel),
        bytes.fromhex(fingerprint),
        int(row["v"]["N"]),
        times(""),
        times(_LIFTED),
    )
