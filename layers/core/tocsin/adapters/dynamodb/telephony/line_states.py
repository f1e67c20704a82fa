"""States of lines in DynamoDB: a row each, sealed, replaced on its version."""

from __future__ import annotations

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import number
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.telephony.versioned import hashed_key, put_over
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer
from tocsin.telephony.domain.line_state import LineChange, LineReason, line_of, line_value
from tocsin.telephony.ports.line_states import KeptLine


class DynamoDbLineStates:
    """Rows `T#<t>#LS#<2 hex>` / `<keyed hash of the line>`."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def find(self, tenant: TenantId, line: str) -> KeptLine:
        """Return a line, strongly consistent; a new one if it is not kept."""
        row = self._table.get(hashed_key(self._sealer, tenant, "LS", line))
        return KeptLine() if row is None else self._kept(tenant, row)

    def save(self, tenant: TenantId, line: str, kept: KeptLine) -> bool:
        """Store a line over the version before its own."""
        row = hashed_key(self._sealer, tenant, "LS", line) | {"v": number(kept.version)}
        value = {
            "line": line,
            **line_value(kept.state),
            "meant": [[name, change.value, reason.value] for name, (change, reason) in kept.meant.items()],
        }
        row |= seal(self._sealer, tenant, row, value)
        standing = put_over(self._table, row, kept.version - 1)
        return standing is None or (bool(standing) and self._kept(tenant, standing) == kept)

    def _kept(self, tenant: TenantId, row: Item) -> KeptLine:
        value = unseal(self._sealer, tenant, row)
        meant = {name: (LineChange(change), LineReason(reason)) for name, change, reason in value["meant"]}
        return KeptLine(line_of(value), int(row["v"]["N"]), meant)
