"""Integrations and their alerts, as the document describes the answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.entrypoint.integration_body.bodies import StatusWord

_EXACT = with_config(ConfigDict(extra="forbid"))
StageWord = Literal["told", "day_7", "day_14", "day_21"]


@_EXACT
class StageToldResource(TypedDict):
    """A mail about an incident."""

    stage: StageWord
    at: Annotated[str, Field(description="when it was decided")]
    people: Annotated[int | None, Field(description="how many were mailed; null while it is under way")]


@_EXACT
class NextStageResource(TypedDict):
    """The next mail about an incident, if it lasts."""

    stage: StageWord
    at: Annotated[str, Field(description="when it is sent")]


@_EXACT
class IntegrationIncidentResource(TypedDict):
    """An incident: failed and pending are one, with one clock."""

    id: Annotated[str, Field(description="sorts by its beginning")]
    since: Annotated[str, Field(description="when it failed, or became pending; days are counted from then")]
    told: list[StageToldResource]
    next: Annotated[NextStageResource | None, Field(description="null after the last reminder")]


@_EXACT
class IntegrationResource(TypedDict):
    """An integration."""

    id: Annotated[str, Field(description="its id, for ever")]
    name: str
    kind: str
    company: Annotated[str | None, Field(description="null = the whole account")]
    status: StatusWord
    since: Annotated[str, Field(description="when this status began, as it was reported")]
    reason: str | None
    reported_at: Annotated[str | None, Field(description="time of the newest report; null = there was none")]
    created_at: str
    incident: Annotated[IntegrationIncidentResource | None, Field(description="that goes on; null = there is none")]
    version: Annotated[int, Field(description="grows with each change; `ETag` holds it")]


@_EXACT
class IntegrationList(TypedDict):
    """The integrations that the caller may see, by id."""

    items: list[IntegrationResource]
    next_cursor: str | None


@_EXACT
class AlertOfIntegrationsResource(TypedDict):
    """A subscription to alerts of integrations."""

    id: Annotated[str, Field(description="its id, for ever")]
    user: str
    name: Annotated[str, Field(description="of the person, now")]
    email: Annotated[str, Field(description="of the person, now: mails go there")]
    companies: list[str] | Literal["all"]
    created_by: Annotated[str | None, Field(description="id of the person who made it")]
    activating: Annotated[
        str | None, Field(description="name of the integration whose activation made it; null = a person did")
    ]
    created_at: str
    last_sent_at: Annotated[str | None, Field(description="of the last mail because of it")]
    version: Annotated[int, Field(description="grows with each change; `ETag` holds it")]


@_EXACT
class AlertOfIntegrationsList(TypedDict):
    """The subscriptions that the caller may see, by id."""

    items: list[AlertOfIntegrationsResource]
    next_cursor: str | None


@_EXACT
class CandidateResource(TypedDict):
    """A person who may be subscribed."""

    id: Annotated[str, Field(description="of the person")]
    name: str
    email: str
    role: str
    companies: list[str]


@_EXACT
class MissingResource(TypedDict):
    """Why people are no candidates."""

    reason: Literal["role", "disabled", "administrator", "no_shared_company"]
    people: int


@_EXACT
class CandidateList(TypedDict):
    """Whom the caller may choose, by name."""

    items: list[CandidateResource]
    missing: list[MissingResource]
