"""Ports of privacy: the erasure ledger, and a tenant's personal data."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.kernel.domain.ids import TenantId
from tocsin.privacy.domain.erasure import Person


class ErasureLedger(Protocol):
    """Who was erased and when, by fingerprint. Entries stay for 90 days, longer than any backup."""

    def enter(self, tenant: TenantId, fingerprints: Collection[bytes], at: datetime) -> None:
        """Store that the people with these fingerprints were erased at `at`."""
        ...

    def since(self, tenant: TenantId, at: datetime) -> Collection[bytes]:
        """Return the fingerprints of people who were erased at `at` or later, strongly consistent."""
        ...


@dataclass(frozen=True, slots=True)
class Mentions:
    """Where a person is.

    Attributes:
        rows: number of rows that an erasure would change.
        receivers: chunk and position of the person in accepted alerts.
    """

    rows: int
    receivers: Sequence[tuple[ChunkKey, int]]


class PersonalMails(Protocol):
    """Raw mails that are unreadable, or processed and waiting for a late record. They belong to no tenant."""

    def of(self, person: Person) -> Sequence[str]:
        """Return the names of the mails that mention the person in From, To, Cc or body."""
        ...

    def delete(self, mail: str) -> None:
        """Delete all versions of a mail. A mail that is gone is no error."""
        ...


class PersonalData(Protocol):
    """All sealed data of a tenant. For operators only, because it reads the whole table."""

    def discover(self, tenant: TenantId, person: Person) -> Person:
        """Return the person with the ids and addresses that stored groups and accepted alerts add."""
        ...

    def mentions(self, tenant: TenantId, person: Person) -> Mentions:
        """Return where the person is. Changes nothing."""
        ...

    def erase(self, tenant: TenantId, person: Person) -> int:
        """Remove the person from all rows; return how many rows changed.

        Raises:
            StaleWrite: conflicts on one row did not end; erase again.
        """
        ...
