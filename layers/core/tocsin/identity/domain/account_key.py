"""The account key: under it lies what the people of a tenant store and send by the console."""

from __future__ import annotations

from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.ids import ApiKeyId, TenantId

ACCOUNT_KEY = ApiKeyId("account")
"""Its id in every tenant. Ids of other keys have 12 characters, so none is like it."""


def account_key(tenant: TenantId) -> ApiKey:
    """Return the account key of a tenant. It has no row and no secret, so no call can use it, and no list has it.

    People read results on pages, so no events are kept for it.
    """
    return ApiKey(
        tenant=tenant,
        id=ACCOUNT_KEY,
        kind=KeyKind.LIVE,
        name="Console",
        secret_hash="",
        rights=frozenset(Right),
        notification=NotificationMode.NONE,
    )
