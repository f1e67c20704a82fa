"""Mails that accounts' own servers did not take, in DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.table.actions import delete, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, key_of, time, time_of
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.tenant_mail.domain.refused_mail import WAITS_KEPT, WORDS_KEPT, WaitingMail


class DynamoDbRefusedMails:
    """Rows `T#<t>#MW` / `<alert>` of waiting alerts, and `T#<t>#MS#<alert>` / `<place>` of words, sealed."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def note(self, id: MessageId, said: str, now: datetime, *, waits: bool) -> None:
        """Keep the server's words about a mail; "" = keep none."""
        if waits:
            self._table.write(
                put(_waiting_key(id.key.tenant, id.key.alert) | {"at": time(now)} | expiry(now + WAITS_KEPT))
            )
        if said:
            row = _words_key(id.key, id.position)
            row |= seal(self._sealer, id.key.tenant, row, said)
            self._table.write(put(row | expiry(now + WORDS_KEPT)))

    def said(
        self, tenant: TenantId, messages: Sequence[tuple[ChunkKey, int]], now: datetime
    ) -> Mapping[tuple[ChunkKey, int], str]:
        """Return the words about messages; those without words are absent."""
        places = {str(_words_key(chunk, position)): (chunk, position) for chunk, position in messages}
        keys = [_words_key(chunk, position) for chunk, position in dict.fromkeys(messages)]
        return {
            places[str(key_of(row))]: unseal(self._sealer, tenant, row)
            for row in self._table.get_all(keys, "words of mail servers")
            if not expired(row, now)
        }

    def waiting(self, tenant: TenantId, limit: int, now: datetime) -> Sequence[WaitingMail]:
        """Return at most `limit` alerts that may have mails that wait, oldest alert first."""
        found: list[WaitingMail] = []
        for row in self._table.query("pk = :pk", {":pk": {"S": _waiting_pk(tenant)}}):
            if len(found) == limit:
                break
            if not expired(row, now):
                found.append(WaitingMail(AlertRef(row["sk"]["S"]), time_of(row, "at")))
        return found

    def forget(self, tenant: TenantId, waiting: WaitingMail) -> None:
        """Take an alert off the waiting ones, unless another mail of it was refused since."""
        self._table.write_if(delete(_waiting_key(tenant, waiting.alert), "#at = :at", {":at": time(waiting.at)}))


def _waiting_pk(tenant: TenantId) -> str:
    return f"T#{tenant}#MW"


def _waiting_key(tenant: TenantId, alert: AlertRef) -> Item:
    return key(_waiting_pk(tenant), alert)


def _words_key(chunk: ChunkKey, position: int) -> Item:
    return key(f"T#{chunk.tenant}#MS#{chunk.alert}", f"{chunk.item:02}#{chunk.chunk:03}#{position:03}")
