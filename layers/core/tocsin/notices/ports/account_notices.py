"""Port of the notices of API keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.notices.domain.account_notice import AccountNotice, NoticeQuery


class AccountNotices(Protocol):
    """The notices of each key, kept for 30 days."""

    def notify(self, notice: AccountNotice) -> bool:
        """Store a notice. False: a notice of this id exists."""
        ...

    def notify_once(self, notice: AccountNotice) -> bool:
        """Store a notice, the first of its key with this code. False: the key has had one, however long ago."""
        ...

    def read(self, tenant: TenantId, key_id: ApiKeyId, query: NoticeQuery, now: datetime) -> Sequence[AccountNotice]:
        """Return the notices that the query asks for, strongly consistent, ordered by `slot`.

        Raises:
            StorageUnavailable: notices that were marked, but not returned, count as reported.
        """
        ...
