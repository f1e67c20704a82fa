"""The public routes `/voice/step` and `/voice/status`: the provider asks what a call does next, and tells its end.

Whatever is not signed by the provider gets 403, and changes nothing. After a failure of ours (5xx) the provider asks
once more at its address for failures; what became of a call is looked up if its status was not taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from chalice.app import Blueprint, Response

from tocsin.calls.domain.call_began import CallBegan
from tocsin.calls.domain.call_question import CallAnswer, CallQuestion
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.process import observability
from tocsin.kernel.domain.errors import InvalidRequest, RequestTooLarge, StaleWrite, StorageUnavailable

MOST_BYTES = 16_384
"""Largest form that is read; providers send less than 4,000 bytes."""


class ProviderRequest(Protocol):
    """A request that the provider has signed. The methods raise ValueError for what is not of a call that we know."""

    def question(self) -> CallQuestion: ...  # noqa: D102
    def answer(self, asked: CallQuestion, answer: CallAnswer, /) -> str: ...  # noqa: D102
    def hang_up(self) -> str: ...  # noqa: D102
    def told(self) -> EndedCall | CallBegan: ...  # noqa: D102


Receive = Callable[[str, Mapping[str, str], Mapping[str, str], bytes], ProviderRequest | None]
"""Opens a request, by path, query, headers and body; None if the provider has not signed it."""


def voice_routes(
    receive: Receive,
    run: Callable[[CallQuestion], CallAnswer],
    begin: Callable[[MessageId, str], None],
    end: Callable[[EndedCall], Any],
) -> Blueprint:
    """Return the routes.

    Args:
        run, begin, end: the use cases `RunDialogue`, `BeginCall` and `EndCall`.
    """
    routes = Blueprint(__name__)

    def step(request: ProviderRequest) -> Response:
        try:
            asked = request.question()
            answer = run(asked)
        except ValueError as error:
            observability.logger().warning("a call that is not known was ended", exc_info=error)
            return _document(request.hang_up())
        return _document(request.answer(asked, answer))

    def take(request: ProviderRequest) -> Response:
        try:
            told = request.told()
            if isinstance(told, EndedCall):
                end(told)
            elif told.message is not None:
                begin(told.message, told.call_id)
        except ValueError as error:
            observability.logger().warning("a status is of no call that is known", exc_info=error)
        return _empty(204)

    def served(serve: Callable[[ProviderRequest], Response]) -> Response:
        call = Call(routes.current_request)
        try:
            request = receive(call.path, call.parameters, call.headers, _body(call))
        except (InvalidRequest, RequestTooLarge):
            request = None
        except StorageUnavailable as error:
            return _failed(503, error)
        if request is None:
            observability.note(outcome="not_the_provider")
            return _empty(403)
        try:
            return serve(request)
        except (StaleWrite, StorageUnavailable) as error:
            return _failed(503, error)
        except Exception as error:
            return _failed(500, error)

    # By default, Chalice rejects all types but JSON.
    @routes.route("/voice/step", methods=["POST"], content_types=["*/*"])
    def post_step() -> Response:
        return served(step)

    @routes.route("/voice/status", methods=["POST"], content_types=["*/*"])
    def post_status() -> Response:
        return served(take)

    return routes


def _body(call: Call) -> bytes:
    body = call.body()
    if len(body) > MOST_BYTES:
        raise RequestTooLarge(MOST_BYTES, "bytes", len(body))
    return body


def _document(said: str) -> Response:
    return Response(said, {"Content-Type": "text/xml; charset=utf-8"}, 200)


def _empty(status_code: int) -> Response:
    return Response("", {"Content-Type": "text/plain"}, status_code)


def _failed(status_code: int, error: Exception) -> Response:
    observability.logger().error("a call failed", exc_info=error)
    return _empty(status_code)
