"""Ports of two-way text messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId
from tocsin.responses.domain.attribution import Attribution
from tocsin.responses.domain.two_way import Said, TwoWayNumber


class TwoWayNumbers(Protocol):
    """Which tenant and key each number of ours belongs to."""

    def add(self, number: TwoWayNumber) -> TwoWayNumber:
        """Store it unless it belongs to somebody; return the one that stands."""
        ...

    def find(self, number: str) -> TwoWayNumber | None:
        """Return whose a number is; the one question that is asked before a tenant is known."""
        ...

    def of_tenant(self, tenant: TenantId) -> Sequence[TwoWayNumber]:
        """Return the tenant's numbers in order."""
        ...

    def remove(self, tenant: TenantId, number: str) -> bool:
        """Take a number back. False: it is not this tenant's."""
        ...


class Conversations(Protocol):
    """What was said to whom, from which number."""

    def remember(self, tenant: TenantId, said: Sequence[tuple[str, str, Said]]) -> None:
        """Add up to 25 messages, each with our number and theirs (E.164). A repeat changes nothing.

        Raises:
            StorageUnavailable: some may be written and some not.
        """
        ...

    def newest(self, tenant: TenantId, ours: str, theirs: str, limit: int) -> Sequence[Said]:
        """Return the latest messages between the two, newest first, over or not, strongly consistent."""
        ...

    def decide(self, tenant: TenantId, inbound_id: str, attribution: Attribution, until: datetime) -> Attribution:
        """Keep what an inbound message was taken to answer; return the first verdict about it, which stands.

        A message that is delivered again may find another conversation than the first time.
        """
        ...
