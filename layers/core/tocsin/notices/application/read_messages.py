"""What the owner of an API key was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.notices.domain.account_notice import MAX_MESSAGES, AccountNotice, MessageQuery
from tocsin.notices.ports.account_notices import AccountNotices


@dataclass(frozen=True, slots=True)
class ReadMessages:
    """Return messages to the owner of a key."""

    messages: AccountNotices

    def __call__(
        self, tenant: TenantId, key_id: ApiKeyId, query: MessageQuery, now: datetime
    ) -> Sequence[AccountNotice]:
        """Return at most MAX_MESSAGES, and at least one, however many were asked for.

        Raises:
            StorageUnavailable: messages that were to be marked may be marked.
        """
        within = replace(query, maximum=max(1, min(query.maximum, MAX_MESSAGES)))
        return self.messages.read(tenant, key_id, within, now)
