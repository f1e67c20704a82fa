"""Report the status of an integration, and tell people when it does not work.

    report ──► integration, incident, timer and subscription in one transaction ──► mail ──► note whom it went to
                                              └─► timer INCIDENT: the next stage; or in a minute, while a mail is owed

The mail of the first stage is an act of the report itself. If its worker dies before the mail, the timer sends it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tocsin.audit.application.new_entry import new_entry
from tocsin.audit.domain.actor import SYSTEM, Actor, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User
from tocsin.integrations.application.incidents_on_bus import IncidentsOnBus
from tocsin.integrations.application.tell_incident import TellIncident
from tocsin.integrations.domain.incident import REPAIR_AFTER, IntegrationIncident, incident_of
from tocsin.integrations.domain.integration import Integration
from tocsin.integrations.domain.report import Reported, StatusReport, reported
from tocsin.integrations.domain.rights import may_receive
from tocsin.integrations.domain.subscription import IntegrationAlert
from tocsin.integrations.ports import IntegrationAlerts, IntegrationChange, Integrations
from tocsin.kernel.domain.errors import AlreadyExists, NotFound, Restoring, StaleWrite, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId, time_ordered_uuid
from tocsin.kernel.ports import Clock, Randomness
from tocsin.timers.domain.timer import Timer
from tocsin.timers.ports import TimerQueue, Timers
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed

ROUNDS = 3
"""How often a change is tried that loses against others."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reports.

    Attributes:
        user: whom an activation subscribes; None = no person.
    """

    actor: Actor = SYSTEM
    via: Via = Via.SYSTEM
    request_id: str = ""
    user: User | None = None

    @classmethod
    def of(cls, caller: Principal) -> Reporter:
        """Return the caller of the API as the one who reports."""
        return cls(caller.actor, caller.via, caller.request_id, caller.user)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStatus:
    """Takes reports. Safe to repeat.

    Attributes:
        queue: None = the sweeper finds timers that are due, at most 75 s later.
        on_bus: what a change of an incident owes the event bus.
    """

    integrations: Integrations
    alerts: IntegrationAlerts
    timers: Timers
    queue: TimerQueue | None
    tell: TellIncident
    clock: Clock
    randomness: Randomness
    on_bus: IncidentsOnBus = field(default_factory=IncidentsOnBus)

    def __call__(
        self,
        tenant: TenantId,
        id: str,
        report: StatusReport,
        by: Reporter,
        check: Callable[[Integration], None] = lambda integration: None,
    ) -> Integration:
        """Apply a report; return the integration as it is now. An older report, or a repeat, changes nothing.

        Args:
            check: judges the integration as it stands; what it raises is raised.

        Raises:
            NotFound: the account has no such integration.
            StaleWrite: the integration kept changing.
            StorageUnavailable: it is stored or not; repeat the call.
        """
        for _ in range(ROUNDS):
            before = self.integrations.get(tenant, id)
            if before is None:
                raise NotFound("integration")
            check(before)
            now, standing = self.clock(), self._standing(before)
            found = reported(before, standing, report, now, self._new_id(now))
            if found is None:
                return self._told(before, standing, now)
            try:
                self._write(before, standing, found, by, now)
            except (StaleWrite, AlreadyExists):
                continue
            return self._told(found.integration, found.incident, now)
        raise StaleWrite("another call kept changing this integration")

    def _standing(self, integration: Integration) -> IntegrationIncident | None:
        if integration.incident is None:
            return None
        return self.integrations.incident(integration.tenant, integration.id, integration.incident)

    def _write(
        self,
        before: Integration,
        standing: IntegrationIncident | None,
        found: Reported,
        by: Reporter,
        now: datetime,
    ) -> None:
        incident, after = found.incident, found.integration
        subscription = self._subscription(after, by, now) if found.activates else None
        due_at = None if incident is None else _due_at(incident, now)
        timer = None if incident is None or due_at is None else self._timer(incident, due_at)
        over = incident is not None and incident.ended_at is not None
        change = IntegrationChange(
            before=before,
            after=after,
            incident=incident,
            timer=timer,
            ends=incident.timer_key if over and incident is not None else None,
            subscription=subscription,
            entries=list(self._entries(before, after, subscription, by, now)),
            owed=self.on_bus(after, standing, incident, now),
        )
        self.integrations.commit(change)
        self.on_bus.enqueue(change.owed)
        self._enqueue(timer, now)

    def _told(self, integration: Integration, incident: IntegrationIncident | None, now: datetime) -> Integration:
        """Send the mail that is owed. Nothing is raised if that fails: the status stands, and the timer sends it."""
        if incident is None or incident.owed is None or incident.ended_at is not None:
            return integration
        try:
            mailed = self.tell(integration, incident)
            after = replace(integration, version=integration.version + 1)
            due_at = mailed.next_moment()
            timer = None if due_at is None else self._timer(mailed, due_at)
            ends = mailed.timer_key if due_at is None else None
            self.integrations.commit(
                IntegrationChange(before=integration, after=after, incident=mailed, timer=timer, ends=ends)
            )
        except (Restoring, StaleWrite, StorageUnavailable):
            _log.warning("an incident's mail was not noted; its timer repeats it", extra={"tenant": integration.tenant})
            return integration
        self._enqueue(timer, now)
        return after

    def _timer(self, incident: IntegrationIncident, due_at: datetime) -> Timer:
        standing = self.timers.get(incident.timer_key)
        return Timer(incident.timer_key, 1, due_at) if standing is None else standing.next(due_at)

    def _enqueue(self, timer: Timer | None, now: datetime) -> None:
        if timer is None or self.queue is None:
            return
        try:
            self.queue.enqueue([timer], now)
        except StorageUnavailable:
            _log.warning("an incident's timer was not queued; the sweeper does it", extra={"tenant": timer.key.tenant})

    def _subscription(self, integration: Integration, by: Reporter, now: datetime) -> IntegrationAlert | None:
        """Return the subscription that an activation makes: of who activates, unless they have any."""
        user = by.user
        if user is None or not may_receive(user) or self.alerts.of_user(user.tenant, user.id):
            return None
        return IntegrationAlert(
            tenant=user.tenant,
            id=self._new_id(now),
            user=user.id,
            created_at=now,
            created_by=user.id,
            activating=integration.name,
        )

    def _entries(
        self,
        before: Integration,
        after: Integration,
        subscription: IntegrationAlert | None,
        by: Reporter,
        now: datetime,
    ) -> list[AuditEntry]:
        entries = []
        if (before.status, before.reason) != (after.status, after.reason):
            was, becomes = ({"status": each.status.value, "reason": each.reason} for each in (before, after))
            thing = Thing("integration", after.id, after.name)
            entries.append(self._entry(after.tenant, by, "integration.reported", thing, was, becomes, now))
        if subscription is not None:
            made = {"user": subscription.user, "companies": "all", "activating": subscription.activating}
            thing = Thing("integration_alert", subscription.id)
            entries.append(self._entry(after.tenant, by, "integration_alert.created", thing, {}, made, now))
        return entries

    def _entry(
        self,
        tenant: TenantId,
        by: Reporter,
        action: str,
        thing: Thing,
        before: dict[str, str],
        after: dict[str, str],
        now: datetime,
    ) -> AuditEntry:
        return new_entry(
            tenant, by.actor, by.via, action, thing, before, after,
            at=now, randomness=self.randomness, request_id=by.request_id,
        )  # fmt: skip

    def _new_id(self, now: datetime) -> str:
        return time_ordered_uuid(now, self.randomness.token(10)).replace("-", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveIncident:
    """The action of INCIDENT timers: tells the stage that is due, and returns when the next one is."""

    integrations: Integrations
    tell: TellIncident
    on_bus: IncidentsOnBus = field(default_factory=IncidentsOnBus)

    def __call__(self, timer: Timer, now: datetime) -> datetime | None:
        """Do it. Raises StorageUnavailable: to be repeated."""
        integration_id, incident_id = incident_of(timer.key)
        tenant = timer.key.tenant
        for _ in range(ROUNDS):
            integration = self.integrations.get(tenant, integration_id)
            if integration is None or integration.incident != incident_id:
                return None
            incident = self.integrations.incident(tenant, integration_id, incident_id)
            if incident is None:
                return None
            try:
                return self._moved(integration, incident, now)
            except StaleWrite:
                continue
        raise StorageUnavailable("an integration kept changing")

    def _moved(self, integration: Integration, incident: IntegrationIncident, now: datetime) -> datetime | None:
        due = incident.with_due(now)
        if due is not incident:
            owed = self.on_bus(integration, incident, due, now)
            integration = self._noted(integration, due, owed)
            self.on_bus.enqueue(owed)
        if due.owed is not None:
            self._noted(integration, self.tell(integration, due))
        return due.next_moment()

    def _noted(
        self, before: Integration, incident: IntegrationIncident, owed: Sequence[DeliveryOwed] = ()
    ) -> Integration:
        after = replace(before, version=before.version + 1)
        self.integrations.commit(IntegrationChange(before=before, after=after, incident=incident, owed=owed))
        return after


def _due_at(incident: IntegrationIncident, now: datetime) -> datetime | None:
    """Return when the timer is due: soon, while a mail is owed; else with the next stage; None = not at all."""
    if incident.ended_at is not None:
        return None
    return now + REPAIR_AFTER if incident.owed is not None else incident.next_moment()
