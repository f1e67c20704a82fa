"""Rows of configuration as PynamoDB models. They never leave the adapters: repositories give and take domain values.

The classes name no table. `CoreTable.of` gives each a twin that lies in one, so that the name is known when a
repository is built and not when this module is imported.
"""

from __future__ import annotations

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    VersionAttribute,
)
from pynamodb.models import Model


class CoreItem(Model):
    """Any row. `kind` tells people what they look at; code goes by the form of the keys."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute(default="core")


class TenantItem(CoreItem):
    """A customer: `T#<tenant>` / `TENANT`. `created` is in milliseconds, `clock` JSON text, see `quiet_row`."""

    kind = UnicodeAttribute(default="tenant")
    name = UnicodeAttribute()
    created = NumberAttribute()
    clock = UnicodeAttribute(null=True)


class ApiKeyItem(CoreItem):
    """The settings of an API key: `T#<tenant>` / `KEY#<key>`.

    `sealed` holds what may carry a secret (the callback URL), free text of the client (`defaults`) and the owner's
    address; absent if there is none of them. `mode` is the default notification, `type` is live or sandbox.
    """

    kind = UnicodeAttribute(default="API key")
    type = UnicodeAttribute()
    name = UnicodeAttribute()
    secret_hash = UnicodeAttribute()
    rights = UnicodeSetAttribute(null=True)
    networks = ListAttribute(of=UnicodeAttribute, null=True)
    limited = UnicodeSetAttribute(null=True)
    mode = UnicodeAttribute()
    encoding = UnicodeAttribute()
    transliterate = BooleanAttribute(null=True)
    enabled = BooleanAttribute()
    sealed = BinaryAttribute(null=True, legacy_encoding=False)


class CapacityItem(CoreItem):
    """What is left on a limited channel: `T#<tenant>#K#<key>` / `CAP#<channel>`.

    Only written whole when the key is made. Acceptance draws from it with `SET remaining = remaining - :n` on
    condition `remaining >= :n`, in the transaction that accepts.
    """

    kind = UnicodeAttribute(default="capacity")
    remaining = NumberAttribute()


class StoreItem(CoreItem):
    """Stored content: `T#<tenant>#K#<key>#S` / `ID#<store>`.

    `head` (tag and name) and `sealed` (content and extras) are sealed apart, so that a list need not fetch what
    it does not show. Content over the limit of a row is in the object `s3` instead. `rev` counts replacements;
    `life` is the unused lifetime in milliseconds; until `held` it lives on unused, for something waits to use it.
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
