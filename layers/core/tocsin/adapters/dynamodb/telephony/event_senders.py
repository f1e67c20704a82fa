"""Senders of telephony events in DynamoDB: a row leads from each to its tenant, another is in the tenant's list."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.adapters.dynamodb.identity.key_rows import tenant_pk
from tocsin.adapters.dynamodb.table.actions import FREE, THERE, delete, put
from tocsin.adapters.dynamodb.table.client import Cancelled, Item
from tocsin.adapters.dynamodb.table.rows import key
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event_sender import EventSender, EventSenderKind

_SENDER = "SENDER#"


class DynamoDbEventSenders:
    """Rows `B#<kind>#<name>` / `TENANT` and `T#<t>` / `SENDER#<kind>#<name>`, written and removed together."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def allow(self, sender: EventSender, tenant: TenantId) -> TenantId:
        """Write both rows unless a tenant has the sender; return its tenant."""
        rows = [_key(sender) | {"tenant": {"S": tenant}}, _listed(sender, tenant)]
        try:
            self._table.transact([put(row, FREE) for row in rows])
        except Cancelled:
            standing = self.tenant_of(sender)
            if standing is None:
                raise StorageUnavailable("a sender was removed while it was allowed") from None
            return standing
        return tenant

    def tenant_of(self, sender: EventSender) -> TenantId | None:
        """Return the tenant that a sender sends for; None = it may not send."""
        row = self._table.get(_key(sender))
        return None if row is None else TenantId(row["tenant"]["S"])

    def of_tenant(self, tenant: TenantId) -> Sequence[EventSender]:
        """Return the senders of a tenant in order, strongly consistent."""
        rows = self._table.beginning_with(tenant_pk(tenant), _SENDER)
        names = (row["sk"]["S"].removeprefix(_SENDER).partition("#") for row in rows)
        return [EventSender(EventSenderKind(kind), name) for kind, _, name in names]

    def remove(self, sender: EventSender, tenant: TenantId) -> bool:
        """Remove both rows of a sender. False: it is not this tenant's."""
        try:
            self._table.transact([delete(_listed(sender, tenant), THERE), delete(_key(sender))])
        except Cancelled:
            return False
        return True


def _key(sender: EventSender) -> Item:
    return key(f"B#{sender.kind}#{sender.name}", "TENANT")


def _listed(sender: EventSender, tenant: TenantId) -> Item:
    return key(tenant_pk(tenant), f"{_SENDER}{sender.kind}#{sender.name}")
