"""`/cancelalerts`."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from alerts_api.routes.callers import Callers
from alerts_api.routes.replays import once
from alerts_api.schemas.cancels import CancelAlertsBody, CancelAnswer, NothingCancelledAnswer, cancel_entries
from tocsin.client_api.application.cancel_alerts import CancelAlerts
from tocsin.entrypoint.http.app import Call, verb
from tocsin.entrypoint.http.claims import claim_of
from tocsin.entrypoint.http.wire import read
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.identity.domain.api_key import ApiKey


def cancelling_routes(callers: Callers, cancel: CancelAlerts, answers_kept: IdempotentCall) -> Blueprint:
    """Return the route that cancels."""
    routes = Blueprint(__name__)

    @verb(routes, "cancelalerts")
    def post_cancelalerts(call: Call) -> Response:
        key, body = callers.opened(call)
        claim = claim_of(call, "cancelalerts", body, key)
        parsed = read(CancelAlertsBody, body)
        return once(answers_kept, key, claim, lambda: cancelled(call, key, parsed))

    def cancelled(call: Call, key: ApiKey, parsed: CancelAlertsBody) -> CancelAnswer | NothingCancelledAnswer:
        results = cancel(key, [entry.element() for entry in parsed.cancel])
        call.notes["items"] = sum(result.success for result in results)
        if any(result.success for result in results):
            done: CancelAnswer = {"success": True, "returnCode": 200, "cancel": cancel_entries(parsed, results)}
            if parsed.client_ref is not None:
                done["clientRef"] = parsed.client_ref
            return done
        reasons = [result.failure_reason or "not cancelled" for result in results]
        failed: NothingCancelledAnswer = {
            "success": False,
            "returnCode": 422,
            "failureReason": "; ".join(dict.fromkeys(reasons)),
            "failureCode": "NOTHING_DONE",
            "errors": [
                {"pointer": f"/cancel/{index}", "code": result.failure_code, "message": reason}
                for index, (result, reason) in enumerate(zip(results, reasons, strict=True))
            ],
            "requestId": call.request_id,
            "cancel": cancel_entries(parsed, results),
        }
        if parsed.client_ref is not None:
            failed["clientRef"] = parsed.client_ref
        return failed

    return routes
