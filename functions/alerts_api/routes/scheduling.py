"""`/schedulestoredalert`, and changes of a scheduled alert: pause, resume, cancel."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from alerts_api.routes.callers import Callers
from alerts_api.routes.sending import nothing_sent
from alerts_api.schemas.schedules import (
    ScheduledAlertBody,
    ScheduleStoredAlertBody,
    changed_answer,
    scheduled_answer,
)
from tocsin.alerts.domain.result import SendResult
from tocsin.entrypoint.alert_body.alert import read_stored
from tocsin.entrypoint.http.app import Call, answer, verb
from tocsin.entrypoint.http.claims import claim_of
from tocsin.entrypoint.http.wire import read
from tocsin.schedules.application.begin import FromStore
from tocsin.schedules.application.change import Change, ChangeSchedule
from tocsin.schedules.application.schedule_alert import ScheduleAlert
from tocsin.stored_content.application.load_alert import LoadStoredAlert


def scheduling_routes(
    callers: Callers, load: LoadStoredAlert, schedule: ScheduleAlert, change: ChangeSchedule
) -> Blueprint:
    """Return the routes of scheduled alerts."""
    routes = Blueprint(__name__)

    @verb(routes, "schedulestoredalert")
    def post_schedulestoredalert(call: Call) -> Response:
        key, body = callers.opened(call, makes=True)
        claim = claim_of(call, "schedulestoredalert", body, key)
        parsed = read(ScheduleStoredAlertBody, body)
        store = load(key, parsed.store())
        request = read_stored(store.content, parsed.client_ref, store.created_at)
        call.client_ref = request.client_ref
        source = FromStore(store, parsed.client_ref)
        result = schedule(key, request, parsed.schedule.to_options(), claim, source, "/schedule")
        if isinstance(result, SendResult):
            return answer(nothing_sent(call, result), 422)
        call.notes["schedule"] = result.schedule_id or "none"
        return answer(scheduled_answer(result))

    @verb(routes, "pausescheduledalert")
    def post_pausescheduledalert(call: Call) -> Response:
        return _changed(call, callers, change, Change.PAUSE)

    @verb(routes, "resumescheduledalert")
    def post_resumescheduledalert(call: Call) -> Response:
        return _changed(call, callers, change, Change.RESUME)

    @verb(routes, "cancelscheduledalert")
    def post_cancelscheduledalert(call: Call) -> Response:
        return _changed(call, callers, change, Change.CANCEL)

    return routes


def _changed(call: Call, callers: Callers, change: ChangeSchedule, what: Change) -> Response:
    key, body = callers.opened(call)
    claim = claim_of(call, f"{what.value}scheduledalert", body, key)
    parsed = read(ScheduledAlertBody, body)
    call.notes["schedule"] = parsed.id()
    return answer(changed_answer(change(key, parsed.id(), what, claim), parsed.client_ref))
