"""Ports of integrations and of the subscriptions to their alerts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.audit.domain.entry import AuditEntry
from tocsin.integrations.domain.incident import IntegrationIncident
from tocsin.integrations.domain.integration import Integration
from tocsin.integrations.domain.subscription import IntegrationAlert
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.timers.domain.timer import Timer, TimerKey
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationChange:
    """What one change writes: `before` None = new, `after` None = delete, both = replace the version of `before`.

    Attributes:
        incident: written as it is.
        timer: armed, or moved to its next generation.
        ends: the timer that is removed.
        subscription: a new one, made by the activation.
        owed: deliveries to the event bus.
    """

    before: Integration | None
    after: Integration | None
    incident: IntegrationIncident | None = None
    timer: Timer | None = None
    ends: TimerKey | None = None
    subscription: IntegrationAlert | None = None
    entries: Sequence[AuditEntry] = ()
    owed: Sequence[DeliveryOwed] = ()


class Integrations(Protocol):
    """Integrations and their incidents."""

    def get(self, tenant: TenantId, id: str) -> Integration | None:
        """Return an integration, strongly consistent; None = there is none."""
        ...

    def all(self, tenant: TenantId) -> Sequence[Integration]:
        """Return the integrations of an account by their ids, strongly consistent."""
        ...

    def incident(self, tenant: TenantId, integration: str, id: str) -> IntegrationIncident | None:
        """Return an incident, over or not, strongly consistent; None = there is none."""
        ...

    def incidents(self, tenant: TenantId) -> Sequence[IntegrationIncident]:
        """Return the incidents that go on, and those that were over within INCIDENT_KEPT, or a while longer."""
        ...

    def commit(self, change: IntegrationChange) -> None:
        """Write all of a change, or nothing.

        Raises:
            StaleWrite: the integration is not in the version of `before` any more, or a new one exists; or its timer
                has moved meanwhile.
            AlreadyExists: the person has such a subscription.
        """
        ...


@dataclass(frozen=True, slots=True)
class AlertChange:
    """One subscription to write: `before` None = new, `after` None = delete, both = replace the version of `before`."""

    before: IntegrationAlert | None
    after: IntegrationAlert | None
    entry: AuditEntry


class IntegrationAlerts(Protocol):
    """Subscriptions of people. A person has no two with the same companies."""

    def get(self, tenant: TenantId, id: str) -> IntegrationAlert | None:
        """Return a subscription, strongly consistent; None = there is none."""
        ...

    def all(self, tenant: TenantId) -> Sequence[IntegrationAlert]:
        """Return all subscriptions of an account by their ids, strongly consistent."""
        ...

    def of_user(self, tenant: TenantId, user: UserId) -> Sequence[IntegrationAlert]:
        """Return the subscriptions of a person."""
        ...

    def mark_sent(self, tenant: TenantId, ids: Sequence[str], at: datetime) -> None:
        """Note when people were mailed, in those subscriptions that are there. It may be repeated."""
        ...

    def commit(self, change: AlertChange) -> None:
        """Write a subscription and the audit entry, or neither.

        Raises:
            StaleWrite: it is not in the version of `before` any more, or a new one exists.
            AlreadyExists: the person has another one with the same companies.
        """
        ...
