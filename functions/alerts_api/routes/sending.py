"""`/sendalert`, `/sendalerts` and `/sendstoredalert`: alerts sent at once, sent later or stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from chalice.app import Blueprint, Response

from alerts_api.routes.callers import Callers
from alerts_api.schemas.answers import alert_entries, send_answer
from alerts_api.schemas.nothing_sent import NOTHING_ACCEPTED, NothingSentAnswer, excluded_entries
from alerts_api.schemas.plans import plan_answer
from alerts_api.schemas.schedules import none_sent_answer, scheduled_answer, together_answer
from alerts_api.schemas.send_alert import SendAlertBody, SendAlertFromStoreBody, SendAlertsBody, SendStoredAlertBody
from alerts_api.schemas.triggers import active_answer, sent_and_active_answer
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.features import ScheduleOptions
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.result import SendResult
from tocsin.entrypoint.alert_body.alert import read_stored, storable
from tocsin.entrypoint.http.app import Call, answer, verb
from tocsin.entrypoint.http.blank import is_blank
from tocsin.entrypoint.http.claims import claim_of, seed_of
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.process import observability
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.identity.domain.api_key import ApiKey
from tocsin.planning.application.plan_send import PlanSend
from tocsin.schedules.application.begin import FromStore
from tocsin.schedules.application.defer import DeferAlert
from tocsin.schedules.application.schedule_alert import ScheduleAlert
from tocsin.schedules.application.send_together import SendTogether
from tocsin.schedules.domain.answer import Scheduled
from tocsin.stored_content.application.load_alert import LoadStoredAlert
from tocsin.stored_content.domain.stored_content import StoreRef
from tocsin.triggers.application.activate import ActivateTrigger


@dataclass(frozen=True, slots=True)
class Sending:
    """The use cases behind these routes. `may_send` raises `Restoring` while the system is being restored."""

    send: SendAlert
    load: LoadStoredAlert
    schedule: ScheduleAlert
    defer: DeferAlert
    together: SendTogether
    plan: PlanSend
    activate_trigger: ActivateTrigger
    may_send: Callable[[], None]


def sending_routes(callers: Callers, use: Sending) -> Blueprint:
    """Return the routes that send."""
    routes = Blueprint(__name__)

    @verb(routes, "sendalert")
    def post_sendalert(call: Call) -> Response:
        key, body = callers.opened(call, makes=True)
        if body.get("mode") != "plan":
            use.may_send()
        claim = claim_of(call, "sendalert", body, key)
        if is_blank(body.get("storeDetails")):
            body = {name: value for name, value in body.items() if name != "storeDetails"}
        if body.get("storeDetails") is not None:
            stored = read(SendAlertFromStoreBody, body)
            return _from_store(call, use, key, stored.store(), stored.client_ref, None, claim)
        parsed = read(SendAlertBody, body)
        request = replace(parsed.to_request(), text=storable(body))
        if parsed.mode == "plan":
            call.client_ref = request.client_ref
            return answer(plan_answer(use.plan(key, replace(request, trigger=None))))
        if request.trigger is not None:
            return _active(call, use.activate_trigger, key, request, claim)
        if request.schedule is not None:
            call.client_ref = request.client_ref
            return _kept(call, use.schedule(key, request, request.schedule, claim))
        if request.deferral is not None:
            call.client_ref = request.client_ref
            return _kept(call, use.defer(key, request, request.deferral, claim, seed_of(key, claim)))
        return _sent(call, use.send, key, request, claim)

    @verb(routes, "sendalerts")
    def post_sendalerts(call: Call) -> Response:
        key, body = callers.opened(call, makes=True)
        use.may_send()
        claim = claim_of(call, "sendalerts", body, key)
        parsed = read(SendAlertsBody, body)
        results = use.together(key, parsed.requests(body), claim)
        if not all(isinstance(result, Scheduled) or result.success for result in results):
            return answer(none_sent_answer(results, parsed.client_ref, call.request_id), 422)
        accepted = [result for result in results if isinstance(result, SendResult)]
        call.notes["items"] = len(results)
        observability.count("RecipientsAccepted", sum(item.sent for result in accepted for item in result.items))
        return answer(together_answer(results, parsed.client_ref))

    @verb(routes, "sendstoredalert")
    def post_sendstoredalert(call: Call) -> Response:
        key, body = callers.opened(call, makes=True)
        use.may_send()
        claim = claim_of(call, "sendstoredalert", body, key)
        parsed = read(SendStoredAlertBody, body)
        return _from_store(call, use, key, parsed.store(), parsed.client_ref, parsed.schedule(), claim)

    return routes


def _active(
    call: Call, activate: ActivateTrigger, key: ApiKey, request: SendRequest, claim: IdempotencyClaim | None
) -> Response:
    call.client_ref = request.client_ref
    result = activate(key, request, claim)
    if result.store_id is None:
        assert result.sent is not None
        return answer(nothing_sent(call, result.sent), 422)
    call.notes["store"] = result.store_id
    if result.sent is None:
        return answer(active_answer(result))
    return answer(sent_and_active_answer(_noted(call, result.sent), result))


def _from_store(
    call: Call,
    use: Sending,
    key: ApiKey,
    ref: StoreRef,
    client_ref: str | None,
    schedule: ScheduleOptions | None,
    claim: IdempotencyClaim | None,
) -> Response:
    """Send a stored alert at once, or by the schedule of the call or of the stored alert."""
    store = use.load(key, ref)
    request = read_stored(store.content, client_ref, store.created_at)
    if (schedule := schedule or request.schedule) is not None:
        call.client_ref = request.client_ref
        return _kept(call, use.schedule(key, request, schedule, claim, FromStore(store, client_ref)))
    return _sent(call, use.send, key, request, claim)


def _kept(call: Call, result: Scheduled | SendResult) -> Response:
    if isinstance(result, SendResult):
        return answer(nothing_sent(call, result), 422)
    call.notes["schedule"] = result.schedule_id or "none"
    return answer(scheduled_answer(result))


def _sent(call: Call, send: SendAlert, key: ApiKey, request: SendRequest, claim: IdempotencyClaim | None) -> Response:
    call.client_ref = request.client_ref
    result = send(key, request, claim)
    if not result.success or result.alert_ref is None:
        return answer(nothing_sent(call, _noted(call, result)), 422)
    return answer(send_answer(_noted(call, result)))


def _noted(call: Call, result: SendResult) -> SendResult:
    accepted = sum(item.sent for item in result.items)
    call.notes.update(items=len(result.items), receivers=accepted)
    if result.success and result.alert_ref is not None:
        call.notes["alert"] = result.alert_ref
        observability.count("RecipientsAccepted", accepted)
    return result


def nothing_sent(call: Call, result: SendResult) -> NothingSentAnswer:
    """Return the response to a call of which nothing is or will be sent."""
    return {
        "success": False,
        "returnCode": 422,
        "failureReason": result.failure_reason or "nothing was sent",
        "failureCode": NOTHING_ACCEPTED,
        "errors": [
            {"pointer": f"/alert/{index}", "code": NOTHING_ACCEPTED, "message": item.failure_reason or "not accepted"}
            for index, item in enumerate(result.items)
        ],
        "requestId": call.request_id,
        "clientRef": result.client_ref,
        "alerts": alert_entries(result),
        "excluded": excluded_entries(result),
    }
