"""Integrations and their alerts as calls have them, and as answers show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from tocsin.entrypoint.alert_body.words import PRINTABLE, Form, Instant, parse_instant
from tocsin.entrypoint.directory_body.shapes import Name
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.integrations.application.manage_alerts import Candidates, SeenSubscription, companies_told
from tocsin.integrations.application.manage_integrations import SeenIntegration
from tocsin.integrations.domain.incident import IntegrationIncident
from tocsin.integrations.domain.integration import IntegrationStatus
from tocsin.integrations.domain.report import StatusReport
from tocsin.integrations.domain.subscription import Companies, IntegrationAlert
from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.ids import CompanyId
from tocsin.kernel.domain.wire_time import wire_time

StatusWord = Literal["active", "disabled", "pending", "failed"]
assert set(get_args(StatusWord)) == set(IntegrationStatus)

REASON_CHARACTERS = 200
_Id = Annotated[str, Field(min_length=1, max_length=64)]
_Line = Annotated[str, Field(max_length=REASON_CHARACTERS), Form(PRINTABLE, "be one line of text")]


class NewIntegrationBody(ResourceBody):
    """An integration."""

    name: Annotated[Name, Field(max_length=100)]
    kind: Annotated[Name, Field(max_length=100, description="which system, for example `crm`")]
    company: Annotated[
        _Id | None, Field(description="id of the company that it is of, for ever; null = the whole account")
    ] = None


class IntegrationBody(ResourceBody):
    """What can be changed of an integration."""

    name: Annotated[Name, Field(max_length=100)]
    kind: Annotated[Name, Field(max_length=100)]


class StatusBody(ResourceBody):
    """A report of the status of an integration."""

    status: StatusWord
    reason: Annotated[_Line | None, Field(description="why, in one line")] = None
    time: Annotated[
        Instant | None,
        Field(description="since when, with a zone; omitted = now. It orders reports: an older one changes nothing"),
    ] = None


class AlertOfIntegrationsBody(ResourceBody):
    """A subscription to alerts of integrations."""

    user: Annotated[_Id, Field(description="id of the person, one of `GET /integration_alerts/candidates`")]
    companies: Annotated[
        list[_Id] | Literal["all"] | None,
        Field(description="ids of the companies whose integrations are told; omitted, null or `all` = all"),
    ] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Yield what is wrong with the companies."""
        companies = raw.get("companies")
        if isinstance(companies, list) and not companies:
            yield Fault("/companies", "EMPTY", "name a company, or omit the field for all")
        if isinstance(companies, list) and len(companies) > 500:
            yield Fault("/companies", "TOO_MANY", "an account has at most 500 companies")


def report_of(body: StatusBody, now: datetime) -> StatusReport:
    """Return the report of a body."""
    at = now if body.time is None else parse_instant(body.time)
    return StatusReport(
        IntegrationStatus(body.status), body.reason or "", at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    )


def companies_of(body: AlertOfIntegrationsBody) -> Companies:
    """Return the companies of a body; None = all."""
    return frozenset(map(CompanyId, body.companies)) if isinstance(body.companies, list) else None


def settable(alert: IntegrationAlert) -> dict[str, Any]:
    """Return what can be changed of a subscription, as calls have it."""
    return {"user": alert.user, "companies": companies_told(alert.companies)}


def integration_shown(seen: SeenIntegration) -> dict[str, Any]:
    """Return an integration as answers show it."""
    it = seen.integration
    return {
        "id": it.id,
        "name": it.name,
        "kind": it.kind,
        "company": it.company,
        "status": it.status.value,
        "since": wire_time(it.since),
        "reason": it.reason or None,
        "reported_at": it.reported_at and wire_time(it.reported_at),
        "created_at": wire_time(it.created_at),
        "incident": seen.incident and incident_shown(seen.incident),
        "version": it.version,
    }


def incident_shown(incident: IntegrationIncident) -> dict[str, Any]:
    """Return an incident as answers show it."""
    stage, at = incident.next_stage(), incident.next_moment()
    return {
        "id": incident.id,
        "since": wire_time(incident.since),
        "told": [
            {"stage": told.stage.value, "at": wire_time(told.at), "people": told.people} for told in incident.told
        ],
        "next": None if stage is None or at is None else {"stage": stage.value, "at": wire_time(at)},
    }


def alert_shown(seen: SeenSubscription) -> dict[str, Any]:
    """Return a subscription as answers show it."""
    alert = seen.alert
    return {
        "id": alert.id,
        "user": alert.user,
        "name": seen.user.name,
        "email": seen.user.email,
        "companies": companies_told(alert.companies),
        "created_by": alert.created_by,
        "activating": alert.activating or None,
        "created_at": wire_time(alert.created_at),
        "last_sent_at": alert.last_sent_at and wire_time(alert.last_sent_at),
        "version": alert.version,
    }


def candidates_shown(found: Candidates) -> dict[str, Any]:
    """Return whom a caller may choose as answers show it."""
    return {
        "items": [
            {
                "id": person.id,
                "name": person.name,
                "email": person.email,
                "role": person.role,
                "companies": sorted(person.companies),
            }
            for person in found.people
        ],
        "missing": [{"reason": reason.value, "people": count} for reason, count in sorted(found.missing.items())],
    }
