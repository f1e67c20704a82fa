"""Pages of a list: how many entries a call asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tocsin.entrypoint.alert_body.limits import PAGE_ITEMS
from tocsin.kernel.domain.errors import Fault, InvalidRequest

_NUMBER = re.compile(r"[0-9]{1,6}")


def page_limit(query: Mapping[str, str], default: int) -> int:
    """Return how many entries a page may have. Raises InvalidRequest."""
    text = query.get("limit")
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= PAGE_ITEMS:
        raise InvalidRequest([Fault("/limit", "OUT_OF_RANGE", f"must be a whole number from 1 to {PAGE_ITEMS}")])
    return int(text)
