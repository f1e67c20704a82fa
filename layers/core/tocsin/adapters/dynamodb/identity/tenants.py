"""Tenants in the core table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from typing import Any

from tocsin.adapters.dynamodb.calendar import from_clock, to_clock
from tocsin.adapters.dynamodb.identity.key_rows import tenant_pk
from tocsin.adapters.dynamodb.table.actions import THERE, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key, number, time, time_of
from tocsin.adapters.dynamodb.table.table import Table, every_page
from tocsin.calendar.domain.account_clock import PLAIN, AccountClock
from tocsin.identity.domain.tenant import BusTopic, Tenant
from tocsin.kernel.domain.errors import NotFound, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId

_SK = "TENANT"


class DynamoDbTenantRepository:
    """Tenants by id: `T#<tenant>` / `TENANT`. `created` is in milliseconds, `clock` JSON text, see `calendar`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, tenant: Tenant) -> Tenant:
        """Store a tenant unless its id is there already; return the stored one."""
        row = _key(tenant.id) | {
            "kind": {"S": "tenant"},
            "name": {"S": tenant.name},
            "created": time(tenant.created_at),
        }
        if text := _text(tenant.clock):
            row["clock"] = {"S": text}
        if self._table.insert(row) is None:
            return tenant
        there = self.get(tenant.id)
        if there is None:
            raise StorageUnavailable("a tenant was there and is not")
        return there

    def get(self, tenant: TenantId) -> Tenant | None:
        """Return the tenant, strongly consistent."""
        row = self._table.get(_key(tenant))
        return None if row is None else _tenant(row)

    def all(self) -> Sequence[Tenant]:
        """Return every tenant by id. A Scan, which no function may do."""
        # A sender of telephony events has a row of the same sort key, which leads to its tenant.
        own = {":sk": {"S": _SK}, ":pk": {"S": tenant_pk(TenantId(""))}}
        operators: Any = self._table.dynamodb  # the client of functions cannot scan
        pages = every_page(
            operators.scan,
            TableName=self._table.name,
            FilterExpression="sk = :sk AND begins_with(pk, :pk)",
            ExpressionAttributeValues=own,
            ConsistentRead=True,
        )
        return sorted((_tenant(row) for page in pages for row in page["Items"]), key=lambda tenant: tenant.id)

    def rename(self, tenant: TenantId, name: str) -> None:
        """Replace a tenant's display name. Raises NotFound when there is no such tenant."""
        self._set(tenant, "name", {"S": name})

    def set_clock(self, tenant: TenantId, clock: AccountClock) -> None:
        """Replace a tenant's zone and quiet hours. Raises NotFound when there is no such tenant."""
        text = _text(clock)
        self._set(tenant, "clock", {"S": text} if text else None)

    def require_mfa(self, tenant: TenantId, *, required: bool) -> None:
        """Say whether its people need an authenticator app. Raises NotFound when there is no such tenant."""
        self._set(tenant, "mfa", {"BOOL": required})

    def allow_password_grant(self, tenant: TenantId, *, allowed: bool) -> None:
        """Say whether programs may exchange passwords for tokens. Raises NotFound when there is no such tenant."""
        self._set(tenant, "password_grant", {"BOOL": allowed})

    def allow_system_mail(self, tenant: TenantId, *, allowed: bool) -> None:
        """Say whether its mails may go by the system's server. Raises NotFound when there is no such tenant."""
        self._set(tenant, "system_mail", {"BOOL": allowed})

    def keep_events(self, tenant: TenantId, days: int) -> None:
        """Set how many days its telephony events are kept. Raises NotFound when there is no such tenant."""
        self._set(tenant, "events_kept", number(days))

    def set_country(self, tenant: TenantId, country: str | None) -> None:
        """Replace the country of national numbers. Raises NotFound when there is no such tenant."""
        self._set(tenant, "country", {"S": country} if country else None)

    def set_notice_sender(self, tenant: TenantId, sender: str | None) -> None:
        """Replace what its notices by text come from. Raises NotFound when there is no such tenant."""
        self._set(tenant, "notice_sender", {"S": sender} if sender else None)

    def set_pbx(self, tenant: TenantId, pbx: Mapping[str, str]) -> None:
        """Replace where its telephone system is reached. Raises NotFound when there is no such tenant."""
        self._set(tenant, "pbx", {"S": json.dumps(dict(pbx))} if pbx else None)

    def set_bus(self, tenant: TenantId, topics: Set[BusTopic]) -> None:
        """Replace what is put on the event bus for it. Raises NotFound when there is no such tenant."""
        self._set(tenant, "bus", {"SS": sorted(topics)} if topics else None)

    def _set(self, tenant: TenantId, name: str, value: Item | None) -> None:
        """Set an attribute, or remove it. Raises NotFound when there is no such tenant."""
        change, values = (f"REMOVE #{name}", None) if value is None else (f"SET #{name} = :value", {":value": value})
        if not self._table.write_if(update(_key(tenant), change, THERE, values)):
            raise NotFound("tenant")


def _key(tenant: TenantId) -> Item:
    return key(tenant_pk(tenant), _SK)


def _tenant(row: Item) -> Tenant:
    clock = to_clock(json.loads(row["clock"]["S"])) if "clock" in row else PLAIN
    kept = {"events_kept_days": int(row["events_kept"]["N"])} if "events_kept" in row else {}
    return Tenant(
        TenantId(row["pk"]["S"].removeprefix(tenant_pk(TenantId("")))),
        row["name"]["S"],
        time_of(row, "created"),
        clock.zone,
        clock.quiet,
        mfa_required=_flag(row, "mfa"),
        password_grant=_flag(row, "password_grant"),
        system_mail=_flag(row, "system_mail", absent=True),
        country=_word(row, "country"),
        notice_sender=_word(row, "notice_sender"),
        pbx=json.loads(row["pbx"]["S"]) if "pbx" in row else {},
        bus=frozenset(map(BusTopic, row["bus"]["SS"])) if "bus" in row else frozenset(),
        **kept,
    )


def _flag(row: Item, name: str, *, absent: bool = False) -> bool:
    return bool(row[name]["BOOL"]) if name in row else absent


def _word(row: Item, name: str) -> str | None:
    return row[name]["S"] if name in row else None


def _text(clock: AccountClock) -> str | None:
    return None if clock == PLAIN else json.dumps(from_clock(clock))
