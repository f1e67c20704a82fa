"""The routes of telephony events.

    POST    /events              an API key, or the bearer of an owner or admin: CloudEvents, one or many
    POST    /events/{id}  a source proves itself: payloads of its vendor
    OPTIONS /events/{id}  the handshake of CloudEvents webhooks
    POST    /iam/events          a role of AWS, whose signature the gateway has checked

The query of a source's address may hold its secret. No log line has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

from chalice.app import Blueprint, Response

from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.authorized import principal_of
from tocsin.entrypoint.http.strict_json import parse_value
from tocsin.identity.domain.api_key import Right
from tocsin.kernel.domain.errors import Fault, Forbidden, InvalidRequest, Unauthorized
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application.take_events import TakeEvents
from tocsin.telephony.application.take_payload import TakePayload
from tocsin.telephony.domain.event_sender import EventSender, check_may_send
from tocsin.telephony.domain.events_answer import EventsAnswer
from tocsin.telephony.domain.request_signatures import SignedRequest

ALLOWED_A_MINUTE = 12_000
"""Calls that the handshake allows: 200 a second."""

_ORIGIN = re.compile(r"[A-Za-z0-9.*:/_-]{1,255}")
_ANY = ["*/*"]  # by default, Chalice rejects all types but JSON

_SAID_TO_VENDORS = {"x-twilio-signature": ("<Response/>", "text/xml; charset=utf-8")}
"""What vendors want to hear instead of our answer, by a header that only they send. Source: Twilio, "Webhooks FAQ"."""


def event_routes(
    take: TakeEvents,
    take_payload: TakePayload,
    tenant_of: Callable[[EventSender], TenantId | None],
    address: str = "",
) -> Blueprint:
    """Return the routes.

    Args:
        tenant_of: returns the tenant that a sender without a secret of ours sends for; None = it may not send.
        address: where vendors reach the API, as `Call.address_by` reads it.
    """
    routes = Blueprint(__name__)

    @routes.route("/events", methods=["POST"], content_types=_ANY)
    @answers(routes, Shape.PROBLEM)
    def post_events(call: Call) -> Response:
        body = parse_value(call.body(), "a CloudEvent, or a list of such")
        caller = principal_of(call.authorizer, call.request_id)
        if caller is None:
            raise Unauthorized
        call.notes.update(tenant=caller.tenant, **{caller.actor.kind.value: caller.actor.id})
        check_may_send(caller)
        call.query()
        sandbox = caller.key is not None and caller.key.sandbox
        return _told(call, take(caller.tenant, call.headers, body, sandbox=sandbox))

    @routes.route("/iam/events", methods=["POST"], content_types=_ANY)
    @answers(routes, Shape.PROBLEM)
    def post_iam_events(call: Call) -> Response:
        body = parse_value(call.body(), "a CloudEvent, or a list of such")
        sender = EventSender.role(_signer(routes))
        if sender is None:
            raise Unauthorized
        tenant = tenant_of(sender)
        if tenant is None:
            raise Forbidden(Right.SEND_EVENTS.value)
        call.notes["tenant"] = tenant
        call.query()
        return _told(call, take(tenant, call.headers, body))

    @routes.route("/events/{id}", methods=["POST"], content_types=_ANY)
    @answers(routes, Shape.PROBLEM)
    def post_payload(call: Call, id: str) -> Response:
        query = f"?{urlencode(call.parameters)}" if call.parameters else ""
        url = f"{call.address_by(address)}{call.path}{query}"
        taken = take_payload(id, SignedRequest(url, call.headers, call.body()))
        call.notes["events"] = len(taken.items)
        for header, (text, type) in _SAID_TO_VENDORS.items():
            if header in call.headers:
                return Response(text, {"Content-Type": type}, 200)
        # A payload that is of no use is no error of the vendor: the samples of the source tell why.
        return answer(taken.body(), 202)

    @routes.route("/events/{id}", methods=["OPTIONS"])
    @answers(routes, Shape.PROBLEM)
    def agree(call: Call, id: str) -> Response:
        """Agree to be sent events ("HTTP 1.1 Web Hooks for Event Delivery" 1.0.2). It tells nothing of sources."""
        headers: dict[str, str | list[str]] = {"Allow": "POST, OPTIONS", "Content-Type": "text/plain"}
        origin = call.header("WebHook-Request-Origin")
        if origin is not None:
            _check_origin(origin)
            headers |= {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": str(ALLOWED_A_MINUTE)}
        return Response("", headers, 200)

    return routes


def _check_origin(origin: str) -> None:
    if not _ORIGIN.fullmatch(origin):
        raise InvalidRequest([Fault("", "BAD_CHARACTER", "WebHook-Request-Origin must be the name of a host")])


def _signer(routes: Blueprint) -> str:
    """Return the ARN of the caller whose signature the gateway has checked; empty without one."""
    identity = routes.current_request.context.get("identity") or {}
    return str(identity.get("userArn") or "")


def _told(call: Call, taken: EventsAnswer) -> Response:
    call.notes["events"] = len(taken.items)
    return answer(taken.body(), 422 if taken.all_refused else 202)
