"""The PartiQL statements of message rows and short links, for moto, which cannot bind parameters in them.

Only their shapes are understood: an INSERT of named parameters, and an UPDATE that SETs named parameters where
key and version are what they were, or of a row that is there. Calls go one at a time: moto's conditions are not atomic among threads, and
DynamoDB's are.
"""

from __future__ import annotations

import re
from threading import RLock
from typing import Any

from botocore.exceptions import ClientError

_INSERT = re.compile(r"""INSERT INTO "([\w.-]+)" VALUE \{((?:'\w+':\?,?)+)\}""")
_UPDATE = re.compile(r"""UPDATE "([\w.-]+)" ((?:SET "\w+"=\? )+)WHERE pk=\? AND sk=\?( AND "v"=\?)?""")


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
        raise ValueError("a statement of a shape the table is not written with")

    def _write(self, refusal: str, call: Any, request: dict[str, Any]) -> dict[str, Any]:
        try:
            call(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return {"Error": {"Code": refusal, "Message": "said the condition"}}
        return {}
