"""Composition of telephony events: how they come in, and what is decided about them.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from tocsin.alert_rules.application.account import ReadAccount
    from tocsin.alert_rules.application.keep_book import KeepBook
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.inbound.application.text_events import TextEvents
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.limits.application.limit_calls import LimitCalls
    from tocsin.personal_notices.application.people_book import PeopleBook
    from tocsin.telephony.application.ingest import IngestEvents
    from tocsin.telephony.application.take_bus_events import TakeBusEvents
    from tocsin.telephony.application.take_events import TakeEvents
    from tocsin.telephony.application.take_payload import TakePayload
    from tocsin.timers.application.run import Action
    from tocsin.timers.domain.timer import Timer


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


def kept_days(storage: Storage, id: TenantId) -> int:
    """Return how many days events of an account are kept. Raises NotFound."""
    from tocsin.kernel.domain.errors import NotFound

    tenant = storage.tenants.get(id)
    if tenant is None:
        raise NotFound("tenant")
    return tenant.events_kept_days


def pack_action(storage: Storage) -> Action:
    """Return the action that packs an hour of events. Its modules are imported when an hour is packed."""

    def pack(timer: Timer, now: datetime) -> datetime | None:
        from tocsin.telephony.application.pack_events import PackEvents

        packing = PackEvents(
            rows=storage.event_rows,
            packs=storage.event_packs,
            kept_days=lambda tenant: kept_days(storage, tenant),
            clock=storage.clock,
        )
        return packing(timer, now)

    return pack


class IngestUseCases:
    """The use cases by which events come in. One object serves one process: it keeps the rules of accounts."""

    def __init__(self, storage: Storage, queues: Queues) -> None:
        self._storage, self._queues = storage, queues

    @cached_property
    def book(self) -> KeepBook:
        """The rules of accounts."""
        return keep_book(self._storage)

    @cached_property
    def people(self) -> PeopleBook:
        """The people of accounts."""
        from tocsin.bootstrap.personal_notices import people_book

        return people_book(self._storage)

    @cached_property
    def ingest(self) -> IngestEvents:
        """Stores events, and orders what they bring about."""
        from tocsin.alert_rules.application.decide_event import DecideEvent
        from tocsin.integrations.application.decide_reports import DecideReports, RefuseUnknownIntegration
        from tocsin.personal_notices.application.decide_notices import DecideNotices
        from tocsin.reminders.application.act_on_appointments import DecideAppointments
        from tocsin.telephony.application.ingest import IngestEvents
        from tocsin.telephony.application.pack_events import ArmPack
        from tocsin.tenant_mail.application.decide_mails import DecideMails

        storage, queues = self._storage, self._queues
        return IngestEvents(
            rows=storage.event_rows,
            orders=queues.owed_events,
            decide=DecideNotices(DecideReports(DecideAppointments(DecideMails(DecideEvent(self.book)))), self.people),
            clock=storage.clock,
            prepare=ArmPack(storage.timers, queues.timers, storage.clock),
            refuse=RefuseUnknownIntegration(storage.integrations),
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
        from tocsin.telephony.application.watch_sources import HearSource

        storage = self._storage
        return TakePayload(
            sources=storage.event_sources,
            samples=storage.source_samples,
            ingest=self.ingest,
            sealer=storage.sealer,
            clock=storage.clock,
            randomness=storage.randomness,
            admit=self._admit,
            hear=HearSource(storage.source_pulses, storage.timers, storage.clock, self._queues.timers),
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
