"""Port of the calls whose legs are gathered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.call_assembly import CallAssembly

ASSEMBLY_KEPT = timedelta(days=1)
"""After the last leg: a leg that comes within this time belongs to the same call."""


class CallsBeingAssembled(Protocol):
    """One assembly for each call of a source, replaced on its version."""

    def find(self, tenant: TenantId, source: str, call_id: str, now: datetime) -> tuple[CallAssembly, int]:
        """Return an assembly and its version, strongly consistent: one without legs if none is kept."""
        ...

    def save(self, tenant: TenantId, assembly: CallAssembly, version: int, now: datetime) -> bool:
        """Store an assembly over the version that was read. False: another writer was first; read again.

        A repeat of the same write is True.
        """
        ...
