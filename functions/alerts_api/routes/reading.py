"""Sent alerts: the list, one alert, its receivers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import unquote

from chalice.app import Blueprint, Response

from alerts_api.routes.callers import Callers
from alerts_api.schemas.explanations import explanation
from alerts_api.schemas.recipients import recipient_list
from alerts_api.schemas.resources import alert_list, status_resource, summary_resource
from alerts_api.schemas.responses import response_list
from tocsin.alerts.ports.alerts import AlertFilter
from tocsin.contacts.domain.address import parse_address
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.email_address import InvalidEmail, mailbox_key
from tocsin.contacts.domain.phone_number import InvalidPhone
from tocsin.delivery.domain.message import MessageState
from tocsin.entrypoint.alert_body.words import parse_instant
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.paging import choice, page_limit
from tocsin.history.application.explain import ExplainRecipient
from tocsin.history.application.list_alerts import ListAlerts, SummarizeAlerts
from tocsin.history.application.read_alerts import AlertStatus, ReadAlertStatus, ReadRecipients
from tocsin.history.application.read_excluded import EXCLUDED, ReadExcluded
from tocsin.history.application.read_responses import ReadResponses
from tocsin.history.domain.alert_state import AlertState
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import Fault, InvalidRequest, NotFound
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId
from tocsin.kernel.domain.plain_text import named
from tocsin.kernel.domain.version import version_of

ALERTS_PER_PAGE = 20
RECIPIENTS_PER_PAGE = 100
RESPONSES_PER_PAGE = 100

_ALERT_REF = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CONDITIONS = ("client_ref", "since", "until", "sender", "title", "sent_by", "receiver")


def reading_routes(
    callers: Callers,
    list_alerts: ListAlerts,
    summarize: SummarizeAlerts,
    status: ReadAlertStatus,
    recipients: ReadRecipients,
    excluded: ReadExcluded,
    responses: ReadResponses,
    explain: ExplainRecipient,
) -> Blueprint:
    """Return the routes that read."""
    routes = Blueprint(__name__)

    @routes.route("/alerts", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_alerts(call: Call) -> Response:
        key = callers.reader(call)
        query = call.query(*_CONDITIONS, "limit", "cursor", "state")
        page = list_alerts(
            key,
            limit=page_limit(query, ALERTS_PER_PAGE),
            cursor=query.get("cursor"),
            wanted=_wanted(query, key),
            state=choice(AlertState, query, "state"),
        )
        return answer(alert_list(page))

    @routes.route("/alerts/summary", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_summary(call: Call) -> Response:
        key = callers.reader(call)
        query = call.query("client_ref", "since", "until", "sender", "cursor")
        if "client_ref" not in query:
            raise InvalidRequest([Fault("/client_ref", "REQUIRED", "give the `clientRef` of the calls to add up")])
        return answer(summary_resource(query["client_ref"], summarize(key, _wanted(query, key), query.get("cursor"))))

    @routes.route("/alerts/{alert_ref}", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_alert(call: Call, alert_ref: str) -> Response:
        key = callers.reader(call)
        call.query()
        return alert_answer(status(key, alert_ref_of(alert_ref)))

    @routes.route("/alerts/{alert_ref}/recipients", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_recipients(call: Call, alert_ref: str) -> Response:
        key = callers.reader(call)
        query = call.query("limit", "cursor", "state", "channel")
        ref, state, channel = alert_ref_of(alert_ref), query.get("state"), choice(Channel, query, "channel")
        limit, cursor = page_limit(query, RECIPIENTS_PER_PAGE), query.get("cursor")
        if state == EXCLUDED:
            return answer(recipient_list(excluded(key, ref, channel=channel, limit=limit, cursor=cursor)))
        chosen = choice(MessageState, query, "state", EXCLUDED)
        page = recipients(key, ref, state=chosen, channel=channel, limit=limit, cursor=cursor)
        return answer(recipient_list(page))

    @routes.route("/alerts/{alert_ref}/responses", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_responses(call: Call, alert_ref: str) -> Response:
        key = callers.reader(call)
        query = call.query("limit", "cursor")
        limit = page_limit(query, RESPONSES_PER_PAGE)
        return answer(response_list(responses(key, alert_ref_of(alert_ref), limit=limit, cursor=query.get("cursor"))))

    # An id may hold slashes, and some gateways decode them before they look for the route.
    @routes.route("/alerts/{alert_ref}/explain/{recipient+}", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_explanation(call: Call, alert_ref: str) -> Response:
        key = callers.reader(call)
        call.query()
        name = named(unquote(call.rest_of_path("recipient")))
        return answer(explanation(name, explain(key, alert_ref_of(alert_ref), name)))

    return routes


def alert_answer(status: AlertStatus) -> Response:
    """Return an alert and its progress, with its version."""
    found = status_resource(status)
    return answer(found, headers={"ETag": version_of(found)})


def alert_ref_of(text: str) -> AlertRef:
    """Return the reference in a path. Raises NotFound: no alert has such a reference."""
    if not _ALERT_REF.fullmatch(text):
        raise NotFound("alert")
    return AlertRef(text)


def _wanted(query: Mapping[str, str], key: ApiKey) -> AlertFilter:
    """Return the conditions of a query. Raises InvalidRequest with every time and address that is none."""
    times: dict[str, datetime] = {}
    faults = []
    for name in ("since", "until"):
        if name in query:
            try:
                times[name] = parse_instant(query[name])
            except ValueError as error:
                faults.append(Fault(f"/{name}", "WRONG_FORM", str(error)))
            else:
                if times[name].tzinfo is None:
                    faults.append(Fault(f"/{name}", "WRONG_FORM", "must name its offset, like 2030-01-31T08:00:00Z"))
    receiver = None
    if "receiver" in query:
        try:
            receiver = mailbox_key(parse_address(_with_plus(query["receiver"])))
        except (InvalidEmail, InvalidPhone) as error:
            faults.append(Fault("/receiver", error.code, str(error)))
    if faults:
        raise InvalidRequest(faults)
    sender, sent_by = query.get("sender"), query.get("sent_by")
    return AlertFilter(
        since=times.get("since"),
        until=times.get("until"),
        client_ref=query.get("client_ref"),
        key_id=None if sender is None else ApiKeyId(sender),
        title=query.get("title"),
        sent_by=(key.person.id if key.person else key.id) if sent_by == "me" else sent_by,
        receiver=receiver,
    )


def _with_plus(address: str) -> str:
    """Return an address with the `+` that a query turns into a blank if it is not escaped."""
    return f"+{address[1:]}" if re.match(r" [0-9]", address) else address
