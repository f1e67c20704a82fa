"""Process the events of a call whose caller is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.domain.cloud_events import EventReader, depth_of
from tocsin.telephony.domain.events_answer import EventsAnswer


@dataclass(frozen=True, slots=True)
class TakeEvents:
    """Reads CloudEvents and takes them in.

    Attributes:
        country: returns the ISO code of the country of an account's national numbers; None = unknown.
        admit: raises TooManyRequests if an account calls too often.
    """

    ingest: IngestEvents
    country: Callable[[TenantId], str | None]
    admit: Callable[[TenantId], None]
    clock: Clock

    def __call__(
        self, tenant: TenantId, headers: Mapping[str, str], body: Any, *, sandbox: bool = False
    ) -> EventsAnswer:
        """Return what became of each event.

        Args:
            headers: of the call; binary mode has attributes there.
            body: the JSON value of the body.
            sandbox: a sandbox key calls.

        Raises:
            TooManyRequests: the account calls too often.
            InvalidRequest: the body holds no events, or too many.
            StorageUnavailable: some events may be stored; the same call may be repeated.
        """
        self.admit(tenant)
        reader = EventReader(self.clock(), self.country(tenant), sandbox, depth_of(headers))
        return self.ingest(tenant, reader.from_http(headers, body))
