"""Rows as PartiQL statements write them. An UPDATE is billed with the whole row, so the rows of packs are remembered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NAMED = re.compile(r"""['"](\w+)['"](?:=\?|:\?)|\b(pk|sk)=\?|begins_with\(("\w+"),\?\)""")


class WrittenRows:
    """The rows of packs that statements have written so far. Every other statement names all attributes of its row."""

    def __init__(self) -> None:
        self._packs: dict[tuple[str, str], dict[str, Any]] = {}

    def around(self, statement: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the row before and after a statement that succeeds; DynamoDB bills the larger one."""
        row = named_in(statement)
        if not row["sk"]["S"].startswith("PACK#"):
            return {}, row
        place = (row["pk"]["S"], row["sk"]["S"])
        before = self._packs.get(place, {})
        self._packs[place] = before | row
        return before, self._packs[place]


def named_in(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that an INSERT or UPDATE names, its key included, but for those of its conditions."""
    found = _NAMED.findall(statement["Statement"])
    pairs = zip(found, statement["Parameters"], strict=True)
    row: dict[str, Any] = {}
    for (quoted, plain, compared), value in pairs:
        if not compared:
            row.setdefault(quoted or plain, value)
    return row
