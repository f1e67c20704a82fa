"""Port of stored content."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent, StoreRef


class StoredContentRepository(Protocol):
    """Stored content, sealed at rest. A key sees its own stores only."""

    def put(self, content: StoredContent) -> StoreId:
        """Store content. A store of the same key, type and name is replaced and keeps its id.

        Returns:
            The id of the store.
        """
        ...

    def get(
        self, tenant: TenantId, key_id: ApiKeyId, ref: StoreRef, kind: ContentType, now: datetime
    ) -> StoredContent | None:
        """Return an unexpired store of this kind; None = there is none."""
        ...

    def find(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId, now: datetime) -> StoredContent | None:
        """Return an unexpired store of any kind by its id; None = there is none."""
        ...

    def touch(self, content: StoredContent, now: datetime, again_at: datetime | None = None) -> None:
        """Renew a store that is used now, and again at `again_at`. Best effort; never shortens a lifetime."""
        ...

    def hold(self, content: StoredContent, until: datetime, now: datetime) -> None:
        """Extend the lifetime of a store, and of a store that replaces it, to `until`. Never shortens a lifetime.

        An expired or missing store is not changed, so callers check afterwards.
        """
        ...

    def release(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId, now: datetime) -> None:
        """End a hold: the unused lifetime begins now. A store without a hold is not changed."""
        ...

    def delete(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId) -> bool:
        """Remove a store and free its name. False: the store did not exist."""
        ...

    def list(
        self, tenant: TenantId, key_id: ApiKeyId, kind: ContentType | None, now: datetime
    ) -> Sequence[StoredContent]:
        """Return unexpired stores of one kind (None = all), without content and extras, oldest first."""
        ...
