"""Ports of the tokens with which programs act as people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tocsin.audit.domain.entry import AuditEntry
from tocsin.identity.domain.personal_token import PersonalToken
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import TenantId, UserId


class PersonalTokens(Protocol):
    """Personal tokens, each in the tenant of its person."""

    def add(self, token: PersonalToken, entry: AuditEntry) -> PersonalToken:
        """Store a new token with its audit entry, or neither; return the stored token.

        A repeat with the same secret changes nothing, and returns the token of the first time.

        Raises:
            StaleWrite: another token has this id.
        """
        ...

    def find(self, tenant: TenantId, user: UserId, token_id: str) -> tuple[PersonalToken, User] | None:
        """Return a token and its person, strongly consistent; None = one of them is not there."""
        ...

    def used(self, token: PersonalToken, at: datetime) -> None:
        """Move the time of the last use. A token that was deleted stays so."""
        ...

    def delete(self, tenant: TenantId, user: UserId, token_id: str, entry: AuditEntry) -> bool:
        """Delete a token and store the audit entry, or neither. Return whether it was there."""
        ...

    def delete_all(self, tenant: TenantId, user: UserId) -> int:
        """Delete all tokens of a person. Return how many there were."""
        ...

    def of(self, tenant: TenantId, user: UserId, now: datetime) -> Sequence[PersonalToken]:
        """Return the tokens that have not expired, newest first."""
        ...
