"""Samples of notices, to the person who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.routes.answering import SettingsCalls, repeatable
from tocsin.entrypoint.directory_body.shapes import NothingBody
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.wire import read
from tocsin.personal_notices.application.send_samples import SendSamples

_ROUTE = "users/me/notification_settings/sample"


def sample_routes(calls: SettingsCalls, sender: Callable[[str], SendSamples]) -> Blueprint:
    """Return the routes.

    Args:
        sender: returns what sends samples, by where the console is.
    """
    routes = Blueprint(__name__)

    @routes.route(f"/{_ROUTE}", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def samples(call: Call) -> Response:
        body, who, send = call.json(), calls.caller(call), sender(calls.console(call))
        send.check_may_send(who)
        call.query()
        read(NothingBody, body)

        def sent(seed: bytes | None) -> Mapping[str, Any]:
            found = send(who, seed)
            return {"channels": [{"channel": each.channel, "to": each.to, "state": each.state} for each in found]}

        return answer(repeatable(call, calls.answers_kept, who, _ROUTE, body, sent), 202)

    return routes
