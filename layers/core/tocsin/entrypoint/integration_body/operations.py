"""The operations of integrations and their alerts."""

from __future__ import annotations

from typing import Any

from tocsin.entrypoint.directory_body.resources import MergePatch
from tocsin.entrypoint.http.operation import ACT_ERRORS, EDIT_ERRORS, RESOURCE_ERRORS, Operation, QueryParameter
from tocsin.entrypoint.integration_body import resources as shapes
from tocsin.entrypoint.integration_body.bodies import AlertOfIntegrationsBody, NewIntegrationBody, StatusBody

_TAGS, _ALERT_TAGS = ("Integrations",), ("Integration alerts",)
_NEED = (
    "Needs an account owner or an admin, a manager of its company, or a custom role with `integrations.manage`. One "
    "without company is of owners and admins."
)
_PARTIES = (
    "Needs an account owner, an admin or a manager; API keys manage none. Managers see their own and those of managers "
    "with whom they have a company in common."
)
_PAGE = (
    QueryParameter("limit", "entries of a page", {"type": "integer", "minimum": 1, "maximum": 100}),
    QueryParameter("cursor", "`next_cursor` of the page before", {"type": "string"}),
)
_NEW_ERRORS = tuple(status for status in ACT_ERRORS if status != 412)
_INCIDENT = {
    "id": "0192f0c47c0070008000000000000a01", "since": "2026-11-21T10:00:00.000Z",
    "told": [{"stage": "told", "at": "2026-11-21T10:00:01.000Z", "people": 2}],
    "next": {"stage": "day_7", "at": "2026-11-28T10:00:00.000Z"},
}  # fmt: skip
_INTEGRATION: dict[str, Any] = {
    "id": "0192f0c47c0070008000000000000a00", "name": "HubSpot", "kind": "crm", "company": "north", "status": "failed",
    "since": "2026-11-21T10:00:00.000Z", "reason": "the token has expired", "reported_at": "2026-11-21T10:00:00.000Z",
    "created_at": "2026-11-01T09:00:00.000Z", "incident": _INCIDENT, "version": 4,
}  # fmt: skip
_NEW = {
    **_INTEGRATION, "status": "disabled", "since": "2026-11-01T09:00:00.000Z", "reason": None, "reported_at": None,
    "incident": None, "version": 1,
}  # fmt: skip
_ALERT: dict[str, Any] = {
    "id": "0192f0c47c0070008000000000000b00", "user": "ana", "name": "Ana", "email": "ana@example.org",
    "companies": "all", "created_by": "ana", "activating": "HubSpot", "created_at": "2026-11-01T09:00:00.000Z",
    "last_sent_at": "2026-11-21T10:00:01.000Z", "version": 1,
}  # fmt: skip
_CANDIDATE = {"id": "ana", "name": "Ana", "email": "ana@example.org", "role": "manager", "companies": ["north"]}

OPERATIONS = (
    Operation(
        method="GET", path="/integrations", name="listIntegrations", tags=_TAGS, summary="List integrations",
        description=_NEED, query=_PAGE, answer=shapes.IntegrationList, errors=RESOURCE_ERRORS,
        response={"items": [_INTEGRATION], "next_cursor": None},
    ),
    Operation(
        method="POST", path="/integrations", name="createIntegration", tags=_TAGS, summary="Create an integration",
        description=f"{_NEED} It is `disabled` until its status is reported. What a manager makes has a company of "
        "theirs. API keys create none. An account has at most 200.",
        bodies=(NewIntegrationBody,), answer=shapes.IntegrationResource, errors=_NEW_ERRORS, idempotent=True,
        created=True, request={"name": "HubSpot", "kind": "crm", "company": "north"}, response=_NEW,
    ),
    Operation(
        method="GET", path="/integrations/{id}", name="getIntegration", tags=_TAGS, summary="Read an integration",
        description=_NEED, answer=shapes.IntegrationResource, errors=RESOURCE_ERRORS, response=_INTEGRATION,
    ),
    Operation(
        method="PATCH", path="/integrations/{id}", name="changeIntegration", tags=_TAGS,
        summary="Change an integration",
        description=f"{_NEED} Its name and kind can be changed; the company never changes: 409 `IMMUTABLE`.",
        bodies=(MergePatch,), answer=shapes.IntegrationResource, errors=EDIT_ERRORS, request={"name": "Hub"},
        response={**_INTEGRATION, "name": "Hub", "version": 5},
    ),
    Operation(
        method="DELETE", path="/integrations/{id}", name="deleteIntegration", tags=_TAGS,
        summary="Delete an integration", description=f"{_NEED} Its incident is over, and no reminder follows.",
        errors=EDIT_ERRORS,
    ),
    Operation(
        method="POST", path="/integrations/{id}/status", name="reportIntegrationStatus", tags=_TAGS,
        summary="Report the status of an integration",
        description=f"{_NEED} API keys need `canSendEvents`. Failed is mailed at once, pending after more than 24 "
        "hours, and both again after 7, 14 and 21 days; `active` and `disabled` end the incident. The first `active` "
        "since the integration was made or disabled subscribes the person who reports it, unless they have a "
        "subscription. Reports are ordered by `time`, and an older one changes nothing.",
        bodies=(StatusBody,), answer=shapes.IntegrationResource, errors=ACT_ERRORS, idempotent=True,
        request={"status": "failed", "reason": "the token has expired"}, response=_INTEGRATION,
    ),
    Operation(
        method="GET", path="/integration_alerts", name="listIntegrationAlerts", tags=_ALERT_TAGS,
        summary="List who is told when integrations fail", description=_PARTIES, query=_PAGE,
        answer=shapes.AlertOfIntegrationsList, errors=RESOURCE_ERRORS,
        response={"items": [_ALERT], "next_cursor": None},
    ),
    Operation(
        method="POST", path="/integration_alerts", name="createIntegrationAlert", tags=_ALERT_TAGS,
        summary="Subscribe a person to alerts of integrations",
        description=f"{_PARTIES} Owners and admins subscribe owners, admins and managers. Managers subscribe "
        "themselves, and managers with whom they have a company in common, to companies of their own; without "
        "`companies` another manager gets those that both have now. Other people are `NOT_ELIGIBLE`. An account "
        "has at most 1,000.",
        bodies=(AlertOfIntegrationsBody,), answer=shapes.AlertOfIntegrationsResource, errors=_NEW_ERRORS,
        idempotent=True, created=True, request={"user": "ana", "companies": ["north"]},
        response={**_ALERT, "companies": ["north"], "activating": None, "last_sent_at": None},
    ),
    Operation(
        method="GET", path="/integration_alerts/candidates", name="listIntegrationAlertCandidates", tags=_ALERT_TAGS,
        summary="List whom you may subscribe", description=f"{_PARTIES} `missing` says why others are not listed.",
        answer=shapes.CandidateList, errors=RESOURCE_ERRORS,
        response={"items": [_CANDIDATE], "missing": [{"reason": "role", "people": 3}]},
    ),
    Operation(
        method="GET", path="/integration_alerts/{id}", name="getIntegrationAlert", tags=_ALERT_TAGS,
        summary="Read a subscription", description=_PARTIES, answer=shapes.AlertOfIntegrationsResource,
        errors=RESOURCE_ERRORS, response=_ALERT,
    ),
    Operation(
        method="PATCH", path="/integration_alerts/{id}", name="changeIntegrationAlert", tags=_ALERT_TAGS,
        summary="Change a subscription",
        description=f"{_PARTIES} Person and companies can be changed, if you might create it as it was and as it is.",
        bodies=(MergePatch,), answer=shapes.AlertOfIntegrationsResource, errors=ACT_ERRORS,
        request={"companies": ["north"]}, response={**_ALERT, "companies": ["north"], "version": 2},
    ),
    Operation(
        method="DELETE", path="/integration_alerts/{id}", name="deleteIntegrationAlert", tags=_ALERT_TAGS,
        summary="Delete a subscription",
        description=f"{_PARTIES} One's own can always be deleted, and a manager deletes all companies of a manager "
        "with one in common.",
        errors=EDIT_ERRORS,
    ),
)  # fmt: skip
