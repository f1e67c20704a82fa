"""Row keys of the directory: one partition a tenant, and a lookup from the subject of a sign-in to its people."""

from __future__ import annotations

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key
from tocsin.directory.domain.natural_keys import folded
from tocsin.directory.domain.things import Kind
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer

PREFIX = {
    Kind.COMPANY: "CO#",
    Kind.USER: "US#",
    Kind.LINE: "LN#",
    Kind.PHONE_NUMBER: "PN#",
    Kind.GROUP: "GR#",
    Kind.ROLE: "RO#",
}
"""Beginnings of the sort keys of things, by kind."""


def directory_pk(tenant: TenantId) -> str:
    """Return the partition of a tenant's directory."""
    return f"T#{tenant}#DIR"


def thing_key(tenant: TenantId, kind: Kind, id: str) -> Item:
    """Return the row key of a thing."""
    return key(directory_pk(tenant), f"{PREFIX[kind]}{id}")


def natural_key(sealer: Sealer, tenant: TenantId, kind: Kind, value: str) -> Item:
    """Return the key of the row that says which thing has a natural key."""
    return _named(sealer, tenant, f"KEY#{PREFIX[kind]}", folded(value))


def external_key(sealer: Sealer, tenant: TenantId, kind: Kind, value: str) -> Item:
    """Return the key of the row that says which thing has an external id."""
    return _named(sealer, tenant, f"EXT#{PREFIX[kind]}", value)


def owners_key(tenant: TenantId) -> Item:
    """Return the key of the row that lists the ids of the active account owners."""
    return key(directory_pk(tenant), "OWNERS")


def subject_key(sub: str) -> Item:
    """Return the key of the lookup from a subject of the identity provider to its people."""
    return key(f"SUB#{sub}", "MEMBERS")


def _named(sealer: Sealer, tenant: TenantId, prefix: str, value: str) -> Item:
    fingerprint = sealer.fingerprint(tenant, f"directory|{prefix}", value.encode())
    return key(directory_pk(tenant), prefix + fingerprint.hex())
