"""Webhook endpoints in DynamoDB, and the permits for calls to them.

Permits are attributes of the endpoint's own row (`s0` … `s4`: until when each is taken), so one conditional write
takes a permit and checks that the endpoint is not disabled. The permits of a tenant are in a row of their own.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tocsin.adapters.dynamodb.table.actions import THERE, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import instant, milliseconds, number, time, time_of, time_or_none
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.webhooks.versions import save_over
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.endpoint import DisabledReason, Endpoint, EndpointState, SigningSecret
from tocsin.webhooks.ports.callbacks import Permit

_MOVING = ("st", "v", "since", "warned", "slow", "why", "off", "again", "sealed", "w")
_TRIES = 4
_ENDPOINT = "EP#"


class DynamoDbWebhookEndpoints:
    """Stores the endpoints of each API key, and limits concurrent calls by permits."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def get(self, key: EndpointKey) -> Endpoint | None:
        """Return an endpoint, strongly consistent."""
        row = self._table.get(_key(key))
        return None if row is None else self._endpoint(key, row)

    def add(self, endpoint: Endpoint) -> Endpoint:
        """Write an endpoint unless it exists; return the stored one."""
        row = {
            **_key(endpoint.key),
            **self._moving(endpoint, secrets.token_urlsafe(6)),
            "created": time(endpoint.created_at),
        }
        there = self._table.insert(row)
        return endpoint if there is None else self._endpoint(endpoint.key, there)

    def save(self, endpoint: Endpoint) -> Endpoint | None:
        """Write an endpoint over the version it was made from; None: another writer was first."""
        after = replace(endpoint, version=endpoint.version + 1)
        mark = secrets.token_urlsafe(6)
        saved = save_over(self._table, _key(endpoint.key), endpoint.version, self._moving(after, mark), _MOVING)
        return after if saved else None

    def of_key(self, tenant: TenantId, key_id: ApiKeyId) -> Sequence[Endpoint]:
        """Return every endpoint of an API key, oldest first."""
        found = [
            self._endpoint(EndpointKey(tenant, key_id, row["sk"]["S"].removeprefix(_ENDPOINT)), row)
            for row in self._table.beginning_with(_pk(tenant, key_id), _ENDPOINT)
        ]
        return sorted(found, key=lambda endpoint: (endpoint.created_at, endpoint.key.hash))

    def permit(
        self, tenant: TenantId, endpoint: EndpointKey | None, slots: range, until: datetime, now: datetime
    ) -> Permit | None:
        """Take the permit of one of `slots`; None: all are taken, or the endpoint is disabled or not there.

        A random permit is tried first; if it is taken, the row that DynamoDB returns shows which ones are free.
        """
        slot = secrets.choice(slots)
        for _ in range(_TRIES):
            condition = f"(attribute_not_exists(#s{slot}) OR #s{slot} <= :now)"
            values = {":now": time(now), ":until": time(until)}
            if endpoint is not None:
                condition += f" AND {THERE} AND st <> :disabled"
                values[":disabled"] = {"S": EndpointState.DISABLED.value}
            key, change = _permits_key(tenant, endpoint), f"SET #s{slot} = :until"
            there = self._table.write_or_find(update(key, change, condition, values))
            if there is None:
                return Permit(tenant, endpoint, slot, instant(milliseconds(until)))
            free = _free(there, slots, now, of_endpoint=endpoint is not None)
            if not free:
                return None
            slot = secrets.choice(free)
        return None

    def renew(self, permit: Permit, until: datetime) -> Permit | None:
        """Extend a permit; None: it was lost, or the endpoint is disabled now."""
        condition = f"#s{permit.slot} = :mine"
        values = {":mine": time(permit.until), ":until": time(until)}
        if permit.endpoint is not None:
            condition += " AND st <> :disabled"
            values[":disabled"] = {"S": EndpointState.DISABLED.value}
        key = _permits_key(permit.tenant, permit.endpoint)
        kept = self._table.write_if(update(key, f"SET #s{permit.slot} = :until", condition, values))
        return replace(permit, until=instant(milliseconds(until))) if kept else None

    def release(self, permit: Permit) -> None:
        """Release a permit."""
        key, mine = _permits_key(permit.tenant, permit.endpoint), f"#s{permit.slot} = :mine"
        self._table.write_if(update(key, f"REMOVE #s{permit.slot}", mine, {":mine": time(permit.until)}))

    def _moving(self, endpoint: Endpoint, mark: str) -> Item:
        """Return the attributes that change from write to write."""
        keys = [[one.value, milliseconds(one.retires_at) if one.retires_at else None] for one in endpoint.secrets]
        row: Item = {
            "st": {"S": endpoint.state.value},
            "v": number(endpoint.version),
            "warned": {"BOOL": endpoint.warned},
            "slow": {"BOOL": endpoint.slow},
            **seal(self._sealer, endpoint.key.tenant, _key(endpoint.key), [endpoint.url, keys]),
            "w": {"S": mark},
        }
        if endpoint.failing_since is not None:
            row["since"] = time(endpoint.failing_since)
        if endpoint.disabled_reason is not None:
            row["why"] = {"S": endpoint.disabled_reason.value}
        if endpoint.disabled_at is not None:
            row["off"] = time(endpoint.disabled_at)
        if endpoint.enablings:
            row["again"] = number(endpoint.enablings)
        return row

    def _endpoint(self, key: EndpointKey, row: Item) -> Endpoint:
        url, keys = unseal(self._sealer, key.tenant, row)
        return Endpoint(
            key=key,
            url=url,
            secrets=tuple(
                SigningSecret(value, None if retires is None else instant(retires)) for value, retires in keys
            ),
            created_at=time_of(row, "created"),
            state=EndpointState(row["st"]["S"]),
            failing_since=time_or_none(row, "since"),
            warned=row["warned"]["BOOL"],
            slow=row["slow"]["BOOL"],
            disabled_reason=DisabledReason(row["why"]["S"]) if "why" in row else None,
            disabled_at=time_or_none(row, "off"),
            enablings=int(row["again"]["N"]) if "again" in row else 0,
            version=int(row["v"]["N"]),
        )


def _pk(tenant: TenantId, key_id: ApiKeyId) -> str:
    return f"T#{tenant}#K#{key_id}#WH"


def _key(endpoint: EndpointKey) -> Item:
    return row_key(_pk(endpoint.tenant, endpoint.key_id), _ENDPOINT + endpoint.hash)


def _permits_key(tenant: TenantId, endpoint: EndpointKey | None) -> Item:
    """Return the key of the row that holds the permits: of the endpoint, or of the tenant."""
    return row_key(f"T#{tenant}#WH", "SHARE") if endpoint is None else _key(endpoint)


def _free(row: Item, slots: range, now: datetime, *, of_endpoint: bool) -> list[int]:
    if not row or (of_endpoint and row["st"]["S"] == EndpointState.DISABLED.value):
        return []
    return [slot for slot in slots if f"s{slot}" not in row or time_of(row, f"s{slot}") <= now]
