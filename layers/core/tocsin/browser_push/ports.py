"""Port of browsers that are pushed to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from tocsin.browser_push.domain.subscription import PushSubscription
from tocsin.kernel.domain.ids import TenantId, UserId

MOST_BROWSERS = 10
"""Most browsers of one person; the oldest goes when another one comes."""


class PushSubscriptions(Protocol):
    """The subscriptions of people. A person has one of an endpoint."""

    def put(self, subscription: PushSubscription) -> None:
        """Add a subscription, or replace that of its endpoint. If there are too many, the oldest others go."""
        ...

    def replace(self, before: PushSubscription, after: PushSubscription) -> bool:
        """Put a subscription in the place of another one of the same person. False: that one is gone."""
        ...

    def of(self, tenant: TenantId, users: Iterable[UserId]) -> Mapping[UserId, Sequence[PushSubscription]]:
        """Return the subscriptions of each of these people, oldest first; none for a person without one."""
        ...

    def stands(self, tenant: TenantId, user: UserId, id: str) -> bool:
        """Whether there is a subscription of this id, strongly consistent."""
        ...

    def remove(self, tenant: TenantId, user: UserId, id: str) -> bool:
        """Remove a subscription. False: there was none."""
        ...

    def forget(self, tenant: TenantId, user: UserId) -> None:
        """Remove the subscriptions of a person who was deleted."""
        ...
