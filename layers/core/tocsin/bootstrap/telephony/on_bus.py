"""Composition of what accounts have on the event bus beside results of alerts.

The imports are inside the functions, so that a Lambda function loads only what it uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.alert_rules.application.running.runs_on_bus import RunsOnBus
    from tocsin.bootstrap.queues import Queues
    from tocsin.identity.application.fresh_accounts import FreshAccounts
    from tocsin.integrations.application.incidents_on_bus import IncidentsOnBus
    from tocsin.telephony.application.ingest import IngestEvents


def runs_on_bus(accounts: FreshAccounts) -> RunsOnBus:
    """Return what says what runs of rules owe the bus."""
    from tocsin.alert_rules.application.running.runs_on_bus import RunsOnBus
    from tocsin.identity.domain.tenant import BusTopic

    return RunsOnBus(lambda tenant: accounts.wants(tenant, BusTopic.RULES))


def incidents_on_bus(accounts: FreshAccounts, queues: Queues) -> IncidentsOnBus:
    """Return what says what changes of incidents owe the bus."""
    from tocsin.identity.domain.tenant import BusTopic
    from tocsin.integrations.application.incidents_on_bus import IncidentsOnBus
    from tocsin.webhooks.application.endpoints import enqueue_owed

    return IncidentsOnBus(
        lambda tenant: accounts.wants(tenant, BusTopic.INCIDENTS),
        lambda owed: enqueue_owed(queues.callbacks, owed) if owed else None,
    )


def with_bus(ingest: IngestEvents, accounts: FreshAccounts) -> IngestEvents:
    """Return what takes events that Tocsin makes itself: they are put on the bus too, if their account asks for it."""
    from dataclasses import replace

    from tocsin.identity.domain.tenant import BusTopic
    from tocsin.telephony.application.decide_bus import DecideBus

    return replace(ingest, decide=DecideBus(ingest.decide, lambda tenant: accounts.wants(tenant, BusTopic.EVENTS)))
