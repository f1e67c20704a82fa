"""Composition of integrations and their alerts.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.identity.application.account_clocks import AccountClocks
    from tocsin.integrations.application.incidents_on_bus import IncidentsOnBus
    from tocsin.integrations.application.manage_alerts import ManageIntegrationAlerts
    from tocsin.integrations.application.manage_integrations import ManageIntegrations
    from tocsin.integrations.application.report_by_event import ReportByEvent
    from tocsin.integrations.application.report_status import MoveIncident, ReportStatus
    from tocsin.integrations.application.tell_incident import TellIncident
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.personal_notices.domain.account_mail import AccountMail


class IntegrationUseCases:
    """The use cases of integrations, for the settings API, the console, events and timers.

    Args:
        service: the function's name, as a metric dimension.
        console: address of the console, for links in mails; "" = it is not known.
        may_send: returns what raises Restoring while nothing is sent.
        send: accepts mails to people; None = by `queues`.
    """

    def __init__(
        self,
        storage: Storage,
        queues: Queues,
        *,
        service: str = "",
        console: str = "",
        may_send: Callable[[], Callable[[], None]] = lambda: lambda: None,
        send: Callable[[AccountMail], object] | None = None,
    ) -> None:
        self._storage, self._queues, self._service, self._console = storage, queues, service, console
        self._may_send, self._send = may_send, send

    @cached_property
    def manage(self) -> ManageIntegrations:
        """Integrations, as callers see and change them."""
        from tocsin.integrations.application.manage_integrations import ManageIntegrations

        storage = self._storage
        return ManageIntegrations(
            integrations=storage.integrations,
            directory=storage.directory,
            report_status=self.report,
            clock=storage.clock,
            randomness=storage.randomness,
            on_bus=self._on_bus,
        )

    @cached_property
    def alerts(self) -> ManageIntegrationAlerts:
        """Subscriptions to alerts of integrations."""
        from tocsin.integrations.application.manage_alerts import ManageIntegrationAlerts

        storage = self._storage
        return ManageIntegrationAlerts(
            alerts=storage.integration_alerts,
            directory=storage.directory,
            clock=storage.clock,
            randomness=storage.randomness,
        )

    def report(self, console: str = "") -> ReportStatus:
        """Return what takes reports of the status of integrations.

        Args:
            console: address of the console; "" = as the constructor knows it.
        """
        from tocsin.integrations.application.report_status import ReportStatus

        storage = self._storage
        return ReportStatus(
            integrations=storage.integrations,
            alerts=storage.integration_alerts,
            timers=storage.timers,
            queue=self._queues.timers,
            tell=self._tell(console),
            clock=storage.clock,
            randomness=storage.randomness,
            on_bus=self._on_bus,
        )

    @cached_property
    def report_by_event(self) -> ReportByEvent:
        """Reports what events say."""
        from tocsin.integrations.application.report_by_event import ReportByEvent

        return ReportByEvent(self.report)

    @cached_property
    def move_incident(self) -> MoveIncident:
        """The action of timers INCIDENT."""
        from tocsin.integrations.application.report_status import MoveIncident

        return MoveIncident(integrations=self._storage.integrations, tell=self._tell(), on_bus=self._on_bus)

    @cached_property
    def _on_bus(self) -> IncidentsOnBus:
        from tocsin.bootstrap.telephony.on_bus import incidents_on_bus

        return incidents_on_bus(self._clocks.accounts, self._queues)

    @cached_property
    def _clocks(self) -> AccountClocks:
        from tocsin.identity.application.account_clocks import AccountClocks

        return AccountClocks(self._storage.tenants, self._storage.clock)

    def _tell(self, console: str = "") -> TellIncident:
        from tocsin.bootstrap.personal_notices import who_wants
        from tocsin.integrations.application.tell_incident import TellIncident

        storage = self._storage

        def zone(tenant: TenantId) -> ZoneInfo:
            return self._clocks.get(tenant).zone_info

        return TellIncident(
            alerts=storage.integration_alerts,
            directory=storage.directory,
            who_wants=who_wants(storage),
            send=self._mail,
            zone=zone,
            console=console or self._console,
        )

    @cached_property
    def _mail(self) -> Callable[[AccountMail], object]:
        from tocsin.bootstrap.personal_notices import mail_people_of_account

        mail = self._send or mail_people_of_account(self._storage, self._queues, service=self._service)
        check = self._may_send()

        def send(what: AccountMail) -> None:
            check()
            mail(what)

        return send
