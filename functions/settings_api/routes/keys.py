"""API keys."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from settings_api.routes.answering import repeatable
from tocsin.client_api.application.waits_under_key import WaitingUnderKey
from tocsin.contacts.domain.channel import Channel
from tocsin.directory.domain.versions import merged
from tocsin.entrypoint.credential_body.keys import LONGEST_OVERLAP, KeyBody, NewKeyBody, RotateBody
from tocsin.entrypoint.directory_body.shapes import NothingBody
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.compact_json import compact
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.entrypoint.http.wire import read
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.identity.application.manage_keys import ManageKeys
from tocsin.identity.application.read_capacities import ReadCapacities
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import Fault, InvalidRequest, PreconditionFailed
from tocsin.kernel.domain.ids import CompanyId, RoleId

Act = Callable[[Principal, str, Any, bytes | None], Mapping[str, Any]]
"""Acts on a key for a caller: by id and body, and with a seed that is the same for every repeat."""

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_FIELDS = ("name", "rights", "role", "company", "networks", "owner_email")


def keys_routes(
    caller: Caller,
    keys: ManageKeys,
    capacities: ReadCapacities,
    waits: Callable[[ApiKey], WaitingUnderKey],
    answers_kept: IdempotentCall,
) -> Blueprint:
    """Return the routes of API keys."""
    routes = Blueprint(__name__)

    def shown(key: ApiKey) -> dict[str, Any]:
        left = {channel.value: units for channel, units in capacities(key).items()}
        return {**_settings(key), "id": key.id, "kind": key.kind.value, "enabled": key.enabled, "capacity": left}

    @routes.route("/keys", methods=["GET", "POST"])
    @answers(routes, Shape.PROBLEM)
    def all_keys(call: Call) -> Response:
        body = call.json() if call.method == "POST" else {}
        who = caller(call)
        if call.method == "GET":
            found = keys.list(who)
            call.query()
            return answer({"items": [shown(key) for key in found], "next_cursor": None})
        keys.check_may_change(who)
        call.query()

        def made(seed: bytes | None) -> Mapping[str, Any]:
            given = read(NewKeyBody, body)
            limits = {Channel(name): units for name, units in given.capacity.model_dump().items() if units is not None}
            new = keys.make(who, KeyKind(given.kind), _attributes(given), limits, seed)
            return {**shown(new.key), "token": new.token}

        new = repeatable(call, answers_kept, who, "keys", body, made)
        return answer(new, 201, {"Location": f"keys/{new['id']}", "ETag": _etag(new)})

    @routes.route("/keys/{key_id}", methods=["GET", "PATCH"])
    @answers(routes, Shape.PROBLEM)
    def one_key(call: Call, key_id: str) -> Response:
        patch = call.json() if call.method == "PATCH" else {}
        who = caller(call)
        if call.method == "PATCH":
            keys.check_may_change(who)
        call.query()
        key = keys.get(who, key_id)
        if call.method == "PATCH":
            _check_match(call.header("if-match"), shown(key))
            key = keys.set(who, key_id, _attributes(read(KeyBody, merged(_settings(key), patch))))
        found = shown(key)
        return answer(found, headers={"ETag": _etag(found)})

    def act(word: str, shape: type[ResourceBody], done: Act) -> None:
        @routes.route(f"/keys/{{key_id}}/{word}", methods=["POST"], name=f"keys/{word}")
        @answers(routes, Shape.PROBLEM)
        def acted(call: Call, key_id: str) -> Response:
            body, who = call.json(), caller(call)
            keys.check_may_change(who)
            call.query()
            keys.get(who, key_id)
            given, asked = read(shape, body), {**body, "id": key_id}
            return answer(
                repeatable(call, answers_kept, who, f"keys/{word}", asked, lambda seed: done(who, key_id, given, seed))
            )

    def rotated(who: Principal, key_id: str, body: Any, seed: bytes | None) -> Mapping[str, Any]:
        overlap = timedelta(**{_UNITS[body.overlap[-1]]: int(body.overlap[:-1])})
        if overlap > LONGEST_OVERLAP:
            raise InvalidRequest([Fault("/overlap", "OUT_OF_RANGE", f"must be at most {LONGEST_OVERLAP.days}d")])
        new = keys.rotate(who, key_id, overlap, seed)
        return {**shown(new.key), "token": new.token}

    def disabled(who: Principal, key_id: str, body: Any, seed: bytes | None) -> Mapping[str, Any]:
        key = keys.enable(who, key_id, enabled=False)
        waiting = waits(key)
        return {**shown(key), "waiting": {"schedules": [*waiting.schedules], "triggers": [*waiting.triggers]}}

    act("disable", NothingBody, disabled)
    act("enable", NothingBody, lambda who, key_id, body, seed: shown(keys.enable(who, key_id, enabled=True)))
    act("rotate", RotateBody, rotated)
    return routes


def _settings(key: ApiKey) -> dict[str, Any]:
    """Return what can be set of a key, as answers show it."""
    return {
        "name": key.name,
        "rights": sorted(key.rights),
        "role": key.role,
        "company": key.company,
        "networks": list(key.networks),
        "owner_email": key.owner_email,
    }


def _attributes(body: KeyBody) -> dict[str, Any]:
    return {
        "name": body.name,
        "rights": frozenset(map(Right, body.rights)),
        "role": RoleId(body.role) if body.role else None,
        "company": CompanyId(body.company) if body.company else None,
        "networks": tuple(body.networks),
        "owner_email": body.owner_email,
    }


def _etag(shown: Mapping[str, Any]) -> str:
    """Return the ETag of a key: of its settings, not of what is left of its capacity."""
    settings = {name: shown[name] for name in (*_FIELDS, "enabled")}
    return f'"{hashlib.sha256(compact(settings).encode()).hexdigest()[:16]}"'


def _check_match(if_match: str | None, shown: Mapping[str, Any]) -> None:
    if if_match is not None and not {"*", _etag(shown)} & {each.strip() for each in if_match.split(",")}:
        raise PreconditionFailed
