"""Which changes of the directory other subjects follow."""

from __future__ import annotations

from tocsin.directory.domain.things import AnyThing, Company
from tocsin.identity.domain.user import User


def is_watched(before: AnyThing | None, after: AnyThing | None) -> bool:
    """Whether a person has another role or is deleted, or a company is deleted."""
    if isinstance(before, User):
        return not isinstance(after, User) or after.role != before.role
    return isinstance(before, Company) and after is None
