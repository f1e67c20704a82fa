"""Short links in DynamoDB: a row per code, outside every tenant's partitions, with nothing in it but ids and times."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.adapters.dynamodb.client import TRY_AGAIN, Backoff, DynamoDb, Item, errors_mapped
from tocsin.adapters.dynamodb.instants import instant
from tocsin.adapters.dynamodb.layout import expiry, short_link_key, time
from tocsin.domain.alert import ChunkKey
from tocsin.domain.errors import StorageUnavailable
from tocsin.domain.ids import AlertRef, TenantId
from tocsin.domain.short_link import ShortLink

STATEMENTS = 25
"""Statements BatchExecuteStatement takes in one call."""


class DynamoDbShortLinks:
    """See the module. Links are inserted 25 at a time; what is there already is a message's earlier try."""

    def __init__(self, dynamodb: DynamoDb, table_name: str, backoff: Backoff | None = None) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._backoff = backoff or Backoff()

    def add(self, links: Sequence[ShortLink]) -> None:
        """Keep the links. Raises StorageUnavailable when some were turned away to the last try."""
        for first in range(0, len(links), STATEMENTS):
            owed = {link.code: link for link in links[first : first + STATEMENTS]}
            there = self._run({code: self._insert(link) for code, link in owed.items()})
            self._run({code: self._touch(owed[code]) for code in there})

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

    def _run(self, owed: dict[str, Item]) -> set[str]:
        """Run the statements; return whose row was there already."""
        there: set[str] = set()
        for _ in self._backoff:
            if not owed:
                return there
            with errors_mapped():
                answers = self._dynamodb.batch_execute_statement(Statements=list(owed.values()))["Responses"]
            turned_away = {}
            for (code, statement), answer in zip(owed.items(), answers, strict=True):
                error = answer.get("Error")
                if error is None:
                    continue
                if error["Code"] == "DuplicateItem":
                    there.add(code)
                elif error["Code"] in TRY_AGAIN:
                    turned_away[code] = statement
                else:
                    raise RuntimeError(f"a statement was refused: {error['Code']}")
            owed = turned_away
        if owed:
            raise StorageUnavailable(f"{len(owed)} short links were throttled to the last try")
        return there

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
        columns = ",".join(f"'{name}':?" for name in row)
        return {"Statement": f'INSERT INTO "{self._table}" VALUE {{{columns}}}', "Parameters": list(row.values())}

    def _touch(self, link: ShortLink) -> Item:
        key, settings = short_link_key(link.code), 'SET "at"=?'
        text = f'UPDATE "{self._table}" {settings} WHERE pk=? AND sk=?'
        return {"Statement": text, "Parameters": [time(link.handed_over_at), key["pk"], key["sk"]]}
