"""A report says what the status of an integration is: what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.integrations.domain.incident import IntegrationIncident, whole
from tocsin.integrations.domain.integration import Integration, IntegrationStatus

LOOKS_BACK = timedelta(hours=72)
"""A status does not count as older than this when it is reported."""

_BROKEN = frozenset({IntegrationStatus.PENDING, IntegrationStatus.FAILED})


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What was reported.

    Attributes:
        reason: one line; "" = none is given.
        at: since when the status is so.
    """

    status: IntegrationStatus
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reported:
    """What follows from a report that counts.

    Attributes:
        incident: the one that goes on, begins, or is over with this report; None = there is none.
        activates: it is the first `active` since the integration was made or disabled.
    """

    integration: Integration
    incident: IntegrationIncident | None
    activates: bool


def reported(
    integration: Integration,
    incident: IntegrationIncident | None,
    report: StatusReport,
    now: datetime,
    new_incident: str,
) -> Reported | None:
    """Return what follows from a report; None = it changes nothing: it is older than another one, or its repeat.

    Args:
        incident: the one that goes on; None = there is none.
        new_incident: id of the incident that may begin.
    """
    at, before = whole(min(report.at, now)), integration.reported_at
    same = integration.status is report.status
    if before is not None and (at < before or (at == before and same and integration.reason == report.reason)):
        return None
    broken = report.status in _BROKEN
    since = integration.since if same else max(at, whole(now - LOOKS_BACK))
    if not broken:
        incident = incident and replace(incident, ended_at=whole(now))
    elif incident is None:
        failed = report.status is IntegrationStatus.FAILED
        incident = IntegrationIncident(
            tenant=integration.tenant, id=new_incident, integration=integration.id, since=since, failed=failed
        )
    elif report.status is IntegrationStatus.FAILED:
        incident = replace(incident, failed=True)
    if incident is not None:
        incident = incident.with_due(now)
    after = replace(
        integration,
        status=report.status,
        reason=report.reason,
        since=since,
        reported_at=at,
        activated=_activated(integration.activated, report.status),
        incident=incident.id if incident is not None and incident.ended_at is None else None,
        version=integration.version + 1,
    )
    return Reported(after, incident, after.activated and not integration.activated)


def _activated(before: bool, status: IntegrationStatus) -> bool:
    return status is IntegrationStatus.ACTIVE or (before and status is not IntegrationStatus.DISABLED)
