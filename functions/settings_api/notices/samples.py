"""Samples of notices, to the person who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from settings_api.routes.answering import repeatable
from tocsin.entrypoint.directory_body.shapes import NothingBody
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.wire import read
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.personal_notices.application.send_samples import SendSamples

_ROUTE = "users/me/notification_settings/sample"


def sample_routes(caller: Caller, send: Callable[[], SendSamples], answers_kept: IdempotentCall) -> Blueprint:
    """Return the routes.

    Args:
        send: returns what sends samples; it is made with the first ones.
    """
    routes = Blueprint(__name__)

    @routes.route(f"/{_ROUTE}", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def samples(call: Call) -> Response:
        body, who = call.json(), caller(call)
        send().check_may_send(who)
        call.query()
        read(NothingBody, body)

        def sent(seed: bytes | None) -> Mapping[str, Any]:
            found = send()(who, seed)
            return {"channels": [{"channel": each.channel, "to": each.to, "state": each.state} for each in found]}

        return answer(repeatable(call, answers_kept, who, _ROUTE, body, sent), 202)

    return routes
