"""Event sources as answers have them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.entrypoint.telephony_body.sources import KindWord, RefreshesWord, SignatureWord
from tocsin.telephony.application.manage_sources import MASK

_EXACT = with_config(ConfigDict(extra="forbid"))


@_EXACT
class SetUpResource(TypedDict):
    """A text to paste into the telephone system."""

    media_type: Annotated[str, Field(description="text/plain or application/xml")]
    text: str


@_EXACT
class SourceResource(TypedDict):
    """An event source."""

    id: Annotated[str, Field(description="its id, for ever")]
    name: str
    kind: KindWord
    region: str | None
    zone: str
    internal: list[str]
    settle_seconds: int
    refreshes: RefreshesWord
    mapping: dict[str, Any] | None
    signature: SignatureWord | None
    signing_keys: Annotated[list[str], Field(description=f"{MASK} for each")]
    enabled: bool
    expect_every: Annotated[str, Field(description="a span, auto or off: when the source counts as silent")]
    url: Annotated[str, Field(description="where the telephone system sends its events")]
    secrets: Annotated[int, Field(description="how many secrets are live: two while one replaces the other")]
    version: Annotated[int, Field(description="grows with each change; `ETag` holds it")]


@_EXACT
class NewSourceResource(SourceResource):
    """An event source with a secret that was just given."""

    secret: Annotated[str, Field(description="shown in this answer only, and in that to a repeat of the call")]
    setup: SetUpResource


@_EXACT
class SourceList(TypedDict):
    """All event sources, by id."""

    items: list[SourceResource]
    next_cursor: None


@_EXACT
class SampledEventResource(TypedDict):
    """An event that a payload told."""

    type: str
    event_id: Annotated[str | None, Field(description="null if it is refused")]
    status: Literal["accepted", "duplicate", "ignored", "late", "refused"]


@_EXACT
class SampleResource(TypedDict):
    """A payload, and what became of it."""

    id: Annotated[str, Field(description="sorts by the time of receipt")]
    received_at: str
    payload: Annotated[str, Field(description="JSON, or the body as it came if it could not be parsed")]
    events: list[SampledEventResource]
    reason: Annotated[str | None, Field(description="a stable word: why not every event could be made, or none")]


@_EXACT
class SampleList(TypedDict):
    """The last payloads of a source, newest first: at most 20, for three days."""

    items: list[SampleResource]
    next_cursor: None


@_EXACT
class TriedEventResource(TypedDict):
    """An event that a payload would tell."""

    type: str
    id: Annotated[str, Field(description="the source's id of it")]
    time: str
    data: dict[str, Any]


@_EXACT
class NoEventResource(TypedDict):
    """A part of the mapping that makes no event of the payload."""

    emit: Annotated[int, Field(description="its place in the mapping, from 0")]
    type: str
    reason: Annotated[
        Literal["condition_not_met", "id_missing", "time_missing", "required_field_missing", "duplicate_id"],
        Field(description="a stable word"),
    ]
    field: Annotated[str, Field(description="that is missing or does not fit; empty if none is to blame")]


@_EXACT
class TriedPayloadResource(TypedDict):
    """A payload, and what would come of it."""

    payload: dict[str, Any]
    events: list[TriedEventResource]
    without: list[NoEventResource]


@_EXACT
class TriedResource(TypedDict):
    """What a body would tell."""

    items: list[TriedPayloadResource]
