"""Event sources: telephone systems that send events, their secrets, and the last payloads of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.routes.answering import SettingsCalls, gone, repeatable
from tocsin.directory.domain.versions import check_match, etag, merged
from tocsin.entrypoint.directory_body.shapes import NothingBody
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.telephony_body.sources import TryBody, set_up_shown, shown, source_of
from tocsin.kernel.domain.errors import Immutable
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.telephony.application.manage_sources import ManageSources, SourceWithSecret, told
from tocsin.telephony.domain.event_source import EventSource
from tocsin.telephony.domain.mappings.mapping import MappedPayload
from tocsin.telephony.domain.set_up import set_up_of
from tocsin.telephony.ports.source_samples import SourceSample

_PATH = "event_sources"


def event_source_routes(calls: SettingsCalls, manage: ManageSources) -> Blueprint:
    """Return the routes of event sources."""
    routes = Blueprint(__name__)

    @routes.route(f"/{_PATH}", methods=["GET", "POST"])
    @answers(routes, Shape.PROBLEM)
    def all_sources(call: Call) -> Response:
        body, who = call.json() if call.method == "POST" else {}, calls.caller(call)
        if call.method == "GET":
            found = manage.list(who)
            call.query()
            return answer({"items": [shown(each, _url(calls, call, each)) for each in found], "next_cursor": None})
        manage.check_may_change(who)
        call.query()

        def created(seed: bytes | None) -> Mapping[str, Any]:
            return _given(calls, call, manage.create(who, source_of(who.tenant, body), seed))

        made = repeatable(call, calls.answers_kept, who, _PATH, body, created)
        return answer(made, 201, {"Location": f"{_PATH}/{made['id']}", "ETag": f'"{made["version"]}"'})

    @routes.route(f"/{_PATH}/{{id}}", methods=["GET", "PATCH", "DELETE"])
    @answers(routes, Shape.PROBLEM)
    def one_source(call: Call, id: str) -> Response:
        patch = call.json() if call.method == "PATCH" else {}
        who, if_match = calls.caller(call), call.header("if-match")
        if call.method == "GET":
            source = manage.get(who, id)
            call.query()
            return _shown(calls, call, source)
        manage.check_may_change(who)
        call.query()
        if call.method == "DELETE":
            manage.delete(who, id, lambda source: check_match(if_match, source))
            return gone()

        def changed(source: EventSource) -> EventSource:
            check_match(if_match, source)
            if patch.get("kind", source.kind) != source.kind:
                raise Immutable(f"the kind of a source never changes; this one is {source.kind}")
            return source_of(who.tenant, merged(told(source), patch), source)

        return _shown(calls, call, manage.change(who, id, changed))

    @routes.route(f"/{_PATH}/{{id}}/secret", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def new_secret(call: Call, id: str) -> Response:
        body, who = call.json(), calls.caller(call)
        manage.check_may_change(who)
        call.query()
        manage.get(who, id)
        read(NothingBody, body)

        def given(seed: bytes | None) -> Mapping[str, Any]:
            return _given(calls, call, manage.give_secret(who, id, seed))

        return answer(repeatable(call, calls.answers_kept, who, f"{_PATH}/secret", {"id": id}, given))

    @routes.route(f"/{_PATH}/{{id}}/samples", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def samples(call: Call, id: str) -> Response:
        found = manage.last_samples(calls.caller(call), id)
        call.query()
        return answer({"items": [_sample(each) for each in found], "next_cursor": None})

    @routes.route(f"/{_PATH}/{{id}}/try", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def tried(call: Call, id: str) -> Response:
        body, who = call.json(), calls.caller(call)
        manage.get(who, id)
        call.query()
        given = read(TryBody, body)
        text = given.body if given.payload is None else json.dumps(given.payload)
        content_type = given.content_type if given.payload is None else "application/json"
        found = manage.map(who, id, content_type, str(text).encode(), given.mapping)
        return answer({"items": [_tried(payload, mapped) for payload, mapped in found]})

    @routes.route(f"/{_PATH}/{{id}}/setup", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def set_up(call: Call, id: str) -> Response:
        source = manage.get(calls.caller(call), id)
        call.query()
        return answer(set_up_shown(set_up_of(source, _url(calls, call, source))))

    return routes


def _url(calls: SettingsCalls, call: Call, source: EventSource) -> str:
    return f"{calls.api(call)}/events/{source.id}"


def _shown(calls: SettingsCalls, call: Call, source: EventSource) -> Response:
    return answer(shown(source, _url(calls, call, source)), headers={"ETag": etag(source)})


def _given(calls: SettingsCalls, call: Call, new: SourceWithSecret) -> dict[str, Any]:
    url = _url(calls, call, new.source)
    set_up = set_up_shown(set_up_of(new.source, url, new.secret))
    return {**shown(new.source, url), "secret": new.secret, "setup": set_up}


def _sample(sample: SourceSample) -> dict[str, Any]:
    events = [{"type": each.type, "event_id": each.event_id, "status": each.status} for each in sample.events]
    return {
        "id": sample.id, "received_at": wire_time(sample.received_at), "payload": sample.payload, "events": events,
        "reason": sample.reason,
    }  # fmt: skip


def _tried(payload: Any, mapped: MappedPayload) -> dict[str, Any]:
    return {
        "payload": payload,
        "events": [
            {"type": each.type, "id": each.id, "time": wire_time(each.time), "data": each.data}
            for each in mapped.events
        ],
        "without": [
            {"emit": each.emit, "type": each.type, "reason": each.reason.value, "field": each.field}
            for each in mapped.without
        ],
    }
