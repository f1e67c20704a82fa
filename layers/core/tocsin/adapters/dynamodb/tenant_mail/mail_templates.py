"""The mail templates of accounts in DynamoDB: a row each, sealed."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.adapters.dynamodb.table.actions import FREE, THERE, delete, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key, number, time, time_of
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer
from tocsin.tenant_mail.domain.template_words import MailTemplateRow


class DynamoDbMailTemplates:
    """Rows `T#<t>#TPL` / `<name>`."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def get(self, tenant: TenantId, name: str) -> MailTemplateRow | None:
        """Return an account's own template, strongly consistent; None = it has none of this name."""
        row = self._table.get(_key(tenant, name))
        return None if row is None else self._template(tenant, row)

    def all(self, tenant: TenantId) -> Sequence[MailTemplateRow]:
        """Return all templates of an account's own, by name."""
        return [self._template(tenant, row) for row in self._table.query("pk = :pk", {":pk": {"S": _pk(tenant)}})]

    def save(self, tenant: TenantId, template: MailTemplateRow) -> bool:
        """Store a template over the version before its own. False: another writer was first; read again."""
        row = _key(tenant, template.name) | {
            "v": number(template.version),
            "at": time(template.updated_at),
            "by": {"S": template.updated_by},
        }
        row |= seal(self._sealer, tenant, row, [template.sender, template.subject, template.body])
        if template.version == 1:
            standing = self._table.write_or_find(put(row, FREE))
        else:
            standing = self._table.write_or_find(put(row, "v = :before", {":before": number(template.version - 1)}))
        # An earlier try of this call, whose response was lost, may have written it.
        return standing is None or (bool(standing) and self._template(tenant, standing) == template)

    def delete(self, tenant: TenantId, name: str) -> bool:
        """Delete a template. False: there was none."""
        return self._table.write_if(delete(_key(tenant, name), THERE))

    def _template(self, tenant: TenantId, row: Item) -> MailTemplateRow:
        sender, subject, body = unseal(self._sealer, tenant, row)
        return MailTemplateRow(
            row["sk"]["S"], sender, subject, body, time_of(row, "at"), row["by"]["S"], int(row["v"]["N"])
        )


def _pk(tenant: TenantId) -> str:
    return f"T#{tenant}#TPL"


def _key(tenant: TenantId, name: str) -> Item:
    return key(_pk(tenant), name)
