"""Accepted alerts in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from tocsin.adapters.dynamodb.alerts.acceptance import Transaction, outcome_of, transaction_of
from tocsin.adapters.dynamodb.alerts.alert_row import receivers_in, to_alert, to_excluded, to_recipients
from tocsin.adapters.dynamodb.alerts.keys import EXCLUDED, META, RECIPIENTS, alert_list_pk, alert_pk, chunk_sk
from tocsin.adapters.dynamodb.alerts.layouts import Layout, Layouts
from tocsin.adapters.dynamodb.alerts.receiver_filter import ReceiverSought
from tocsin.adapters.dynamodb.idempotency import find_earlier
from tocsin.adapters.dynamodb.table import cursors
from tocsin.adapters.dynamodb.table.actions import THERE, update
from tocsin.adapters.dynamodb.table.bucket import Bucket, Contents
from tocsin.adapters.dynamodb.table.client import Cancelled, Item
from tocsin.adapters.dynamodb.table.indexes import GSI1
from tocsin.adapters.dynamodb.table.rows import expired, instant, milliseconds, time, time_of
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.sealing import unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.exclusion import Exclusion
from tocsin.alerts.ports.alerts import (
    ALERTS_SEEN,
    ALL_ALERTS,
    CHUNKS_SEEN,
    Acceptance,
    AcceptOutcome,
    AlertFilter,
    AlertPage,
    Committed,
)
from tocsin.contacts.domain.recipient import Recipient
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer

_SPARSE = 250
"""Index rows a call, if most of them may not be wanted."""

_TOGETHER = 25
"""Alerts whose recipients are read together, in a search by receiver."""


class DynamoDbAlertRepository:
    """Alerts, their recipients, and the idempotency rows of the calls that made them."""

    def __init__(self, table: Table, sealer: Sealer, bucket: Bucket, layouts: Layouts | None = None) -> None:
        self._table = table
        self._sealer = sealer
        self._contents = Contents(sealer, bucket)
        self._layouts = layouts or Layouts(table)
        self._came: dict[AlertRef, Item] = {}  # the row that `get` read last, for the recipients in it

    def accept(self, acceptance: Acceptance) -> AcceptOutcome:
        """Write the acceptance in one transaction; a small alert alone is one row, and needs none.

        Raises:
            StorageUnavailable: other transactions held its rows at every try, or no response came. In the second
                case it may be committed, and a repeat finds it.
        """
        transaction = transaction_of(acceptance, self._sealer, self._contents)
        outcome = self._commit(transaction)
        if not isinstance(outcome, Committed):
            for row in transaction.rows:
                self._contents.discard(row)
        return outcome

    def _commit(self, transaction: Transaction) -> AcceptOutcome:
        if len(transaction.actions) == 1:
            # If the row is there already, an earlier try of this call wrote it, and its response was lost.
            self._table.write_if(transaction.actions[0])
            return Committed()
        reasons = self._table.commit(transaction.actions)
        if reasons is None:
            return Committed()
        outcome = outcome_of(transaction, reasons, self._sealer)
        if outcome is None:
            raise Cancelled(reasons)
        return outcome

    def earlier_answer(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        """Return the outcome of an earlier use of the claim, None if there is none."""
        return find_earlier(self._table, self._sealer, tenant, key_id, claim, now)

    def get(self, tenant: TenantId, ref: AlertRef) -> Alert | None:
        """Return the alert, strongly consistent, contents included."""
        row = self._table.get(_meta_key(tenant, ref))
        if row is None:
            return None
        self._came = {ref: row} if self._layouts.note(tenant, ref, row) is Layout.ONE_ROW else {}
        return to_alert(tenant, row, unseal(self._sealer, tenant, row, "head"), self._contents.unseal(tenant, row))

    def without_contents(self, tenant: TenantId, refs: Sequence[AlertRef]) -> Mapping[AlertRef, Alert]:
        """Return those of the alerts that exist, without their contents, strongly consistent."""
        found: dict[AlertRef, Alert] = {}
        for row in self._table.get_all([_meta_key(tenant, ref) for ref in dict.fromkeys(refs)], "alerts"):
            alert = to_alert(tenant, row, unseal(self._sealer, tenant, row, "head"), None)
            self._layouts.note(tenant, alert.ref, row)
            found[alert.ref] = alert
        return found

    def cancel(self, tenant: TenantId, ref: AlertRef, at: datetime) -> datetime | None:
        """Cancel an alert at `at`, unless it is cancelled; return when it was, None if there is no such alert."""
        unless = f"{THERE} AND attribute_not_exists(cancelled)"
        change = update(_meta_key(tenant, ref), "SET cancelled = :at", unless, {":at": time(at)})
        there = self._table.write_or_find(change)
        if there is None:
            return instant(milliseconds(at))
        return time_of(there, "cancelled") if there else None

    def stop(self, tenant: TenantId, ref: AlertRef, at: datetime) -> None:
        """Record that enough people answered the alert's escalation at `at`, unless that is recorded already."""
        unless = f"{THERE} AND attribute_not_exists(stopped)"
        self._table.write_if(update(_meta_key(tenant, ref), "SET stopped = :at", unless, {":at": time(at)}))

    def excluded(self, tenant: TenantId, ref: AlertRef) -> Mapping[int, Sequence[Exclusion]]:
        """Return the excluded receivers by index of the element; empty if there are none."""
        row = self._table.get(row_key(alert_pk(tenant, ref), EXCLUDED))
        return {} if row is None else to_excluded(self._contents.unseal(tenant, row))

    def recipients(self, key: ChunkKey) -> Sequence[Recipient]:
        """Return a chunk's recipients in position order, strongly consistent; empty if the chunk does not exist."""
        if self._layouts.one_row(key.tenant, key.alert):
            # A caller that has just read the alert has read its recipients too.
            meta = self._came.pop(key.alert, None) or self._table.get(_meta_key(key.tenant, key.alert)) or {}
            ours = RECIPIENTS in meta and key.chunk == 0 and _sole_item(self._sealer, key.tenant, meta) == key.item
            return to_recipients(unseal(self._sealer, key.tenant, meta, RECIPIENTS)) if ours else []
        row = self._table.get(row_key(alert_pk(key.tenant, key.alert), chunk_sk(key)))
        return [] if row is None else to_recipients(self._contents.unseal(key.tenant, row))

    def recipients_of(self, keys: Sequence[ChunkKey]) -> Mapping[ChunkKey, Sequence[Recipient]]:
        """Return the recipients of several chunks, strongly consistent."""
        names = {(alert_pk(key.tenant, key.alert), chunk_sk(key)): key for key in keys}
        found: dict[ChunkKey, Sequence[Recipient]] = {}
        for row in self._table.get_all([row_key(*name) for name in names], "chunks"):
            key = names[row["pk"]["S"], row["sk"]["S"]]
            found[key] = to_recipients(self._contents.unseal(key.tenant, row))
        # An alert without chunks is one row, which holds its recipients.
        left = {(key.tenant, key.alert): None for key in keys if key not in found and key.chunk == 0}
        for meta in self._table.get_all([_meta_key(*alert) for alert in left], "alerts"):
            if RECIPIENTS in meta:
                _, tenant, _, alert = meta["pk"]["S"].split("#")
                item = _sole_item(self._sealer, TenantId(tenant), meta)
                key = ChunkKey(TenantId(tenant), AlertRef(alert), item, 0)
                if key in keys:
                    found[key] = to_recipients(unseal(self._sealer, key.tenant, meta, RECIPIENTS))
        return found

    def newest(
        self,
        tenant: TenantId,
        *,
        sandbox: bool,
        limit: int,
        after: str | None,
        now: datetime,
        wanted: AlertFilter = ALL_ALERTS,
    ) -> AlertPage:
        """Return unexpired alerts, newest first, without their contents. May be a moment old.

        Keys and time are a range of the index. What else is wanted is sealed, so that rows are read and compared.
        """
        listed = alert_list_pk(tenant, sandbox=sandbox)
        query = listed + wanted.text()
        before = None if after is None else cursors.read(self._sealer, tenant, query, after)
        first, last = wanted.refs()
        alerts: list[Alert] = []
        received: dict[AlertRef, frozenset[tuple[ChunkKey, int]]] = {}
        looked_at: list[str] = []
        rows = self._between(listed, first, min(last, before or last), _SPARSE if wanted.sparse else limit + 2)
        rows = (row for row in rows if row["gsi1sk"]["S"] != before)
        search = _Search(self, self._sealer, tenant, wanted)
        while group := list(islice(rows, _TOGETHER if search.reads_recipients else 1)):
            if search.chunks_read >= CHUNKS_SEEN:
                return AlertPage(alerts, cursors.issue(self._sealer, tenant, query, looked_at[-1]), received)
            found = search.among([row for row in group if not expired(row, now)])
            for row in group:
                ref = row["gsi1sk"]["S"]
                if len(looked_at) == ALERTS_SEEN or (ref in found and len(alerts) == limit):
                    return AlertPage(alerts, cursors.issue(self._sealer, tenant, query, looked_at[-1]), received)
                looked_at.append(ref)
                if ref in found:
                    alert, own = found[ref]
                    alerts.append(alert)
                    if own is not None:
                        received[alert.ref] = own
        return AlertPage(alerts, None, received)

    def _between(self, listed: str, first: str, last: str, page: int) -> Iterator[Item]:
        """Yield the index rows of a list from `last` down to `first`, `page` rows a call."""
        if last < first:
            return iter(())  # DynamoDB rejects such a range
        values = {":pk": {"S": listed}, ":first": {"S": first}, ":last": {"S": last}}
        condition = "gsi1pk = :pk AND gsi1sk BETWEEN :first AND :last"
        return self._table.query(condition, values, IndexName=GSI1, ScanIndexForward=False, Limit=page)


_Found = tuple[Alert, frozenset[tuple[ChunkKey, int]] | None]
"""A wanted alert, and where the person received it if it is out of their range."""


class _Search:
    """Finds the wanted alerts among rows of the list index, and counts the chunks it reads for that."""

    def __init__(self, alerts: DynamoDbAlertRepository, sealer: Sealer, tenant: TenantId, wanted: AlertFilter) -> None:
        self._alerts = alerts
        self._sealer = sealer
        self._tenant = tenant
        self._wanted = wanted
        self._sought = self._own = None if wanted.receiver is None else ReceiverSought(sealer, tenant, wanted.receiver)
        person = wanted.person
        if self._sought is None and person is not None and person.mailbox is not None and not person.contacts:
            self._own = ReceiverSought(sealer, tenant, person.mailbox)
        self.reads_recipients = self._sought is not None or wanted.may_be_own
        self.chunks_read = 0

    def among(self, rows: Sequence[Item]) -> Mapping[str, _Found]:
        """Return the wanted alerts by reference, without their contents."""
        found: dict[str, _Found] = {}
        unsure: dict[str, Alert] = {}
        for row in rows:
            head = unseal(self._sealer, self._tenant, row, "head")
            alert = to_alert(self._tenant, row, head, None)
            if not self._wanted.matches(alert):
                continue
            in_range = self._wanted.in_range(alert)
            if in_range and self._sought is None:
                found[alert.ref] = alert, None
            elif in_range or self._wanted.may_be_own:
                sought, filter = self._sought if in_range else self._own, receivers_in(head)
                # No filter has contacts: for a person with linked contacts every alert is looked into (ADR 0127).
                if sought is None or filter is None or sought.may_be_in(filter):
                    unsure[alert.ref] = alert
        return {**found, **self._confirmed(unsure)} if unsure else found

    def _confirmed(self, unsure: Mapping[str, Alert]) -> Mapping[str, _Found]:
        """Return the alerts of which the receiver is an accepted recipient."""
        keys = [key for alert in unsure.values() for key in alert.chunks()]
        self.chunks_read += len(keys)
        places: dict[str, list[tuple[ChunkKey, int]]] = {}
        for key, recipients in self._alerts.recipients_of(keys).items():
            wanted = self._is_sought if self._wanted.in_range(unsure[key.alert]) else self._wanted.is_own
            there = [(key, position) for position, who in enumerate(recipients) if wanted(who)]
            if there:
                places.setdefault(key.alert, []).extend(there)
        whole = {ref for ref in places if self._wanted.in_range(unsure[ref])}
        return {ref: (unsure[ref], None if ref in whole else frozenset(own)) for ref, own in places.items()}

    def _is_sought(self, who: Recipient) -> bool:
        return self._sought is not None and self._sought.means(who.address)


def _sole_item(sealer: Sealer, tenant: TenantId, meta: Item) -> int:
    """Return the index of the one item with recipients."""
    items: list[list[Any]] = unseal(sealer, tenant, meta, "head")[2]
    return next(int(index) for index, _, _, _, accepted, _ in items if accepted)


def _meta_key(tenant: TenantId, ref: AlertRef) -> Item:
    return row_key(alert_pk(tenant, ref), META)
