"""The tenant guard bites: otherwise it guards nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.alert_path import AlertPath
from tests.fakes.tenant_guard import TenantBreach, TenantGuard, check

MINE = {"S": "T#acme#A#1"}
YOURS = {"S": "T#other#A#1"}
NOBODYS = {"S": "A#1"}
SK = {"S": "META"}
UPDATE = 'UPDATE "core" SET "st"=? SET "v"=? WHERE pk=? AND sk=? AND "v"=?'
LOOKUP = {"S": "N#+447700900001"}
INSERT = "INSERT INTO \"core\" VALUE {'pk':?,'sk':?,'v':?}"


def key(pk: Any) -> dict[str, Any]:
    return {"Key": {"pk": pk, "sk": SK}}


def item(pk: Any, **more: Any) -> dict[str, Any]:
    return {"Item": {"pk": pk, "sk": SK, **more}}


def query(pk: Any, condition: str = "pk = :pk", **more: Any) -> dict[str, Any]:
    return {"KeyConditionExpression": condition, "ExpressionAttributeValues": {":pk": pk}, **more}


def update(pk: Any) -> dict[str, Any]:
    return {"Statement": UPDATE, "Parameters": [{"S": "sent"}, {"N": "2"}, pk, {"S": "000"}, {"N": "1"}]}


def insert(pk: Any) -> dict[str, Any]:
    return {"Statement": INSERT, "Parameters": [pk, {"S": "000"}, {"N": "1"}]}


ON_GSI1 = {"IndexName": "gsi1"}
NAMED = {"ExpressionAttributeNames": {"#p": "pk"}}

ALLOWED: list[tuple[str, dict[str, Any]]] = [
    ("GetItem", key(MINE)),
    ("GetItem", key({"S": "T#acme"})),
    ("UpdateItem", key(MINE)),
    ("DeleteItem", key(MINE)),
    ("PutItem", item(MINE)),
    ("PutItem", item(MINE, gsi1pk={"S": "T#acme#ALERTS#live"})),
    ("Query", query(MINE)),
    ("Query", query(MINE, "pk = :pk AND begins_with(sk, :pk)")),
    ("Query", query(MINE, "#p = :pk", **NAMED)),
    ("Query", query(MINE, "gsi1pk = :pk AND gsi1sk < :pk", **ON_GSI1)),
    ("Query", query({"S": "DUE#0"}, "due = :pk AND duesk <= :pk", IndexName="due")),
    ("TransactWriteItems", {"TransactItems": [{"Put": item(MINE)}, {"Update": key(MINE)}, {"Delete": key(MINE)}]}),
    ("TransactGetItems", {"TransactItems": [{"Get": key(MINE)}]}),
    ("BatchGetItem", {"RequestItems": {"core": {"Keys": [{"pk": MINE, "sk": SK}]}}}),
    ("BatchWriteItem", {"RequestItems": {"core": [{"PutRequest": item(MINE)}, {"DeleteRequest": key(MINE)}]}}),
    ("BatchExecuteStatement", {"Statements": [insert(MINE), update(MINE)]}),
    ("ExecuteStatement", update(MINE)),
    # what leads from something public to a tenant
    ("GetItem", key(LOOKUP)),
    ("PutItem", item({"S": "REF#TX-7F3K9Q2MXB"}, tenant={"S": "acme"}, alert={"S": "a"}, exp={"N": "1"})),
    ("TransactWriteItems", {"TransactItems": [{"Put": item(MINE)}, {"Put": item(LOOKUP, key={"S": "k1"})}]}),
]

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("Scan", {"TableName": "core"}),
    ("Scan", {"TableName": "core", "IndexName": "due"}),
    ("DeleteTable", {"TableName": "core"}),
    ("GetItem", key(NOBODYS)),
    ("GetItem", key({"S": "T#"})),
    ("GetItem", key({"S": "T#ac"})),
    ("GetItem", key({"S": "T#ACME"})),
    ("GetItem", key({"S": "xT#acme"})),
    ("GetItem", key({"N": "1"})),
    ("GetItem", {"Key": {"sk": SK}}),
    ("UpdateItem", key(NOBODYS)),
    ("PutItem", item(NOBODYS)),
    ("PutItem", item(MINE, gsi1pk={"S": "ALERTS#live"})),
    ("PutItem", item(MINE, gsi1pk=YOURS)),
    ("PutItem", item(LOOKUP, name={"S": "Ana"})),
    ("PutItem", item(LOOKUP, sealed={"B": b"x"})),
    ("TransactWriteItems", {"TransactItems": [{"Put": item(MINE)}, {"Put": item(LOOKUP, text={"S": "x"})}]}),
    ("TransactWriteItems", {"TransactItems": [{"Put": item(MINE)}, {"Put": item(YOURS)}, {"Put": item(LOOKUP)}]}),
    ("Query", query(LOOKUP)),
    ("GetItem", key({"S": "REF#"})),
    ("Query", query(NOBODYS)),
    ("Query", query(MINE, "sk = :pk")),
    ("Query", query(MINE, "gsi1pk = :pk")),
    ("Query", query(MINE, "pk = :pk", **ON_GSI1)),
    ("Query", query(MINE, "#p = :pk", ExpressionAttributeNames={"#p": "sk"})),
    ("Query", query({"S": "DUE#0"}, "due = :pk")),
    ("TransactWriteItems", {"TransactItems": [{"Put": item(MINE)}, {"Update": key(NOBODYS)}]}),
    ("TransactWriteItems", {"TransactItems": [{"Put": item(MINE)}, {"Update": key(YOURS)}]}),
    ("TransactWriteItems", {"TransactItems": []}),
    ("BatchGetItem", {"RequestItems": {"core": {"Keys": [{"pk": MINE, "sk": SK}, {"pk": YOURS, "sk": SK}]}}}),
    ("BatchWriteItem", {"RequestItems": {"core": [{"DeleteRequest": key(NOBODYS)}]}}),
    ("BatchExecuteStatement", {"Statements": [insert(MINE), update(NOBODYS)]}),
    ("BatchExecuteStatement", {"Statements": [insert(MINE), insert(YOURS)]}),
    ("ExecuteStatement", {"Statement": 'SELECT * FROM "core"', "Parameters": []}),
    ("ExecuteStatement", {"Statement": 'SELECT * FROM "core" WHERE sk=?', "Parameters": [MINE]}),
    ("ExecuteStatement", {"Statement": "SELECT * FROM \"core\" WHERE pk='A#1' AND sk=?", "Parameters": [MINE]}),
    ("ExecuteStatement", {"Statement": 'SELECT * FROM "core" WHERE pk=? OR sk=?', "Parameters": [MINE]}),
]


@pytest.mark.parametrize(("operation", "request_"), ALLOWED)
def test_s2_a_call_that_names_one_tenant_passes(operation: str, request_: dict[str, Any]) -> None:
    check(operation, request_)


@pytest.mark.parametrize(("operation", "request_"), REFUSED)
def test_s2_any_other_call_is_refused(operation: str, request_: dict[str, Any]) -> None:
    with pytest.raises(TenantBreach):
        check(operation, request_)


def test_s2_a_refused_call_never_reaches_the_table() -> None:
    class Table:
        def scan(self, **_: Any) -> None:
            raise AssertionError("reached")

        def get_item(self, **request: Any) -> dict[str, Any]:
            return request

    guarded = TenantGuard(Table())
    with pytest.raises(TenantBreach):
        guarded.scan(TableName="core")
    assert guarded.get_item(**key(MINE)) == key(MINE)


def test_s2_the_contract_suites_run_behind_the_guard(real: AlertPath) -> None:
    with pytest.raises(TenantBreach):
        real.dynamodb.scan(TableName=real.table_name)
