"""Ports of two-way numbers and conversations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId
from tocsin.responses.domain.attribution import Attribution
from tocsin.responses.domain.two_way import Said, TwoWayNumber


class TwoWayNumbers(Protocol):
    """The tenant and key that each two-way number is assigned to."""

    def add(self, number: TwoWayNumber) -> TwoWayNumber:
        """Store the number unless it is assigned already; return the stored one."""
        ...

    def find(self, number: str) -> TwoWayNumber | None:
        """Return the owner of a number, None if it has none. The read is not bound to a tenant."""
        ...

    def of_tenant(self, tenant: TenantId) -> Sequence[TwoWayNumber]:
        """Return the tenant's numbers, in ascending order."""
        ...

    def remove(self, tenant: TenantId, number: str) -> bool:
        """Remove a number. False: the number is not this tenant's."""
        ...


class Conversations(Protocol):
    """The messages between our numbers, or our mail domain, and each person."""

    def remember(self, tenant: TenantId, said: Sequence[tuple[str, str, Said]]) -> None:
        """Add up to 25 messages, each as (our side, the person's address, entry). A repeat changes nothing.

        Our side is an E.164 number or BY_MAIL; the person's address is an E.164 number or a mailbox key.

        Raises:
            StorageUnavailable: some may be stored and some not.
        """
        ...

    def newest(self, tenant: TenantId, ours: str, theirs: str, limit: int) -> Sequence[Said]:
        """Return the latest messages between the two, newest first, expired ones included, strongly consistent."""
        ...

    def decide(self, tenant: TenantId, inbound_id: str, attribution: Attribution, until: datetime) -> Attribution:
        """Store the attribution of an inbound message unless there is one; return the stored one.

        A message that is delivered again could be attributed differently, because the conversation has changed.
        """
        ...
