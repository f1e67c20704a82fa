"""The PartiQL statements of messages and short links, for moto, which cannot bind parameters in them.

Only their shapes are understood: an INSERT of named parameters, and an UPDATE that SETs named parameters where
key and version are what they were, or of a row that is there, or of a pack whose messages are missing or begin with
what they were. Calls go one at a time: moto's conditions are not atomic among threads, and
DynamoDB's are.
"""

from __future__ import annotations

import re
from threading import RLock
from typing import Any

from botocore.exceptions import ClientError

_INSERT = re.compile(r"""INSERT INTO "([\w.-]+)" VALUE \{((?:'\w+':\?,?)+)\}""")
_UPDATE = re.compile(r"""UPDATE "([\w.-]+)" ((?:SET "\w+"=\? )+)WHERE pk=\? AND sk=\?( AND "v"=\?)?""")
_PACK = re.compile(
    r"""UPDATE "([\w.-]+)" ((?:SET "\w+"=\? )+)WHERE pk=\? AND sk=\?"""
    r"""((?: AND (?:"\w+" IS MISSING|begins_with\("\w+",\?\)))+)"""
)
_BEGINS = re.compile(r"""begins_with\("(\w+)",\?\)""")
_MISSING = re.compile(r""""(\w+)" IS MISSING""")


class MotoWithPartiQl:
    """A moto client that also answers BatchExecuteStatement."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = RLock()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if not callable(method) or name == "exceptions":
            return method

        def one_at_a_time(**request: Any) -> Any:
            with self._lock:
                return method(**request)

        return one_at_a_time

    def batch_execute_statement(self, Statements: list[dict[str, Any]]) -> dict[str, Any]:
        if not 1 <= len(Statements) <= 25:
            raise ValueError("BatchExecuteStatement takes 1 to 25 statements")
        with self._lock:
            return {"Responses": [self._execute(s["Statement"], s["Parameters"]) for s in Statements]}

    def _execute(self, text: str, parameters: list[Any]) -> dict[str, Any]:
        if found := _INSERT.fullmatch(text):
            names = re.findall(r"'(\w+)':\?", found[2])
            row = dict(zip(names, parameters, strict=True))
            return self._write(
                "DuplicateItem",
                self._client.put_item,
                {"TableName": found[1], "Item": row, "ConditionExpression": "attribute_not_exists(pk)"},
            )
        if found := _UPDATE.fullmatch(text):
            names = re.findall(r'SET "(\w+)"=\?', found[2])
            *values, pk, sk = parameters[:-1] if found[3] else parameters
            before = {":before": parameters[-1]} if found[3] else {}
            settings = dict(zip(names, values, strict=True))
            return self._write(
                "ConditionalCheckFailed",
                self._client.update_item,
                {
                    "TableName": found[1],
                    "Key": {"pk": pk, "sk": sk},
                    "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in settings),
                    "ConditionExpression": "#v = :before" if before else "attribute_exists(pk)",
                    "ExpressionAttributeNames": {f"#{name}": name for name in settings},
                    "ExpressionAttributeValues": {
                        **{f":{name}": value for name, value in settings.items()},
                        **before,
                    },
                },
            )
        if found := _PACK.fullmatch(text):
            return self._change_pack(found[1], re.findall(r'SET "(\w+)"=\?', found[2]), found[3], parameters)
        raise ValueError("a statement of a shape the table is not written with")

    def _change_pack(self, table: str, names: list[str], where: str, parameters: list[Any]) -> dict[str, Any]:
        settings = dict(zip(names, parameters, strict=False))
        pk, sk, *before = parameters[len(names) :]
        begins = dict(zip(_BEGINS.findall(where), before, strict=True))
        conditions = [f"attribute_not_exists({name})" for name in _MISSING.findall(where)]
        conditions += [f"begins_with({name}, :v{name})" for name in begins]
        values = {f":{name}": value for name, value in settings.items()}
        return self._write(
            "ConditionalCheckFailed",
            self._client.update_item,
            {
                "TableName": table,
                "Key": {"pk": pk, "sk": sk},
                "UpdateExpression": "SET " + ", ".join(f"{name} = :{name}" for name in settings),
                "ConditionExpression": " AND ".join(["attribute_exists(pk)", *conditions]),
                "ExpressionAttributeValues": values | {f":v{name}": value for name, value in begins.items()},
            },
        )

    def _write(self, refusal: str, call: Any, request: dict[str, Any]) -> dict[str, Any]:
        try:
            call(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return {"Error": {"Code": refusal, "Message": "said the condition"}}
        return {}
