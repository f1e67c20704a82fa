"""The table: every DynamoDB call of the repositories, except those of PynamoDB (see `core_table`)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from tocsin.adapters.dynamodb.table.actions import FREE, names_in, put
from tocsin.adapters.dynamodb.table.client import (
    TRY_AGAIN,
    Backoff,
    Cancelled,
    ConditionFailed,
    DynamoDb,
    Item,
    errors_mapped,
)
from tocsin.adapters.dynamodb.table.seen_rows import SeenRows
from tocsin.kernel.domain.errors import StorageUnavailable

STATEMENTS = 25
"""Most statements of one call, and rows of one batch write: DynamoDB's limit."""

KEYS = 100
"""Keys of one BatchGetItem."""

_STANDING = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
_ALONE = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}

Name = TypeVar("Name")


class Table:
    """One table and the client it is called through. Every call raises what `errors_mapped` says.

    Args:
        backoff: waits between tries, if parts of a call were throttled or another transaction held a row.
    """

    def __init__(self, dynamodb: DynamoDb, name: str, backoff: Backoff | None = None) -> None:
        self.dynamodb = dynamodb
        self.name = name
        self.backoff = backoff or Backoff()
        self.seen = SeenRows()

    def get(self, key: Item, *, consistent: bool = True) -> Item | None:
        """Return a row, None if there is none."""
        if key in self.seen:
            return self.seen[key]
        with errors_mapped():
            answer = self.dynamodb.get_item(TableName=self.name, Key=key, ConsistentRead=consistent)
        row: Item | None = answer.get("Item")
        if consistent:
            self.seen[key] = row
        return row

    def get_all(self, keys: Sequence[Item], what: str) -> list[Item]:
        """Return the rows of these keys that are there, in no order, strongly consistent; 100 keys a call.

        Args:
            what: what the rows are, in the plural, for the error.

        Raises:
            StorageUnavailable: some keys were unprocessed at every try.
        """
        found: list[Item] = []
        for first in range(0, len(keys), KEYS):
            owed: Sequence[Item] = keys[first : first + KEYS]
            for _ in self.backoff:
                with errors_mapped():
                    answer = self.dynamodb.batch_get_item(
                        RequestItems={self.name: {"Keys": owed, "ConsistentRead": True}}
                    )
                found += answer["Responses"].get(self.name, ())
                owed = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
                if not owed:
                    break
            if owed:
                raise StorageUnavailable(f"{len(owed)} {what} were throttled at every try")
        return found

    def query(self, condition: str, values: Item, **more: Any) -> Iterator[Item]:
        """Yield the rows of a Query, page after page; a page is read when the one before is consumed.

        Args:
            condition, values: the key condition, and what `:name` stands for in all expressions.
            more: parameters of Query; without an IndexName it is strongly consistent.
        """
        for page in self.pages(condition, values, **more):
            yield from page["Items"]

    def beginning_with(self, pk: str, prefix: str) -> Iterator[Item]:
        """Yield the rows of a partition whose sort keys begin with `prefix`, in order, strongly consistent."""
        return self.query("pk = :pk AND begins_with(sk, :prefix)", {":pk": {"S": pk}, ":prefix": {"S": prefix}})

    def between(self, pk: str, first: str, last: str, **more: Any) -> Iterator[Item]:
        """Yield the rows of a partition from sort key `first` to `last`, both included, strongly consistent."""
        values = {":pk": {"S": pk}, ":first": {"S": first}, ":last": {"S": last}}
        return self.query("pk = :pk AND sk BETWEEN :first AND :last", values, **more)

    def pages(self, condition: str, values: Item, **more: Any) -> Iterator[Item]:
        """Yield the responses of a Query, page after page, with the parameters of `query`."""
        if "IndexName" not in more:
            more.setdefault("ConsistentRead", True)
        expressions = (condition, more.get("FilterExpression", ""), more.get("ProjectionExpression", ""))
        return every_page(
            self.dynamodb.query,
            TableName=self.name,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            **names_in(*expressions),
            **more,
        )

    def write(self, action: Item, **more: Any) -> Item:
        """Do one action alone and return DynamoDB's response; `more` are parameters of its call.

        Raises:
            ConditionFailed: with the existing row, if the call asks for it.
        """
        ((kind, request),) = action.items()
        if self.seen.forget(request.get("Key") or request["Item"]) and kind == "Update":
            more = {"ReturnValues": "ALL_NEW", **more}
        with errors_mapped():
            answer: Item = getattr(self.dynamodb, _ALONE[kind])(**{"TableName": self.name, **request, **more})
        if more.get("ReturnValues") == "ALL_NEW":
            self.seen[request["Key"]] = answer["Attributes"]
        return answer

    def change(self, action: Item) -> Item:
        """Do an update alone and return the updated row. Raises ConditionFailed, with the existing row."""
        standing = _STANDING if "ConditionExpression" in action["Update"] else {}
        row: Item = self.write(action, ReturnValues="ALL_NEW", **standing)["Attributes"]
        return row

    def write_if(self, action: Item) -> bool:
        """Do one action alone. False: its condition did not hold."""
        try:
            self.write(action)
        except ConditionFailed:
            return False
        return True

    def write_or_find(self, action: Item) -> Item | None:
        """Do one action alone. None: it is done; otherwise the row that failed its condition, {} if there is none."""
        try:
            self.write(action, **_STANDING)
        except ConditionFailed as failed:
            return failed.current or {}
        return None

    def insert(self, row: Item) -> Item | None:
        """Write a row unless there is one of its key. None: it is written; otherwise the existing row."""
        try:
            self.write(put(row, FREE), **_STANDING)
        except ConditionFailed as failed:
            if failed.current is None:
                raise
            return failed.current
        return None

    def transact(self, actions: Sequence[Item], **more: Any) -> None:
        """Do all actions or none, in one try. Raises Cancelled."""
        self.seen.forget_all()
        named = [{kind: {"TableName": self.name, **request}} for action in actions for kind, request in action.items()]
        with errors_mapped():
            self.dynamodb.transact_write_items(TransactItems=named, **more)

    def commit(self, actions: Sequence[Item], *, wait: bool = True) -> Sequence[Item] | None:
        """Do all actions or none. None: they are done; otherwise one cancellation reason per action, in order.

        Args:
            wait: if one condition failed and another row is held by a transaction, try again: that transaction may be
                an earlier try of this call, and its result decides. False: the failed condition decides.

        Raises:
            StorageUnavailable: other transactions held its rows at every try, or no response came. In the second case
                it may be committed.
            Cancelled: no condition failed; a bug.
        """
        # The token makes a try whose response was lost count once; DynamoDB keeps it for 10 minutes.
        token = secrets.token_hex(16)
        for _ in self.backoff:
            try:
                self.transact(actions, ClientRequestToken=token)
            except Cancelled as cancelled:
                refused = any(map(condition_failed, cancelled.reasons))
                busy = any(reason.get("Code") in TRY_AGAIN for reason in cancelled.reasons)
                if busy and (wait or not refused):
                    continue
                if not refused:
                    raise
                return cancelled.reasons
            return None
        raise StorageUnavailable("other transactions held the rows at every try")

    def put_all(self, rows: Sequence[Item], what: str, tries: int | None = None) -> None:
        """Write up to 25 rows of different keys in one call, and replace existing ones.

        Args:
            what: what the rows are, in the plural, for the error.
            tries: most tries, for rows that may be lost; None: the number of the backoff.

        Raises:
            StorageUnavailable: some rows were throttled at every try; the others are written.
        """
        self.seen.forget_all()
        owed: Sequence[Item] = [{"PutRequest": {"Item": row}} for row in rows]
        for _ in islice(self.backoff, tries) if owed else ():
            with errors_mapped():
                answer = self.dynamodb.batch_write_item(RequestItems={self.name: owed})
            owed = answer.get("UnprocessedItems", {}).get(self.name, [])
            if not owed:
                return
        if owed:
            raise StorageUnavailable(f"{len(owed)} {what} were throttled at every try")

    def insertion(self, row: Item) -> Item:
        """Return the statement that inserts a row unless there is one of its key."""
        columns = ",".join(f"'{name}':?" for name in row)
        return {"Statement": f'INSERT INTO "{self.name}" VALUE {{{columns}}}', "Parameters": list(row.values())}

    def run(self, statements: Mapping[Name, Item], what: str) -> list[Name]:
        """Run up to 25 PartiQL statements in one call; return the names of insertions whose row exists already.

        Args:
            what: what they write, in the plural, for the error.

        Raises:
            StorageUnavailable: some were throttled at every try; the others are done.
        """
        there, owed = self.run_some(statements, ("DuplicateItem",))
        if owed:
            raise StorageUnavailable(f"{len(owed)} {what} were throttled at every try")
        return there

    def run_some(self, statements: Mapping[Name, Item], conflicts: Collection[str]) -> tuple[list[Name], list[Name]]:
        """Run up to 25 PartiQL statements in one call, each independent of the others; throttled ones are retried.

        Args:
            conflicts: error codes of a statement that another writer was first.

        Returns:
            The names of the statements that had a conflict, and of those that were throttled at every try.
        """
        self.seen.forget_all()
        owed, lost = dict(statements), []
        for _ in self.backoff if owed else ():
            with errors_mapped():
                answers = self.dynamodb.batch_execute_statement(Statements=list(owed.values()))["Responses"]
            turned_away = {}
            for (name, statement), answer in zip(owed.items(), answers, strict=True):
                code = answer.get("Error", {}).get("Code")
                if code is None:
                    continue
                if code in conflicts:
                    lost.append(name)
                elif code in TRY_AGAIN:
                    turned_away[name] = statement
                else:
                    raise RuntimeError(f"a statement was refused: {code}")
            owed = turned_away
            if not owed:
                break
        return lost, list(owed)


def every_page(read: Callable[..., Any], **request: Any) -> Iterator[Item]:
    """Yield the pages of a Query or Scan; each is read when the caller asks for it."""
    while True:
        with errors_mapped():
            page = read(**request)
        yield page
        if not (last := page.get("LastEvaluatedKey")):
            return
        request["ExclusiveStartKey"] = last


def condition_failed(reason: Item) -> bool:
    """Whether a cancellation reason says that the condition of its action did not hold."""
    return bool(reason.get("Code") == "ConditionalCheckFailed")
