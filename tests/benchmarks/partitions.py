"""Which partitions of the table and its indexes a run wrote and read, in request units."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.benchmarks.statements import WrittenRows
from tocsin.adapters.dynamodb.table.indexes import GSI1_INCLUDES

INDEXES = {"gsi1": ("gsi1pk", "gsi1sk"), "due": ("due", "duesk")}
"""Partition and sort key of each index."""

_SETS = re.compile(r"\b(gsi1pk|gsi1sk|due|duesk)\s*=\s*(:\w+)")
_RULE_OF_KEY = re.compile(r"\b(pk|gsi1pk|due)\s*=\s*(:\w+)")
_PLACEHOLDERS = (
    (re.compile(r"^T#(?!tocsin)[a-z0-9]+"), "T#<account>"),
    (re.compile(r"#K#[a-z0-9]+"), "#K#<key>"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"#M#\d\d#\d\d\d$"), "#M#<element>#<chunk>"),
    (re.compile(r"#\d{10}#\d$"), "#<hour>#<1 of 4>"),
    (re.compile(r"^DUE#(\w+)#\d$"), r"DUE#\1#<1 of 4>"),
    (re.compile(r"^DUE#\d$"), "DUE#<1 of 4>"),
    (re.compile(r"#[0-9a-f]{2}$"), "#<1 of 256>"),
    (re.compile(r"#[0-9a-f]{16,64}\b"), "#<hash>"),
    (re.compile(r"#\d{6}$"), "#<month>"),
)


def pattern(partition_key: str) -> str:
    """Return a partition key with the names of things in place of their ids, as docs/data-model.md writes it."""
    for found, name in _PLACEHOLDERS:
        partition_key = found.sub(name, partition_key)
    return partition_key


@dataclass(frozen=True)
class Place:
    """Where a row is in an index."""

    partition: str
    sort: str


@dataclass
class Partitions:
    """Request units by place and partition key. The place is `table`, `gsi1` or `due`.

    A transaction counts twice in the table and once in an index. An index is written when a row enters it, leaves it,
    or moves in it.
    """

    writes: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    reads: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    _indexed: dict[tuple[str, str], dict[str, Place]] = field(default_factory=dict)
    _rows: WrittenRows = field(default_factory=WrittenRows)
    _index_units: float = 0.0

    def take(self, operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Add one call of DynamoDB."""
        match operation:
            case "BatchExecuteStatement":
                for statement in asked["Statements"]:
                    before, after = self._rows.around(statement)
                    self._put(after, 1, least=before)
            case "TransactWriteItems":
                for action in asked["TransactItems"]:
                    ((kind, terms),) = action.items()
                    self._write(kind, terms, 2)
            case "UpdateItem":
                indexed = self._index_units
                self._write("Update", asked, 1)
                units = answer.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0)
                more = units - 1 - (self._index_units - indexed)  # of a row over a kilobyte
                self.writes["table", asked["Key"]["pk"]["S"]] += max(0.0, more)
            case "PutItem" | "DeleteItem":
                self._write(operation.removesuffix("Item"), asked, 1)
            case "BatchWriteItem":
                for requests in asked["RequestItems"].values():
                    for request in requests:
                        ((kind, terms),) = request.items()
                        self._write(kind.removesuffix("Request"), terms, 1)
            case "GetItem":
                units = answer.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0)
                self.reads["table", asked["Key"]["pk"]["S"]] += max(units, _least(asked))
            case "BatchGetItem":
                for wanted in asked["RequestItems"].values():
                    for key in wanted["Keys"]:
                        self.reads["table", key["pk"]["S"]] += _least(wanted)
            case "Query":
                found = _RULE_OF_KEY.search(asked["KeyConditionExpression"])
                assert found is not None
                partition = asked["ExpressionAttributeValues"][found[2]]["S"]
                units = answer.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0)
                self.reads[asked.get("IndexName", "table"), partition] += max(units, _least(asked))

    def _write(self, kind: str, terms: Mapping[str, Any], times: int) -> None:
        if kind == "Put":
            self._put(terms["Item"], times)
            return
        key = terms["Key"]
        self.writes["table", key["pk"]["S"]] += times
        if kind == "Delete":
            self._move(key, {})
        if kind == "Update":
            self._move(key, self._after(key, terms))

    def _put(self, row: Mapping[str, Any], times: int, least: Mapping[str, Any] | None = None) -> None:
        """Count a row that is put; `least` is what it was before, if that counts where it is larger."""
        from tests.benchmarks.recording import kilobytes  # it counts partitions too

        self.writes["table", row["pk"]["S"]] += times * max(kilobytes(row), kilobytes(least or {}))
        after = {
            index: Place(row[pk]["S"], str(row[sk])) for index, (pk, sk) in INDEXES.items() if "S" in row.get(pk, {})
        }
        listed = {n: row[n] for n in (*GSI1_INCLUDES, "pk", "sk", "gsi1pk", "gsi1sk") if n in row}
        self._move(row, after, {"gsi1": kilobytes(listed)})

    def _after(self, key: Mapping[str, Any], terms: Mapping[str, Any]) -> dict[str, Place]:
        """Return where a row is in the indexes after an update."""
        change, values = terms["UpdateExpression"], terms.get("ExpressionAttributeValues", {})
        sets, _, removed = change.partition("REMOVE ")
        given = {name: values[value] for name, value in _SETS.findall(sets)}
        after = {}
        for index, place in self._indexed.get(_row(key), {}).items():
            pk, sk = INDEXES[index]
            if not re.search(rf"\b{pk}\b", removed):
                after[index] = replace(place, sort=str(given[sk])) if sk in given else place
        for index, (pk, sk) in INDEXES.items():
            if pk in given:
                after[index] = Place(given[pk]["S"], str(given.get(sk)))
        return after

    def _move(self, key: Mapping[str, Any], after: Mapping[str, Place], sizes: Mapping[str, int] | None = None) -> None:
        """Count what a row writes in the indexes; `sizes` of a row that was put, whose copies are written anew."""
        before = self._indexed.get(_row(key), {})
        for index in {**before, **after}:
            was, will, size = before.get(index), after.get(index), (sizes or {}).get(index)
            if was is not None and was != will:
                self._index(index, was.partition, 1)
            if will is not None and (was != will or size is not None):
                self._index(index, will.partition, size or 1)
        self._indexed[_row(key)] = dict(after)

    def _index(self, index: str, partition: str, units: float) -> None:
        self.writes[index, partition] += units
        self._index_units += units


def _row(key: Mapping[str, Any]) -> tuple[str, str]:
    return key["pk"]["S"], key["sk"]["S"]


def _least(asked: Mapping[str, Any]) -> float:
    return 1.0 if asked.get("ConsistentRead") else 0.5
