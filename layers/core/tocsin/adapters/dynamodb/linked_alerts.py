"""Linked sets in DynamoDB: one partition each, with the set, its members, and who has answered.

    SET                          the current generation: its master and group; or that it was cancelled before it began
    A#<alert>                    a member; expires with the alert
    SEEN#<master>#C#<contact>    a contact of that generation who has answered: the first time per way and evidence

A generation is named by its master, so answers of an expired generation never count for the current one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.table.actions import FREE, THERE, check, put, update
from tocsin.adapters.dynamodb.table.bucket import Bucket, Contents
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import (
    expired,
    expiry,
    instant,
    key,
    milliseconds,
    time,
    time_of,
    time_or_none,
)
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.response_kind import Answered, Evidence, ResponseKind
from tocsin.contacts.domain.contact_group_json import contact_group_of, data_of
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.domain.keep_classes import keep_for
from tocsin.kernel.ports import Sealer
from tocsin.linked_alerts.domain.link_set import LinkBegun, LinkCancelled, LinkJoined, LinkSet

LARGEST_GROUP_IN_ITS_ROW = 16_000
"""Bytes. An alert that joins checks the row, and DynamoDB charges a check by the size of the row."""

_NONE_STANDS = f"{FREE} OR #exp <= :now"
_ROUNDS = 5
_SET = "SET"
_MEMBER = "A#"
_SEEN = "SEEN#"


def link_pk(link: LinkKey) -> str:
    """Return the partition of a linked set, which holds its escalations too."""
    return f"T#{link.tenant}#K#{link.key_id}#LS#{link.name}"


def begun(participant: LinkBegun, alert: Alert, store: Contents) -> list[Item]:
    """Return the actions that begin a set with an alert; the group is put into the object store if it is big."""
    found, tenant = participant.set, alert.tenant
    row = _set_key(found.key) | expiry(found.expires_at)
    row |= {"master": {"S": found.master}, "created": time(found.created_at)}
    keep = keep_for(None if found.expires_at is None else found.expires_at - found.created_at)
    sealed = {"ref": found.link_ref, "group": data_of(found.group)}
    row |= store.seal(tenant, row, sealed, LARGEST_GROUP_IN_ITS_ROW, keep, part=found.master)
    # A set that was cancelled before it began has no master.
    condition = f"{_NONE_STANDS} OR attribute_not_exists(master)" if participant.lift else _NONE_STANDS
    return [put(row, condition, {":now": time(alert.accepted_at)}), _member(found.key, alert)]


def joined(participant: LinkJoined, alert: Alert) -> list[Item]:
    """Return the actions that add an alert to a set."""
    found = participant.set
    this_generation, master = "master = :master", {":master": {"S": found.master}}
    if participant.lift:
        action = update(_set_key(found.key), "REMOVE cancelled", this_generation, master)
    else:
        action = check(_set_key(found.key), f"{this_generation} AND attribute_not_exists(cancelled)", master)
    return [action, _member(found.key, alert)]


def seen(link: Link, contact_id: str, kind: ResponseKind, evidence: Evidence, at: datetime) -> Item:
    """Return the action that records that a contact has answered; the first time of each way is kept."""
    ends = expiry(link.expires_at)
    way = _way(kind, evidence)
    change = f"SET #{way} = if_not_exists(#{way}, :at), contact = :contact"
    change += "".join(f", #{name} = :{name}" for name in ends)
    values = {":at": time(at), ":contact": {"S": contact_id}, **{f":{name}": value for name, value in ends.items()}}
    return update(_seen_key(link, contact_id), change, values=values)


def _way(kind: ResponseKind, evidence: Evidence) -> str:
    """Return the attribute that holds when a contact first answered in this way.

    The strongest evidence has the kind alone, as every answer had in earlier versions.
    """
    return kind.value if evidence.at_least(Evidence.WROTE) else f"{kind.value}_{evidence.value}"


def _kinds(row: Item, least: Evidence) -> frozenset[ResponseKind]:
    """Return how a contact has answered with this evidence or a stronger one."""
    enough = [evidence for evidence in Evidence if evidence.at_least(least)]
    return frozenset(kind for kind in ResponseKind if any(_way(kind, evidence) in row for evidence in enough))


def _set_key(link: LinkKey) -> Item:
    return key(link_pk(link), _SET)


def _seen_key(link: Link, contact_id: str) -> Item:
    """Return the key of the mark that a contact has answered in this generation; "" gives the prefix of all."""
    return key(link_pk(link.key), f"{_SEEN}{link.master}#C#{contact_id}")


def _member(link: LinkKey, alert: Alert) -> Item:
    return put(key(link_pk(link), f"{_MEMBER}{alert.ref}") | expiry(alert.expires_at))


class DynamoDbLinkSets:
    """Reads and cancels linked sets."""

    def __init__(self, table: Table, sealer: Sealer, bucket: Bucket) -> None:
        self._table = table
        self._contents = Contents(sealer, bucket)

    def standing(self, key: LinkKey, now: datetime) -> LinkSet | LinkCancelled | None:
        """Return the set that is current at `now`, or that it was cancelled before it began; None if there is none."""
        row = self._table.get(_set_key(key))
        if row is None or expired(row, now):
            return None
        if "master" not in row:
            return LinkCancelled(key, time_of(row, "cancelled"), time_of(row, "exp"))
        stored = self._contents.unseal(key.tenant, row)
        return LinkSet(
            key=key,
            link_ref=stored["ref"],
            master=AlertRef(row["master"]["S"]),
            group=contact_group_of(stored["group"], ""),
            created_at=time_of(row, "created"),
            expires_at=time_or_none(row, "exp"),
            cancelled_at=time_or_none(row, "cancelled"),
        )

    def answered(
        self, link: Link, contacts: Collection[str] | None = None, least: Evidence = Evidence.OPENED
    ) -> Answered:
        """Return how contacts answered, all of them or these, strongly consistent."""
        rows: Iterable[Item]
        if contacts is None:
            rows = self._table.beginning_with(link_pk(link.key), _seen_key(link, "")["sk"]["S"])
        else:
            keys = [_seen_key(link, contact) for contact in dict.fromkeys(contacts)]
            rows = self._table.get_all(keys, "answers")
        found = {row["contact"]["S"]: _kinds(row, least) for row in rows}
        return {contact: kinds for contact, kinds in found.items() if kinds}

    def cancel(self, key: LinkKey, at: datetime, until: datetime) -> datetime:
        """Cancel a set at `at`, unless it is cancelled already; return when it was cancelled."""
        for _ in range(_ROUNDS):
            row = self._mark(key, at)
            if row is None:
                return instant(milliseconds(at))
            if row and not expired(row, at):
                return time_of(row, "cancelled")
            if self._mark_unbegun(key, at, until):
                return instant(milliseconds(at))
        raise StorageUnavailable("other calls kept changing this linked set")

    def members(self, key: LinkKey, now: datetime) -> Sequence[AlertRef]:
        """Return every unexpired alert of a set, oldest first, strongly consistent."""
        rows = self._table.beginning_with(link_pk(key), _MEMBER)
        return [AlertRef(row["sk"]["S"].removeprefix(_MEMBER)) for row in rows if not expired(row, now)]

    def _mark(self, key: LinkKey, at: datetime) -> Item | None:
        """Mark the current set as cancelled. None: done; otherwise the row that prevents it, {} if there is no row."""
        stands = f"{THERE} AND attribute_not_exists(cancelled) AND (attribute_not_exists(#exp) OR #exp > :at)"
        change = update(_set_key(key), "SET cancelled = :at", stands, {":at": time(at)})
        return self._table.write_or_find(change)

    def _mark_unbegun(self, key: LinkKey, at: datetime, until: datetime) -> bool:
        """Record the cancellation of a set that has not begun. False: it has begun meanwhile."""
        row = _set_key(key) | expiry(until) | {"cancelled": time(at)}
        return self._table.write_if(put(row, _NONE_STANDS, {":now": time(at)}))


def is_set(row: Item) -> bool:
    """Whether a row holds a linked set with its group."""
    return row["sk"]["S"] == _SET and "#LS#" in row["pk"]["S"]


def is_responded(row: Item) -> bool:
    """Whether a row is the mark that a contact has answered in a linked set."""
    return row["sk"]["S"].startswith(_SEEN) and "#LS#" in row["pk"]["S"]
