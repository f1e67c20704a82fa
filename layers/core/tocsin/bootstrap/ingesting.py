"""Composition of telephony events: how they come in, and what is decided about them.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tocsin.alert_rules.application.account import ReadAccount
    from tocsin.alert_rules.application.keep_book import KeepBook
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.inbound.application.text_events import TextEvents
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.limits.application.limit_calls import LimitCalls
    from tocsin.telephony.application.ingest import IngestEvents
    from tocsin.telephony.application.take_bus_events import TakeBusEvents
    from tocsin.telephony.application.take_events import TakeEvents
    from tocsin.telephony.application.take_payload import TakePayload


def read_account(storage: Storage) -> ReadAccount:
    """Return what reads the names of an account's directory, and its country, for rules."""
    from tocsin.alert_rules.application.account import ReadAccount
    from tocsin.directory.application.references import References

    def country(tenant: TenantId) -> str | None:
        found = storage.tenants.get(tenant)
        return found.country if found else None

    return ReadAccount(storage.directory, References(storage.directory), country)


def keep_book(storage: Storage) -> KeepBook:
    """Return what keeps the rules of accounts for a process."""
    from tocsin.alert_rules.application.keep_book import KeepBook
    from tocsin.calendar.domain.account_clock import UTC_NAME
    from tocsin.calendar.domain.time_zone import zone

    def zone_of(tenant: TenantId) -> ZoneInfo:
        found = storage.tenants.get(tenant)
        known = zone(found.zone if found else UTC_NAME) or zone(UTC_NAME)
        assert known is not None
        return known

    return KeepBook(rules=storage.alert_rules, account=read_account(storage), zone=zone_of, clock=storage.clock)


class IngestUseCases:
    """The use cases by which events come in. One object serves one process: it keeps the rules of accounts."""

    def __init__(self, storage: Storage, queues: Queues) -> None:
        self._storage, self._queues = storage, queues

    @cached_property
    def book(self) -> KeepBook:
        """The rules of accounts."""
        return keep_book(self._storage)

    @cached_property
    def ingest(self) -> IngestEvents:
        """Stores events, and orders what they bring about."""
        from tocsin.alert_rules.application.decide_event import DecideEvent
        from tocsin.telephony.application.ingest import IngestEvents

        storage = self._storage
        return IngestEvents(
            rows=storage.event_rows,
            orders=self._queues.owed_events,
            decide=DecideEvent(self.book),
            clock=storage.clock,
        )

    @cached_property
    def take_events(self) -> TakeEvents:
        """Events of a caller who is known."""
        from tocsin.telephony.application.take_events import TakeEvents

        return TakeEvents(ingest=self.ingest, country=self._country, admit=self._admit, clock=self._storage.clock)

    @cached_property
    def take_payload(self) -> TakePayload:
        """Payloads of sources."""
        from tocsin.telephony.application.take_payload import TakePayload

        storage = self._storage
        return TakePayload(
            sources=storage.event_sources,
            samples=storage.source_samples,
            ingest=self.ingest,
            sealer=storage.sealer,
            clock=storage.clock,
            randomness=storage.randomness,
            admit=self._admit,
        )

    @cached_property
    def take_bus_events(self) -> TakeBusEvents:
        """Entries of the event bus, and contact events of Amazon Connect."""
        from tocsin.telephony.application.take_bus_events import TakeBusEvents

        return TakeBusEvents(
            senders=self._storage.event_senders,
            ingest=self.ingest,
            country=self._country,
            clock=self._storage.clock,
        )

    @cached_property
    def text_events(self) -> TextEvents:
        """Texts of people that answer no alert. Most answer one, so it is made with the first that does not."""
        from tocsin.inbound.application.text_events import TextEvents

        return TextEvents(self.ingest, self._storage.clock)

    @cached_property
    def _admit(self) -> LimitCalls:
        from tocsin.limits.application.limit_calls import EVENT_CALLS, LimitCalls

        return LimitCalls(
            counters=self._storage.counters, kind="event_calls", rate=EVENT_CALLS, clock=self._storage.clock
        )

    def _country(self, tenant: TenantId) -> str | None:
        return self.book(tenant).country
