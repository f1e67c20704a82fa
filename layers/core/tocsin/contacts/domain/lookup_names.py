"""Names that a contact cannot use for its own lookups."""

from __future__ import annotations

_SHARED = frozenset({"sender", "alertid", "reference", "type"})


_UNIQUE = frozenset({"recipient", "shortlink"})


RESERVED = _SHARED | _UNIQUE | {"datetime"}
"""Names a contact cannot use for its own lookups."""


def is_reserved(name: str) -> bool:
    """Whether a contact's own lookup of this name would never be read: the keyword means something else."""
    return name in RESERVED or name.startswith("datetime-")
