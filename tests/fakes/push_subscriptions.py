"""Push subscriptions in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tests.fakes.outage import Outage
from tocsin.browser_push.domain.subscription import PushSubscription
from tocsin.browser_push.ports import MOST_BROWSERS
from tocsin.kernel.domain.ids import TenantId, UserId


class FakePushSubscriptions:
    """`kept` may be inspected."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, UserId], list[PushSubscription]] = {}
        self.outage = Outage()

    def put(self, subscription: PushSubscription) -> None:
        self.outage.check()
        there = self.kept.setdefault((subscription.tenant, subscription.user), [])
        others = sorted((each for each in there if each.id != subscription.id), key=lambda each: each.created_at)
        there[:] = [*others[-(MOST_BROWSERS - 1) :], subscription]

    def replace(self, before: PushSubscription, after: PushSubscription) -> bool:
        self.outage.check()
        there = self.kept.get((before.tenant, before.user), [])
        if all(each.id != before.id for each in there):
            return False
        there[:] = [after if each.id == before.id else each for each in there if each.id != after.id]
        return True

    def of(self, tenant: TenantId, users: Iterable[UserId]) -> Mapping[UserId, Sequence[PushSubscription]]:
        self.outage.check()
        return {user: list(found) for user in users if (found := self.kept.get((tenant, user)))}

    def stands(self, tenant: TenantId, user: UserId, id: str) -> bool:
        self.outage.check()
        return any(each.id == id for each in self.kept.get((tenant, user), ()))

    def remove(self, tenant: TenantId, user: UserId, id: str) -> bool:
        self.outage.check()
        there = self.kept.get((tenant, user), [])
        kept = [each for each in there if each.id != id]
        self.kept[tenant, user] = kept
        return len(kept) < len(there)

    def forget(self, tenant: TenantId, user: UserId) -> None:
        self.outage.check()
        self.kept.pop((tenant, user), None)
