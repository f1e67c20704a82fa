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
        """Store it; a store of the same key, type and name is replaced and keeps its id.

        Returns:
            The id under which it can be found.
        """
        ...

    def get(
        self, tenant: TenantId, key_id: ApiKeyId, ref: StoreRef, kind: ContentType, now: datetime
    ) -> StoredContent | None:
        """Return an unexpired store of this kind; None in every other case."""
        ...

    def find(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId, now: datetime) -> StoredContent | None:
        """Return an unexpired store of any kind by its id."""
        ...

    def touch(self, content: StoredContent, now: datetime, again_at: datetime | None = None) -> None:
        """Renew an expiring store: used now, and again at `again_at`. Best effort, never shortens."""
        ...

    def hold(self, content: StoredContent, until: datetime, now: datetime) -> None:
        """Let an expiring store live until `until` at least, and whatever replaces it; never shortens.

        Nothing is done to a store that is over or gone: whoever needs it looks again.
        """
        ...

    def release(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId, now: datetime) -> None:
        """End a hold: the store begins to be unused now. One that is not held, or not there, is left alone."""
        ...

    def delete(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId) -> bool:
        """Remove a store and free its name. False if it was not there."""
        ...

    def list(
        self, tenant: TenantId, key_id: ApiKeyId, kind: ContentType | None, now: datetime
    ) -> Sequence[StoredContent]:
        """Return unexpired stores without content and extras, oldest first, of one kind or of all."""
        ...
