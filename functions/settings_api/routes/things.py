"""The resources of the directory: create, read, list, change, delete, and upsert by another system's id."""

from __future__ import annotations

from urllib.parse import unquote

from chalice.app import Blueprint, Response

from settings_api.routes.answering import SettingsCalls, confirmation, gone, once, shown
from tocsin.directory.domain.authority import may_change, may_read
from tocsin.directory.domain.things import EXTERNAL_ID_CHARACTERS, AnyThing, Kind
from tocsin.directory.domain.versions import etag
from tocsin.entrypoint.directory_body.shapes import invitation_wanted
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.paging import page_limit
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import Fault, InvalidRequest, NotFound

THINGS_PER_PAGE = 100


def things_routes(calls: SettingsCalls) -> Blueprint:
    """Return the routes of all six kinds."""
    routes = Blueprint(__name__)
    for kind in Kind:
        _routes_of(routes, kind, calls)

    @routes.route("/directory/{kind}/external/{external_id+}", methods=["PUT"])
    @answers(routes, Shape.PROBLEM)
    def put_external(call: Call, kind: str) -> Response:
        body, who = call.json(), calls.caller(call)
        if kind not in set(Kind):
            raise NotFound("kind of things")
        may_change(who, Kind(kind))
        confirm = confirmation(call)
        invite = kind == Kind.USER and invitation_wanted(body)
        thing, new = calls.write.upsert(who, Kind(kind), _external_id(call), body, call.header("if-match"), confirm)
        if invite and isinstance(thing, User) and thing.state is UserState.INVITED and thing.invited_at is None:
            thing = calls.states.invite(who, thing.id, calls.console(call))
        return shown(thing, 201 if new else 200)

    return routes


def _routes_of(routes: Blueprint, kind: Kind, calls: SettingsCalls) -> None:
    """Add the routes of one kind."""

    @routes.route(f"/{kind.value}", methods=["GET", "POST"], name=f"{kind.value}")
    @answers(routes, Shape.PROBLEM)
    def all_things(call: Call) -> Response:
        if call.method == "POST":
            return _create(call, kind, calls)
        who = calls.caller(call)
        may_read(who, kind)
        query = call.query("limit", "cursor")
        page = calls.read.page(who, kind, page_limit(query, THINGS_PER_PAGE), query.get("cursor"))
        return answer({"items": list(page.items), "next_cursor": page.next})

    @routes.route(f"/{kind.value}/{{id}}", methods=["GET", "PATCH", "DELETE"], name=f"{kind.value}/id")
    @answers(routes, Shape.PROBLEM)
    def one_thing(call: Call, id: str) -> Response:
        patch = call.json() if call.method == "PATCH" else {}
        who, if_match = calls.caller(call), call.header("if-match")
        if call.method == "GET":
            reach = may_read(who, kind)
            call.query()
            thing = calls.read.one(who, kind, id)
            return answer(dict(calls.read.shown(who, thing, reach)), headers={"ETag": etag(thing)})
        may_change(who, kind)
        if call.method == "PATCH":
            confirm = confirmation(call)
            return shown(calls.write.change(who, kind, id, patch, if_match, confirm))
        calls.delete(who, kind, id, if_match, confirmation(call))
        return gone()


def _create(call: Call, kind: Kind, calls: SettingsCalls) -> Response:
    body, who = call.json(), calls.caller(call)
    may_change(who, kind)
    call.query()

    def created(id: str | None) -> AnyThing:
        given = dict(body)
        invite = kind is Kind.USER and invitation_wanted(given)
        thing = calls.write.create(who, kind, given, id)
        return calls.states.invite(who, thing.id, calls.console(call)) if invite else thing

    return once(call, calls, who, kind.value, body, created, created=True)


def _external_id(call: Call) -> str:
    """Return the id in the path. It may hold slashes, which some gateways decode before they route."""
    found = unquote(call.rest_of_path("external_id"))
    if not 1 <= len(found) <= EXTERNAL_ID_CHARACTERS:
        message = f"must have 1 to {EXTERNAL_ID_CHARACTERS} characters"
        raise InvalidRequest([Fault("/external_id", "TOO_LONG", message)])
    return found
