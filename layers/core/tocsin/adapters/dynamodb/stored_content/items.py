"""Rows of stored content as PynamoDB models."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute, VersionAttribute

from tocsin.adapters.dynamodb.table.core_table import CoreItem


class StoreItem(CoreItem):
    """Stored content: `T#<tenant>#K#<key>#S` / `ID#<store>`.

    `head` (tag and name) and `sealed` (content and extras) are sealed apart, so that a list reads heads only.
    Content over the limit of a row is in the object `s3` instead. `rev` counts replacements. `life` is the lifetime
    without use in milliseconds. The store does not expire before `held`: a schedule or a trigger will use it.
    """

    kind = UnicodeAttribute(default="store")
    rev = VersionAttribute()
    type = UnicodeAttribute()
    name_hash = UnicodeAttribute(null=True)
    created = NumberAttribute()
    exp = NumberAttribute(null=True)
    life = NumberAttribute(null=True)
    held = NumberAttribute(null=True)
    head = BinaryAttribute(legacy_encoding=False)
    sealed = BinaryAttribute(null=True, legacy_encoding=False)
    s3 = UnicodeAttribute(null=True)
    ttl = NumberAttribute(null=True)


class StoreNameItem(CoreItem):
    """Which store has a name: `T#<tenant>#K#<key>#S` / `NAME#<type>#<fingerprint of the name>`."""

    kind = UnicodeAttribute(default="store name")
    store = UnicodeAttribute()
    ttl = NumberAttribute(null=True)
