"""Lists: how many entries a call asks for, and which."""

from __future__ import annotations

import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from tocsin.entrypoint.alert_body.limits import PAGE_ITEMS
from tocsin.kernel.domain.errors import Fault, InvalidRequest

Choice = TypeVar("Choice", bound=StrEnum)
Item = TypeVar("Item")


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


def page_of(
    items: Sequence[Item], id_of: Callable[[Item], str], limit: int, query: Mapping[str, str]
) -> tuple[Sequence[Item], str | None]:
    """Return a page of a short list that is read as a whole, and the cursor of the next one; None = it is the last.

    Args:
        items: in the order of their ids.

    Raises:
        InvalidRequest: the cursor is none of this list.
    """
    after = ""
    if (cursor := query.get("cursor")) is not None:
        try:
            after = b64decode(cursor.encode("ascii"), b"-_", validate=True).decode("ascii")
        except ValueError:
            raise InvalidRequest([Fault("/cursor", "NOT_ALLOWED", "must be a `next_cursor` of this list")]) from None
    rest = [item for item in items if id_of(item) > after]
    page = rest[:limit]
    return page, urlsafe_b64encode(id_of(page[-1]).encode()).decode() if len(rest) > limit else None
