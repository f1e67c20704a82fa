"""Inboxes in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.inbox.domain.inbox_notice import NOTICE_KEPT, InboxNotice
from tocsin.inbox.ports import MARKED_AT_ONCE, MOST_COUNTED, InboxPage
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId, UserId


class FakeInboxes:
    """`kept` may be inspected."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, UserId, str], InboxNotice] = {}
        self.outage = Outage()

    def put(self, notices: Sequence[InboxNotice]) -> None:
        self.outage.check()
        for notice in notices:
            place = (notice.tenant, notice.user, notice.id)
            there = self.kept.get(place, notice)
            self.kept[place] = replace(notice, read=there.read)

    def page(
        self, tenant: TenantId, user: UserId, limit: int, cursor: str | None, now: datetime, *, unread: bool = False
    ) -> InboxPage:
        self.outage.check()
        place = f"{tenant}|{user}|{unread}|"
        if cursor is not None and not cursor.startswith(place):
            raise InvalidRequest([Fault("/cursor", "INVALID_CURSOR", "this cursor was not issued for this list")])
        before = "g" if cursor is None else cursor.removeprefix(place)
        found = [each for each in self._of(tenant, user, now) if each.id < before and not (unread and each.read)]
        return InboxPage(found[:limit], place + found[limit - 1].id if len(found) > limit else None)

    def unread(self, tenant: TenantId, user: UserId, now: datetime) -> int:
        self.outage.check()
        return min(MOST_COUNTED, sum(not each.read for each in self._of(tenant, user, now)))

    def mark(self, tenant: TenantId, user: UserId, id: str, now: datetime, *, read: bool) -> InboxNotice | None:
        self.outage.check()
        found = next((each for each in self._of(tenant, user, now) if each.id == id), None)
        if found is not None:
            found = self.kept[tenant, user, id] = replace(found, read=read)
        return found

    def mark_all(self, tenant: TenantId, user: UserId, now: datetime) -> int:
        self.outage.check()
        found = [each for each in self._of(tenant, user, now) if not each.read][:MARKED_AT_ONCE]
        for each in found:
            self.kept[tenant, user, each.id] = replace(each, read=True)
        return len(found)

    def forget(self, tenant: TenantId, user: UserId) -> None:
        self.outage.check()
        self.kept = {place: each for place, each in self.kept.items() if place[:2] != (tenant, user)}

    def _of(self, tenant: TenantId, user: UserId, now: datetime) -> list[InboxNotice]:
        mine = [each for place, each in self.kept.items() if place[:2] == (tenant, user)]
        return sorted((each for each in mine if now < each.at + NOTICE_KEPT), key=lambda each: each.id, reverse=True)
