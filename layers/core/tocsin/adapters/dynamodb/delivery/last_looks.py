"""The last look before a submission: one BatchGetItem of the alert, suppressions and the last erasure."""

from __future__ import annotations

from collections.abc import Collection

from tocsin.adapters.dynamodb.alerts.keys import CANCELLED, META, alert_pk
from tocsin.adapters.dynamodb.privacy.erasure_ledger import LAST, last_erasure_key, last_erasure_of
from tocsin.adapters.dynamodb.suppressions import suppression_key, suppression_of
from tocsin.adapters.dynamodb.table.rows import key
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.ports.last_looks import Look
from tocsin.kernel.domain.ids import AlertRef, TenantId


class DynamoDbLastLooks:
    """Reads rows of alerts, suppressions and the ledger of erasures."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def look(self, tenant: TenantId, alert: AlertRef | None, channel: Channel, fingerprints: Collection[bytes]) -> Look:
        """Look in one call, strongly consistent. Raises StorageUnavailable if keys were unprocessed at every try."""
        own = [] if alert is None else [key(alert_pk(tenant, alert), META)]
        to = [suppression_key(tenant, channel, fingerprint) for fingerprint in set(fingerprints)]
        rows = self._table.get_all([*own, last_erasure_key(tenant), *to], "rows of the last look")
        single = {row["sk"]["S"]: row for row in rows if row["sk"]["S"] in {META, LAST}}
        found = [suppression_of(row) for row in rows if row["sk"]["S"] not in single]
        return Look(
            cancelled=CANCELLED in single.get(META, {}),
            suppressions={suppression.fingerprint: suppression for suppression in found},
            last_erasure=last_erasure_of(single[LAST]) if LAST in single else None,
        )
