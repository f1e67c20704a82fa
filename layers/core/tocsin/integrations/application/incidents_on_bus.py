"""Incidents on the event bus: one entry for each step of an incident, written with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.integrations.domain.incident import IntegrationIncident, Stage
from tocsin.integrations.domain.integration import Integration
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.webhooks.domain.bus_delivery import bus_delivery
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed


@dataclass(frozen=True, slots=True)
class IncidentsOnBus:
    """Returns what a change of an incident owes the bus.

    Attributes:
        wanted: whether the account asks for its incidents. It is asked only if there is something to tell. Raises
            StorageUnavailable.
        enqueue: queues what was written. Never raises: the sweeper does the same.
    """

    wanted: Callable[[TenantId], bool] = lambda tenant: False
    enqueue: Callable[[Sequence[DeliveryOwed]], None] = lambda owed: None

    def __call__(
        self,
        integration: Integration,
        before: IntegrationIncident | None,
        after: IntegrationIncident | None,
        now: datetime,
        *,
        deleted: bool = False,
    ) -> Sequence[DeliveryOwed]:
        """Return the deliveries of a change, in the order of its steps.

        Args:
            integration: as it is after the change.
            before: the incident before it; None = it is new.
            deleted: the change deletes the integration.

        Raises:
            StorageUnavailable: it is not known whether the account asks for them.
        """
        if after is None or after == before:
            return ()
        steps = list(steps_between(before, after))
        if not steps or not self.wanted(integration.tenant):
            return ()
        owed = []
        for step, stage in steps:
            detail = incident_object(integration, after, stage, deleted=deleted)
            kind, thing, named = f"incident.{step}", f"incident/{after.id}", stage.value if stage else ""
            owed.append(DeliveryOwed(bus_delivery(integration.tenant, kind, thing, named, detail, at=now, now=now)))
        return owed


def steps_between(before: IntegrationIncident | None, after: IntegrationIncident) -> Iterator[tuple[str, Stage | None]]:
    """Yield the steps of a change of an incident: `opened`, `failed`, `stage` with its stage, `closed`.

    `failed` is told of an incident that was pending only so far. No step comes twice in the life of an incident, but
    for `stage`, which has another stage each time.
    """
    if before is None:
        yield "opened", None
    elif after.failed and not before.failed:
        yield "failed", None
    told = frozenset(each.stage for each in before.told) if before else frozenset()
    yield from (("stage", each.stage) for each in after.told if each.stage not in told)
    if after.ended_at is not None and (before is None or before.ended_at is None):
        yield "closed", None


def incident_object(
    integration: Integration, incident: IntegrationIncident, stage: Stage | None, *, deleted: bool
) -> Mapping[str, Any]:
    """Return the JSON object of a step. `stage` says at which stage people are mailed; None = they are not."""
    return {
        "incident": {
            "id": incident.id,
            "since": wire_time(incident.since),
            "failed": incident.failed,
            "stage": stage and stage.value,
            "endedAt": incident.ended_at and wire_time(incident.ended_at),
        },
        "integration": {
            "id": integration.id,
            "name": integration.name,
            "kind": integration.kind,
            "company": integration.company,
            "status": integration.status.value,
            "reason": integration.reason,
            "deleted": deleted,
        },
    }
