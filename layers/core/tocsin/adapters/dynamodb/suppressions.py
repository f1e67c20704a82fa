"""Who must not be contacted, in DynamoDB: a row per address, spread over 256 partitions of a tenant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from tocsin.adapters.dynamodb.table.client import Backoff, ConditionFailed, DynamoDb, Item, errors_mapped, every_page
from tocsin.adapters.dynamodb.table.instants import instant
from tocsin.adapters.dynamodb.table.layout import suppression_key, suppression_pk, time
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.suppressions.domain.suppression import Suppression, SuppressionReason

_LIFTED = "lifted_"


class DynamoDbSuppressions:
    """Rows hold fingerprints, reasons and times; an address is in none of them."""

    def __init__(self, dynamodb: DynamoDb, table_name: str, backoff: Backoff | None = None) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._backoff = backoff or Backoff()

    def find(self, tenant: TenantId, channel: Channel, fingerprints: Collection[bytes]) -> Mapping[bytes, Suppression]:
        """Return what is known about each of up to 100 addresses, strongly consistent.

        Raises:
            StorageUnavailable: some keys stayed unprocessed to the last try.
        """
        owed = [suppression_key(tenant, channel, fingerprint) for fingerprint in set(fingerprints)]
        found: dict[bytes, Suppression] = {}
        for _ in self._backoff if owed else ():
            with errors_mapped():
                answer = self._dynamodb.batch_get_item(
                    RequestItems={self._table: {"Keys": owed, "ConsistentRead": True}}
                )
            for row in answer["Responses"].get(self._table, ()):
                suppression = _from_row(row)
                found[suppression.fingerprint] = suppression
            owed = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
            if not owed:
                break
        if owed:
            raise StorageUnavailable(f"{len(owed)} suppressions were throttled to the last try")
        return found

    def save(self, suppression: Suppression) -> bool:
        """Write it on top of the version before it.

        A call that the client repeated after a lost answer meets its own write and counts as beaten: the caller looks
        again and finds nothing left to change.
        """
        first = suppression.version == 1
        condition = {
            "ConditionExpression": "attribute_not_exists(pk)" if first else "v = :before",
            **({} if first else {"ExpressionAttributeValues": {":before": {"N": str(suppression.version - 1)}}}),
        }
        try:
            with errors_mapped():
                self._dynamodb.put_item(TableName=self._table, Item=_to_row(suppression), **condition)
        except ConditionFailed:
            return False
        return True

    def all(self, tenant: TenantId) -> Iterator[Suppression]:
        """Yield every row of a tenant, partition by partition."""
        for partition in range(256):
            rows = every_page(
                self._dynamodb,
                TableName=self._table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": suppression_pk(tenant, bytes([partition]))}},
                ConsistentRead=True,
            )
            yield from map(_from_row, rows)


def _to_row(suppression: Suppression) -> Item:
    row: Item = {
        **suppression_key(suppression.tenant, suppression.channel, suppression.fingerprint),
        "v": {"N": str(suppression.version)},
        **{reason.value: time(at) for reason, at in suppression.given.items()},
        **{_LIFTED + reason.value: time(at) for reason, at in suppression.lifted.items()},
    }
    if forgotten := suppression.forgotten_at:
        row["ttl"] = {"N": str(int(forgotten.timestamp()))}
    return row


def _from_row(row: Item) -> Suppression:
    channel, _, fingerprint = row["sk"]["S"].partition("#")
    tenant = row["pk"]["S"].split("#")[1]

    def times(prefix: str) -> dict[SuppressionReason, datetime]:
        return {
            reason: instant(int(row[name]["N"])) for reason in SuppressionReason if (name := prefix + reason) in row
        }

    return Suppression(
        TenantId(tenant),
        Channel(channel),
        bytes.fromhex(fingerprint),
        int(row["v"]["N"]),
        times(""),
        times(_LIFTED),
    )
