"""Who calls, by the headers of a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def tokens_in(headers: Mapping[str, Any]) -> list[str]:
    """Return the different tokens of `Authorization: Bearer …` and `X-API-Key`: none, one or two.

    Args:
        headers: by lower-case name.
    """
    scheme, _, bearer = str(headers.get("authorization") or "").strip().partition(" ")
    given = (bearer.strip() if scheme.lower() == "bearer" else "", str(headers.get("x-api-key") or "").strip())
    return list(dict.fromkeys(token for token in given if token))


def named_tenant(headers: Mapping[str, Any]) -> str | None:
    """Return the tenant that `X-Tenant` names, None if there is no such header."""
    return str(headers.get("x-tenant") or "").strip() or None


def only_token(headers: Mapping[str, Any]) -> str:
    """Return the one token of the headers, "" if there is none, or if there are two that differ."""
    tokens = tokens_in(headers)
    return tokens[0] if len(tokens) == 1 else ""
