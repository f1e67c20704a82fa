"""Connections of mailboxes that were begun, in DynamoDB: a lookup, and a sealed row in the tenant's partition."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tocsin.adapters.dynamodb.table.actions import FREE, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry, key, number, time_of
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer
from tocsin.tenant_mail.domain.connecting import ConnectAttempt, MailConsent
from tocsin.tenant_mail.domain.mail_settings import MailServerType

_PLAIN = ("begun_by", "in_console", "verifier", "redirect_uri", "code", "ended")
_KEPT_LONGER = timedelta(hours=1)
"""A row goes an hour after its attempt is over; the use case judges by the time in it."""


class DynamoDbConnectAttempts:
    """Rows `OA#<id>` / `OA`, and `T#<t>` / `OA#<id>`."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def begin(self, attempt: ConnectAttempt) -> None:
        """Store a new attempt, so that its id alone finds it."""
        lookup = key(f"OA#{attempt.id}", "OA") | {"tenant": {"S": attempt.tenant}}
        self._table.write(put(lookup | expiry(attempt.ends_at + _KEPT_LONGER)))
        self._table.write_if(put(self._row(attempt), FREE))

    def find(self, id: str) -> ConnectAttempt | None:
        """Return an attempt, strongly consistent; None = there is none. It may be over."""
        lookup = self._table.get(key(f"OA#{id}", "OA"))
        if lookup is None:
            return None
        tenant = TenantId(lookup["tenant"]["S"])
        row = self._table.get(_key(tenant, id))
        return None if row is None else self._attempt(tenant, id, row)

    def save(self, attempt: ConnectAttempt) -> bool:
        """Store an attempt over the version before its own. False: another call was first."""
        row, before = self._row(attempt), {":before": number(attempt.version - 1)}
        standing = self._table.write_or_find(put(row, "#v = :before", before))
        # An earlier try of this call, whose response was lost, may have written it.
        return standing is None or (bool(standing) and self._attempt(attempt.tenant, attempt.id, standing) == attempt)

    def _row(self, attempt: ConnectAttempt) -> Item:
        row = _key(attempt.tenant, attempt.id) | {"v": number(attempt.version)}
        row |= expiry(attempt.ends_at + _KEPT_LONGER)
        consent = attempt.consent
        written: dict[str, Any] = {name: getattr(attempt, name) for name in _PLAIN}
        written |= {"type": attempt.type, "consent": consent and [consent.mailbox, consent.refresh_token]}
        return row | seal(self._sealer, attempt.tenant, row, written)

    def _attempt(self, tenant: TenantId, id: str, row: Item) -> ConnectAttempt:
        written = unseal(self._sealer, tenant, row)
        return ConnectAttempt(
            id=id,
            tenant=tenant,
            type=MailServerType(written["type"]),
            ends_at=time_of(row, "exp") - _KEPT_LONGER,
            consent=written["consent"] and MailConsent(*written["consent"]),
            version=int(row["v"]["N"]),
            **{name: written[name] for name in _PLAIN},
        )


def _key(tenant: TenantId, id: str) -> Item:
    return key(f"T#{tenant}", f"OA#{id}")
