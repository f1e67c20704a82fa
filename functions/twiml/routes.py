"""The public routes `/voice/step` and `/voice/status`: the provider asks what a call does next, and tells its end.

Whatever is not signed by the provider gets 403, and changes nothing. After a failure of ours (5xx) the provider asks
once more at its address for failures; a status that was not taken is looked up by the sweeper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Blueprint, Response

from tocsin.adapters.twiml.addresses import STATUS, STEP
from tocsin.adapters.twiml.document import CONTENT_TYPE, document, hang_up
from tocsin.adapters.twiml.received import Received
from tocsin.adapters.twiml.requests import CallBegan, question, status
from tocsin.calls.domain.call_question import CallAnswer, CallQuestion
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.process import observability
from tocsin.kernel.domain.errors import InvalidRequest, RequestTooLarge, StaleWrite, StorageUnavailable
from tocsin.kernel.ports import Clock

MOST_BYTES = 16_384
"""Largest form that is read; providers send less than 4,000 bytes."""

Receive = Callable[[str, Mapping[str, str], Mapping[str, str], bytes], Received | None]


def voice_routes(
    receive: Receive,
    run: Callable[[CallQuestion], CallAnswer],
    begin: Callable[[MessageId, str], None],
    end: Callable[[EndedCall], Any],
    file_url: Callable[[str], str],
    clock: Clock,
) -> Blueprint:
    """Return the routes.

    Args:
        receive: opens a request; `ReceiveTwiml` is one.
        run, begin, end: the use cases `RunDialogue`, `BeginCall` and `EndCall`.
        file_url: returns where the provider gets a recording, by its key.
    """
    routes = Blueprint(__name__)

    def step(received: Received) -> Response:
        try:
            asked = question(received.query, received.form, received.addresses)
            answer = run(asked)
        except ValueError:
            return _document(hang_up())
        return _document(document(asked, answer, received.addresses, file_url))

    def take(received: Received) -> Response:
        try:
            told = status(received.query, received.form, received.addresses, clock())
            if isinstance(told, EndedCall):
                end(told)
            elif isinstance(told, CallBegan) and told.message is not None:
                begin(told.message, told.call_id)
        except ValueError:
            observability.logger().warning("a status of a call could not be read")
        return _empty(204)

    def served(path: str, serve: Callable[[Received], Response]) -> Response:
        call = Call(routes.current_request)
        try:
            received = receive(path, call.parameters, call.headers, _body(call))
            response = _empty(403) if received is None else serve(received)
        except (InvalidRequest, RequestTooLarge):
            response = _empty(403)
        except (StaleWrite, StorageUnavailable) as error:
            observability.logger().error("a call could not go on", exc_info=error)
            response = _empty(503)
        except Exception as error:
            observability.logger().error("a call failed", exc_info=error)
            response = _empty(500)
        if response.status_code == 403:
            observability.note(outcome="not_the_provider")
        return response

    @routes.route(STEP, methods=["POST"], content_types=["*/*"])
    def post_step() -> Response:
        return served(STEP, step)

    @routes.route(STATUS, methods=["POST"], content_types=["*/*"])
    def post_status() -> Response:
        return served(STATUS, take)

    return routes


def _body(call: Call) -> bytes:
    body = call.body()
    if len(body) > MOST_BYTES:
        raise RequestTooLarge(MOST_BYTES, "bytes", len(body))
    return body


def _document(said: bytes) -> Response:
    return Response(said.decode(), {"Content-Type": CONTENT_TYPE}, 200)


def _empty(status_code: int) -> Response:
    return Response("", {"Content-Type": "text/plain"}, status_code)
