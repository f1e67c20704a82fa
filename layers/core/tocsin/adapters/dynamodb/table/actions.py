"""Write actions as values: `Table.write` does one, `Table.commit` several in a transaction.

An action is one of TransactWriteItems, without the name of the table. In its expressions `#name` stands for the
attribute `name`, for those whose names are reserved words.
"""

from __future__ import annotations

import re

from tocsin.adapters.dynamodb.table.client import Item

FREE = "attribute_not_exists(pk)"
"""Condition: there is no row of this key."""

THERE = "attribute_exists(pk)"
"""Condition: there is a row of this key."""

_NAMED = re.compile(r"#(\w+)")


def put(row: Item, condition: str | None = None, values: Item | None = None, *, standing: bool = False) -> Item:
    """Return the action that writes a whole row.

    Args:
        values: what `:name` stands for in the condition.
        standing: if the condition cancels the transaction, DynamoDB returns the existing row.
    """
    brings = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if standing else {}
    return {"Put": {"Item": row, **_terms("", condition, values), **brings}}


def update(key: Item, change: str, condition: str | None = None, values: Item | None = None) -> Item:
    """Return the action that changes a row by the update expression `change`; `values` are for both expressions."""
    return {"Update": {"Key": key, "UpdateExpression": change, **_terms(change, condition, values)}}


def delete(key: Item, condition: str | None = None, values: Item | None = None) -> Item:
    """Return the action that removes a row."""
    return {"Delete": {"Key": key, **_terms("", condition, values)}}


def check(key: Item, condition: str, values: Item | None = None) -> Item:
    """Return the action that writes nothing and cancels its transaction unless the condition holds."""
    return {"ConditionCheck": {"Key": key, **_terms("", condition, values)}}


def names_in(*expressions: str) -> Item:
    """Return the parameter that says what `#name` stands for in these expressions; empty if there is no such name."""
    names = {f"#{name}": name for expression in expressions for name in _NAMED.findall(expression)}
    return {"ExpressionAttributeNames": names} if names else {}


def _terms(change: str, condition: str | None, values: Item | None) -> Item:
    terms = names_in(change, condition or "")
    if condition:
        terms["ConditionExpression"] = condition
    if values:
        terms["ExpressionAttributeValues"] = values
    return terms
