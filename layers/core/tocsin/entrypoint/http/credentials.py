"""The API key in the headers of a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def token_in(headers: Mapping[str, Any]) -> str | None:
    """Return the token of `Authorization: Bearer …`, else the `X-API-Key` header, else None.

    Args:
        headers: by lower-case name.
    """
    scheme, _, token = str(headers.get("authorization") or "").strip().partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return str(headers.get("x-api-key") or "").strip() or None
