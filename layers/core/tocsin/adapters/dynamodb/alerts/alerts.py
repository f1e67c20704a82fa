"""Accepted alerts in DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.alerts.acceptance import Transaction, earlier_use, outcome_of, transaction_of
from tocsin.adapters.dynamodb.alerts.alert_row import to_alert, to_left_out, to_recipients
from tocsin.adapters.dynamodb.table import cursors
from tocsin.adapters.dynamodb.table.client import (
    Backoff,
    Cancelled,
    ConditionFailed,
    DynamoDb,
    Item,
    ObjectStore,
    errors_mapped,
    every_page,
)
from tocsin.adapters.dynamodb.table.commit import commit
from tocsin.adapters.dynamodb.table.instants import instant, milliseconds
from tocsin.adapters.dynamodb.table.layout import (
    GSI1,
    LEFT_OUT,
    META,
    alert_list_pk,
    alert_pk,
    chunk_sk,
    expired,
    idempotency_key,
    time,
)
from tocsin.adapters.dynamodb.table.layout import key as row_key
from tocsin.adapters.dynamodb.table.sealing import Contents, unseal
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.left_out import LeftOut
from tocsin.alerts.ports.alerts import Acceptance, AcceptOutcome, AlertPage, Committed
from tocsin.contacts.domain.recipient import Recipient
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer


class DynamoDbAlertRepository:
    """Alerts, their recipients, and the idempotency rows of the calls that made them.

    Args:
        s3, bucket: where contents go that are too big for a row.
        backoff: waits between tries of a transaction that met another one on its rows.
    """

    def __init__(
        self,
        dynamodb: DynamoDb,
        table_name: str,
        sealer: Sealer,
        s3: ObjectStore,
        bucket: str,
        backoff: Backoff | None = None,
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._sealer = sealer
        self._contents = Contents(sealer, s3, bucket)
        self._backoff = backoff or Backoff()

    def accept(self, acceptance: Acceptance) -> AcceptOutcome:
        """Write the acceptance in one transaction.

        Raises:
            StorageUnavailable: the transaction met others on its rows to the last try, or no answer came; then it
                may be committed, and a repeat finds out.
        """
        transaction = transaction_of(acceptance, self._table, self._sealer, self._contents)
        outcome = self._commit(transaction)
        if not isinstance(outcome, Committed):
            for row in transaction.rows:
                self._contents.discard(row)
        return outcome

    def _commit(self, transaction: Transaction) -> AcceptOutcome:
        reasons = commit(self._dynamodb, transaction.actions, self._backoff)
        if reasons is None:
            return Committed()
        outcome = outcome_of(transaction, reasons, self._sealer)
        if outcome is None:
            raise Cancelled(reasons)
        return outcome

    def earlier_answer(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        """Return what an earlier use of the claim came to, None if it is free."""
        row = self._row(idempotency_key(tenant, key_id, claim))
        return earlier_use(tenant, row, claim, now, self._sealer)

    def get(self, tenant: TenantId, ref: AlertRef) -> Alert | None:
        """Return the alert, strongly consistent, contents included."""
        row = self._row(row_key(alert_pk(tenant, ref), META))
        if row is None:
            return None
        return to_alert(tenant, row, unseal(self._sealer, tenant, row, "head"), self._contents.unseal(tenant, row))

    def cancel(self, tenant: TenantId, ref: AlertRef, at: datetime) -> datetime | None:
        """Cancel an alert at `at`, unless it is cancelled; return when it was, None if there is no such alert."""
        try:
            with errors_mapped():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=row_key(alert_pk(tenant, ref), META),
                    UpdateExpression="SET cancelled = :at",
                    ConditionExpression="attribute_exists(pk) AND attribute_not_exists(cancelled)",
                    ExpressionAttributeValues={":at": time(at)},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConditionFailed as failed:
            there = failed.current
            return instant(int(there["cancelled"]["N"])) if there else None
        return instant(milliseconds(at))

    def stop(self, tenant: TenantId, ref: AlertRef, at: datetime) -> None:
        """Note that its escalation was answered by enough people at `at`, unless that is noted."""
        try:
            with errors_mapped():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=row_key(alert_pk(tenant, ref), META),
                    UpdateExpression="SET stopped = :at",
                    ConditionExpression="attribute_exists(pk) AND attribute_not_exists(stopped)",
                    ExpressionAttributeValues={":at": time(at)},
                )
        except ConditionFailed:
            return

    def left_out(self, tenant: TenantId, ref: AlertRef) -> Mapping[int, Sequence[LeftOut]]:
        """Return who was asked for and is not contacted, by place of the element; empty for nobody."""
        row = self._row(row_key(alert_pk(tenant, ref), LEFT_OUT))
        return {} if row is None else to_left_out(self._contents.unseal(tenant, row))

    def recipients(self, key: ChunkKey) -> Sequence[Recipient]:
        """Return a chunk's recipients in position order, strongly consistent; empty if the chunk does not exist."""
        row = self._row(row_key(alert_pk(key.tenant, key.alert), chunk_sk(key)))
        return [] if row is None else to_recipients(self._contents.unseal(key.tenant, row))

    def newest(self, tenant: TenantId, *, sandbox: bool, limit: int, after: str | None, now: datetime) -> AlertPage:
        """Return unexpired alerts, newest first, without their contents. May be a moment old."""
        query = alert_list_pk(tenant, sandbox=sandbox)
        request: Item = {
            "TableName": self._table,
            "IndexName": GSI1,
            "KeyConditionExpression": "gsi1pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": query}},
            "ScanIndexForward": False,
            "Limit": limit + 1,
        }
        if after is not None:
            request["KeyConditionExpression"] += " AND gsi1sk < :after"
            request["ExpressionAttributeValues"][":after"] = {"S": cursors.read(self._sealer, tenant, query, after)}
        alerts: list[Alert] = []
        for row in every_page(self._dynamodb, **request):
            if expired(row, now):
                continue
            if len(alerts) == limit:
                return AlertPage(alerts, cursors.issue(self._sealer, tenant, query, alerts[-1].ref))
            alerts.append(to_alert(tenant, row, unseal(self._sealer, tenant, row, "head"), None))
        return AlertPage(alerts, None)

    def _row(self, key: Item) -> Item | None:
        with errors_mapped():
            answer = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        row: Item | None = answer.get("Item")
        return row
