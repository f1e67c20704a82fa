"""The operations of event sources."""

from __future__ import annotations

from typing import Any

from tocsin.entrypoint.directory_body.resources import MergePatch
from tocsin.entrypoint.directory_body.shapes import NothingBody
from tocsin.entrypoint.http.operation import ACT_ERRORS, EDIT_ERRORS, RESOURCE_ERRORS, Operation
from tocsin.entrypoint.telephony_body import source_resources as shapes
from tocsin.entrypoint.telephony_body.sources import SourceBody, TryBody, set_up_shown
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event_source import EventSource
from tocsin.telephony.domain.set_up import set_up_of

_TAGS = ("Event sources",)
_NEED = "Needs an account owner or an admin; API keys manage no sources."
_NEW_ERRORS = tuple(status for status in ACT_ERRORS if status != 412)
_SOURCE: dict[str, Any] = {
    "id": "acme-3f9c2a71", "name": "Head office", "kind": "freeswitch", "region": "GB", "zone": "Europe/London",
    "internal": ["2XXX"], "settle_seconds": 10, "refreshes": "auto", "mapping": None, "signature": None,
    "signing_keys": [], "enabled": True, "expect_every": "auto",
    "url": "https://api.example.org/events/acme-3f9c2a71", "secrets": 1, "version": 1,
}  # fmt: skip
_SET_UP = {"media_type": "application/xml", "text": '<configuration name="json_cdr.conf" …'}
_GIVEN = {**_SOURCE, "secret": "Vd0r…", "setup": _SET_UP}
_SAMPLE = {
    "id": "0192f0c4-7c00-7000-8000-000000000001", "received_at": "2026-11-21T10:00:19.000Z",
    "payload": '{"callType": "Missed", "number": "07700900123"}',
    "events": [{"type": "call.ended", "event_id": "3f9c2a713f9c2a713f9c2a713f9c2a71", "status": "accepted"}],
    "reason": None,
}  # fmt: skip
_TRIED = {
    "payload": {"callType": "Missed", "number": "07700900123"},
    "events": [],
    "without": [{"emit": 0, "type": "call.ended", "reason": "time_missing", "field": ""}],
}

OPERATIONS = (
    Operation(
        method="GET", path="/event_sources", name="listEventSources", tags=_TAGS, summary="List event sources",
        description=_NEED, answer=shapes.SourceList, errors=RESOURCE_ERRORS,
        response={"items": [_SOURCE], "next_cursor": None},
    ),
    Operation(
        method="POST", path="/event_sources", name="createEventSource", tags=_TAGS, summary="Create an event source",
        description=f"{_NEED} Only this answer, and that to a repeat under its Idempotency-Key, has the secret. An "
        "account has at most 100 sources.",
        bodies=(SourceBody,), answer=shapes.NewSourceResource, errors=_NEW_ERRORS, idempotent=True,
        created=True, request={"name": "Head office", "kind": "freeswitch", "region": "GB", "zone": "Europe/London"},
        response=_GIVEN,
    ),
    Operation(
        method="GET", path="/event_sources/{id}", name="getEventSource", tags=_TAGS, summary="Read an event source",
        description=_NEED, answer=shapes.SourceResource, errors=RESOURCE_ERRORS, response=_SOURCE,
    ),
    Operation(
        method="PATCH", path="/event_sources/{id}", name="changeEventSource", tags=_TAGS,
        summary="Change an event source",
        description=f"{_NEED} The kind never changes: 409 `IMMUTABLE`. A signing key of ••• stays as it is.",
        bodies=(MergePatch,), answer=shapes.SourceResource, errors=EDIT_ERRORS, request={"name": "Office"},
        response={**_SOURCE, "name": "Office", "version": 2},
    ),
    Operation(
        method="DELETE", path="/event_sources/{id}", name="deleteEventSource", tags=_TAGS,
        summary="Delete an event source",
        description=f"{_NEED} What the source sends is refused from then on. Its events stay for their seven days.",
        errors=EDIT_ERRORS,
    ),
    Operation(
        method="POST", path="/event_sources/{id}/secret", name="giveEventSourceSecret", tags=_TAGS,
        summary="Give a source a new secret",
        description=f"{_NEED} The secret is shown once. Two secrets are live; a third one retires the oldest.",
        bodies=(NothingBody,), answer=shapes.NewSourceResource, errors=_NEW_ERRORS, idempotent=True, request={},
        response={**_GIVEN, "secrets": 2, "version": 2},
    ),
    Operation(
        method="GET", path="/event_sources/{id}/samples", name="listSamples", tags=_TAGS,
        summary="Read the last payloads of a source",
        description=f"{_NEED} At most 20, for three days, newest first, each with what became of it.",
        answer=shapes.SampleList, errors=RESOURCE_ERRORS, response={"items": [_SAMPLE], "next_cursor": None},
    ),
    Operation(
        method="POST", path="/event_sources/{id}/try", name="tryPayload", tags=_TAGS,
        summary="Map a payload and store nothing",
        description=f"{_NEED} `mapping` is tried in place of the source's own. Sources of the kind `native` map "
        "nothing: 422.",
        bodies=(TryBody,), answer=shapes.TriedResource, errors=_NEW_ERRORS,
        request={"payload": _TRIED["payload"]}, response={"items": [_TRIED]},
    ),
    Operation(
        method="GET", path="/event_sources/{id}/setup", name="getSetUp", tags=_TAGS,
        summary="Read what to paste into the telephone system",
        description=f"{_NEED} The secret can be read only in the answer that gives it: here words stand in its place.",
        answer=shapes.SetUpResource, errors=RESOURCE_ERRORS,
        response=set_up_shown(
            set_up_of(EventSource(TenantId("acme"), _SOURCE["id"], "Head office", "yeastar"), _SOURCE["url"])
        ),
    ),
)  # fmt: skip
