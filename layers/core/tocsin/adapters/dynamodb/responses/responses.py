"""Responses in DynamoDB: a row each beside their alert, and a mark per receiver who has responded.

With a response to an alert of a linked set its contact is marked there too, and with one to an alert of an escalation
the person is counted, in the same transaction.

Ids are hashes: the rows of an alert are in no order of time, and new ones do not disturb a list that is being read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice

from tocsin.adapters.dynamodb.alerts.keys import alert_pk
from tocsin.adapters.dynamodb.escalation import counted
from tocsin.adapters.dynamodb.linked_alerts import seen
from tocsin.adapters.dynamodb.table.actions import FREE, put, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, number, time, time_of, time_or_none
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table, condition_failed
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.escalation.domain.escalation import answer_of
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.responses import ResponsePage

RESPONSE = "RESP#"
"""Prefix of the sort keys of responses, in the alert's partition."""


class DynamoDbResponses:
    """Stores and reads responses."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def add(self, response: Response) -> bool:
        """Store a response and mark its receiver, also in the linked set. False: it is stored already.

        A person who is not counted yet is counted in the escalation, in the same transaction. If the person is counted
        already or the escalation is over, the response is stored without counting.
        """
        return self._stored(response, put(self._row(response), FREE))

    def count_anew(self, response: Response, reason: str) -> bool:
        """Replace a response that is stored with `reason` by one that counts, as `add` would have stored it."""
        row = self._row(response) | {"was": {"S": reason}}
        if self._stored(response, put(row, "reason = :was", {":was": row["was"]})):
            return True
        there = self._table.get(key(row["pk"]["S"], row["sk"]["S"]))
        return there is not None and there.get("was") == row["was"]

    def _stored(self, response: Response, action: Item) -> bool:
        actions = [action]
        if response.counted:
            actions.append(_mark(response))
        if counts := response.counts_in:
            link, contact = counts
            actions.append(seen(link, contact, response.kind, response.at))
        if counts_for := answer_of(response):
            counting = counted(counts_for, self._sealer, response.expires_at)
            # When many people answer at once, the escalation's row is always busy, so a failed condition decides.
            reasons = self._table.commit([*actions, *counting], wait=False)
            if reasons is None:
                return True
            if condition_failed(reasons[0]):
                return False
        return self._table.commit(actions, wait=False) is None

    def of_alert(self, tenant: TenantId, alert: AlertRef, limit: int, after: str | None, now: datetime) -> ResponsePage:
        """Return up to `limit` unexpired responses, ordered by id, strongly consistent."""
        rows = self._rows(tenant, alert, after or "", limit + 1)
        found = list(islice((row for row in rows if not expired(row, now)), limit + 1))
        responses = [self._response(tenant, alert, row) for row in found[:limit]]
        return ResponsePage(responses, responses[-1].id if len(found) > limit else None)

    def count(self, tenant: TenantId, alert: AlertRef, now: datetime) -> int:
        """Return how many unexpired matched responses there are. May be a moment old."""
        pages = self._table.pages(
            "pk = :pk AND begins_with(sk, :responses)",
            {
                ":pk": {"S": alert_pk(tenant, alert)},
                ":responses": {"S": RESPONSE},
                ":true": {"BOOL": True},
                ":now": time(now),
            },
            FilterExpression="matched = :true AND attribute_not_exists(reason)"
            " AND (attribute_not_exists(#exp) OR #exp > :now)",
            Select="COUNT",
            ConsistentRead=False,
        )
        return sum(int(page["Count"]) for page in pages)

    def responded(self, key: ChunkKey, positions: range) -> Mapping[int, datetime]:
        """Return when each receiver in the range first responded, by position, strongly consistent."""
        if not positions:
            return {}
        first, last = _responded_sk(key, positions[0]), _responded_sk(key, positions[-1])
        rows = self._table.between(alert_pk(key.tenant, key.alert), first, last)
        return {int(row["sk"]["S"][-3:]): time_of(row, "at") for row in rows}

    def _rows(self, tenant: TenantId, alert: AlertRef, after: str, page: int) -> Iterator[Item]:
        # An id is 64 hex digits: what follows it begins one character further.
        first = f"{RESPONSE}{after}0" if after else RESPONSE
        return self._table.between(alert_pk(tenant, alert), first, f"{RESPONSE}~", Limit=page)

    def _row(self, response: Response) -> Item:
        tenant = response.key.tenant
        row = key(alert_pk(tenant, response.key.alert), f"{RESPONSE}{response.id}")
        row |= {
            "type": {"S": response.kind.value},
            "item": number(response.key.item),
            "chunk": number(response.key.chunk),
            "position": number(response.position),
            "at": time(response.at),
            "late": {"BOOL": response.late},
            "matched": {"BOOL": response.matched},
            **expiry(response.expires_at),
        }
        if response.contact_id is not None:
            row["contact"] = {"S": response.contact_id}
        if response.reason is not None:
            row["reason"] = {"S": response.reason}
        private = [response.natural_id, response.address, response.text, dict(response.details)]
        return row | seal(self._sealer, tenant, row, private)

    def _response(self, tenant: TenantId, alert: AlertRef, row: Item) -> Response:
        natural_id, address, text, details = unseal(self._sealer, tenant, row)
        return Response(
            key=ChunkKey(tenant, alert, int(row["item"]["N"]), int(row["chunk"]["N"])),
            position=int(row["position"]["N"]),
            kind=ResponseKind(row["type"]["S"]),
            natural_id=natural_id,
            address=address,
            contact_id=row["contact"]["S"] if "contact" in row else None,
            at=time_of(row, "at"),
            text=text,
            late=row["late"]["BOOL"],
            matched=row["matched"]["BOOL"],
            reason=row["reason"]["S"] if "reason" in row else None,
            details=details,
            expires_at=time_or_none(row, "exp"),
        )


def _mark(response: Response) -> Item:
    values: Item = {":at": time(response.at), ":type": {"S": response.kind.value}}
    change = "SET #at = if_not_exists(#at, :at), #type = if_not_exists(#type, :type)"
    if response.contact_id is not None:
        change += ", contact = :contact"
        values[":contact"] = {"S": response.contact_id}
    for name, value in expiry(response.expires_at).items():
        change += f", #{name} = :{name}"
        values[f":{name}"] = value
    chunk = response.key
    mark = key(alert_pk(chunk.tenant, chunk.alert), _responded_sk(chunk, response.position))
    return update(mark, change, values=values)


def _responded_sk(chunk: ChunkKey, position: int) -> str:
    """Return the sort key of the mark that a receiver has responded, in the alert's partition."""
    return f"DONE#{chunk.item:02}#{chunk.chunk:03}#{position:03}"
