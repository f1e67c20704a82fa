"""Texts of contacts in DynamoDB: a row for each contact and number, replaced on its version; times and hashes only."""

from __future__ import annotations

import json
from datetime import datetime

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, number
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.telephony.versioned import hashed_key, put_over
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer
from tocsin.personal_notices.domain.bursts import BURSTS_KEPT, CountedText, TextsOfContact, ToldBurst


class DynamoDbTextsOfContacts:
    """Rows `T#<t>#BU#<2 hex>` / `<keyed hash of the number and the contact>`."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def find(self, tenant: TenantId, number: str, contact: str, now: datetime) -> TextsOfContact:
        """Return what is remembered, strongly consistent."""
        row = self._table.get(self._key(tenant, number, contact))
        if row is None:
            return TextsOfContact()
        version = int(row["v"]["N"])
        return TextsOfContact(version=version) if expired(row, now) else _read(row, version)

    def save(self, tenant: TenantId, number: str, contact: str, texts: TextsOfContact, now: datetime) -> bool:
        """Store over the version before its own."""
        row = self._key(tenant, number, contact) | _row(texts) | expiry(now + BURSTS_KEPT)
        standing = put_over(self._table, row, texts.version - 1)
        return standing is None or (standing.get("v") == row["v"] and standing.get("texts") == row["texts"])

    def _key(self, tenant: TenantId, number: str, contact: str) -> Item:
        return hashed_key(self._sealer, tenant, "BU", f"{number}\0{contact}")


def _row(texts: TextsOfContact) -> Item:
    written = [
        [[each.at.isoformat(), each.id] for each in texts.texts],
        [[each.first.isoformat(), each.last.isoformat(), each.event, each.at.isoformat()] for each in texts.bursts],
    ]
    return {"v": number(texts.version), "texts": {"S": json.dumps(written, separators=(",", ":"))}}


def _read(row: Item, version: int) -> TextsOfContact:
    texts, bursts = json.loads(row["texts"]["S"])
    time = datetime.fromisoformat
    return TextsOfContact(
        tuple(CountedText(time(at), id) for at, id in texts),
        tuple(ToldBurst(time(first), time(last), event, time(at)) for first, last, event, at in bursts),
        version,
    )
