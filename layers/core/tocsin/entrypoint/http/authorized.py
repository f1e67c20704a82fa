"""What the authorizer tells the functions behind it: who calls, in the flat strings a gateway context can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.kernel.domain.ids import ApiKeyId, TenantId


def context_of(key: ApiKey) -> dict[str, str]:
    """Return the context of an authorized call: names and rights, nothing secret."""
    return {
        "tenant": key.tenant,
        "key": key.id,
        "kind": key.kind.value,
        "rights": " ".join(sorted(right.value for right in key.rights)),
    }


def key_of(context: Mapping[str, Any]) -> ApiKey | None:
    """Return the key an authorizer has vouched for, as far as reading goes; None if no authorizer ran.

    Name, limits and defaults stay behind: whoever needs them asks the store.
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
