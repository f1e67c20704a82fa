"""Port of stored content."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.identity.domain.visibility import BY_NO_PERSON, Made
from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent, StoreRef

STORES_SEEN = 1000
"""Most stores that are looked at for one page, expired ones included."""


@dataclass(frozen=True, slots=True)
class StorePage:
    """A page of stores by their ids. `next` is opaque to the caller, and None on the last page."""

    stores: Sequence[StoredContent]
    next: str | None


class StoredContentRepository(Protocol):
    """Stored content, sealed at rest. A key sees its own stores only."""

    def put(self, content: StoredContent) -> StoreId:
        """Store content. A store of the same key, type and name is replaced and keeps its id.

        Under the account key the person and the company must be the same too.

        Returns:
            The id of the store.
        """
        ...

    def get(
        self,
        tenant: TenantId,
        key_id: ApiKeyId,
        ref: StoreRef,
        kind: ContentType,
        now: datetime,
        made: Made = BY_NO_PERSON,
    ) -> StoredContent | None:
        """Return an unexpired store of this kind; None = there is none.

        Args:
            made: whose names a name of `ref` is one of.
        """
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

    def page(
        self,
        tenant: TenantId,
        key_id: ApiKeyId,
        *,
        limit: int,
        after: str | None,
        now: datetime,
        wanted: Callable[[StoredContent], bool] | None = None,
    ) -> StorePage:
        """Return a page of unexpired stores of every kind, without content and extras, by their ids.

        Args:
            limit: 1..100.
            after: `next` of the previous page, None for the first page.
            wanted: whether a store is on the page; None = every store is.

        Raises:
            InvalidRequest: `after` is of another list.
        """
        ...

    def change(
        self,
        tenant: TenantId,
        key_id: ApiKeyId,
        store_id: StoreId,
        now: datetime,
        changed: Callable[[StoredContent], StoredContent],
    ) -> StoredContent | None:
        """Replace what an unexpired store holds by what `changed` makes of it, and return that; None = there is none.

        Name, lifetime and end stay. `changed` may be called several times: of calls at once, each sees what the
        others have written. If it raises, or returns its argument, nothing is written.

        Raises:
            StaleWrite: other calls kept changing the store.
        """
        ...
