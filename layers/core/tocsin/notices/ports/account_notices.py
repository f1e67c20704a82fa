"""Port of the messages to the owners of keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.notices.domain.account_notice import AccountNotice, MessageQuery


class AccountNotices(Protocol):
    """What was told to each key, for 30 days."""

    def notify(self, message: AccountNotice) -> bool:
        """Keep a message. False: it is there already."""
        ...

    def read(self, tenant: TenantId, key_id: ApiKeyId, query: MessageQuery, now: datetime) -> Sequence[AccountNotice]:
        """Return what the query asks for, strongly consistent, in the order of its slots.

        Raises:
            StorageUnavailable: messages that were marked and not returned count as reported.
        """
        ...
