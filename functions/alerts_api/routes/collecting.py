"""`/collectevents`."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from alerts_api.routes.callers import opened
from alerts_api.schemas.answers import events_answer
from alerts_api.schemas.events import CollectEventsBody
from tocsin.application.authenticate import Authenticate
from tocsin.application.collect_events import CollectEvents
from tocsin.entrypoint.http import Call, Shape, answer, answers
from tocsin.entrypoint.wire import read


def collecting_routes(authenticate: Authenticate, collect: CollectEvents) -> Blueprint:
    """Return the route that hands out result events."""
    routes = Blueprint(__name__)

    @routes.route("/collectevents", methods=["POST"])
    @answers(routes, Shape.ENVELOPE)
    def post_collectevents(call: Call) -> Response:
        key, body = opened(call, authenticate)
        asked = read(CollectEventsBody, body)
        options = asked.options
        collected = collect(
            key, asked.alert(), options.maximum_items_to_return, count_remaining=options.return_num_remaining
        )
        call.notes["events"] = len(collected.events)
        return answer(events_answer(collected, asked.client_ref))

    return routes
