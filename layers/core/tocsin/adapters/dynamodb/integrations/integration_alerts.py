"""Subscriptions to alerts of integrations in DynamoDB: a row each, and one for each person and companies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.audit import entry_row
from tocsin.adapters.dynamodb.table.actions import FREE, THERE, delete, put, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key, number, time, time_of, time_or_none
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table, condition_failed
from tocsin.integrations.domain.subscription import IntegrationAlert
from tocsin.integrations.ports import AlertChange
from tocsin.kernel.domain.errors import AlreadyExists, StaleWrite, TocsinError
from tocsin.kernel.domain.ids import CompanyId, TenantId, UserId
from tocsin.kernel.ports import Sealer

_ALERT, _SCOPE = "S#", "U#"

Action = tuple[Item, TocsinError]
"""A write, and the error to raise if its condition does not hold."""


class DynamoDbIntegrationAlerts:
    """Rows `T#<t>#INT` / `S#<id>`, and `U#<user>#<hash of the companies>`, by which no two are the same."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def get(self, tenant: TenantId, id: str) -> IntegrationAlert | None:
        """Return a subscription, strongly consistent; None = there is none."""
        row = self._table.get(key_in(tenant, _ALERT, id))
        return None if row is None else self._alert(tenant, row)

    def all(self, tenant: TenantId) -> Sequence[IntegrationAlert]:
        """Return all subscriptions of an account by their ids, strongly consistent."""
        return [self._alert(tenant, row) for row in self._table.beginning_with(integrations_pk(tenant), _ALERT)]

    def of_user(self, tenant: TenantId, user: UserId) -> Sequence[IntegrationAlert]:
        """Return the subscriptions of a person."""
        rows = self._table.beginning_with(integrations_pk(tenant), f"{_SCOPE}{user}#")
        found = (self.get(tenant, id) for id in sorted(row["id"]["S"] for row in rows))
        return [each for each in found if each is not None]

    def mark_sent(self, tenant: TenantId, ids: Sequence[str], at: datetime) -> None:
        """Note when people were mailed, in those subscriptions that are there."""
        for id in ids:
            self._table.write_if(update(key_in(tenant, _ALERT, id), "SET sent = :at", THERE, {":at": time(at)}))

    def commit(self, change: AlertChange) -> None:
        """Write a subscription and the audit entry, or neither. Raises StaleWrite, AlreadyExists."""
        entry = put(entry_row(self._sealer, change.entry), FREE), StaleWrite("this audit entry exists")
        commit_all(self._table, [*alert_actions(self._sealer, change.before, change.after), entry])

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
        yield delete(key_in(before.tenant, _ALERT, before.id), "v = :v", as_read), stale
    if before is not None and after is not None and before.scope == after.scope:
        return
    if before is not None:
        yield delete(_scope_key(before)), stale
    if after is not None:
        taken = AlreadyExists("alert of integrations", "user and companies")
        yield put(_scope_key(after) | {"id": {"S": after.id}}, FREE), taken


def commit_all(table: Table, planned: Sequence[Action]) -> None:
    """Do all writes or none; raise the error of the first whose condition does not hold."""
    reasons = table.commit([action for action, _ in planned])
    if reasons is not None:
        raise next(error for (_, error), reason in zip(planned, reasons, strict=True) if condition_failed(reason))


def _alert_row(sealer: Sealer, it: IntegrationAlert) -> Item:
    row = key_in(it.tenant, _ALERT, it.id)
    row |= {"v": number(it.version), "who": {"S": it.user}, "created": time(it.created_at)}
    if it.companies is not None:
        row["companies"] = {"SS": sorted(it.companies)}
    if it.created_by is not None:
        row["by"] = {"S": it.created_by}
    if it.last_sent_at is not None:
        row["sent"] = time(it.last_sent_at)
    return row | seal(sealer, it.tenant, row, it.activating) if it.activating else row


def _scope_key(it: IntegrationAlert) -> Item:
    """Return the key that says that a person has a subscription to exactly these companies."""
    companies = "all" if it.companies is None else hashlib.sha256(" ".join(sorted(it.companies)).encode()).hexdigest()
    return key_in(it.tenant, _SCOPE, f"{it.user}#{companies[:16]}")


def key_in(tenant: TenantId, prefix: str, id: str) -> Item:
    """Return a key in the partition of the integrations of a tenant."""
    return key(integrations_pk(tenant), f"{prefix}{id}")


def integrations_pk(tenant: TenantId) -> str:
    """Return that partition."""
    return f"T#{tenant}#INT"
