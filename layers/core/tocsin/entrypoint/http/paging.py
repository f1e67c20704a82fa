"""Lists: how many entries a call asks for, and which."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from tocsin.entrypoint.alert_body.limits import PAGE_ITEMS
from tocsin.kernel.domain.errors import Fault, InvalidRequest

Choice = TypeVar("Choice", bound=StrEnum)


class Truth(StrEnum):
    """The words of a query parameter that is true or false."""

    TRUE = "true"
    FALSE = "false"


_NUMBER = re.compile(r"[0-9]{1,6}")


def page_limit(query: Mapping[str, str], default: int) -> int:
    """Return how many entries a page may have. Raises InvalidRequest."""
    text = query.get("limit")
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= PAGE_ITEMS:
        raise InvalidRequest([Fault("/limit", "OUT_OF_RANGE", f"must be a whole number from 1 to {PAGE_ITEMS}")])
    return int(text)


def choice(kind: type[Choice], query: Mapping[str, str], name: str, *others: str) -> Choice | None:
    """Return one of the words of a query parameter, None if it is not given. Raises InvalidRequest."""
    text = query.get(name)
    if text is None:
        return None
    try:
        return kind(text)
    except ValueError:
        known = ", ".join(f"`{word}`" for word in (*(member.value for member in kind), *others))
        raise InvalidRequest([Fault(f"/{name}", "NOT_ALLOWED", f"must be one of {known}")]) from None
