"""`/sendalert` and `/sendstoredalert`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalice.app import Blueprint, Response

from alerts_api.routes.callers import claim_of, opened
from alerts_api.schemas.answers import NothingSentAnswer, alert_entries, send_answer
from alerts_api.schemas.send_alert import SendAlertBody, SendAlertFromStoreBody, SendStoredAlertBody
from tocsin.application.authenticate import Authenticate
from tocsin.application.load_stored_alert import LoadStoredAlert
from tocsin.application.ports import IdempotencyClaim
from tocsin.application.send_alert import SendAlert
from tocsin.domain.api_key import ApiKey
from tocsin.domain.errors import Fault, InvalidRequest, NotYetAvailable
from tocsin.domain.send_request import SendRequest, SendResult
from tocsin.domain.stored_content import StoreRef
from tocsin.entrypoint import observability
from tocsin.entrypoint.alert_body.alert import StoredAlert, storable
from tocsin.entrypoint.http import Call, Shape, answer, answers
from tocsin.entrypoint.json_door import parse_text
from tocsin.entrypoint.wire import read


def sending_routes(authenticate: Authenticate, send: SendAlert, load: LoadStoredAlert) -> Blueprint:
    """Return the routes that send."""
    routes = Blueprint(__name__)

    @routes.route("/sendalert", methods=["POST"])
    @answers(routes, Shape.ENVELOPE)
    def post_sendalert(call: Call) -> Response:
        key, body = opened(call, authenticate)
        claim = claim_of(call, "sendalert", body)
        if body.get("storeDetails") is not None:
            stored = read(SendAlertFromStoreBody, body)
            return _sent(call, send, key, _stored_request(load, key, stored.store(), stored.client_ref), claim)
        request = replace(read(SendAlertBody, body).to_request(), text=storable(body))
        return _sent(call, send, key, request, claim)

    @routes.route("/sendstoredalert", methods=["POST"])
    @answers(routes, Shape.ENVELOPE)
    def post_sendstoredalert(call: Call) -> Response:
        key, body = opened(call, authenticate)
        claim = claim_of(call, "sendstoredalert", body)
        asked = read(SendStoredAlertBody, body)
        if unavailable := asked.features():
            raise NotYetAvailable(", ".join(unavailable))
        return _sent(call, send, key, _stored_request(load, key, asked.store(), asked.client_ref), claim)

    return routes


def _stored_request(load: LoadStoredAlert, key: ApiKey, ref: StoreRef, client_ref: str | None) -> SendRequest:
    stored = read(StoredAlert, _object(load(key, ref)))
    reference = client_ref or stored.client_ref
    if reference is None:
        raise InvalidRequest([Fault("/clientRef", "REQUIRED", "is required: the stored alert has none")])
    return stored.request(reference)


def _object(text: str) -> dict[str, Any]:
    found = parse_text(text)
    assert isinstance(found, dict)
    return found


def _sent(call: Call, send: SendAlert, key: ApiKey, request: SendRequest, claim: IdempotencyClaim | None) -> Response:
    call.client_ref = request.client_ref
    result = send(key, request, claim)
    accepted = sum(item.sent for item in result.items)
    call.notes.update(items=len(result.items), receivers=accepted)
    if not result.success or result.alert_ref is None:
        return answer(_nothing_sent(call, result), 422)
    call.notes["alert"] = result.alert_ref
    observability.count("RecipientsAccepted", accepted)
    return answer(send_answer(result))


def _nothing_sent(call: Call, result: SendResult) -> NothingSentAnswer:
    return {
        "success": False,
        "returnCode": 422,
        "failureReason": result.failure_reason or "nothing was sent",
        "errors": [
            {"pointer": f"/alert/{index}", "code": "NOTHING_ACCEPTED", "message": item.failure_reason or "not accepted"}
            for index, item in enumerate(result.items)
        ],
        "requestId": call.request_id,
        "clientRef": result.client_ref,
        "alerts": alert_entries(result),
    }
