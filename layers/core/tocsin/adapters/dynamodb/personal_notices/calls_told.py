"""Which calls people were told of, in DynamoDB: a row for each caller, replaced on its version. It holds ids only."""

from __future__ import annotations

import json
from datetime import datetime

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, number
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.telephony.versioned import hashed_key, put_over
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Sealer
from tocsin.personal_notices.domain.notice import NoticeKind
from tocsin.personal_notices.domain.told_calls import TOLD_KEPT, ToldCall, ToldCalls, ToldPart


class DynamoDbCallsTold:
    """Rows `T#<t>#CT#<2 hex>` / `<keyed hash of the caller>`."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def find(self, tenant: TenantId, caller: str, now: datetime) -> ToldCalls:
        """Return the calls of a caller, strongly consistent."""
        row = self._table.get(self._key(tenant, caller))
        if row is None:
            return ToldCalls(tenant, caller)
        return ToldCalls(tenant, caller, () if expired(row, now) else _calls(row), int(row["v"]["N"]))

    def save(self, calls: ToldCalls, now: datetime) -> bool:
        """Store over the version before its own."""
        row = self._key(calls.tenant, calls.caller)
        row |= {"v": number(calls.version), "calls": {"S": _written(calls)}, **expiry(now + TOLD_KEPT)}
        standing = put_over(self._table, row, calls.version - 1)
        return standing is None or (standing.get("v") == row["v"] and standing.get("calls") == row["calls"])

    def _key(self, tenant: TenantId, caller: str) -> Item:
        return hashed_key(self._sealer, tenant, "CT", caller)


def _written(calls: ToldCalls) -> str:
    return json.dumps(
        [
            [
                call.call,
                sorted(call.things),
                call.last_at.isoformat(),
                call.end,
                call.voicemail,
                [[part.event, part.kind.value, part.at.isoformat(), part.users] for part in call.parts],
            ]
            for call in calls.calls
        ],
        separators=(",", ":"),
    )


def _calls(row: Item) -> tuple[ToldCall, ...]:
    return tuple(
        ToldCall(
            call,
            frozenset(things),
            datetime.fromisoformat(last_at),
            tuple(
                ToldPart(event, NoticeKind(kind), datetime.fromisoformat(at), tuple(map(UserId, users)))
                for event, kind, at, users in parts
            ),
            end,
            voicemail,
        )
        for call, things, last_at, end, voicemail, parts in json.loads(row["calls"]["S"])
    )
