"""The notices of an API key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.notices.domain.account_notice import MAX_NOTICES, AccountNotice, NoticeQuery
from tocsin.notices.ports.account_notices import AccountNotices


@dataclass(frozen=True, slots=True)
class ReadNotices:
    """Return notices of a key."""

    notices: AccountNotices

    def __call__(
        self, tenant: TenantId, key_id: ApiKeyId, query: NoticeQuery, now: datetime
    ) -> Sequence[AccountNotice]:
        """Return the notices that the query asks for, if any. `query.maximum` is limited to 1..MAX_NOTICES.

        Raises:
            StorageUnavailable: notices of a query with `mark` may be marked.
        """
        within = replace(query, maximum=max(1, min(query.maximum, MAX_NOTICES)))
        return self.notices.read(tenant, key_id, within, now)
