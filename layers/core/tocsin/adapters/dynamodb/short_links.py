"""Short links in DynamoDB: a row per code, outside every tenant's partitions, with nothing in it but ids and times."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.adapters.dynamodb.table.client import Backoff, DynamoDb, Item, errors_mapped
from tocsin.adapters.dynamodb.table.instants import instant
from tocsin.adapters.dynamodb.table.layout import expiry, short_link_key, time
from tocsin.adapters.dynamodb.table.statements import STATEMENTS, insertion, run
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.short_links.domain.short_link import ShortLink


class DynamoDbShortLinks:
    """Keeps which message each code leads to.

    Links are inserted 25 at a time; what is there already is a message's earlier try.
    """

    def __init__(self, dynamodb: DynamoDb, table_name: str, backoff: Backoff | None = None) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._backoff = backoff or Backoff()

    def add(self, links: Sequence[ShortLink]) -> None:
        """Keep the links. Raises StorageUnavailable when some were turned away to the last try."""
        for first in range(0, len(links), STATEMENTS):
            owed = {link.code: link for link in links[first : first + STATEMENTS]}
            insertions = {code: self._insert(link) for code, link in owed.items()}
            there = run(self._dynamodb, insertions, self._backoff, "short links")
            touches = {code: self._touch(owed[code]) for code in there}
            run(self._dynamodb, touches, self._backoff, "short links")

    def get(self, code: str) -> ShortLink | None:
        """Return the link, strongly consistent."""
        with errors_mapped():
            answer = self._dynamodb.get_item(TableName=self._table, Key=short_link_key(code), ConsistentRead=True)
        row: Item | None = answer.get("Item")
        if row is None:
            return None
        chunk = ChunkKey(
            TenantId(row["tenant"]["S"]), AlertRef(row["alert"]["S"]), int(row["item"]["N"]), int(row["chunk"]["N"])
        )
        ends = instant(int(row["exp"]["N"])) if "exp" in row else None
        return ShortLink(code, chunk, int(row["position"]["N"]), instant(int(row["at"]["N"])), ends)

    def _insert(self, link: ShortLink) -> Item:
        row: Item = short_link_key(link.code) | {
            "tenant": {"S": link.key.tenant},
            "alert": {"S": link.key.alert},
            "item": {"N": str(link.key.item)},
            "chunk": {"N": str(link.key.chunk)},
            "position": {"N": str(link.position)},
            "at": time(link.handed_over_at),
            **expiry(link.expires_at),
        }
        return insertion(self._table, row)

    def _touch(self, link: ShortLink) -> Item:
        key, settings = short_link_key(link.code), 'SET "at"=?'
        text = f'UPDATE "{self._table}" {settings} WHERE pk=? AND sk=?'
        return {"Statement": text, "Parameters": [time(link.handed_over_at), key["pk"], key["sk"]]}
