"""Integrations, their people and their mails on fakes: reports come, time passes, timers run, and workers die."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.directory import FakeAuditTrail, FakeDirectory
from tests.fakes.integrations import FakeIntegrationAlerts, FakeIntegrations
from tests.fakes.randomness import SeededRandomness
from tests.fakes.time import VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers, FakeWakeUpScheduler
from tests.unit.integrations.people import ACME, EVERYBODY, HUB, NOON, NORTH, SOUTH, WEST
from tocsin.directory.domain.things import Company
from tocsin.directory.ports import DirectoryChange
from tocsin.identity.domain.user import User
from tocsin.integrations.application.incidents_on_bus import IncidentsOnBus
from tocsin.integrations.application.keep_subscriptions import KeepSubscriptions
from tocsin.integrations.application.manage_alerts import ManageIntegrationAlerts
from tocsin.integrations.application.manage_integrations import ManageIntegrations
from tocsin.integrations.application.report_status import MoveIncident, Reporter, ReportStatus
from tocsin.integrations.application.tell_incident import TellIncident
from tocsin.integrations.domain.incident import Stage
from tocsin.integrations.domain.integration import Integration, IntegrationStatus
from tocsin.integrations.domain.report import StatusReport
from tocsin.integrations.domain.subscription import IntegrationAlert
from tocsin.integrations.ports import AlertChange, IntegrationChange
from tocsin.kernel.domain.ids import AlertRef, UserId
from tocsin.personal_notices.domain.account_mail import AccountMail
from tocsin.timers.application.run import RunTimer
from tocsin.timers.domain.timer import TimerKind

Wrap = Callable[[str, Any], Any]


class IntegrationWorld:
    """One integration `hub` of the company `north`.

    Attributes:
        mails: those that were accepted, by reference, in their order.
        wanting: administrators whose settings ask for failed integrations.
        wants_bus: the account has its incidents on the event bus.
        bus_orders: ids of the deliveries to the bus that were queued, in their order.
    """

    def __init__(self, wrap: Wrap = lambda name, port: port, people: Collection[User] = EVERYBODY) -> None:
        self.clock = VirtualClock(NOON)
        self.randomness = SeededRandomness(7)
        self.trail = FakeAuditTrail()
        self.alerts = FakeIntegrationAlerts(self.trail)
        self.timers, self.queue = FakeTimers(), FakeTimerQueue()
        self.integrations = FakeIntegrations(self.alerts, self.timers)
        self.directory = FakeDirectory(self.trail, watch=lambda: self.keep)
        self.directory.add(*people, *(Company(tenant=ACME, id=id, name=id.title()) for id in (NORTH, SOUTH, WEST)))
        self.mails: dict[AlertRef, AccountMail] = {}
        self.wanting: set[UserId] = set()
        self.wants_bus, self.bus_orders = False, list[str]()
        on_bus = IncidentsOnBus(
            lambda tenant: self.wants_bus,
            lambda owed: self.bus_orders.extend(each.delivery.key.event_id for each in owed),
        )
        alerts, integrations = wrap("alerts", self.alerts), wrap("integrations", self.integrations)
        tell = TellIncident(
            alerts=alerts,
            directory=wrap("directory", self.directory),
            who_wants=lambda tenant, topic: sorted(self.wanting),
            send=wrap("mail", self).accept,
            zone=lambda tenant: UTC,
            console="https://console.example.org",
        )
        self.report_status = ReportStatus(
            integrations=integrations,
            alerts=alerts,
            timers=wrap("timers", self.timers),
            queue=wrap("queue", self.queue),
            tell=tell,
            clock=self.clock,
            randomness=self.randomness,
            on_bus=on_bus,
        )
        self.manage = ManageIntegrations(
            integrations=integrations,
            directory=self.directory,
            report_status=lambda console: self.report_status,
            clock=self.clock,
            randomness=self.randomness,
            on_bus=on_bus,
        )
        self.manage_alerts = ManageIntegrationAlerts(
            alerts=alerts, directory=self.directory, clock=self.clock, randomness=self.randomness
        )
        self.keep = KeepSubscriptions(
            alerts=alerts, integrations=integrations, clock=self.clock, randomness=self.randomness
        )
        self.run = RunTimer(
            timers=wrap("timers", self.timers),
            queue=self.queue,
            scheduler=FakeWakeUpScheduler(self.queue),
            actions={TimerKind.INCIDENT: MoveIncident(integrations=integrations, tell=tell, on_bus=on_bus)},
            clock=self.clock,
        )
        self.integrations.commit(IntegrationChange(before=None, after=HUB))

    def accept(self, mail: AccountMail) -> None:
        """Accept a mail; a repeat finds it."""
        self.mails.setdefault(mail.cause.alert_ref(mail.tenant), mail)

    def report(
        self, status: IntegrationStatus, at: datetime | None = None, by: User | None = None, reason: str = ""
    ) -> Integration:
        """Report a status of the integration, of now if no time is given."""
        report = StatusReport(status, reason, at or self.clock.now)
        return self.report_status(ACME, HUB.id, report, Reporter(user=by))

    def subscribe(self, *subscriptions: IntegrationAlert) -> None:
        """Put subscriptions into the store."""
        for each in subscriptions:
            self.alerts.kept[ACME, each.id] = each

    def run_due(self) -> None:
        """Run the timers that are due, as the sweeper finds them, until none is."""
        while due := sorted((t.due_at, t.key.subject) for t in self.timers.rows.values() if t.due_at <= self.clock.now):
            timer = next(t for t in self.timers.rows.values() if t.key.subject == due[0][1])
            self.run(timer)

    def go_to(self, until: datetime) -> None:
        """Let time pass; each timer runs when it is due."""
        while due := [timer.due_at for timer in self.timers.rows.values() if timer.due_at <= until]:
            self.clock.at_least(min(due))
            self.run_due()
        self.clock.at_least(until)

    def pass_time(self, by: timedelta) -> None:
        self.go_to(self.clock.now + by)

    def change_person(self, before: User, after: User | None) -> None:
        """Write a person to the directory, as an admin does."""
        entry = next(iter(self.trail.entries.values()), None)
        self.directory.commit([DirectoryChange(before, after, entry or an_entry(self))])

    def drop(self, subscription: IntegrationAlert) -> None:
        """Delete a subscription."""
        standing = self.alerts.kept[ACME, subscription.id]
        self.alerts.commit(AlertChange(standing, None, an_entry(self)))

    @property
    def on_bus(self) -> list[tuple[str, str | None]]:
        """What is owed to the event bus, in its order: the end of each `detail-type`, and the stage."""
        owed = [(each.bus, json.loads(each.body)) for each in self.integrations.owed]
        return [(head.kind.removeprefix("tocsin.incident."), said["incident"]["stage"]) for head, said in owed if head]

    @property
    def told(self) -> list[tuple[str, timedelta]]:
        """Which stages were mailed, and how long after noon."""
        return [(mail.cause.run, mail.cause.at - NOON) for mail in self.mails.values()]


def an_entry(world: IntegrationWorld) -> Any:
    """Return an entry of the audit trail."""
    from tocsin.audit.application.new_entry import new_entry
    from tocsin.audit.domain.actor import SYSTEM, Via
    from tocsin.audit.domain.entry import Thing

    thing = Thing("user", "u")
    return new_entry(ACME, SYSTEM, Via.SYSTEM, "user.updated", thing, at=world.clock.now, randomness=world.randomness)


STAGES = [stage.value for stage in Stage]
