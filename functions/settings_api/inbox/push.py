"""The browsers of the caller that are pushed to."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from settings_api.routes.answering import gone
from tocsin.browser_push.application.own_browsers import OwnBrowsers
from tocsin.browser_push.domain.subscription import subscription_id
from tocsin.browser_push.domain.vapid import base64url
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.inbox_body.push import PushEndpointBody, PushSubscriptionBody, shown
from tocsin.personal_notices.application.own_inbox import check_may_change

_ROUTE = "users/me/push_subscriptions"


def push_routes(caller: Caller, own: OwnBrowsers) -> Blueprint:
    """Return the routes of browsers."""
    routes = Blueprint(__name__)

    @routes.route("/push_key", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def push_key(call: Call) -> Response:
        key = own.key(caller(call))
        call.query()
        return answer({"key": base64url(key)})

    @routes.route(f"/{_ROUTE}", methods=["GET", "POST", "DELETE"])
    @answers(routes, Shape.PROBLEM)
    def subscriptions(call: Call) -> Response:
        body = {} if call.method == "GET" else call.json()
        who = caller(call)
        if call.method == "GET":
            found = own.list(who)
            call.query()
            return answer({"items": [shown(each) for each in found], "next_cursor": None})
        check_may_change(who)
        call.query()
        if call.method == "DELETE":
            own.remove(who, subscription_id(read(PushEndpointBody, body).endpoint))
            return gone()
        made = own.add(who, read(PushSubscriptionBody, body).new())
        return answer(shown(made), 201, {"Location": f"{_ROUTE}/{made.id}", "ETag": '"1"'})

    @routes.route(f"/{_ROUTE}/{{subscription_id}}", methods=["DELETE"])
    @answers(routes, Shape.PROBLEM)
    def subscription(call: Call, subscription_id: str) -> Response:
        who = caller(call)
        check_may_change(who)
        call.query()
        own.remove(who, subscription_id)
        return gone()

    return routes
