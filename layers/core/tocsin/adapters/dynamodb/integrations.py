"""Integrations in DynamoDB: a row for each of them, each incident and each subscription, in a partition per tenant."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from tocsin.adapters.dynamodb.audit import entry_row
from tocsin.adapters.dynamodb.table.actions import FREE, THERE, delete, put, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import (
    expiry,
    instant,
    key,
    milliseconds,
    number,
    time,
    time_of,
    time_or_none,
)
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table, condition_failed
from tocsin.adapters.dynamodb.timers import timer_put, timer_removed
from tocsin.integrations.domain.incident import INCIDENT_KEPT, Incident, Stage, StageTold
from tocsin.integrations.domain.integration import Integration, IntegrationStatus
from tocsin.integrations.domain.subscription import IntegrationAlert
from tocsin.integrations.ports import AlertChange, IntegrationChange
from tocsin.kernel.domain.errors import AlreadyExists, StaleWrite, TocsinError
from tocsin.kernel.domain.ids import CompanyId, TenantId, UserId
from tocsin.kernel.ports import Sealer

_INTEGRATION, _INCIDENT, _ALERT, _SCOPE = "I#", "X#", "S#", "U#"
_NAMES = ("name", "kind", "reason")

Action = tuple[Item, TocsinError]
"""A write, and the error to raise if its condition does not hold."""


class DynamoDbIntegrations:
    """Rows `T#<t>#INT` / `I#<id>` and `X#<integration>#<incident>`."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def get(self, tenant: TenantId, id: str) -> Integration | None:
        """Return an integration, strongly consistent; None = there is none."""
        row = self._table.get(_key(tenant, _INTEGRATION, id))
        return None if row is None else self._integration(tenant, row)

    def all(self, tenant: TenantId) -> Sequence[Integration]:
        """Return the integrations of an account by their ids, strongly consistent."""
        return [self._integration(tenant, row) for row in self._table.beginning_with(_pk(tenant), _INTEGRATION)]

    def incident(self, tenant: TenantId, integration: str, id: str) -> Incident | None:
        """Return an incident, over or not, strongly consistent; None = there is none."""
        row = self._table.get(_key(tenant, _INCIDENT, f"{integration}#{id}"))
        return None if row is None else _incident(tenant, row)

    def incidents(self, tenant: TenantId) -> Sequence[Incident]:
        """Return the incidents that go on, and those that were over within INCIDENT_KEPT, or a while longer."""
        return [_incident(tenant, row) for row in self._table.beginning_with(_pk(tenant), _INCIDENT)]

    def commit(self, change: IntegrationChange) -> None:
        """Write all of a change, or nothing. Raises StaleWrite, AlreadyExists."""
        _commit(self._table, list(self._actions(change)))

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
        for entry in change.entries:
            yield put(entry_row(self._sealer, entry), FREE), stale

    def _replaced(self, change: IntegrationChange) -> Item:
        before, after = change.before, change.after
        if before is None:
            assert after is not None
            return put(self._row(after), FREE)
        as_read = {":v": number(before.version)}
        if after is None:
            return delete(_key(before.tenant, _INTEGRATION, before.id), "v = :v", as_read)
        return put(self._row(after), "v = :v", as_read)

    def _row(self, it: Integration) -> Item:
        row = _key(it.tenant, _INTEGRATION, it.id) | {
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


class DynamoDbIntegrationAlerts:
    """Rows `T#<t>#INT` / `S#<id>`, and `U#<user>#<hash of the companies>`, by which no two are the same."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def get(self, tenant: TenantId, id: str) -> IntegrationAlert | None:
        """Return a subscription, strongly consistent; None = there is none."""
        row = self._table.get(_key(tenant, _ALERT, id))
        return None if row is None else self._alert(tenant, row)

    def all(self, tenant: TenantId) -> Sequence[IntegrationAlert]:
        """Return all subscriptions of an account by their ids, strongly consistent."""
        return [self._alert(tenant, row) for row in self._table.beginning_with(_pk(tenant), _ALERT)]

    def of_user(self, tenant: TenantId, user: UserId) -> Sequence[IntegrationAlert]:
        """Return the subscriptions of a person."""
        rows = self._table.beginning_with(_pk(tenant), f"{_SCOPE}{user}#")
        found = (self.get(tenant, id) for id in sorted(row["id"]["S"] for row in rows))
        return [each for each in found if each is not None]

    def mark_sent(self, tenant: TenantId, ids: Sequence[str], at: datetime) -> None:
        """Note when people were mailed, in those subscriptions that are there."""
        for id in ids:
            self._table.write_if(update(_key(tenant, _ALERT, id), "SET sent = :at", THERE, {":at": time(at)}))

    def commit(self, change: AlertChange) -> None:
        """Write a subscription and the audit entry, or neither. Raises StaleWrite, AlreadyExists."""
        entry = put(entry_row(self._sealer, change.entry), FREE), StaleWrite("this audit entry exists")
        _commit(self._table, [*alert_actions(self._sealer, change.before, change.after), entry])

    def _alert(self, tenant: TenantId, row: Item) -> IntegrationAlert:
        return IntegrationAlert(
            tenant=tenant,
            id=row["sk"]["S"].removeprefix(_ALERT),
            user=UserId(row["who"]["S"]),
            created_at=time_of(row, "created"),
            companies=frozenset(map(CompanyId, row["companies"]["SS"])) if "companies" in row else None,
            created_by=UserId(row["by"]["S"]) if "by" in row else None,
            activating=unseal(self._sealer, tenant, row) if "sealed" in row else "",
            last_sent_at=time_or_none(row, "sent"),
            version=int(row["v"]["N"]),
        )


def alert_actions(sealer: Sealer, before: IntegrationAlert | None, after: IntegrationAlert | None) -> Iterator[Action]:
    """Yield the writes of a subscription."""
    stale = StaleWrite("another call changed this alert of integrations")
    as_read = {":v": number(before.version)} if before is not None else None
    if after is not None:
        yield put(_alert_row(sealer, after), FREE if as_read is None else "v = :v", as_read), stale
    elif before is not None:
        yield delete(_key(before.tenant, _ALERT, before.id), "v = :v", as_read), stale
    if before is not None and after is not None and before.scope == after.scope:
        return
    if before is not None:
        yield delete(_scope_key(before)), stale
    if after is not None:
        taken = AlreadyExists("alert of integrations", "user and companies")
        yield put(_scope_key(after) | {"id": {"S": after.id}}, FREE), taken


def _commit(table: Table, planned: Sequence[Action]) -> None:
    reasons = table.commit([action for action, _ in planned])
    if reasons is not None:
        raise next(error for (_, error), reason in zip(planned, reasons, strict=True) if condition_failed(reason))


def _alert_row(sealer: Sealer, it: IntegrationAlert) -> Item:
    row = _key(it.tenant, _ALERT, it.id)
    row |= {"v": number(it.version), "who": {"S": it.user}, "created": time(it.created_at)}
    if it.companies is not None:
        row["companies"] = {"SS": sorted(it.companies)}
    if it.created_by is not None:
        row["by"] = {"S": it.created_by}
    if it.last_sent_at is not None:
        row["sent"] = time(it.last_sent_at)
    return row | seal(sealer, it.tenant, row, it.activating) if it.activating else row


def _incident_row(it: Incident) -> Item:
    row = _key(it.tenant, _INCIDENT, f"{it.integration}#{it.id}")
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


def _incident(tenant: TenantId, row: Item) -> Incident:
    integration, id = row["sk"]["S"].removeprefix(_INCIDENT).split("#")
    return Incident(
        tenant=tenant,
        id=id,
        integration=integration,
        since=time_of(row, "since"),
        failed=row["failed"]["BOOL"],
        told=tuple(_told(each) for each in row["told"]["L"]),
        ended_at=time_or_none(row, "ended"),
    )


def _scope_key(it: IntegrationAlert) -> Item:
    """Return the key that says that a person has a subscription to exactly these companies."""
    companies = "all" if it.companies is None else hashlib.sha256(" ".join(sorted(it.companies)).encode()).hexdigest()
    return _key(it.tenant, _SCOPE, f"{it.user}#{companies[:16]}")


def _key(tenant: TenantId, prefix: str, id: str) -> Item:
    return key(_pk(tenant), f"{prefix}{id}")


def _pk(tenant: TenantId) -> str:
    return f"T#{tenant}#INT"
