"""The resources below `/alerts`, described."""

from __future__ import annotations

from alerts_api.operation import RESOURCE_ERRORS, Operation, QueryParameter
from alerts_api.reading_examples import (
    EXPLAIN_RESPONSE,
    GET_ALERT_RESPONSE,
    LIST_ALERTS_RESPONSE,
    LIST_RECIPIENTS_RESPONSE,
    LIST_RESPONSES_RESPONSE,
    SUMMARY_RESPONSE,
)
from alerts_api.schemas.explanations import ExplanationResource
from alerts_api.schemas.recipients import RecipientListResource
from alerts_api.schemas.resources import (
    AlertListResource,
    AlertStatusResource,
    AlertSummaryResource,
)
from alerts_api.schemas.responses import ResponseListResource
from tocsin.alerts.domain.headline import TITLE_CHARACTERS
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import MessageState
from tocsin.entrypoint.alert_body.limits import PAGE_ITEMS
from tocsin.history.application.read_excluded import EXCLUDED
from tocsin.history.domain.alert_state import AlertState

LIMIT = QueryParameter(
    "limit", f"entries per page, 1 to {PAGE_ITEMS}", {"type": "integer", "minimum": 1, "maximum": PAGE_ITEMS}
)
CURSOR = QueryParameter("cursor", "`next_cursor` of the page before", {"type": "string", "maxLength": 2048})
_CLIENT_REF = QueryParameter("client_ref", "only alerts of calls with this `clientRef`", {"type": "string"})
_TIME = {"type": "string", "format": "date-time"}
_PERIOD = (
    QueryParameter("since", "only alerts with `accepted_at` at this time or later", _TIME),
    QueryParameter("until", "only alerts with `accepted_at` before this time", _TIME),
)
_SENDER = QueryParameter("sender", "only alerts sent with the API key of this id, as in `sender`", {"type": "string"})

_TITLE = {"type": "string", "maxLength": TITLE_CHARACTERS}
_SEARCH = (
    QueryParameter("title", "only alerts whose title begins with this, in any case", _TITLE),
    QueryParameter(
        "sent_by", "only alerts that this API key or person sent, by id; `me`: the caller", {"type": "string"}
    ),
    QueryParameter(
        "receiver",
        "only alerts with this receiver: a whole number or email address, in any spelling. Who was excluded is no "
        "receiver",
        {"type": "string", "maxLength": 1024},
    ),
)

OPERATIONS = (
    Operation(
        method="GET",
        path="/alerts",
        name="listAlerts",
        tags=("Results",),
        summary="Sent alerts, newest first",
        description=(
            "All alerts of your account that were sent with keys of the same kind (live or sandbox). Conditions that "
            "are given must all hold. A page looks at 1,000 alerts at most, with `state` at the progress of 100, with "
            "`receiver` at about 500,000 receivers in all. So it may be short or empty while `next_cursor` says that "
            "more follows. `since` and `until` narrow what it looks at. Needs `canReadAlerts`."
        ),
        answer=AlertListResource,
        errors=RESOURCE_ERRORS,
        query=(
            LIMIT,
            CURSOR,
            _CLIENT_REF,
            QueryParameter(
                "state", "only alerts in this state", {"type": "string", "enum": [s.value for s in AlertState]}
            ),
            *_PERIOD,
            _SENDER,
            *_SEARCH,
        ),
        response=LIST_ALERTS_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/alerts/summary",
        name="summarizeAlerts",
        tags=("Results",),
        summary="The sums over the alerts of one reference",
        description=(
            "Give several calls the same `clientRef`, which need not be unique, and see them as one. A request adds up "
            "the newest alerts, 100 at most, and looks at 1,000 for each 20 of them; if `next_cursor` is not null, add "
            "what the next request returns. `since` and `until` narrow what it looks at. Needs `canReadAlerts`."
        ),
        answer=AlertSummaryResource,
        errors=RESOURCE_ERRORS,
        query=(
            QueryParameter("client_ref", "the `clientRef` of the calls", _CLIENT_REF.schema, required=True),
            *_PERIOD,
            _SENDER,
            CURSOR,
        ),
        response=SUMMARY_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/alerts/{alert_ref}",
        name="getAlert",
        tags=("Results",),
        summary="One alert and its progress",
        description="Counts per state; they may lag a few seconds behind the messages. Needs `canReadAlerts`.",
        answer=AlertStatusResource,
        errors=RESOURCE_ERRORS,
        response=GET_ALERT_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/alerts/{alert_ref}/recipients",
        name="listRecipients",
        tags=("Results",),
        summary="Receivers and the state of their messages",
        description=(
            "Every accepted receiver in the order given, element by element. With `state=excluded` every receiver that "
            "was asked for and not accepted instead: invalid addresses, contacts without an address, people who had "
            "answered, countries that the account does not send to, receivers of an element that failed as a whole. "
            "A receiver that is named twice is one receiver, and no refusal. Who has opted out is accepted, and "
            "`suppressed`. Needs `canReadAlerts`."
        ),
        answer=RecipientListResource,
        errors=RESOURCE_ERRORS,
        query=(
            LIMIT,
            CURSOR,
            QueryParameter(
                "state",
                "only messages in this state; `excluded`: only receivers that were not accepted",
                {"type": "string", "enum": [*(s.value for s in MessageState), EXCLUDED]},
            ),
            QueryParameter("channel", "only this channel", {"type": "string", "enum": [c.value for c in Channel]}),
        ),
        response=LIST_RECIPIENTS_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/alerts/{alert_ref}/responses",
        name="listResponses",
        tags=("Results",),
        summary="What people answered",
        description=(
            "Every answer to the alert: texts, mails, key presses and clicks, in no order of time. An answer that may "
            "belong to one of several alerts is listed with each, as `matched: false`. Needs `canReadAlerts`."
        ),
        answer=ResponseListResource,
        errors=RESOURCE_ERRORS,
        query=(LIMIT, CURSOR),
        response=LIST_RESPONSES_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/alerts/{alert_ref}/explain/{recipient}",
        name="explainRecipient",
        tags=("Results",),
        summary="Why a receiver got a message or not",
        description=(
            "Everything that was sent, delayed, excluded, suppressed, skipped or failed for one receiver, with reason "
            "codes, oldest first. `recipient` is a contact id, the `recipient` of an entry of "
            "`/alerts/{alert_ref}/recipients`, or an address: as the request had it, or any other spelling of it. "
            "Needs `canReadAlerts`."
        ),
        answer=ExplanationResource,
        errors=RESOURCE_ERRORS,
        response=EXPLAIN_RESPONSE,
    ),
)
