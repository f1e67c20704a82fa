"""Typed ids. An id that must sort by time is a UUID version 7."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import NewType

TenantId = NewType("TenantId", str)
"""A customer. Lower-case letters and digits, 4-20 of them: it is part of row keys and API keys."""

ApiKeyId = NewType("ApiKeyId", str)
"""One API key of a tenant. Lower-case letters and digits."""

AlertRef = NewType("AlertRef", str)
"""One accepted alert: a UUID version 7, so that references sort by the time of acceptance."""

StoreId = NewType("StoreId", str)
"""One stored content item: a UUID."""

UserId = NewType("UserId", str)
"""One person of a tenant: lower-case letters and digits."""

RoleId = NewType("RoleId", str)
"""One role: the name of a system role, or the id of a custom role of the tenant."""

CompanyId = NewType("CompanyId", str)
"""One company (sub-unit) of a tenant: lower-case letters and digits."""


def time_ordered_uuid(at: datetime, entropy: bytes) -> str:
    """Return a UUID version 7 (RFC 9562, 5.7) for the instant `at`.

    Args:
        at: aware UTC time; the first 48 bits are its milliseconds since 1970.
        entropy: 10 random bytes; 74 bits of them are used.
    """
    milliseconds = _milliseconds(at)
    value = (milliseconds & ((1 << 48) - 1)) << 80 | int.from_bytes(entropy[:10], "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def without_time(id: str) -> str:
    """Return what a time-ordered UUID has beside its time: the same for the same entropy."""
    return id[len("019aa3c4-5d00") :]


def time_prefix(at: datetime) -> str:
    """Return how a time-ordered UUID of the instant `at` begins: its first 13 characters. Not before 1970."""
    digits = f"{_milliseconds(at):012x}"
    return f"{digits[:8]}-{digits[8:]}"


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
