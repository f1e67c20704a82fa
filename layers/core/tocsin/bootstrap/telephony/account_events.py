"""Composition of events that Tocsin makes about an account itself."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tocsin.bootstrap.storage import Storage
    from tocsin.directory.application.import_directory import ImportFinished
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.telephony.application.ingest import IngestEvents
    from tocsin.telephony.domain.cloud_events import ReceivedEvent
    from tocsin.telephony.domain.stored_event import EventOrder
    from tocsin.timers.domain.timer import Timer

_log = logging.getLogger(__name__)


class AccountEvents:
    """Takes such events in: it is a `TakeAccountEvent`. All is imported with the first event, and there are few.

    Nothing is queued: the sweeper orders within three minutes what an event brings about. So no function needs the
    queues of events because of it.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def __call__(self, tenant: TenantId, received: ReceivedEvent) -> None:
        """Take an event in. Raises StorageUnavailable: repeat the call."""
        self._ingest(tenant, [received])

    @cached_property
    def _ingest(self) -> IngestEvents:
        from tocsin.alert_rules.application.decide_event import DecideEvent
        from tocsin.bootstrap.personal_notices import people_book
        from tocsin.bootstrap.telephony.ingesting import keep_book
        from tocsin.bootstrap.telephony.on_bus import with_bus
        from tocsin.identity.application.fresh_accounts import FreshAccounts
        from tocsin.personal_notices.application.decide_notices import DecideNotices
        from tocsin.telephony.application.ingest import IngestEvents
        from tocsin.telephony.application.pack_events import ArmPack
        from tocsin.tenant_mail.application.decide_mails import DecideMails

        storage = self._storage
        ingest = IngestEvents(
            rows=storage.event_rows,
            orders=_SweptOrders(),
            decide=DecideNotices(DecideMails(DecideEvent(keep_book(storage))), people_book(storage)),
            clock=storage.clock,
            prepare=ArmPack(storage.timers, _SweptTimers(), storage.clock),
        )
        return with_bus(ingest, FreshAccounts(storage.tenants, storage.clock))


def import_finished(storage: Storage) -> ImportFinished:
    """Return what tells accounts of imports that are over. It never raises: the answer of the call says the same."""
    take = AccountEvents(storage)

    def finished(tenant: TenantId, id: str, ok: bool, counts: Mapping[str, int]) -> None:
        from tocsin.kernel.domain.errors import TocsinError
        from tocsin.telephony.domain.account_events import job_finished

        now = storage.clock()
        try:
            take(tenant, job_finished(f"import-{id}-{now:%Y%m%d}", "import", now, ok=ok, counts=counts))
        except TocsinError:
            _log.warning("an import was not told", extra={"tenant": tenant})

    return finished


class _SweptOrders:
    """Queues nothing: the sweeper does."""

    def put(self, orders: Sequence[EventOrder]) -> None:
        """Do nothing."""


class _SweptTimers:
    """Queues nothing: the sweeper does."""

    def enqueue(self, timers: Sequence[Timer], now: datetime) -> None:
        """Do nothing."""
