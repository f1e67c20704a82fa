"""Messages to the owners of keys, in memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.notices.domain.account_notice import AccountNotice, NoticeQuery


def _to_the_millisecond(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


class FakeAccountNotices:
    """`told` may be inspected."""

    def __init__(self) -> None:
        self.told: dict[str, AccountNotice] = {}
        self.outage = Outage()
        self._reported: set[str] = set()
        self._once: set[tuple[TenantId, ApiKeyId, str]] = set()
        self._lock = threading.Lock()

    def notify(self, notice: AccountNotice) -> bool:
        self.outage.check()
        with self._lock:
            if notice.id in self.told:
                return False
            kept = replace(notice, slot=_to_the_millisecond(notice.slot), at=_to_the_millisecond(notice.at))
            self.told[notice.id] = kept
            return True

    def notify_once(self, notice: AccountNotice) -> bool:
        self.outage.check()
        if (mark := (notice.tenant, notice.key_id, notice.code)) in self._once:
            return False
        self._once.add(mark)
        return self.notify(notice)

    def read(self, tenant: TenantId, key_id: ApiKeyId, query: NoticeQuery, now: datetime) -> Sequence[AccountNotice]:
        self.outage.check()
        with self._lock:
            found = [
                message
                for message in self.told.values()
                if (message.tenant, message.key_id) == (tenant, key_id)
                and now < message.expires_at
                and not (query.unreported and message.id in self._reported)
                and query.severity in (None, message.severity)
                and query.category in (None, message.category)
            ]
            found.sort(key=lambda message: (message.slot, message.id), reverse=not query.earliest_first)
            found = found[: query.maximum]
            if query.mark:
                self._reported |= {message.id for message in found}
            return found
