"""Export the audit trail as CSV: a line for each entry, newest first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.audit.domain.entry import AuditEntry
from tocsin.audit.ports import AuditQuery, AuditTrail
from tocsin.kernel.domain.csv_table import BYTE_ORDER_MARK, MOST_BYTES, CsvPart, csv_line
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.kernel.ports import Clock

COLUMNS = (
    "at", "who", "who_name", "via", "action", "thing_kind", "thing_id", "thing_name", "before", "after", "count",
    "request_id", "id",
)  # fmt: skip

MOST_LINES = 10_000
"""Of one part. MOST_BYTES ends a part earlier if its entries are long."""

_READ = 500


@dataclass(frozen=True, slots=True)
class ExportAudit:
    """Exports the entries of a tenant. A part is cut between two reads of 500 entries."""

    trail: AuditTrail
    clock: Clock

    def __call__(self, tenant: TenantId, query: AuditQuery, cursor: str | None = None) -> CsvPart:
        """Return the table, or the part of it that fits into one response.

        Raises:
            InvalidRequest: the cursor is not from this table.
        """
        parts, size, lines, now = [BYTE_ORDER_MARK + csv_line(COLUMNS)], 0, 0, self.clock()
        while True:
            page = self.trail.read(tenant, query, _READ, cursor, now)
            parts.append("".join(csv_line(_line(entry)) for entry in page.entries))
            size, lines, cursor = size + len(parts[-1].encode()), lines + len(page.entries), page.next
            if cursor is None or size > MOST_BYTES or lines >= MOST_LINES:
                return CsvPart("".join(parts), cursor)


def _line(entry: AuditEntry) -> tuple[str, ...]:
    return (
        wire_time(entry.at),
        str(entry.who),
        entry.who.name,
        entry.via.value,
        entry.action,
        entry.thing.kind,
        entry.thing.id,
        entry.thing.name,
        _json(entry.before),
        _json(entry.after),
        str(entry.count),
        entry.request_id,
        entry.id,
    )


def _json(fields: Mapping[str, Any]) -> str:
    return json.dumps(dict(fields), ensure_ascii=False, sort_keys=True) if fields else ""
