"""What an API key has stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.identity.domain.api_key import ApiKey
from tocsin.stored_content.application.key_stores import KeyStores
from tocsin.stored_content.domain.stored_content import StoredContent
from tocsin.stored_content.ports import StoredContentRepository


@dataclass(frozen=True, slots=True)
class ListStores:
    """Return the stores of a key."""

    stores: StoredContentRepository

    def __call__(self, key: ApiKey, now: datetime) -> Sequence[StoredContent]:
        """Return every unexpired store of the key at `now`, of every type. Raises StorageUnavailable."""
        return KeyStores(self.stores, key).list(None, now)
