"""Port of the last look before a submission: what may have been committed before the claim."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.suppressions.domain.suppression import Suppression


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found.

    Attributes:
        cancelled: whether the alert was cancelled; False if the look did not ask.
        suppressions: the stored suppressions by fingerprint, lifted ones included.
        last_erasure: time of the tenant's last erasure; None = none in 90 days.
    """

    cancelled: bool
    suppressions: Mapping[bytes, Suppression]
    last_erasure: datetime | None = None


class LastLooks(Protocol):
    """Reads an alert's cancellation, its receivers' suppressions and the time of the last erasure together."""

    def look(self, tenant: TenantId, alert: AlertRef | None, channel: Channel, fingerprints: Collection[bytes]) -> Look:
        """Look in one call, strongly consistent.

        Args:
            alert: None = do not ask for a cancellation.
            fingerprints: of up to 98 addresses.

        Raises:
            StorageUnavailable: not everything could be read.
        """
        ...
