"""Every call our code makes to AWS, as its thin clients see it: what was called, how often, what it consumed.

DynamoDB is asked for its own figures (ReturnConsumedCapacity), index writes included. DynamoDB Local has none for
PartiQL batches, does not double those of transactions, and counts nothing for a look-up that finds nothing: these three
are computed here.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.partitions import Partitions
from tests.benchmarks.statements import WrittenRows
from tocsin.adapters.aws.signed.clients import JsonClient, SnsClient, _operation
from tocsin.adapters.aws.signed.connections import Connections
from tocsin.adapters.aws.signed.rest import SchedulerClient
from tocsin.adapters.dynamodb.table.indexes import GSI1_INCLUDES
from tocsin.adapters.outbound.http1 import Answer

_INDEX_KEYS = ("pk", "sk", "gsi1pk", "gsi1sk")
_READS = {"GetItem", "Query", "BatchGetItem"}


@dataclass
class Record:
    """What was called between two looks.

    Attributes:
        calls: by `Service.Operation`.
        tries: HTTP requests; more than calls if something was repeated.
        writes, reads: request units, index writes included.
        by_call: request units by operation.
        partitions: which partitions they went to.
        rows: the rows that statements wrote.
    """

    calls: Counter[str] = field(default_factory=Counter)
    tries: int = 0
    writes: float = 0.0
    reads: float = 0.0
    by_call: Counter[str] = field(default_factory=Counter)
    partitions: Partitions = field(default_factory=Partitions)
    rows: WrittenRows = field(default_factory=WrittenRows)

    def consumed(self, operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Add what a call of DynamoDB consumed."""
        self.partitions.take(operation, asked, answer)
        match operation:
            case "BatchExecuteStatement":
                units = float(sum(max(map(row_units, self.rows.around(one))) for one in asked["Statements"]))
            case "TransactWriteItems":
                units = float(sum(action_units(action) for action in asked["TransactItems"]))
            case "BatchGetItem" | "BatchWriteItem":
                units = float(sum(table["CapacityUnits"] for table in answer.get("ConsumedCapacity", [])))
            case _:
                units = float(answer["ConsumedCapacity"]["CapacityUnits"])
        if operation in _READS:
            units += missed_units(operation, asked, answer)
            self.reads += units
        else:
            self.writes += units
        self.by_call[operation] += units  # type: ignore[assignment]


def missed_units(operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    """Return the read units of rows and ranges that were looked up in vain.

    Each costs what the smallest row would cost. Source: DynamoDB developer guide, "Read operations": an item that does
    not exist is read like any other, and a query is billed "even if no data exists".
    """
    if operation == "BatchGetItem":
        found, missed = answer["Responses"], 0.0
        for table, wanted in asked["RequestItems"].items():
            missed += (len(wanted["Keys"]) - len(found.get(table, ()))) * _least(wanted)
        return missed
    there = "Item" in answer if operation == "GetItem" else answer["ScannedCount"]
    return 0.0 if there else max(0.0, _least(asked) - answer["ConsumedCapacity"]["CapacityUnits"])


def _least(asked: Mapping[str, Any]) -> float:
    return 1.0 if asked.get("ConsistentRead") else 0.5


def row_units(row: Mapping[str, Any]) -> int:
    """Return the write units of a statement that leaves this row, the index included."""
    units = kilobytes(row)
    if "gsi1pk" in row:
        units += kilobytes({name: row[name] for name in (*GSI1_INCLUDES, *_INDEX_KEYS) if name in row})
    return units + ("due" in row)


def action_units(action: Mapping[str, Any]) -> int:
    """Return the write units of one action of a transaction: twice its size, and once what the indexes take in.

    Source: DynamoDB developer guide, "Read/write capacity mode"; an index is written outside the transaction.
    """
    if "Put" not in action:
        return 2  # an update of a row far below 1 KB
    item = action["Put"]["Item"]
    units = 2 * kilobytes(item)
    if "gsi1pk" in item:
        units += kilobytes({name: item[name] for name in (*GSI1_INCLUDES, *_INDEX_KEYS) if name in item})
    if "due" in item:
        units += 1
    return units


def kilobytes(item: Mapping[str, Any]) -> int:
    """Return the size of an item in begun KB, as DynamoDB bills it."""
    return -(-sum(len(name) + value_bytes(value) for name, value in item.items()) // 1024)


def value_bytes(value: Mapping[str, Any]) -> int:
    """Return the size of a value in wire form. Source: DynamoDB developer guide, "Item sizes and formats"."""
    ((kind, inside),) = value.items()
    match kind:
        case "S":
            return len(inside.encode())
        case "B":
            return len(inside)
        case "N":
            return len(inside.lstrip("-")) // 2 + 1
        case _:  # BOOL and NULL; rows have no sets, lists or maps
            return 1


@contextlib.contextmanager
def recording() -> Iterator[Record]:
    """Record all calls of this process inside the block; the record can be emptied by `__init__`."""
    record = Record()
    call, publish, send = JsonClient._call, SnsClient.publish, Connections.send
    begin_call, begin_publish, begin_send = JsonClient.begin, SnsClient.begin, Connections.begin
    create = SchedulerClient.create_schedule

    def recorded(self: JsonClient, operation: str, parameters: Mapping[str, Any]) -> Any:
        record.calls[f"{self._target.partition('_')[0]}.{operation}"] += 1
        if not self._target.startswith("DynamoDB"):
            return call(self, operation, parameters)
        try:
            answer = call(self, operation, {**parameters, "ReturnConsumedCapacity": "TOTAL"})
        except Exception:
            if operation == "TransactWriteItems":  # one that is cancelled is billed all the same
                record.consumed(operation, parameters, {})
            raise
        record.consumed(operation, parameters, answer)
        return answer

    def published(self: SnsClient, **parameters: Any) -> dict[str, Any]:
        record.calls["SNS.Publish"] += 1
        return publish(self, **parameters)

    def call_begun(self: JsonClient, name: str, parameters: Mapping[str, Any]) -> Any:
        wait = begin_call(self, name, parameters)  # None: it is not begun, and `call` follows
        record.calls[f"{self._target.partition('_')[0]}.{_operation(name)}"] += wait is not None
        return wait

    def publish_begun(self: SnsClient, name: str, parameters: Mapping[str, Any]) -> Any:
        wait = begin_publish(self, name, parameters)
        record.calls["SNS.Publish"] += wait is not None
        return wait

    def send_begun(self: Connections, *arguments: Any) -> Any:
        wait = begin_send(self, *arguments)
        record.tries += wait is not None
        return wait

    def created(self: SchedulerClient, **parameters: Any) -> Any:
        record.calls["Scheduler.CreateSchedule"] += 1
        return create(self, **parameters)

    def sent(self: Connections, *arguments: Any) -> Answer:
        record.tries += 1
        return send(self, *arguments)

    JsonClient._call, SnsClient.publish, Connections.send = recorded, published, sent  # type: ignore[method-assign, assignment]
    JsonClient.begin, SnsClient.begin, Connections.begin = call_begun, publish_begun, send_begun  # type: ignore[method-assign, assignment]
    SchedulerClient.create_schedule = created  # type: ignore[method-assign]
    try:
        yield record
    finally:
        JsonClient._call, SnsClient.publish, Connections.send = call, publish, send  # type: ignore[method-assign]
        JsonClient.begin, SnsClient.begin, Connections.begin = begin_call, begin_publish, begin_send  # type: ignore[method-assign]
        SchedulerClient.create_schedule = create  # type: ignore[method-assign]
