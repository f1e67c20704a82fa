"""Which accepted alerts are one row (ADR 0085), remembered for the repositories of a process.

An alert of one batch and little content is one row: its `META` row also holds the recipients (`to`), the progress
counts of its batch (`t0`), the time of the sweeper's next check (`due`) and its messages (`m<position>`). Every other
alert, and every alert accepted before this layout existed, has chunks, work rows and message rows of its own.
"""

from __future__ import annotations

from tocsin.adapters.dynamodb.alerts.keys import META, RECIPIENTS, alert_pk
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import AlertRef, TenantId

_KEPT = 4096


class Layouts:
    """Remembers the layout of up to 4,096 alerts. The layout of an alert never changes.

    The alert repository notes the layout of each alert that it reads or writes, so the other repositories seldom read.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: dict[tuple[TenantId, AlertRef], bool] = {}

    def note(self, tenant: TenantId, alert: AlertRef, meta: Item) -> bool:
        """Remember the layout that an alert's `META` row shows. Return whether the alert is one row."""
        one_row = RECIPIENTS in meta
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[tenant, alert] = one_row
        return one_row

    def one_row(self, tenant: TenantId, alert: AlertRef) -> bool:
        """Return whether the alert is one row; False if there is no such alert, which is not remembered."""
        known = self._known.get((tenant, alert))
        if known is None:
            meta = self._table.get(key(alert_pk(tenant, alert), META))
            return meta is not None and self.note(tenant, alert, meta)
        return known
