"""Erasure in DynamoDB: a walk over every sealed value of a tenant.

The walk is the only job that scans the table. A dozen modules write personal data, and an erasure must not depend on a
complete list of them. Every sealed attribute opens by its row and its name (ADR 0001), so the walk can open, redact and
seal an attribute without knowing anything else about it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from tocsin.adapters.dynamodb.alert_rules.rule_row import SECRETS, is_rule
from tocsin.adapters.dynamodb.alerts.keys import CHUNK, EXCLUDED, RECIPIENTS
from tocsin.adapters.dynamodb.escalation import is_policy
from tocsin.adapters.dynamodb.inbox.inboxes import is_in_inbox
from tocsin.adapters.dynamodb.linked_alerts import is_responded, is_set
from tocsin.adapters.dynamodb.preferences import is_settings, person_of
from tocsin.adapters.dynamodb.privacy.directory_rows import DirectoryRows
from tocsin.adapters.dynamodb.privacy.redacted import (
    found_in_excluded,
    without_alertees,
    without_contact_in_set,
    without_custom_number,
    without_excluded,
    without_maker_of_appointment,
    without_person_on_policy,
    without_receiver_of_callback,
    without_receiver_of_rule,
    without_recipient_of_mail_settings,
    without_recipients,
)
from tocsin.adapters.dynamodb.reminders.appointments import is_appointment
from tocsin.adapters.dynamodb.responses.responses import RESPONSE
from tocsin.adapters.dynamodb.results.pack_keys import PACK
from tocsin.adapters.dynamodb.stored_content.store_row import STORE
from tocsin.adapters.dynamodb.table.actions import THERE, delete, update
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key_of
from tocsin.adapters.dynamodb.table.sealing import open_json, place_of, seal_json
from tocsin.adapters.dynamodb.table.table import Table, every_page
from tocsin.adapters.dynamodb.tenant_mail.mail_settings import MAIL
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.contacts.domain.recipient import ERASED_ADDRESS
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.privacy.domain.directory_erasure import entry_without, found_in_thing, thing_without
from tocsin.privacy.domain.erasure import (
    Person,
    found_in_group,
    without_contact,
    without_entry,
    without_mention,
    without_receiver,
)
from tocsin.privacy.ports import Mentions

_SEALED = ("head", "sealed", RECIPIENTS, SECRETS)
_ROUNDS = 5


class DynamoDbPersonalData:
    """Every row of a tenant, and the objects that rows name.

    Args:
        table: its client is boto3's, with `scan`, which no function has.
        directory: what erases things of the directory, whose names are rows of their own.
    """

    def __init__(self, table: Table, sealer: Sealer, bucket: Bucket, directory: DirectoryRows) -> None:
        self._table = table
        self._sealer = sealer
        self._bucket = bucket
        self._directory = directory

    def discover(self, tenant: TenantId, person: Person) -> Person:
        """Return the person with the ids and addresses that stored groups and accepted alerts add."""
        known = person
        for row in self._rows(tenant):
            if (thing := self._directory.thing(tenant, row)) is not None:
                known = known.and_also(found_in_thing(thing, person))
                continue
            for name, value in self._opened(tenant, row).items():
                known = known.and_also(_found(row, name, value, person))
        return known

    def mentions(self, tenant: TenantId, person: Person) -> Mentions:
        """Return how many rows an erasure would change, and where the person is a receiver of an accepted alert."""
        rows, receivers = 0, []
        for row in self._rows(tenant):
            if (thing := self._directory.thing(tenant, row)) is not None:
                rows += thing_without(thing, person) != thing
                continue
            if _is_of(row, person):
                rows += 1
                continue
            opened = self._opened(tenant, row)
            changed = any(_redaction(row, name)(value, person) != value for name, value in opened.items())
            rows += changed or row.get("contact", {}).get("S") in person.contact_ids
            for name, value in opened.items():
                if (key := _chunk_of(tenant, row, name)) is not None:
                    mine = [n for n, each in enumerate(value) if person.means(*each[:2]) and each[0] != ERASED_ADDRESS]
                    receivers += [(key, position) for position in mine]
        return Mentions(rows, receivers)

    def erase(self, tenant: TenantId, person: Person) -> int:
        """Remove the person from every row and object; return how many rows changed.

        The directory comes last, people after lines: it says which names in the audit trail are the person's, so an
        erasure that was cut off finds them again.
        """
        changed, things = 0, []
        for row in self._rows(tenant):
            if (thing := self._directory.thing(tenant, row)) is None:
                changed += self._erase_in(tenant, row, person)
            elif thing_without(thing, person) != thing:
                things.append(thing)
        things.sort(key=lambda thing: isinstance(thing, User))
        return changed + sum(self._directory.erase(thing, person) for thing in things)

    def _erase_in(self, tenant: TenantId, row: Item | None, person: Person) -> bool:
        for _ in range(_ROUNDS):
            if row is None:
                return False
            if _is_of(row, person):
                self._table.write(delete(key_of(row)))
                return True
            changes: Item = {}
            for name, value in self._opened(tenant, row).items():
                kept = _redaction(row, name)(value, person)
                if kept != value:
                    changes[name] = seal_json(self._sealer, tenant, place_of(row, name), kept)
            contact = row.get("contact", {}).get("S") in person.contact_ids
            if not changes and not contact:
                return False
            if is_responded(row) or is_in_inbox(row):
                # The one says only that the person has answered, and its key contains their id. The other
                # tells another person about this one, by name too.
                self._table.write(delete(key_of(row)))
                return True
            if self._replace(row, changes, contact=contact):
                return True
            row = self._table.get(key_of(row))
        raise StaleWrite("a row kept changing while a person was erased from it")

    def _replace(self, row: Item, changes: Item, *, contact: bool) -> bool:
        """Write the redacted attributes over the ones that were read. False: the row has changed since."""
        if "sealed" in changes and "s3" in row:
            self._bucket.put(row["s3"]["S"], changes.pop("sealed"))
            self._bucket.forget_earlier(row["s3"]["S"])
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
        """Return every sealed value of a row, and that of the object it names."""
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


def _chunk_of(tenant: TenantId, row: Item, name: str) -> ChunkKey | None:
    """Return the chunk whose recipients are the sealed value `name` of a row, None if it holds none."""
    pk, sk = row["pk"]["S"], row["sk"]["S"]
    alert = AlertRef(pk.rpartition("#")[2])
    if name == RECIPIENTS:
        return ChunkKey(tenant, alert, 0, 0)
    if name == "sealed" and sk.startswith(CHUNK):
        item, chunk = sk.removeprefix(CHUNK).split("#")
        return ChunkKey(tenant, alert, int(item), int(chunk))
    return None


def _found(row: Item, name: str, value: Any, person: Person) -> Person:
    if name == RECIPIENTS or (name == "sealed" and row["sk"]["S"].startswith(CHUNK)):
        mine = [each for each in value if person.means(*each[:2]) and each[0] != ERASED_ADDRESS]
        ids = frozenset(each[1] for each in mine if len(each) > 1 and each[1] is not None)
        return Person(ids, frozenset(each[0] for each in mine))
    if name != "sealed":
        return Person()
    if row["sk"]["S"] == EXCLUDED:
        return found_in_excluded(value, person)
    if _kind(row) == "contactGroup":
        return found_in_group(json.loads(value["content"]), person)
    if is_set(row):
        return found_in_group(value["group"], person)
    if is_settings(row) and value["number"] is not None and person_of(row) in person.things:
        return Person(addresses=frozenset({value["number"]}))
    return Person()


def _kind(row: Item) -> str:
    """Return the type of a store, "" for any other row."""
    return str(row.get("type", {}).get("S", "")) if row["sk"]["S"].startswith(STORE) else ""


def _redaction(row: Item, name: str) -> Callable[[Any, Person], Any]:
    sk = row["sk"]["S"]
    if name == RECIPIENTS:
        return without_recipients
    if name == "sealed":
        if sk.startswith(CHUNK):
            return without_recipients
        if "#AUDIT#" in row["pk"]["S"]:
            return lambda stored, person: entry_without(row["who"]["S"], row["thing"]["S"], stored, person)
        if sk == EXCLUDED:
            return without_excluded
        if sk.startswith(PACK):
            return without_alertees
        if "#WD#" in row["pk"]["S"] and "#" not in sk:
            return without_receiver_of_callback
        if is_rule(row):
            return without_receiver_of_rule
        if sk == MAIL:
            return without_recipient_of_mail_settings
        if is_settings(row):
            return without_custom_number
        if is_policy(row):
            return without_person_on_policy
        if is_appointment(row):
            return without_maker_of_appointment
        if sk.startswith(RESPONSE):
            return lambda stored, person: _anonymous_response(row, stored, person)
        if is_set(row):
            return without_contact_in_set
        if (kind := _kind(row)) in _OF_STORES:
            return lambda body, person: {
                "content": _OF_STORES[kind](body["content"], person),
                "extras": without_mention(body["extras"], person),
            }
    return without_mention


def _is_of(row: Item, person: Person) -> bool:
    """Whether a row is the person's own: it stands in their partition, as sessions do, in their list, or names them."""
    names = (row["pk"]["S"], row.get("gsi1pk", {}).get("S", ""))
    theirs = {name.partition("#U#")[2].partition("#")[0] for name in names} | {row.get("user", {}).get("S")}
    return not theirs.isdisjoint(person.things)


def _anonymous_response(row: Item, stored: list[Any], person: Person) -> list[Any]:
    """Return a response without its sender and its words. The row stays, so that a repeat is not a second response."""
    natural_id, address, *_ = stored
    if not person.means(address, row.get("contact", {}).get("S")):
        unmentioned: list[Any] = without_mention(stored, person)
        return unmentioned
    return [without_mention(natural_id, person), ERASED_ADDRESS, "", {}]


def _in_json(redact: Callable[[Any, Person], Any]) -> Callable[[str, Person], str]:
    def redacted(text: str, person: Person) -> str:
        value = json.loads(text)
        kept = without_mention(redact(value, person), person)
        return text if kept == value else json.dumps(kept, ensure_ascii=False)

    return redacted


def _in_list(csv: str, person: Person) -> str:
    kept: str = without_mention(without_entry(csv, person), person)
    return kept


_OF_STORES: dict[str, Callable[[str, Person], str]] = {
    "contactGroup": _in_json(without_contact),
    "alert": _in_json(without_receiver),
    "recipientList": _in_list,
    "contactList": _in_list,
}
