"""Composition of the use cases that read: alerts that were sent, stored content, what waits and the account.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.bootstrap.storage import Storage
    from tocsin.history.application.explain import ExplainRecipient
    from tocsin.history.application.export_results import ExportResults
    from tocsin.history.application.incident import ReadIncident
    from tocsin.history.application.list_alerts import ListAlerts, SummarizeAlerts
    from tocsin.history.application.read_alerts import ReadAlertStatus, ReadRecipients
    from tocsin.history.application.read_excluded import ReadExcluded
    from tocsin.history.application.read_responses import ReadResponses
    from tocsin.identity.application.read_capacities import ReadCapacities
    from tocsin.limits.application.read_limits import ReadLimits
    from tocsin.notices.application.read_notices import ReadNotices
    from tocsin.results.application.collect import CollectEvents
    from tocsin.schedules.application.list_schedules import ListSchedules
    from tocsin.stored_content.application.list_stores import ListStores
    from tocsin.stored_content.application.read_stores import ReadStores
    from tocsin.triggers.application.list_triggers import ListTriggers
    from tocsin.triggers.application.places import TriggerPlaces
    from tocsin.webhooks.application.read_callbacks import ReadCallbacks


class ReadUseCases:
    """The use cases that read and change nothing.

    Args:
        email_domain: domain of the addresses to which people mail keywords.
        link_base: prefix of short links; empty if it is not known.
    """

    def __init__(self, storage: Storage, *, email_domain: str, link_base: str) -> None:
        self._storage, self._email_domain, self._link_base = storage, email_domain, link_base
        self.clock = storage.clock

    # --- alerts that were sent ----------------------------------------------------------------------------------

    @cached_property
    def collect(self) -> CollectEvents:
        """Events of alerts that wait for a client."""
        from tocsin.results.application.collect import CollectEvents

        return CollectEvents(self._storage.waiting_events, self._storage.alerts, self.clock)

    @cached_property
    def list_alerts(self) -> ListAlerts:
        """Alerts, newest first."""
        from tocsin.history.application.list_alerts import ListAlerts

        return ListAlerts(
            alerts=self._storage.alerts,
            dispatch_progress=self._storage.dispatch_progress,
            answers=self._storage.answer_overview,
            escalations=self._storage.escalations,
            clock=self.clock,
            messages=self._storage.message_rows,
        )

    @cached_property
    def summarize_alerts(self) -> SummarizeAlerts:
        """Counts over the alerts of a time."""
        from tocsin.history.application.list_alerts import SummarizeAlerts

        return SummarizeAlerts(
            alerts=self._storage.alerts,
            dispatch_progress=self._storage.dispatch_progress,
            responses=self._storage.responses,
            clock=self.clock,
        )

    @cached_property
    def read_status(self) -> ReadAlertStatus:
        """How far one alert is."""
        from tocsin.history.application.read_alerts import ReadAlertStatus

        return ReadAlertStatus(
            alerts=self._storage.alerts,
            dispatch_progress=self._storage.dispatch_progress,
            responses=self._storage.responses,
            clock=self.clock,
            escalations=self._storage.escalations,
            messages=self._storage.message_rows,
        )

    @cached_property
    def read_recipients(self) -> ReadRecipients:
        """The recipients of one alert, with what each was sent."""
        from tocsin.history.application.read_alerts import ReadRecipients

        return ReadRecipients(
            alerts=self._storage.alerts,
            messages=self._storage.message_rows,
            responses=self._storage.responses,
            sealer=self._storage.sealer,
            clock=self.clock,
            link_base=self._link_base,
        )

    @cached_property
    def read_excluded(self) -> ReadExcluded:
        """The receivers that one alert was not sent to."""
        from tocsin.history.application.read_excluded import ReadExcluded

        return ReadExcluded(alerts=self._storage.alerts, sealer=self._storage.sealer, clock=self.clock)

    @cached_property
    def read_responses(self) -> ReadResponses:
        """What people answered to one alert."""
        from tocsin.history.application.read_responses import ReadResponses

        return ReadResponses(
            alerts=self._storage.alerts,
            responses=self._storage.responses,
            sealer=self._storage.sealer,
            clock=self.clock,
        )

    @cached_property
    def explain(self) -> ExplainRecipient:
        """Why one recipient got what it got."""
        from tocsin.history.application.explain import ExplainRecipient

        return ExplainRecipient(
            alerts=self._storage.alerts,
            messages=self._storage.message_rows,
            responses=self._storage.responses,
            clock=self.clock,
        )

    @cached_property
    def incident(self) -> ReadIncident:
        """All that is known of one alert and its people."""
        from tocsin.history.application.incident import ReadIncident
        from tocsin.history.application.incident_people import ReadPeople

        alerts, sealer = self._storage.alerts, self._storage.sealer
        messages, answers = self._storage.message_rows, self._storage.answer_overview
        return ReadIncident(
            alerts=alerts,
            dispatch_progress=self._storage.dispatch_progress,
            answers=answers,
            escalations=self._storage.escalations,
            people=ReadPeople(alerts=alerts, messages=messages, answers=answers, sealer=sealer),
            clock=self.clock,
        )

    @cached_property
    def export_results(self) -> ExportResults:
        """The results of one alert as CSV."""
        from tocsin.history.application.export_results import ExportResults

        return ExportResults(
            incident=self.incident,
            alerts=self._storage.alerts,
            messages=self._storage.message_rows,
            answers=self._storage.answer_overview,
            sealer=self._storage.sealer,
            clock=self.clock,
        )

    # --- stored content, what waits, and the account ------------------------------------------------------------

    @cached_property
    def list_stores(self) -> ListStores:
        """The stores of a key."""
        from tocsin.stored_content.application.list_stores import ListStores

        return ListStores(self._storage.stored_content)

    @cached_property
    def read_stores(self) -> ReadStores:
        """Stores with their contents."""
        from tocsin.stored_content.application.read_stores import ReadStores

        return ReadStores(self._storage.stored_content, self._storage.sealer, self.clock)

    @cached_property
    def list_schedules(self) -> ListSchedules:
        """Alerts that wait for their time."""
        from tocsin.schedules.application.list_schedules import ListSchedules

        return ListSchedules(self._storage.schedules)

    @cached_property
    def places(self) -> TriggerPlaces:
        """Numbers and mailboxes at which keywords are received."""
        from tocsin.triggers.application.places import TriggerMailboxes, TriggerPlaces

        mailboxes = TriggerMailboxes(self._email_domain, self._storage.sealer)
        return TriggerPlaces(self._storage.two_way_numbers, mailboxes)

    @cached_property
    def list_triggers(self) -> ListTriggers:
        """Keywords that send an alert."""
        from tocsin.triggers.application.list_triggers import ListTriggers

        return ListTriggers(self._storage.triggers, self.places)

    @cached_property
    def read_capacities(self) -> ReadCapacities:
        """What a key may still send."""
        from tocsin.identity.application.read_capacities import ReadCapacities

        return ReadCapacities(self._storage.api_keys)

    @cached_property
    def read_limits(self) -> ReadLimits:
        """The sending limits of an account, with what is used."""
        from tocsin.limits.application.read_limits import ReadLimits

        return ReadLimits(self._storage.limit_settings, self._storage.counters)

    @cached_property
    def read_callbacks(self) -> ReadCallbacks:
        """Callback URLs with their deliveries."""
        from tocsin.webhooks.application.endpoints import ListCallbackDeliveries, ListCallbackEndpoints
        from tocsin.webhooks.application.read_callbacks import ReadCallbacks

        return ReadCallbacks(
            ListCallbackEndpoints(self._storage.webhook_endpoints),
            ListCallbackDeliveries(self._storage.webhook_deliveries, self.clock),
        )

    @cached_property
    def read_notices(self) -> ReadNotices:
        """Messages of the system to an account."""
        from tocsin.notices.application.read_notices import ReadNotices

        return ReadNotices(self._storage.account_notices)
