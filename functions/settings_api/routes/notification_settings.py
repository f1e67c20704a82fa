"""Notification settings: those of the caller, and for owners and admins those of others."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from tocsin.directory.domain.versions import check_match, etag
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.preferences_body.settings import read_lines
from tocsin.preferences.application.manage_settings import ME, ManagePreferences, SettingsView

PATH = "/users/{id}/notification_settings"
MINE = "/users/me/notification_settings"


def notification_settings_routes(caller: Caller, manage: ManagePreferences) -> Blueprint:
    """Return the routes."""
    routes = Blueprint(__name__)

    @routes.route(MINE, methods=["GET", "PATCH"], name="mine")
    @answers(routes, Shape.PROBLEM)
    def mine(call: Call) -> Response:
        return _settings(call, ME, caller, manage)

    @routes.route(PATH, methods=["GET", "PATCH"], name="of_one")
    @answers(routes, Shape.PROBLEM)
    def of_one(call: Call, id: str) -> Response:
        return _settings(call, id, caller, manage)

    @routes.route(f"{MINE}/lines", methods=["GET", "PUT"], name="my_lines")
    @answers(routes, Shape.PROBLEM)
    def my_lines(call: Call) -> Response:
        return _lines(call, ME, caller, manage)

    @routes.route(f"{PATH}/lines", methods=["GET", "PUT"], name="lines_of_one")
    @answers(routes, Shape.PROBLEM)
    def lines_of_one(call: Call, id: str) -> Response:
        return _lines(call, id, caller, manage)

    return routes


def _settings(call: Call, id: str, caller: Caller, manage: ManagePreferences) -> Response:
    patch, who = call.json() if call.method == "PATCH" else {}, caller(call)
    if call.method == "GET":
        found = manage.get(who, id)
        call.query()
        return _answered(found, found.shown())
    manage.check_may_change(who, id)
    call.query()
    if_match = call.header("if-match")
    found = manage.change(who, id, patch, lambda before: check_match(if_match, before))
    return _answered(found, found.shown())


def _lines(call: Call, id: str, caller: Caller, manage: ManagePreferences) -> Response:
    body, who = call.json() if call.method == "PUT" else {}, caller(call)
    if call.method == "GET":
        found = manage.get(who, id)
        call.query()
    else:
        manage.check_may_change(who, id)
        call.query()
        if_match = call.header("if-match")
        found = manage.follow(who, id, lambda: read_lines(body), lambda before: check_match(if_match, before))
    return _answered(found, {"lines": list(found.settings.lines)})


def _answered(view: SettingsView, body: dict[str, object]) -> Response:
    return answer(body, headers={"ETag": etag(view)})
