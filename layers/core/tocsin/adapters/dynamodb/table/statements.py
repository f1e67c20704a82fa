"""A batch of PartiQL statements in one call: each stands alone, and what the store turns away for now comes again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from tocsin.adapters.dynamodb.table.client import TRY_AGAIN, Backoff, DynamoDb, Item, errors_mapped
from tocsin.kernel.domain.errors import StorageUnavailable

STATEMENTS = 25
"""Statements of one call; DynamoDB takes no more."""

Name = TypeVar("Name")


def insertion(table: str, row: Item) -> Item:
    """Return the statement that inserts a row unless there is one of its key."""
    columns = ",".join(f"'{name}':?" for name in row)
    return {"Statement": f'INSERT INTO "{table}" VALUE {{{columns}}}', "Parameters": list(row.values())}


def run(dynamodb: DynamoDb, statements: Mapping[Name, Item], backoff: Backoff, what: str) -> list[Name]:
    """Run up to STATEMENTS statements; return the names of insertions whose row was there already.

    Args:
        what: what they write, in the plural, for the error.

    Raises:
        StorageUnavailable: some were turned away to the last try; the others are done.
    """
    owed, there = dict(statements), []
    for _ in backoff if owed else ():
        with errors_mapped():
            answers = dynamodb.batch_execute_statement(Statements=list(owed.values()))["Responses"]
        turned_away = {}
        for (name, statement), answer in zip(owed.items(), answers, strict=True):
            code = answer.get("Error", {}).get("Code")
            if code == "DuplicateItem":
                there.append(name)
            elif code in TRY_AGAIN:
                turned_away[name] = statement
            elif code is not None:
                raise RuntimeError(f"a statement was refused: {code}")
        owed = turned_away
        if not owed:
            break
    if owed:
        raise StorageUnavailable(f"{len(owed)} {what} were throttled to the last try")
    return there
