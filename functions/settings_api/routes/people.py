"""Oneself, what is done to a person, and the permissions of custom roles."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Blueprint, Response

from settings_api.routes.answering import SettingsCalls, confirmation, once, shown
from tocsin.directory.domain.authority import may_change, may_read
from tocsin.directory.domain.things import AnyThing, Kind
from tocsin.entrypoint.directory_body.shapes import NothingBody, TransferBody
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.wire import read
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User

Act = Callable[[Principal, str, str | None, Call], User]


def people_routes(calls: SettingsCalls) -> Blueprint:
    """Return the routes about people that are not those of every thing."""
    routes = Blueprint(__name__)

    @routes.route("/users/me", methods=["GET", "PATCH"])
    @answers(routes, Shape.PROBLEM)
    def me(call: Call) -> Response:
        patch = call.json() if call.method == "PATCH" else {}
        who = calls.caller(call)
        found = calls.read.me(who)
        call.query()
        if call.method == "PATCH":
            found = calls.write.change_me(who, patch, calls.console(call), call.header("if-match"))
        return shown(found)

    @routes.route("/roles/permissions", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def permissions(call: Call) -> Response:
        who = calls.caller(call)
        may_read(who, Kind.ROLE)
        call.query()
        return answer({"items": calls.read.permissions(who)})

    for path, act in _acts(calls).items():
        _route_of(routes, path, act, calls)

    @routes.route("/users/{id}/hand_over", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def transfer(call: Call, id: str) -> Response:
        body, who = call.json(), calls.caller(call)
        may_change(who, Kind.USER)
        confirm, if_match = confirmation(call), call.header("if-match")
        said = body.get("confirm")
        confirm = said if isinstance(said, str) else confirm
        return shown(calls.states.transfer(who, id, lambda: read(TransferBody, body).to, if_match, confirm))

    return routes


def _acts(calls: SettingsCalls) -> dict[str, Act]:
    states = calls.states
    return {
        "disable": lambda who, id, match, call: states.disable(who, id, match),
        "enable": lambda who, id, match, call: states.enable(who, id, match),
        "sessions/end": lambda who, id, match, call: states.end_sessions(who, id, match),
        "mfa/reset": lambda who, id, match, call: states.reset_app(who, id, calls.console(call), match),
        "invite": lambda who, id, match, call: states.invite(who, id, calls.console(call), match),
    }


def _route_of(routes: Blueprint, path: str, act: Act, calls: SettingsCalls) -> None:
    @routes.route(f"/users/{{id}}/{path}", methods=["POST"], name=path)
    @answers(routes, Shape.PROBLEM)
    def acted(call: Call, id: str) -> Response:
        body, who = call.json(), calls.caller(call)
        may_change(who, Kind.USER)
        call.query()

        def done(_: str | None) -> AnyThing:
            user = calls.read.found(who, Kind.USER, id)
            read(NothingBody, body)
            return act(who, user.id, call.header("if-match"), call)

        return once(call, calls, who, f"users/{path}", {**body, "id": id}, done)
