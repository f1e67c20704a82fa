"""The authorizer's context: the caller's API key as flat strings, which API Gateway passes to the function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.kernel.domain.ids import ApiKeyId, TenantId


def context_of(key: ApiKey) -> dict[str, str]:
    """Return the context of an authorized call: ids and rights, no secret."""
    return {
        "tenant": key.tenant,
        "key": key.id,
        "kind": key.kind.value,
        "rights": " ".join(sorted(right.value for right in key.rights)),
    }


def key_of(context: Mapping[str, Any]) -> ApiKey | None:
    """Return the key that the authorizer authenticated, with the parts that reading needs; None if none ran.

    Name, limits and defaults are not in the context; a use case that needs them reads the repository.
    """
    try:
        return ApiKey(
            tenant=TenantId(context["tenant"]),
            id=ApiKeyId(context["key"]),
            kind=KeyKind(context["kind"]),
            name="",
            secret_hash="",
            rights=frozenset(Right(right) for right in context["rights"].split()),
        )
    except (KeyError, ValueError):
        return None
