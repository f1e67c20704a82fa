"""Linked sets in DynamoDB: one partition each, with the set, its members, and who has answered.

    SET                          the life that stands: its master and group; or that it was cancelled unbegun
    A#<alert>                    a member; ends with the alert
    SEEN#<master>#C#<contact>    a contact of that life who has answered: per way, when first

A life is named by its master, so what a set knew before its time was over is never taken for what it knows now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice

from tocsin.adapters.dynamodb.table.client import (
    Backoff,
    ConditionFailed,
    DynamoDb,
    Item,
    ObjectStore,
    errors_mapped,
    every_page,
)
from tocsin.adapters.dynamodb.table.instants import instant, milliseconds
from tocsin.adapters.dynamodb.table.layout import (
    LINK_MEMBER,
    LINK_SET,
    expired,
    expiry,
    key,
    link_pk,
    link_seen_sk,
    time,
)
from tocsin.adapters.dynamodb.table.sealing import Contents, keep_for
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.answered import Answered
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.contacts.domain.contact_group_json import contact_group_of, data_of
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.ports import Sealer
from tocsin.linked_alerts.domain.link_set import LinkBegun, LinkCancelled, LinkJoined, LinkSet

LARGEST_GROUP_IN_ITS_ROW = 16_000
"""Bytes. Whoever joins checks the row, and DynamoDB charges a check by the size of what is checked."""

_NONE_STANDS = "attribute_not_exists(pk) OR #exp <= :now"
_BATCH = 100  # keys of one BatchGetItem
_ROUNDS = 5


def begun(beside: LinkBegun, alert: Alert, table: str, sealer: Sealer, store: Contents) -> list[Item]:
    """Return the actions that begin a set with an alert; the group lies in the object store if it is big."""
    found, tenant = beside.set, alert.tenant
    row: Item = key(link_pk(found.key), LINK_SET) | expiry(found.expires_at)
    row |= {"master": {"S": found.master}, "created": time(found.created_at)}
    keep = keep_for(None if found.expires_at is None else found.expires_at - found.created_at)
    said = {"ref": found.link_ref, "group": data_of(found.group)}
    row |= store.seal(tenant, row, said, LARGEST_GROUP_IN_ITS_ROW, keep, part=found.master)
    # What was cancelled before it was begun bears no master.
    condition = f"{_NONE_STANDS} OR attribute_not_exists(master)" if beside.lift else _NONE_STANDS
    put = {
        "TableName": table,
        "Item": row,
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#exp": "exp"},
        "ExpressionAttributeValues": {":now": time(alert.accepted_at)},
    }
    return [{"Put": put}, _member(found.key, alert, table)]


def joined(beside: LinkJoined, alert: Alert, table: str) -> list[Item]:
    """Return the actions by which an alert joins a set."""
    found = beside.set
    terms = {
        "TableName": table,
        "Key": key(link_pk(found.key), LINK_SET),
        "ExpressionAttributeValues": {":master": {"S": found.master}},
    }
    action: Item
    if beside.lift:
        lift = {"UpdateExpression": "REMOVE cancelled", "ConditionExpression": "master = :master"}
        action = {"Update": terms | lift}
    else:
        action = {
            "ConditionCheck": terms | {"ConditionExpression": "master = :master AND attribute_not_exists(cancelled)"}
        }
    return [action, _member(found.key, alert, table)]


def seen(link: Link, contact_id: str, kind: ResponseKind, at: datetime, table: str) -> Item:
    """Return the action that notes that a contact has answered; the first time of each way stays."""
    ends = expiry(link.expires_at)
    names = {"#kind": kind.value, **{f"#{name}": name for name in ends}}
    update = "SET #kind = if_not_exists(#kind, :at), contact = :contact"
    update += "".join(f", #{name} = :{name}" for name in ends)
    values = {":at": time(at), ":contact": {"S": contact_id}, **{f":{name}": value for name, value in ends.items()}}
    return {
        "Update": {
            "TableName": table,
            "Key": key(link_pk(link.key), link_seen_sk(link, contact_id)),
            "UpdateExpression": update,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }
    }


def _member(set_key: LinkKey, alert: Alert, table: str) -> Item:
    row = key(link_pk(set_key), f"{LINK_MEMBER}{alert.ref}") | expiry(alert.expires_at)
    return {"Put": {"TableName": table, "Item": row}}


class DynamoDbLinkSets:
    """See the module. `s3` and `bucket`: where big groups lie."""

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
        self._contents = Contents(sealer, s3, bucket)
        self._backoff = backoff or Backoff()

    def standing(self, key: LinkKey, now: datetime) -> LinkSet | LinkCancelled | None:
        """Return the set that stands at `now`, or that it was cancelled before it was begun."""
        row = self._set_row(key)
        if row is None or expired(row, now):
            return None
        if "master" not in row:
            return LinkCancelled(key, _instant(row, "cancelled"), _instant(row, "exp"))
        said = self._contents.unseal(key.tenant, row)
        return LinkSet(
            key=key,
            link_ref=said["ref"],
            master=AlertRef(row["master"]["S"]),
            group=contact_group_of(said["group"], ""),
            created_at=_instant(row, "created"),
            expires_at=_instant(row, "exp") if "exp" in row else None,
            cancelled_at=_instant(row, "cancelled") if "cancelled" in row else None,
        )

    def answered(self, link: Link, contacts: Collection[str] | None = None) -> Answered:
        """Return how contacts answered, all of them or these, strongly consistent."""
        rows = self._all_seen(link) if contacts is None else self._seen_of(link, contacts)
        return {row["contact"]["S"]: frozenset(kind for kind in ResponseKind if kind.value in row) for row in rows}

    def cancel(self, key: LinkKey, at: datetime, until: datetime) -> datetime:
        """Cancel a set at `at`, unless it is cancelled; return when it was."""
        for _ in range(_ROUNDS):
            row = self._mark(key, at)
            if row is None:
                return instant(milliseconds(at))
            if row and not expired(row, at):
                return _instant(row, "cancelled")
            if self._mark_unbegun(key, at, until):
                return instant(milliseconds(at))
        raise StorageUnavailable("a linked set changes too fast to be cancelled")

    def members(self, key: LinkKey, now: datetime) -> Sequence[AlertRef]:
        """Return every alert of a set whose lifetime is not over, oldest first, strongly consistent."""
        rows = self._beginning_with(key, LINK_MEMBER)
        return [AlertRef(row["sk"]["S"].removeprefix(LINK_MEMBER)) for row in rows if not expired(row, now)]

    def _mark(self, set_key: LinkKey, at: datetime) -> Item | None:
        """Mark the set that stands as cancelled; None: done. Otherwise the row that is in the way, {} for none."""
        try:
            with errors_mapped():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=key(link_pk(set_key), LINK_SET),
                    UpdateExpression="SET cancelled = :at",
                    ConditionExpression="attribute_exists(pk) AND attribute_not_exists(cancelled)"
                    " AND (attribute_not_exists(#exp) OR #exp > :at)",
                    ExpressionAttributeNames={"#exp": "exp"},
                    ExpressionAttributeValues={":at": time(at)},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConditionFailed as failed:
            return failed.current or {}
        return None

    def _mark_unbegun(self, set_key: LinkKey, at: datetime, until: datetime) -> bool:
        """Remember that a set was cancelled that does not stand. False: it was begun meanwhile."""
        row = key(link_pk(set_key), LINK_SET) | expiry(until) | {"cancelled": time(at)}
        try:
            with errors_mapped():
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=row,
                    ConditionExpression=_NONE_STANDS,
                    ExpressionAttributeNames={"#exp": "exp"},
                    ExpressionAttributeValues={":now": time(at)},
                )
        except ConditionFailed:
            return False
        return True

    def _set_row(self, set_key: LinkKey) -> Item | None:
        with errors_mapped():
            answer = self._dynamodb.get_item(
                TableName=self._table, Key=key(link_pk(set_key), LINK_SET), ConsistentRead=True
            )
        row: Item | None = answer.get("Item")
        return row

    def _all_seen(self, link: Link) -> Iterable[Item]:
        return self._beginning_with(link.key, link_seen_sk(link, ""))

    def _seen_of(self, link: Link, contacts: Collection[str]) -> Iterable[Item]:
        wanted = iter(dict.fromkeys(contacts))
        while batch := list(islice(wanted, _BATCH)):
            yield from self._batch([key(link_pk(link.key), link_seen_sk(link, contact)) for contact in batch])

    def _batch(self, owed: list[Item]) -> Iterable[Item]:
        for _ in self._backoff if owed else ():
            with errors_mapped():
                answer = self._dynamodb.batch_get_item(
                    RequestItems={self._table: {"Keys": owed, "ConsistentRead": True}}
                )
            yield from answer["Responses"].get(self._table, ())
            owed = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
            if not owed:
                return
        if owed:
            raise StorageUnavailable(f"{len(owed)} answers were throttled to the last try")

    def _beginning_with(self, set_key: LinkKey, prefix: str) -> Iterable[Item]:
        return every_page(
            self._dynamodb,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={":pk": {"S": link_pk(set_key)}, ":prefix": {"S": prefix}},
            ConsistentRead=True,
        )


def is_set(row: Item) -> bool:
    """Whether a row is that of a linked set, with its group."""
    return row["sk"]["S"] == LINK_SET and "#LS#" in row["pk"]["S"]


def is_seen(row: Item) -> bool:
    """Whether a row is the mark that a contact has answered in a linked set."""
    return row["sk"]["S"].startswith("SEEN#") and "#LS#" in row["pk"]["S"]


def _instant(row: Item, name: str) -> datetime:
    return instant(int(row[name]["N"]))
