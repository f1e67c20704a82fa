"""The last look before a submission: one BatchGetItem of the alert's own row and the suppressions of its receivers."""

from __future__ import annotations

from collections.abc import Collection

from tocsin.adapters.dynamodb.alerts.keys import CANCELLED, META, alert_pk
from tocsin.adapters.dynamodb.suppressions import suppression_key, suppression_of
from tocsin.adapters.dynamodb.table.rows import key
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.ports.last_looks import Look
from tocsin.kernel.domain.ids import AlertRef, TenantId


class DynamoDbLastLooks:
    """Reads rows of alerts and suppressions."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def look(self, tenant: TenantId, alert: AlertRef | None, channel: Channel, fingerprints: Collection[bytes]) -> Look:
        """Look in one call, strongly consistent. Raises StorageUnavailable if keys were unprocessed at every try."""
        own = [] if alert is None else [key(alert_pk(tenant, alert), META)]
        keys = [*own, *(suppression_key(tenant, channel, fingerprint) for fingerprint in set(fingerprints))]
        rows = self._table.get_all(keys, "rows of the last look")
        meta = next((row for row in rows if row["sk"]["S"] == META), {})
        found = [suppression_of(row) for row in rows if row["sk"]["S"] != META]
        return Look(CANCELLED in meta, {suppression.fingerprint: suppression for suppression in found})
