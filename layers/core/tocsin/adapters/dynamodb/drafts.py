"""Drafts in DynamoDB: a row for each owner and form, in a partition per owner."""

from __future__ import annotations

from datetime import datetime

from tocsin.adapters.dynamodb.table.actions import delete, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, time, time_of
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.drafts.domain.form_draft import KEPT, LARGEST, FormDraft
from tocsin.kernel.domain.errors import RequestTooLarge
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer


class DynamoDbDrafts:
    """Stores drafts, sealed."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def keep(self, tenant: TenantId, draft: FormDraft) -> None:
        """Store a draft in place of the one of the same owner and form. Raises RequestTooLarge."""
        row = _key(tenant, draft.owner, draft.form) | {"at": time(draft.at), **expiry(draft.at + KEPT)}
        row |= seal(self._sealer, tenant, row, [list(field) for field in draft.fields])
        if len(row["sealed"]["B"]) > LARGEST:
            raise RequestTooLarge(LARGEST, "bytes of a draft, compressed")
        self._table.write(put(row))

    def get(self, tenant: TenantId, owner: str, form: str, now: datetime) -> FormDraft | None:
        """Return the draft, strongly consistent; None = there is none, or it has expired."""
        row = self._table.get(_key(tenant, owner, form))
        if row is None or expired(row, now):
            return None
        fields = tuple((name, value) for name, value in unseal(self._sealer, tenant, row))
        return FormDraft(owner, form, fields, time_of(row, "at"))

    def discard(self, tenant: TenantId, owner: str, form: str) -> None:
        """Remove the draft, if there is one."""
        self._table.write(delete(_key(tenant, owner, form)))


def _key(tenant: TenantId, owner: str, form: str) -> Item:
    return key(f"T#{tenant}#DRAFTS#{owner}", f"FORM#{form}")
