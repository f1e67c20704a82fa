"""Tenants in the core table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from tocsin.adapters.dynamodb.calendar import from_clock, to_clock
from tocsin.adapters.dynamodb.identity.key_rows import tenant_pk
from tocsin.adapters.dynamodb.table.client import ConditionFailed
from tocsin.adapters.dynamodb.table.core_table import CoreItem, CoreTable, pynamodb_errors_mapped
from tocsin.adapters.dynamodb.table.rows import instant, milliseconds
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.calendar.domain.account_clock import PLAIN, AccountClock
from tocsin.identity.domain.tenant import Tenant
from tocsin.kernel.domain.errors import NotFound, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId

_SK = "TENANT"


class TenantItem(CoreItem):
    """A customer: `T#<tenant>` / `TENANT`. `created` is in milliseconds, `clock` JSON text, see `calendar`."""

    kind = UnicodeAttribute(default="tenant")
    name = UnicodeAttribute()
    created = NumberAttribute()
    clock = UnicodeAttribute(null=True)
    mfa = BooleanAttribute(null=True)
    password_grant = BooleanAttribute(null=True)
    system_mail = BooleanAttribute(null=True)
    events_kept = NumberAttribute(null=True)
    country = UnicodeAttribute(null=True)
    notice_sender = UnicodeAttribute(null=True)
    pbx = UnicodeAttribute(null=True)


class DynamoDbTenantRepository:
    """Tenants by id."""

    def __init__(self, table: Table) -> None:
        self._table = CoreTable(table)
        self._item = self._table.of(TenantItem)

    def add(self, tenant: Tenant) -> Tenant:
        """Store a tenant unless its id is there already; return the stored one."""
        created = milliseconds(tenant.created_at)
        row = self._item(tenant_pk(tenant.id), _SK, name=tenant.name, created=created, clock=_text(tenant.clock))
        try:
            with pynamodb_errors_mapped():
                row.save(condition=self._item.pk.does_not_exist())
        except ConditionFailed:
            there = self.get(tenant.id)
            if there is None:
                raise StorageUnavailable("a tenant was there and is not") from None
            return there
        return tenant

    def get(self, tenant: TenantId) -> Tenant | None:
        """Return the tenant, strongly consistent."""
        with pynamodb_errors_mapped():
            row = self._table.find(TenantItem, tenant_pk(tenant), _SK)
        return None if row is None else _tenant(row)

    def all(self) -> Sequence[Tenant]:
        """Return every tenant by id. A Scan, which no function may do."""
        # A sender of telephony events has a row of the same sort key, which leads to its tenant.
        own = (self._item.sk == _SK) & self._item.pk.startswith(tenant_pk(TenantId("")))
        with pynamodb_errors_mapped():
            rows = list(self._item.scan(own, consistent_read=True))
        return sorted(map(_tenant, rows), key=lambda tenant: tenant.id)

    def rename(self, tenant: TenantId, name: str) -> None:
        """Replace a tenant's display name. Raises NotFound when there is no such tenant."""
        self._update(tenant, self._item.name.set(name))

    def set_clock(self, tenant: TenantId, clock: AccountClock) -> None:
        """Replace a tenant's zone and quiet hours. Raises NotFound when there is no such tenant."""
        text = _text(clock)
        self._update(tenant, self._item.clock.set(text) if text else self._item.clock.remove())

    def require_mfa(self, tenant: TenantId, *, required: bool) -> None:
        """Say whether its people need an authenticator app. Raises NotFound when there is no such tenant."""
        self._update(tenant, self._item.mfa.set(required))

    def allow_password_grant(self, tenant: TenantId, *, allowed: bool) -> None:
        """Say whether programs may exchange passwords for tokens. Raises NotFound when there is no such tenant."""
        self._update(tenant, self._item.password_grant.set(allowed))

    def allow_system_mail(self, tenant: TenantId, *, allowed: bool) -> None:
        """Say whether its mails may go by the system's server. Raises NotFound when there is no such tenant."""
        self._update(tenant, self._item.system_mail.set(allowed))

    def keep_events(self, tenant: TenantId, days: int) -> None:
        """Set how many days its telephony events are kept. Raises NotFound when there is no such tenant."""
        self._update(tenant, self._item.events_kept.set(days))

    def set_country(self, tenant: TenantId, country: str | None) -> None:
        """Replace the country of national numbers. Raises NotFound when there is no such tenant."""
        self._update(tenant, self._item.country.set(country) if country else self._item.country.remove())

    def set_notice_sender(self, tenant: TenantId, sender: str | None) -> None:
        """Replace what its notices by text come from. Raises NotFound when there is no such tenant."""
        chosen = self._item.notice_sender
        self._update(tenant, chosen.set(sender) if sender else chosen.remove())

    def set_pbx(self, tenant: TenantId, pbx: Mapping[str, str]) -> None:
        """Replace where its telephone system is reached. Raises NotFound when there is no such tenant."""
        self._update(tenant, self._item.pbx.set(json.dumps(dict(pbx))) if pbx else self._item.pbx.remove())

    def _update(self, tenant: TenantId, action: Action) -> None:
        row = self._item(tenant_pk(tenant), _SK)
        try:
            with pynamodb_errors_mapped():
                row.update(actions=[action], condition=self._item.pk.exists())
        except ConditionFailed as error:
            raise NotFound("tenant") from error


def _tenant(row: TenantItem) -> Tenant:
    clock = to_clock(json.loads(row.clock)) if row.clock else PLAIN
    tenant = TenantId(row.pk.removeprefix(tenant_pk(TenantId(""))))
    created = instant(int(row.created))
    kept = {} if row.events_kept is None else {"events_kept_days": int(row.events_kept)}
    return Tenant(
        tenant, row.name, created, clock.zone, clock.quiet,
        mfa_required=bool(row.mfa), password_grant=bool(row.password_grant), country=row.country,
        system_mail=row.system_mail is not False, notice_sender=row.notice_sender,
        pbx=json.loads(row.pbx) if row.pbx else {}, **kept,
    )  # fmt: skip


def _text(clock: AccountClock) -> str | None:
    return None if clock == PLAIN else json.dumps(from_clock(clock))
