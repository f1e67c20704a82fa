"""Erasure in DynamoDB: a walk over every sealed value of a tenant.

The walk is a Scan, the one job that may: what lies where is decided in a dozen modules, and a promise to forget must
not depend on somebody having thought of all of them. Every sealed attribute opens in its own row and attribute
(ADR 0001), so the walk can open, redact and seal again what it knows nothing else about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from tocsin.adapters.dynamodb.alerts.keys import CHUNK, EXCLUDED
from tocsin.adapters.dynamodb.escalation import is_policy
from tocsin.adapters.dynamodb.linked_alerts import is_responded, is_set
from tocsin.adapters.dynamodb.privacy.redacted import (
    without_alertees,
    without_excluded,
    without_person_on_policy,
    without_receiver_of_callback,
    without_recipients,
)
from tocsin.adapters.dynamodb.responses.responses import RESPONSE
from tocsin.adapters.dynamodb.results.pack_keys import PACK
from tocsin.adapters.dynamodb.stored_content.store_row import STORE
from tocsin.adapters.dynamodb.table.actions import THERE, delete, update
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key_of
from tocsin.adapters.dynamodb.table.sealing import open_json, place_of, seal_json
from tocsin.adapters.dynamodb.table.table import Table, every_page
from tocsin.contacts.domain.recipient import ERASED_ADDRESS
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer
from tocsin.privacy.domain.erasure import (
    Person,
    found_in_group,
    without_contact,
    without_entry,
    without_mention,
    without_receiver,
)

_SEALED = ("head", "sealed")
_ROUNDS = 5


class DynamoDbPersonalData:
    """Every row of a tenant, and the objects that rows name.

    Args:
        table: its client is boto3's, with `scan`, which no function has.
    """

    def __init__(self, table: Table, sealer: Sealer, bucket: Bucket) -> None:
        self._table = table
        self._sealer = sealer
        self._bucket = bucket

    def discover(self, tenant: TenantId, person: Person) -> Person:
        """Return what stored groups and accepted alerts add to what is known of the person."""
        known = person
        for row in self._rows(tenant):
            for name, value in self._opened(tenant, row).items():
                known = known.and_also(_found(row, name, value, person))
        return known

    def erase(self, tenant: TenantId, person: Person) -> int:
        """Take the person out of everything; return how many rows changed."""
        return sum(self._erase_in(tenant, row, person) for row in self._rows(tenant))

    def _erase_in(self, tenant: TenantId, row: Item | None, person: Person) -> bool:
        for _ in range(_ROUNDS):
            if row is None:
                return False
            changes: Item = {}
            for name, value in self._opened(tenant, row).items():
                kept = _redaction(row, name)(value, person)
                if kept != value:
                    changes[name] = seal_json(self._sealer, tenant, place_of(row, name), kept)
            contact = row.get("contact", {}).get("S") in person.contact_ids
            if not changes and not contact:
                return False
            if is_responded(row):
                # That they have answered is all it says, and their id is a part of its key.
                self._table.write(delete(key_of(row)))
                return True
            if self._replace(row, changes, contact=contact):
                return True
            row = self._table.get(key_of(row))
        raise StaleWrite("a row kept changing while a person was erased from it")

    def _replace(self, row: Item, changes: Item, *, contact: bool) -> bool:
        """Write what is left of a row on top of what was read. False: it has changed since."""
        if "sealed" in changes and "s3" in row:
            self._bucket.put(row["s3"]["S"], changes.pop("sealed"))
        settings, conditions = [], [THERE]
        values: Item = {}
        for name, sealed in changes.items():
            settings.append(f"#{name} = :new_{name}")
            conditions.append(f"#{name} = :old_{name}")
            values |= {f":new_{name}": {"B": sealed}, f":old_{name}": row[name]}
        change = (f"SET {', '.join(settings)}" if settings else "") + (" REMOVE contact" if contact else "")
        if not change:
            return True
        return self._table.write_if(update(key_of(row), change, " AND ".join(conditions), values))

    def _opened(self, tenant: TenantId, row: Item) -> dict[str, Any]:
        """Return every sealed value of a row, the object's that it names included."""
        sealed = {name: bytes(row[name]["B"]) for name in _SEALED if "B" in row.get(name, {})}
        if "s3" in row:
            sealed["sealed"] = self._bucket.get(row["s3"]["S"])
        return {name: open_json(self._sealer, tenant, place_of(row, name), value) for name, value in sealed.items()}

    def _rows(self, tenant: TenantId) -> Iterator[Item]:
        client: Any = self._table.dynamodb
        for page in every_page(
            client.scan,
            TableName=self._table.name,
            FilterExpression="(pk = :itself OR begins_with(pk, :tenant))"
            " AND (attribute_exists(sealed) OR attribute_exists(s3) OR attribute_exists(contact))",
            ExpressionAttributeValues={":itself": {"S": f"T#{tenant}"}, ":tenant": {"S": f"T#{tenant}#"}},
            ConsistentRead=True,
        ):
            yield from page["Items"]


def _found(row: Item, name: str, value: Any, person: Person) -> Person:
    if name != "sealed":
        return Person()
    if row["sk"]["S"].startswith(CHUNK):
        mine = [each for each in value if person.means(*each[:2]) and each[0] != ERASED_ADDRESS]
        ids = frozenset(each[1] for each in mine if len(each) > 1 and each[1] is not None)
        return Person(ids, frozenset(each[0] for each in mine))
    if _kind(row) == "contactGroup":
        return found_in_group(json.loads(value["content"]), person)
    if is_set(row):
        return found_in_group(value["group"], person)
    return Person()


def _kind(row: Item) -> str:
    """Return the type of a store, "" for any other row."""
    return str(row.get("type", {}).get("S", "")) if row["sk"]["S"].startswith(STORE) else ""


def _redaction(row: Item, name: str) -> Callable[[Any, Person], Any]:
    sk = row["sk"]["S"]
    if name == "sealed":
        if sk.startswith(CHUNK):
            return without_recipients
        if sk == EXCLUDED:
            return without_excluded
        if sk.startswith(PACK):
            return without_alertees
        if "#WD#" in row["pk"]["S"] and "#" not in sk:
            return without_receiver_of_callback
        if is_policy(row):
            return without_person_on_policy
        if sk.startswith(RESPONSE):
            return lambda said, person: _silent(row, said, person)
        if is_set(row):
            return lambda said, person: {**said, "group": without_contact(said["group"], person)}
        if (kind := _kind(row)) in _OF_STORES:
            return lambda body, person: {**body, "content": _OF_STORES[kind](body["content"], person)}
    return without_mention


def _silent(row: Item, said: list[Any], person: Person) -> list[Any]:
    """A response stays, of nobody and without words; that a repeat of it is no second one hangs on the row's key."""
    natural_id, address, *_ = said
    if not person.means(address, row.get("contact", {}).get("S")):
        unmentioned: list[Any] = without_mention(said, person)
        return unmentioned
    return [without_mention(natural_id, person), ERASED_ADDRESS, "", {}]


def _in_json(redact: Callable[[Any, Person], Any]) -> Callable[[str, Person], str]:
    def redacted(text: str, person: Person) -> str:
        value = json.loads(text)
        kept = redact(value, person)
        return text if kept == value else json.dumps(kept, ensure_ascii=False)

    return redacted


_OF_STORES: dict[str, Callable[[str, Person], str]] = {
    "contactGroup": _in_json(without_contact),
    "alert": _in_json(without_receiver),
    "recipientList": without_entry,
    "contactList": without_entry,
}
