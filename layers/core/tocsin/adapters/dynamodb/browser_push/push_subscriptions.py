"""Push subscriptions in DynamoDB: a sealed row for each person, because those of many people are read at once."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tocsin.adapters.dynamodb.table.actions import FREE, delete, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key, number
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.browser_push.domain.subscription import PushSubscription
from tocsin.browser_push.ports import MOST_BROWSERS
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Sealer

_TRIES = 5
_SK = "PUSH"


class DynamoDbPushSubscriptions:
    """Rows `T#<t>#U#<user>` / `PUSH`, each written over its version; one without browsers stays, empty."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def put(self, subscription: PushSubscription) -> None:
        """Add a subscription, or replace that of its endpoint. If there are too many, the oldest others go."""

        def added(there: list[PushSubscription]) -> list[PushSubscription]:
            others = sorted((each for each in there if each.id != subscription.id), key=lambda each: each.created_at)
            return [*others[-(MOST_BROWSERS - 1) :], subscription]

        self._change(subscription.tenant, subscription.user, added)

    def replace(self, before: PushSubscription, after: PushSubscription) -> bool:
        """Put a subscription in the place of another one of the same person. False: that one is gone."""

        def replaced(there: list[PushSubscription]) -> list[PushSubscription]:
            if all(each.id != before.id for each in there):
                return there
            return [after if each.id == before.id else each for each in there if each.id != after.id]

        return self._change(before.tenant, before.user, replaced)

    def of(self, tenant: TenantId, users: Iterable[UserId]) -> Mapping[UserId, Sequence[PushSubscription]]:
        """Return the subscriptions of each of these people, oldest first; 100 people a call."""
        wanted = [_key(tenant, user) for user in dict.fromkeys(users)]
        rows = self._table.get_all(wanted, "push subscriptions") if wanted else []
        found = {(user := _user_of(row)): self._subscriptions(tenant, user, row) for row in rows}
        return {user: browsers for user, browsers in found.items() if browsers}

    def stands(self, tenant: TenantId, user: UserId, id: str) -> bool:
        """Whether there is a subscription of this id, strongly consistent."""
        row = self._table.get(_key(tenant, user))
        return any(each.id == id for each in self._subscriptions(tenant, user, row))

    def remove(self, tenant: TenantId, user: UserId, id: str) -> bool:
        """Remove a subscription. False: there was none."""
        return self._change(tenant, user, lambda there: [each for each in there if each.id != id])

    def forget(self, tenant: TenantId, user: UserId) -> None:
        """Remove the subscriptions of a person who was deleted."""
        self._table.write(delete(_key(tenant, user)))

    def _change(
        self, tenant: TenantId, user: UserId, change: Callable[[list[PushSubscription]], list[PushSubscription]]
    ) -> bool:
        """Write what `change` makes of a person's subscriptions; False: it left them as they were."""
        for _ in range(_TRIES):
            row = self._table.get(_key(tenant, user))
            before = self._subscriptions(tenant, user, row)
            after = change(before)
            if after == before:
                return False
            version = 0 if row is None else int(row["v"]["N"])
            held = (FREE, None) if row is None else ("#v = :v", {":v": number(version)})
            if self._table.write_if(put(self._row(tenant, user, after, version + 1), *held)):
                return True
        raise StorageUnavailable("the browsers of a person changed at every try")

    def _row(self, tenant: TenantId, user: UserId, subscriptions: Sequence[PushSubscription], version: int) -> Item:
        row = _key(tenant, user) | {"v": number(version)}
        value = [
            [
                each.endpoint, _text(each.public_key), _text(each.auth), each.created_at.isoformat(), each.details,
                each.device,
            ]
            for each in subscriptions
        ]  # fmt: skip
        return row | seal(self._sealer, tenant, row, value)

    def _subscriptions(self, tenant: TenantId, user: UserId, row: Item | None) -> list[PushSubscription]:
        stored: list[list[Any]] = [] if row is None else unseal(self._sealer, tenant, row)
        return [
            PushSubscription(
                tenant=tenant,
                user=user,
                endpoint=endpoint,
                public_key=base64.b64decode(public_key),
                auth=base64.b64decode(auth),
                created_at=datetime.fromisoformat(created_at),
                details=details,
                device=device,
            )
            for endpoint, public_key, auth, created_at, details, device in stored
        ]


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _key(tenant: TenantId, user: UserId) -> Item:
    return key(f"T#{tenant}#U#{user}", _SK)


def _user_of(row: Item) -> UserId:
    return UserId(row["pk"]["S"].partition("#U#")[2])
