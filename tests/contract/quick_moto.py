"""What moto and botocore do again for every test, or more often than needed, is done once. Their answers stay the same."""

from __future__ import annotations

import copy
from functools import cache
from threading import local
from types import SimpleNamespace
from typing import Any

import botocore.session
import moto.core.responses
import moto.core.utils
import moto.kms.models
from botocore.parsers import create_parser
from moto.core.parse import JSONParser
from moto.core.serialize import JSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.kms.utils import generate_private_key

_structure = JSONSerializer._serialize_type_structure
_transact = DynamoDBBackend.transact_write_items


def hasten() -> None:
    """Make moto quicker in this process."""
    # Descriptions of services, which each session of botocore would read again, those of the functions under test too.
    botocore.session.create_loader = cache(botocore.session.create_loader)
    # The RSA key that moto makes for a key of KMS, which nobody signs with.
    moto.kms.models.generate_private_key = cache(generate_private_key)  # type: ignore[attr-defined]
    # The names of a handler's methods, which moto lists at each call.
    moto.core.responses.method_names_from_class = cache(moto.core.utils.method_names_from_class)  # type: ignore[attr-defined]
    JSONSerializer._serialize_type_structure = _attribute  # type: ignore[assignment]
    DynamoDBBackend.transact_write_items = _transact_with_one_copy  # type: ignore[assignment,method-assign]
    Table.__deepcopy__ = _copied_once  # type: ignore[attr-defined]


def without_http(dynamodb: Any, region: str) -> None:
    """Hand each call of a client to moto as its JSON body. To write, sign and read it as HTTP takes half of a call."""

    def answer(operation: Any, request: dict[str, Any], _context: Any) -> tuple[Any, dict[str, Any]]:
        handler = DynamoHandler()
        handler.headers, handler.querystring, handler.response_headers = request["headers"], {}, {}
        handler.region, handler.current_account = region, "123456789012"
        handler.params = JSONParser(operation, map_type=handler.PROTOCOL_PARSER_MAP_TYPE).parse(request)  # type: ignore[arg-type]
        status, headers, body = handler.call_action()
        response = {"status_code": int(status), "headers": headers, "body": body.encode()}
        parser = create_parser("json")
        parsed = parser.parse(response, operation.output_shape)
        if int(status) >= 300:
            dynamodb._endpoint._add_modeled_error_fields(response, parsed, operation, parser)
        return SimpleNamespace(status_code=int(status)), parsed

    dynamodb._make_request = answer


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
