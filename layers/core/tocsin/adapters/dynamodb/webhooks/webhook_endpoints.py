"""Receivers of callbacks in DynamoDB, and the permits for calls to them.

Permits are attributes of the endpoint's own row (`s0` … `s4`: until when each is taken), so one conditional write both
takes a place and makes sure that the endpoint is not disabled. A tenant's share lies in a row of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tocsin.adapters.dynamodb.table.client import ConditionFailed, DynamoDb, Item, errors_mapped, every_page
from tocsin.adapters.dynamodb.table.instants import instant, milliseconds
from tocsin.adapters.dynamodb.table.layout import ENDPOINT, endpoints_pk, permits_key, time
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.endpoint import DisabledBecause, Endpoint, EndpointState, SigningSecret
from tocsin.webhooks.ports.callbacks import Permit

_MOVING = ("st", "v", "since", "warned", "slow", "why", "off", "again", "sealed", "w")
_TRIES = 4


class DynamoDbWebhookEndpoints:
    """Keeps the endpoints of each key, and counts the calls under way."""

    def __init__(self, dynamodb: DynamoDb, table_name: str, sealer: Sealer) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._sealer = sealer

    def get(self, key: EndpointKey) -> Endpoint | None:
        """Return an endpoint, strongly consistent."""
        with errors_mapped():
            answer = self._dynamodb.get_item(
                TableName=self._table, Key=permits_key(key.tenant, key), ConsistentRead=True
            )
        row: Item | None = answer.get("Item")
        return None if row is None else self._endpoint(key, row)

    def add(self, endpoint: Endpoint) -> Endpoint:
        """Write an endpoint unless it is there; return the one that stands."""
        row = {
            **permits_key(endpoint.key.tenant, endpoint.key),
            **self._moving(endpoint, secrets.token_urlsafe(6)),
            "created": time(endpoint.created_at),
        }
        try:
            with errors_mapped():
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=row,
                    ConditionExpression="attribute_not_exists(pk)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConditionFailed as failed:
            if failed.current is None:
                raise
            return self._endpoint(endpoint.key, failed.current)
        return endpoint

    def save(self, endpoint: Endpoint) -> Endpoint | None:
        """Write over the version this one was made from; None: another writer was first."""
        after = replace(endpoint, version=endpoint.version + 1)
        mark = secrets.token_urlsafe(6)
        values = self._moving(after, mark)
        sets = ", ".join(f"#{name} = :{name}" for name in values)
        gone = [name for name in _MOVING if name not in values]
        removes = " REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
        try:
            with errors_mapped():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=permits_key(endpoint.key.tenant, endpoint.key),
                    UpdateExpression=f"SET {sets}{removes}",
                    ConditionExpression="#v = :before",
                    ExpressionAttributeNames={f"#{name}": name for name in _MOVING},
                    ExpressionAttributeValues={
                        **{f":{name}": value for name, value in values.items()},
                        ":before": {"N": str(endpoint.version)},
                    },
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConditionFailed as failed:
            ours = failed.current is not None and failed.current.get("w") == {"S": mark}
            return after if ours else None
        return after

    def of_key(self, tenant: TenantId, key_id: ApiKeyId) -> Sequence[Endpoint]:
        """Return every endpoint of an API key, oldest first."""
        rows = every_page(
            self._dynamodb,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :endpoints)",
            ExpressionAttributeValues={
                ":pk": {"S": endpoints_pk(tenant, key_id)},
                ":endpoints": {"S": ENDPOINT},
            },
            ConsistentRead=True,
        )
        found = [
            self._endpoint(EndpointKey(tenant, key_id, row["sk"]["S"].removeprefix(ENDPOINT)), row) for row in rows
        ]
        return sorted(found, key=lambda endpoint: (endpoint.created_at, endpoint.key.hash))

    def permit(
        self, tenant: TenantId, endpoint: EndpointKey | None, at_most: int, until: datetime, now: datetime
    ) -> Permit | None:
        """Take one of `at_most` permits; None: all are taken, or the endpoint is disabled or not there.

        A place somewhere is tried blindly; the row that comes back with a refusal shows which ones are free.
        """
        slot = secrets.randbelow(at_most)
        for _ in range(_TRIES):
            condition = "(attribute_not_exists(#slot) OR #slot <= :now)"
            values = {":now": time(now), ":until": time(until)}
            if endpoint is not None:
                condition += " AND attribute_exists(pk) AND st <> :disabled"
                values[":disabled"] = {"S": EndpointState.DISABLED.value}
            try:
                self._set(permits_key(tenant, endpoint), slot, "SET #slot = :until", condition, values)
            except ConditionFailed as failed:
                free = _free(failed.current, at_most, now, of_endpoint=endpoint is not None)
                if not free:
                    return None
                slot = secrets.choice(free)
            else:
                return Permit(tenant, endpoint, slot, instant(milliseconds(until)))
        return None

    def renew(self, permit: Permit, until: datetime) -> Permit | None:
        """Keep a permit for longer; None: it was lost, or the endpoint was disabled meanwhile."""
        condition = "#slot = :mine"
        values = {":mine": time(permit.until), ":until": time(until)}
        if permit.endpoint is not None:
            condition += " AND st <> :disabled"
            values[":disabled"] = {"S": EndpointState.DISABLED.value}
        try:
            place = permits_key(permit.tenant, permit.endpoint)
            self._set(place, permit.slot, "SET #slot = :until", condition, values)
        except ConditionFailed:
            return None
        return replace(permit, until=instant(milliseconds(until)))

    def release(self, permit: Permit) -> None:
        """Give a permit back."""
        place = permits_key(permit.tenant, permit.endpoint)
        try:
            self._set(place, permit.slot, "REMOVE #slot", "#slot = :mine", {":mine": time(permit.until)})
        except ConditionFailed:
            return

    def _set(self, place: Item, slot: int, update: str, condition: str, values: Item) -> None:
        with errors_mapped():
            self._dynamodb.update_item(
                TableName=self._table,
                Key=place,
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames={"#slot": f"s{slot}"},
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )

    def _moving(self, endpoint: Endpoint, mark: str) -> Item:
        """Return the attributes that change from write to write."""
        place = permits_key(endpoint.key.tenant, endpoint.key)
        keys = [[one.value, milliseconds(one.retires_at) if one.retires_at else None] for one in endpoint.secrets]
        row: Item = {
            "st": {"S": endpoint.state.value},
            "v": {"N": str(endpoint.version)},
            "warned": {"BOOL": endpoint.warned},
            "slow": {"BOOL": endpoint.slow},
            "sealed": {"B": seal(self._sealer, endpoint.key.tenant, place, "sealed", [endpoint.url, keys])},
            "w": {"S": mark},
        }
        if endpoint.failing_since is not None:
            row["since"] = time(endpoint.failing_since)
        if endpoint.disabled_because is not None:
            row["why"] = {"S": endpoint.disabled_because.value}
        if endpoint.disabled_at is not None:
            row["off"] = time(endpoint.disabled_at)
        if endpoint.enablings:
            row["again"] = {"N": str(endpoint.enablings)}
        return row

    def _endpoint(self, key: EndpointKey, row: Item) -> Endpoint:
        url, keys = unseal(self._sealer, key.tenant, row, "sealed")
        return Endpoint(
            key=key,
            url=url,
            secrets=tuple(
                SigningSecret(value, None if retires is None else instant(retires)) for value, retires in keys
            ),
            created_at=_at(row["created"]),
            state=EndpointState(row["st"]["S"]),
            failing_since=_at(row["since"]) if "since" in row else None,
            warned=row["warned"]["BOOL"],
            slow=row["slow"]["BOOL"],
            disabled_because=DisabledBecause(row["why"]["S"]) if "why" in row else None,
            disabled_at=_at(row["off"]) if "off" in row else None,
            enablings=int(row["again"]["N"]) if "again" in row else 0,
            version=int(row["v"]["N"]),
        )


def _free(row: Item | None, at_most: int, now: datetime, *, of_endpoint: bool) -> list[int]:
    if row is None or (of_endpoint and row["st"]["S"] == EndpointState.DISABLED.value):
        return []
    return [slot for slot in range(at_most) if f"s{slot}" not in row or _at(row[f"s{slot}"]) <= now]


def _at(value: dict[str, Any]) -> datetime:
    return instant(int(value["N"]))
