"""How the messages of each accepted alert are stored, remembered for the repositories of a process.

An alert of one batch and little content is one row: its `META` row also holds the recipients (`to`), the progress
counts of its batch (`t0`), the time of the sweeper's next check (`due`) and its messages (`m<item>_<position>`). Every
other alert has chunks and work rows. The messages of its texts and mails are in packs, a row for each batch (ADR 0164).
An alert with calls, and every alert accepted before its layout existed, has a row for each message.
"""

from __future__ import annotations

from enum import Enum, auto

from tocsin.adapters.dynamodb.alerts.keys import META, PACKED, RECIPIENTS, alert_pk
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import AlertRef, TenantId

_KEPT = 4096


class Layout(Enum):
    """Where the messages of an alert are."""

    ONE_ROW = auto()  # in the row of the alert (ADR 0085)
    PACKS = auto()  # in a row for each batch (ADR 0164)
    ROWS = auto()  # in a row for each message


class Layouts:
    """Remembers the layout of up to 4,096 alerts. The layout of an alert never changes.

    The alert repository notes the layout of each alert that it reads or writes, so the other repositories seldom read.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: dict[tuple[TenantId, AlertRef], Layout] = {}

    def note(self, tenant: TenantId, alert: AlertRef, meta: Item) -> Layout:
        """Remember the layout that an alert's `META` row shows, and return it."""
        layout = Layout.ONE_ROW if RECIPIENTS in meta else Layout.PACKS if PACKED in meta else Layout.ROWS
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[tenant, alert] = layout
        return layout

    def of(self, tenant: TenantId, alert: AlertRef) -> Layout:
        """Return the layout of an alert; ROWS if there is no such alert, which is not remembered."""
        known = self._known.get((tenant, alert))
        if known is None:
            meta = self._table.get(key(alert_pk(tenant, alert), META))
            return Layout.ROWS if meta is None else self.note(tenant, alert, meta)
        return known

    def one_row(self, tenant: TenantId, alert: AlertRef) -> bool:
        """Return whether the alert is one row; False if there is no such alert."""
        return self.of(tenant, alert) is Layout.ONE_ROW
