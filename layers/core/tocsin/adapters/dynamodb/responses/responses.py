"""Responses in DynamoDB: a row each beside their alert, and a mark per receiver who has responded.

With a response that counts to an alert of a linked set its contact is marked there too, and with one to an alert of an
escalation the person is counted, in the same transaction.

Ids are hashes: the rows of an alert are in no order of time, and new ones do not disturb a list that is being read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from heapq import nlargest
from itertools import islice

from tocsin.adapters.dynamodb.alerts.keys import alert_pk
from tocsin.adapters.dynamodb.escalation import counted
from tocsin.adapters.dynamodb.linked_alerts import seen
from tocsin.adapters.dynamodb.table.actions import FREE, put, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, key_of, number, time, time_of, time_or_none
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table, condition_failed
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.escalation.domain.escalation import answer_of
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.answer_overview import OUTLINED, AnswerMark
from tocsin.responses.ports.responses import Kept, ResponseCounts, ResponsePage
from tocsin.results.domain.uncounted import UncountedReason

RESPONSE = "RESP#"
"""Prefix of the sort keys of responses, in the alert's partition."""


_RESPONDED = "DONE#"
"""Prefix of the sort keys of marks that a receiver has responded, in the alert's partition."""


class DynamoDbResponses:
    """Stores and reads responses, and which receivers have responded."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def add(self, response: Response) -> Kept:
        """Store a response and mark its receiver, also in the linked set; return what is stored.

        A person who is not counted yet is counted in the escalation, in the same transaction. If the person is counted
        already, the response is stored without counting; if the escalation is over, with the reason AFTER_THE_END.
        """
        stored, row = self._stored(response, lambda one: put(self._row(one), FREE, standing=True))
        if stored is not None:
            return Kept(stored, fresh=True)
        row = row or self._table.get(_key(response))
        earlier = None if row is None else self._response(response.key.tenant, response.key.alert, row)
        return Kept(earlier or response, fresh=False)

    def count_anew(self, response: Response, reason: str) -> Response | None:
        """Replace a response that is stored with `reason` by this one, as `add` would have stored it."""
        was = {"S": reason}
        stored, _ = self._stored(
            response, lambda one: put(self._row(one) | {"was": was}, "reason = :was", {":was": was})
        )
        if stored is not None:
            return stored
        row = self._table.get(_key(response))
        if row is None or row.get("was") != was:
            return None
        return self._response(response.key.tenant, response.key.alert, row)

    def _stored(self, response: Response, put_row: Callable[[Response], Item]) -> tuple[Response | None, Item | None]:
        """Store a response with all its marks; return it as it is stored, None if the row's condition failed.

        Returns:
            It, and the row that failed the condition, if `put_row` asks for it.
        """
        if counts_for := answer_of(response):
            counting = counted(counts_for, self._sealer, response.expires_at)
            # When many people answer at once, the escalation's row is always busy, so a failed condition decides.
            reasons = self._table.commit([put_row(response), *_marks(response), *counting], wait=False)
            if reasons is None:
                return response, None
            if condition_failed(reasons[0]):
                return None, reasons[0].get("Item")
            if condition_failed(reasons[-1]):
                response = replace(response, reason=UncountedReason.AFTER_THE_END)
        reasons = self._table.commit([put_row(response), *_marks(response)], wait=False)
        return (response, None) if reasons is None else (None, reasons[0].get("Item"))

    def of_alert(self, tenant: TenantId, alert: AlertRef, limit: int, after: str | None, now: datetime) -> ResponsePage:
        """Return up to `limit` unexpired responses, ordered by id, strongly consistent."""
        rows = self._rows(tenant, alert, after or "", limit + 1)
        found = list(islice((row for row in rows if not expired(row, now)), limit + 1))
        responses = [self._response(tenant, alert, row) for row in found[:limit]]
        return ResponsePage(responses, responses[-1].id if len(found) > limit else None)

    def count(self, tenant: TenantId, alert: AlertRef, now: datetime) -> ResponseCounts:
        """Return how many unexpired responses there are. May be a moment old."""
        pages = self._table.pages(
            "pk = :pk AND begins_with(sk, :responses)",
            {
                ":pk": {"S": alert_pk(tenant, alert)},
                ":responses": {"S": RESPONSE},
                ":now": time(now),
            },
            FilterExpression="attribute_not_exists(#exp) OR #exp > :now",
            ProjectionExpression="matched, reason",
            ConsistentRead=False,
        )
        count = [row["matched"]["BOOL"] and "reason" not in row for page in pages for row in page["Items"]]
        return ResponseCounts(sum(count), len(count) - sum(count))

    def answered(self, tenant: TenantId, alert: AlertRef) -> int:
        """Return how many receivers of the alert have given an answer that counts. May be a moment old."""
        pages = self._table.pages(
            "pk = :pk AND begins_with(sk, :responded)",
            {":pk": {"S": alert_pk(tenant, alert)}, ":responded": {"S": _RESPONDED}},
            Select="COUNT",
            ConsistentRead=False,
        )
        return sum(page["Count"] for page in pages)

    def answer_marks(self, tenant: TenantId, alert: AlertRef) -> Mapping[tuple[ChunkKey, int], AnswerMark]:
        """Return the mark of each receiver with an answer that counts. May be a moment old."""
        rows = self._table.query(
            "pk = :pk AND begins_with(sk, :responded)",
            {":pk": {"S": alert_pk(tenant, alert)}, ":responded": {"S": _RESPONDED}},
            ProjectionExpression="sk, #at, #type",
            ConsistentRead=False,
        )
        found: dict[tuple[ChunkKey, int], AnswerMark] = {}
        for row in rows:
            item, chunk, position = map(int, row["sk"]["S"].removeprefix(_RESPONDED).split("#"))
            mark = AnswerMark(time_of(row, "at"), ResponseKind(row["type"]["S"]))
            found[ChunkKey(tenant, alert, item, chunk), position] = mark
        return found

    def newest(self, tenant: TenantId, alert: AlertRef, limit: int, now: datetime) -> Sequence[Response]:
        """Return up to `limit` unexpired responses, newest first. May be a moment old."""
        outline = self._table.query(
            "pk = :pk AND begins_with(sk, :responses)",
            {":pk": {"S": alert_pk(tenant, alert)}, ":responses": {"S": RESPONSE}},
            ProjectionExpression="pk, sk, #at, #exp",
            ConsistentRead=False,
        )
        unexpired = (row for row in islice(outline, OUTLINED) if not expired(row, now))
        chosen = nlargest(limit, unexpired, key=lambda row: time_of(row, "at"))
        rows = self._table.get_all([key_of(row) for row in chosen], "responses")
        responses = [self._response(tenant, alert, row) for row in rows]
        return sorted(responses, key=lambda response: response.at, reverse=True)

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
        row = _key(response) | {
            "type": {"S": response.kind.value},
            "evidence": {"S": response.evidence.value},
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
        if response.not_ok:
            row["not_ok"] = {"BOOL": True}
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
            evidence=Evidence(row["evidence"]["S"]) if "evidence" in row else Evidence.WROTE,
            reason=row["reason"]["S"] if "reason" in row else None,
            not_ok="not_ok" in row,
            details=details,
            expires_at=time_or_none(row, "exp"),
        )


def _key(response: Response) -> Item:
    return key(alert_pk(response.key.tenant, response.key.alert), f"{RESPONSE}{response.id}")


def _marks(response: Response) -> Iterator[Item]:
    """Yield the actions that mark the receiver of a response as responded, if it counts."""
    if response.counted:
        yield _mark(response)
    if counts := response.counts_in:
        link, contact = counts
        yield seen(link, contact, response.kind, response.evidence, response.at)


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
    return f"{_RESPONDED}{chunk.item:02}#{chunk.chunk:03}#{position:03}"
