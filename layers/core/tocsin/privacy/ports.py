"""Ports of erasure: the ledger of who was erased, and everything that is kept about people."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId
from tocsin.privacy.domain.erasure import Person


class ErasureLedger(Protocol):
    """Who was erased and when, by fingerprint, for 90 days: longer than any backup that could bring them back."""

    def enter(self, tenant: TenantId, fingerprints: Collection[bytes], at: datetime) -> None:
        """Note that these were erased at `at`."""
        ...

    def since(self, tenant: TenantId, at: datetime) -> Collection[bytes]:
        """Return who was erased at `at` or later, strongly consistent."""
        ...


class PersonalData(Protocol):
    """Everything of a tenant that lies sealed, whatever it is. For operators: it reads the whole table."""

    def discover(self, tenant: TenantId, person: Person) -> Person:
        """Return what stored groups and accepted alerts add to what is known of the person."""
        ...

    def erase(self, tenant: TenantId, person: Person) -> int:
        """Take the person out of everything; return how many rows changed.

        Raises:
            StaleWrite: a row kept changing; erase again.
        """
        ...
