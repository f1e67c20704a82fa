"""`/sendalert` and `/sendstoredalert`."""

from __future__ import annotations

from dataclasses import replace

from chalice.app import Blueprint, Response

from alerts_api.routes.callers import claim_of, opened
from alerts_api.schemas.answers import NothingSentAnswer, alert_entries, send_answer
from alerts_api.schemas.send_alert import SendAlertBody, SendAlertFromStoreBody, SendStoredAlertBody
from alerts_api.schemas.triggers import armed_answer, sent_and_armed_answer
from tocsin.application.arm_trigger import ArmTrigger
from tocsin.application.authenticate import Authenticate
from tocsin.application.load_stored_alert import LoadStoredAlert
from tocsin.application.ports import IdempotencyClaim
from tocsin.application.send_alert import SendAlert
from tocsin.domain.api_key import ApiKey
from tocsin.domain.errors import NotYetAvailable
from tocsin.domain.send_request import SendRequest, SendResult
from tocsin.entrypoint import observability
from tocsin.entrypoint.alert_body.alert import read_stored, storable
from tocsin.entrypoint.http import Call, Shape, answer, answers
from tocsin.entrypoint.wire import read


def sending_routes(authenticate: Authenticate, send: SendAlert, load: LoadStoredAlert, arm: ArmTrigger) -> Blueprint:
    """Return the routes that send."""
    routes = Blueprint(__name__)

    @routes.route("/sendalert", methods=["POST"])
    @answers(routes, Shape.ENVELOPE)
    def post_sendalert(call: Call) -> Response:
        key, body = opened(call, authenticate)
        claim = claim_of(call, "sendalert", body)
        if body.get("storeDetails") is not None:
            stored = read(SendAlertFromStoreBody, body)
            return _sent(call, send, key, read_stored(load(key, stored.store()), stored.client_ref), claim)
        request = replace(read(SendAlertBody, body).to_request(), text=storable(body))
        if request.trigger is not None:
            return _armed(call, arm, key, request, claim)
        return _sent(call, send, key, request, claim)

    @routes.route("/sendstoredalert", methods=["POST"])
    @answers(routes, Shape.ENVELOPE)
    def post_sendstoredalert(call: Call) -> Response:
        key, body = opened(call, authenticate)
        claim = claim_of(call, "sendstoredalert", body)
        asked = read(SendStoredAlertBody, body)
        if unavailable := asked.features():
            raise NotYetAvailable(", ".join(unavailable))
        return _sent(call, send, key, read_stored(load(key, asked.store()), asked.client_ref), claim)

    return routes


def _armed(call: Call, arm: ArmTrigger, key: ApiKey, request: SendRequest, claim: IdempotencyClaim | None) -> Response:
    call.client_ref = request.client_ref
    result = arm(key, request, claim)
    if result.store_id is None:
        assert result.sent is not None
        return answer(_nothing_sent(call, result.sent), 422)
    call.notes["store"] = result.store_id
    if result.sent is None:
        return answer(armed_answer(result))
    return answer(sent_and_armed_answer(_noted(call, result.sent), result))


def _sent(call: Call, send: SendAlert, key: ApiKey, request: SendRequest, claim: IdempotencyClaim | None) -> Response:
    call.client_ref = request.client_ref
    result = send(key, request, claim)
    if not result.success or result.alert_ref is None:
        return answer(_nothing_sent(call, _noted(call, result)), 422)
    return answer(send_answer(_noted(call, result)))


def _noted(call: Call, result: SendResult) -> SendResult:
    accepted = sum(item.sent for item in result.items)
    call.notes.update(items=len(result.items), receivers=accepted)
    if result.success and result.alert_ref is not None:
        call.notes["alert"] = result.alert_ref
        observability.count("RecipientsAccepted", accepted)
    return result


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
