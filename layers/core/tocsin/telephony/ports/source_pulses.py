"""Port of what is learnt about when sources are heard."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.silence import KeptPulse

PULSE_KEPT = timedelta(days=60)
"""After a source was heard last: longer than it can be expected to be silent."""


class SourcePulses(Protocol):
    """When each source was heard, to the second."""

    def find(self, tenant: TenantId, source_id: str, now: datetime) -> KeptPulse:
        """Return what is kept of a source, strongly consistent; a new one if nothing is."""
        ...

    def save(self, tenant: TenantId, source_id: str, kept: KeptPulse) -> bool:
        """Store over the version before its own. False: another one stands there. A repeat changes nothing.

        Raises:
            ValueError: the source was never heard.
        """
        ...
