"""What is done to a sent alert: escalate, stop, acknowledge, resend."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from chalice.app import Blueprint, Response

from alerts_api.routes.callers import Callers
from alerts_api.routes.reading import alert_ref_of
from alerts_api.schemas.acts import AcknowledgeBody, EscalateBody, ResendBody, StopBody
from alerts_api.schemas.resources import status_resource
from tocsin.alerts.domain.alert import Alert
from tocsin.client_api.application.acknowledge_alert import AcknowledgeAlert, Mark
from tocsin.client_api.application.escalate_alert import EscalateAlert
from tocsin.client_api.application.own_alert import OwnAlert
from tocsin.client_api.application.resend_alert import ResendAlert
from tocsin.client_api.application.stop_alert import StopAlert
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.claims import claim_of, seed_of
from tocsin.entrypoint.http.compact_json import compact
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.entrypoint.http.wire import read
from tocsin.escalation.domain.escalation import RequestedStep
from tocsin.history.application.read_alerts import ReadAlertStatus
from tocsin.idempotency.application.idempotent_call import CachedAnswer, IdempotentCall
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.version import check_version, version_of

Body = TypeVar("Body", bound=ResourceBody)


@dataclass(frozen=True, slots=True)
class Acting:
    """The use cases of these routes.

    Attributes:
        may_send: raises `Restoring` while nothing may be sent.
    """

    find: OwnAlert
    status: ReadAlertStatus
    escalate: EscalateAlert
    stop: StopAlert
    acknowledge: AcknowledgeAlert
    resend: ResendAlert
    may_send: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acts, and the id of the call, which is the same for every repeat under one Idempotency-Key."""

    by: str
    call: str


Act = Callable[[Alert, Body, Caller], None]


def acting_routes(callers: Callers, acting: Acting, answers_kept: IdempotentCall) -> Blueprint:
    """Return the routes that act on a sent alert. Each answers with the alert."""
    routes = Blueprint(__name__)

    def act(call: Call, ref: str, name: str, shape: type[Body], do: Act[Body]) -> Response:
        """Do something to an alert, once under an Idempotency-Key."""
        body = call.json()
        key = callers.actor(call)
        alert = acting.find(key, alert_ref_of(ref))
        call.notes["alert"] = alert.ref
        call.query()
        claim = claim_of(call, f"alerts/{name}", {**body, "alert_ref": alert.ref}, key)

        def done() -> CachedAnswer:
            if (if_match := call.header("if-match")) is not None:
                check_version(if_match, status_resource(acting.status.of_alert(alert)))
            seed = seed_of(key, claim)
            do(alert, read(shape, body), Caller(_by(key), seed.hex() if seed else call.request_id))
            now = acting.status.of_alert(acting.find(key, alert.ref))
            return CachedAnswer(compact(status_resource(now)), done=True)

        found = json.loads(answers_kept(key, claim, done).text)
        return answer(found, headers={"ETag": version_of(found)})

    @routes.route("/alerts/{alert_ref}/escalate", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def post_escalate(call: Call, alert_ref: str) -> Response:
        return act(call, alert_ref, "escalate", EscalateBody, escalated)

    def escalated(alert: Alert, body: EscalateBody, caller: Caller) -> None:
        acting.may_send()
        acting.escalate(alert, RequestedStep(body.step, caller.by, caller.call))

    @routes.route("/alerts/{alert_ref}/stop", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def post_stop(call: Call, alert_ref: str) -> Response:
        return act(call, alert_ref, "stop", StopBody, stopped)

    def stopped(alert: Alert, body: StopBody, caller: Caller) -> None:
        acting.stop(alert, caller.by, all_clear=body.all_clear)

    @routes.route("/alerts/{alert_ref}/acknowledge", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def post_acknowledge(call: Call, alert_ref: str) -> Response:
        return act(call, alert_ref, "acknowledge", AcknowledgeBody, acknowledged)

    def acknowledged(alert: Alert, body: AcknowledgeBody, caller: Caller) -> None:
        mark = Mark(body.contact_id, body.recipient or "", body.note or "", caller.by, caller.call)
        acting.acknowledge(alert, mark)

    @routes.route("/alerts/{alert_ref}/resend", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def post_resend(call: Call, alert_ref: str) -> Response:
        return act(call, alert_ref, "resend", ResendBody, resent)

    def resent(alert: Alert, body: ResendBody, caller: Caller) -> None:
        acting.may_send()
        acting.resend(alert)

    return routes


def _by(key: ApiKey) -> str:
    return f"key:{key.id}" if key.person is None else f"user:{key.person.id}"
