"""What moto and botocore do again for every test, or more often than needed, is done once. Their answers stay the same."""

from __future__ import annotations

import copy
from functools import cache
from threading import local
from typing import Any

import botocore.session
import moto.kms.models
from moto.core.serialize import JSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.kms.utils import generate_private_key

_structure = JSONSerializer._serialize_type_structure
_transact = DynamoDBBackend.transact_write_items


def hasten() -> None:
    """Make moto quicker in this process."""
    # Descriptions of services, which each session of botocore would read again, those of the functions under test too.
    botocore.session.create_loader = cache(botocore.session.create_loader)
    # The RSA key that moto makes for a key of KMS, which nobody signs with.
    moto.kms.models.generate_private_key = cache(generate_private_key)  # type: ignore[attr-defined]
    JSONSerializer._serialize_type_structure = _attribute  # type: ignore[assignment]
    DynamoDBBackend.transact_write_items = _transact_with_one_copy  # type: ignore[assignment,method-assign]
    Table.__deepcopy__ = _copied_once  # type: ignore[attr-defined]


def _attribute(serializer: Any, serialized: dict[str, Any], value: Any, shape: Any, key: str) -> None:
    """Write an attribute of a row, which has one type. Moto looks for all ten, under each name they may have."""
    if shape.name != "AttributeValue" or type(value) is not dict:
        _structure(serializer, serialized, value, shape, key)
        return
    written: dict[str, Any] = {}
    for name, inner in value.items():
        serializer._serialize(written, inner, shape.members[name], name)
    serialized[key] = written


class _Transaction(local):
    """Copies of tables in the transaction that a thread is in."""

    copies: dict[int, Table] | None = None


_running = _Transaction()


def _transact_with_one_copy(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    """Run a transaction. Before its first write, moto copies the whole table once for each item; all copies are equal."""
    _running.copies = {}
    try:
        _transact(backend, transact_items)
    finally:
        _running.copies = None


def _copied_once(table: Table, memo: dict[int, Any]) -> Table:
    copies = _running.copies
    if copies is not None and id(table) in copies:
        return copies[id(table)]
    copied = copy.copy(table)
    memo[id(table)] = copied
    copied.__dict__.update(copy.deepcopy(table.__dict__, memo))
    if copies is not None:
        copies[id(table)] = copied
    return copied
