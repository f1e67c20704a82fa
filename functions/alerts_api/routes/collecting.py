"""`/collectevents`."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from alerts_api.routes.callers import Callers
from alerts_api.routes.replays import once
from alerts_api.schemas.answers import EventsAnswer, events_answer
from alerts_api.schemas.events import CollectEventsBody
from tocsin.entrypoint.http.app import Call, verb
from tocsin.entrypoint.http.claims import claim_of
from tocsin.entrypoint.http.wire import read
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.permissions import Permission
from tocsin.results.application.collect import CollectEvents


def collecting_routes(callers: Callers, collect: CollectEvents, answers_kept: IdempotentCall) -> Blueprint:
    """Return the route that collects result events."""
    routes = Blueprint(__name__)

    @verb(routes, "collectevents")
    def post_collectevents(call: Call) -> Response:
        key, body = callers.opened(call, Permission.KEYS)
        claim = claim_of(call, "collectevents", body, key)
        parsed = read(CollectEventsBody, body)
        if parsed.options.peek:
            claim = None  # nothing is done that a repeat could do twice
        return once(answers_kept, key, claim, lambda: collected(call, key, parsed))

    def collected(call: Call, key: ApiKey, parsed: CollectEventsBody) -> EventsAnswer:
        options = parsed.options
        taken = collect(
            key,
            parsed.alert(),
            options.maximum(),
            count_remaining=options.return_num_remaining,
            peek=options.peek,
        )
        call.notes["events"] = len(taken.events)
        return events_answer(taken, parsed.client_ref)

    return routes
