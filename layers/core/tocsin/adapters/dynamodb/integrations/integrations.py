"""Integrations in DynamoDB: a row for each of them, each incident and each subscription, in a partition per tenant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tocsin.adapters.dynamodb.audit import entry_row
from tocsin.adapters.dynamodb.integrations.integration_alerts import (
    Action,
    alert_actions,
    commit_all,
    integrations_pk,
    key_in,
)
from tocsin.adapters.dynamodb.table.actions import FREE, delete, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import (
    expiry,
    instant,
    milliseconds,
    number,
    time,
    time_of,
    time_or_none,
)
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.timers import timer_put, timer_removed
from tocsin.adapters.dynamodb.webhooks.webhook_deliveries import delivery_row
from tocsin.integrations.domain.incident import INCIDENT_KEPT, IntegrationIncident, Stage, StageTold
from tocsin.integrations.domain.integration import Integration, IntegrationStatus
from tocsin.integrations.ports import IntegrationChange
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import CompanyId, TenantId
from tocsin.kernel.ports import Sealer

_INTEGRATION, _INCIDENT = "I#", "X#"
_NAMES = ("name", "kind", "reason")


class DynamoDbIntegrations:
    """Rows `T#<t>#INT` / `I#<id>` and `X#<integration>#<incident>`."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def get(self, tenant: TenantId, id: str) -> Integration | None:
        """Return an integration, strongly consistent; None = there is none."""
        row = self._table.get(key_in(tenant, _INTEGRATION, id))
        return None if row is None else self._integration(tenant, row)

    def all(self, tenant: TenantId) -> Sequence[Integration]:
        """Return the integrations of an account by their ids, strongly consistent."""
        return [
            self._integration(tenant, row) for row in self._table.beginning_with(integrations_pk(tenant), _INTEGRATION)
        ]

    def incident(self, tenant: TenantId, integration: str, id: str) -> IntegrationIncident | None:
        """Return an incident, over or not, strongly consistent; None = there is none."""
        row = self._table.get(key_in(tenant, _INCIDENT, f"{integration}#{id}"))
        return None if row is None else _incident(tenant, row)

    def incidents(self, tenant: TenantId) -> Sequence[IntegrationIncident]:
        """Return the incidents that go on, and those that were over within INCIDENT_KEPT, or a while longer."""
        return [_incident(tenant, row) for row in self._table.beginning_with(integrations_pk(tenant), _INCIDENT)]

    def commit(self, change: IntegrationChange) -> None:
        """Write all of a change, or nothing. Raises StaleWrite, AlreadyExists."""
        commit_all(self._table, list(self._actions(change)))

    def _actions(self, change: IntegrationChange) -> Iterator[Action]:
        stale = StaleWrite("another call changed this integration")
        yield self._replaced(change), stale
        if change.incident is not None:
            yield put(_incident_row(change.incident)), stale
        if change.timer is not None:
            yield timer_put(change.timer), StaleWrite("the timer of the incident has moved")
        if change.ends is not None:
            yield timer_removed(change.ends), stale
        if change.subscription is not None:
            yield from alert_actions(self._sealer, None, change.subscription)
        for owed in change.owed:
            yield put(delivery_row(self._sealer, owed.delivery), FREE), stale
        for entry in change.entries:
            yield put(entry_row(self._sealer, entry), FREE), stale

    def _replaced(self, change: IntegrationChange) -> Item:
        before, after = change.before, change.after
        if before is None:
            assert after is not None
            return put(self._row(after), FREE)
        as_read = {":v": number(before.version)}
        if after is None:
            return delete(key_in(before.tenant, _INTEGRATION, before.id), "v = :v", as_read)
        return put(self._row(after), "v = :v", as_read)

    def _row(self, it: Integration) -> Item:
        row = key_in(it.tenant, _INTEGRATION, it.id) | {
            "v": number(it.version),
            "st": {"S": it.status.value},
            "created": time(it.created_at),
            "since": time(it.since),
            "on": {"BOOL": it.activated},
        }
        if it.company is not None:
            row["company"] = {"S": it.company}
        if it.reported_at is not None:
            row["at"] = time(it.reported_at)
        if it.incident is not None:
            row["incident"] = {"S": it.incident}
        return row | seal(self._sealer, it.tenant, row, {name: getattr(it, name) for name in _NAMES})

    def _integration(self, tenant: TenantId, row: Item) -> Integration:
        names: dict[str, str] = unseal(self._sealer, tenant, row)
        return Integration(
            tenant=tenant,
            id=row["sk"]["S"].removeprefix(_INTEGRATION),
            company=CompanyId(row["company"]["S"]) if "company" in row else None,
            status=IntegrationStatus(row["st"]["S"]),
            created_at=time_of(row, "created"),
            since=time_of(row, "since"),
            reported_at=time_or_none(row, "at"),
            activated=row["on"]["BOOL"],
            incident=row["incident"]["S"] if "incident" in row else None,
            version=int(row["v"]["N"]),
            **names,
        )


def _incident_row(it: IntegrationIncident) -> Item:
    row = key_in(it.tenant, _INCIDENT, f"{it.integration}#{it.id}")
    row |= {"since": time(it.since), "failed": {"BOOL": it.failed}, "told": {"L": [_told_written(e) for e in it.told]}}
    if it.ended_at is not None:
        row |= {"ended": time(it.ended_at), **expiry(it.ended_at + INCIDENT_KEPT)}
    return row


def _told_written(told: StageTold) -> Item:
    written: dict[str, Any] = {"stage": {"S": told.stage.value}, "at": {"N": str(milliseconds(told.at))}}
    if told.people is not None:
        written["people"] = number(told.people)
    return {"M": written}


def _told(written: Item) -> StageTold:
    fields = written["M"]
    people = int(fields["people"]["N"]) if "people" in fields else None
    return StageTold(Stage(fields["stage"]["S"]), instant(int(fields["at"]["N"])), people)


def _incident(tenant: TenantId, row: Item) -> IntegrationIncident:
    integration, id = row["sk"]["S"].removeprefix(_INCIDENT).split("#")
    return IntegrationIncident(
        tenant=tenant,
        id=id,
        integration=integration,
        since=time_of(row, "since"),
        failed=row["failed"]["BOOL"],
        told=tuple(_told(each) for each in row["told"]["L"]),
        ended_at=time_or_none(row, "ended"),
    )
