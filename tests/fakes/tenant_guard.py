"""The tenant guard: a DynamoDB client that refuses whatever does not say whose data it wants.

Every key and every index partition must begin with `T#<tenant>`; all keys of one call belong to one tenant; `Scan`
is refused, and so is any operation the guard does not know. Two exceptions: Query on the index `due`, which the sweeper
reads for everybody, and rows by which something public leads to a tenant (_LOOKUP). These are read one at a time, and
hold ids and times only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

_TENANT = re.compile(r"T#([a-z0-9]{4,20})(?:#.*)?", re.DOTALL)
_LOOKUP = re.compile(r"(?:B|C|L|N|OA|REF|SUB)#.+", re.DOTALL)
_RESTORE = "RESTORE"
"""Partition of the record of a settlement, which holds times only."""

_LOOKUP_HOLDS = frozenset(
    {
        "pk",
        "sk",
        "kind",
        "tenant",
        "key",
        "members",
        "alert",
        "item",
        "chunk",
        "position",
        "attempt",
        "created",
        "at",
        "exp",
        "ttl",
    }
)
_EQUALS = re.compile(r"([#\w]+)\s*=\s*(:\w+)")
_HELD_IN_STATEMENT = re.compile(r"""['"]?(\w+)['"]?\s*(?:=|:|,)\s*\?""")


class TenantBreach(AssertionError):
    """A call that reaches, or could reach, another tenant's data."""


class TenantGuard:
    """Stands before a low-level client and checks each call, under boto3's method names."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @property
    def exceptions(self) -> Any:
        return self._client.exceptions

    @property
    def meta(self) -> Any:
        return self._client.meta

    def __getattr__(self, method: str) -> Any:
        operation = "".join(word.title() for word in method.split("_"))

        def guarded(**request: Any) -> Any:
            check(operation, request)
            return getattr(self._client, method)(**request)

        return guarded


def check(operation: str, request: dict[str, Any]) -> None:
    """Raise TenantBreach unless the request names one tenant in every key.

    Args:
        operation: the API's name, e.g. `GetItem`.
        request: its parameters in low-level form.
    """
    if operation == "Query" and request.get("IndexName") == "due":
        return
    partitions = list(_partitions(operation, request))
    if partitions == [_RESTORE]:
        return
    tenants = set()
    looked_up = [p for p in partitions if isinstance(p, str) and _LOOKUP.fullmatch(p)]
    if looked_up:
        _check_lookups(operation, request)
    for partition in partitions:
        if partition in looked_up:
            continue
        match = _TENANT.fullmatch(partition) if isinstance(partition, str) else None
        if match is None:
            raise TenantBreach(f"{operation}: the partition key {partition!r} does not begin with a tenant")
        tenants.add(match[1])
    if len(tenants) != 1 and not (looked_up and not tenants):
        raise TenantBreach(f"{operation}: names {len(tenants)} tenants instead of one")


def _check_lookups(operation: str, request: dict[str, Any]) -> None:
    """Raise TenantBreach if a lookup row would be searched, or hold what may be personal."""
    if operation == "Query":
        raise TenantBreach(f"{operation}: lookups are read by their whole key")
    for item in _items(operation, request):
        if _LOOKUP.fullmatch(_text(item.get("pk")) or "") and (more := item.keys() - _LOOKUP_HOLDS):
            raise TenantBreach(f"{operation}: a lookup row would hold {sorted(more)}")


def _items(operation: str, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    match operation:
        case "PutItem":
            yield request["Item"]
        case "TransactWriteItems":
            for action in request["TransactItems"]:
                (body,) = action.values()
                if "Item" in body:
                    yield body["Item"]
        case "BatchWriteItem":
            for writes in request["RequestItems"].values():
                yield from (write["PutRequest"]["Item"] for write in writes if "PutRequest" in write)
        case "BatchExecuteStatement":
            for statement in request["Statements"]:
                names = _HELD_IN_STATEMENT.findall(statement["Statement"])
                yield dict(zip(names, statement["Parameters"], strict=True))


def _partitions(operation: str, request: dict[str, Any]) -> Iterator[Any]:
    match operation:
        case "GetItem" | "UpdateItem" | "DeleteItem":
            yield _text(request["Key"].get("pk"))
        case "PutItem":
            yield from _of_item(request["Item"])
        case "Query":
            yield _of_query(request)
        case "TransactWriteItems":
            for action in request["TransactItems"]:
                (body,) = action.values()
                yield from _of_item(body["Item"]) if "Item" in body else [_text(body["Key"].get("pk"))]
        case "TransactGetItems":
            for action in request["TransactItems"]:
                yield _text(action["Get"]["Key"].get("pk"))
        case "BatchGetItem":
            for table in request["RequestItems"].values():
                yield from (_text(key.get("pk")) for key in table["Keys"])
        case "BatchWriteItem":
            for writes in request["RequestItems"].values():
                for write in writes:
                    (body,) = write.values()
                    yield from _of_item(body["Item"]) if "Item" in body else [_text(body["Key"].get("pk"))]
        case "BatchExecuteStatement":
            yield from (_of_statement(statement) for statement in request["Statements"])
        case "ExecuteStatement":
            yield _of_statement(request)
        case _:
            raise TenantBreach(f"{operation} is not for serving paths")


def _of_item(item: dict[str, Any]) -> Iterable[Any]:
    """A row is found by its own key and by that of the index; both must say whose it is."""
    return [_text(item.get("pk"))] + ([_text(item["gsi1pk"])] if "gsi1pk" in item else [])


def _of_query(request: dict[str, Any]) -> Any:
    partition = "gsi1pk" if request.get("IndexName") == "gsi1" else "pk"
    names = request.get("ExpressionAttributeNames", {})
    for name, value in _EQUALS.findall(request.get("KeyConditionExpression", "")):
        if names.get(name, name) == partition:
            return _text(request["ExpressionAttributeValues"].get(value))
    return None


def _of_statement(statement: dict[str, Any]) -> Any:
    """Read which parameter is bound to `pk`: parameters stand for the '?' in order, each after its attribute's name.

    The name may be inside a function: `begins_with("m0",?)`.
    """
    text = statement["Statement"]
    names = _HELD_IN_STATEMENT.findall(text)
    parameters = statement.get("Parameters", [])
    if len(names) != text.count("?") or len(names) != len(parameters) or names.count("pk") != 1:
        return None
    return _text(parameters[names.index("pk")])


def _text(value: Any) -> Any:
    return value.get("S") if isinstance(value, dict) else None
