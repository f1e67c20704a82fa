"""Sent alerts as resources: what the GETs return."""

from __future__ import annotations

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas import codes
from alerts_api.schemas.codes import OneOf
from tocsin.alerts.domain.alert import Alert, Lane
from tocsin.alerts.domain.cause import Cause
from tocsin.alerts.domain.headline import SenderKind, SentBy
from tocsin.contacts.domain.channel import Channel
from tocsin.escalation.domain.escalation import Escalation, EscalationState
from tocsin.history.application.list_alerts import AlertEntries, AlertEntry, AlertSums
from tocsin.history.application.read_alerts import AlertStatus
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.wire_time import wire_time

_EXACT = with_config(ConfigDict(extra="forbid"))
_GATEWAY = "a code of this API, or a response type of API Gateway if it rejected the call"
_HOW = (
    "of `SUPERSEDED`: how the escalation ended (`acknowledged`, `exhausted`, `cancelled`, `cancelled_with_all_clear`), "
    "or `moved_on` if another step is the next"
)


@_EXACT
class ProblemEntry(TypedDict):
    """One thing that is wrong."""

    code: Annotated[codes.FaultCode | codes.ErrorCode | str, Field(description=_GATEWAY)]
    message: str
    detail: Annotated[str, Field(description="where: the query parameter, or the place in the body, as a pointer")]
    ids: NotRequired[Annotated[list[str], Field(description="the things that it is about")]]
    reason: NotRequired[Annotated[codes.Reason, Field(description="why a mail server did not take a mail")]]
    said: NotRequired[Annotated[str, Field(description="the mail server's own words")]]


@_EXACT
class Problem(TypedDict):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: NotRequired[Annotated[int, Field(description="the HTTP status; the gateway leaves it out at times")]]
    detail: str
    instance: Annotated[str, Field(description="id of this call; quote it when you ask for help")]
    code: Annotated[codes.ErrorCode | str, Field(description=_GATEWAY)]
    errors: list[ProblemEntry]
    moreErrors: NotRequired[Annotated[bool, Field(description="true: there are more than the 100 that are listed")]]
    confirm: NotRequired[Annotated[str, Field(description="repeat the call with it to do what `errors` lists")]]
    how: NotRequired[Annotated[str, Field(description=_HOW)]]


@_EXACT
class ItemResource(TypedDict):
    """One element of an alert."""

    channel: Annotated[str, OneOf(Channel)]
    tag: str
    requested_count: int
    accepted_count: int
    failure_reason: Annotated[str | None, Field(description="why fewer were accepted, in words")]
    failure_code: Annotated[codes.Reason | None, Field(description="the same as a stable word")]


@_EXACT
class CauseResource(TypedDict):
    """The cause of an alert that was not sent by a call."""

    kind: codes.CauseKind
    parent: Annotated[
        str, Field(description="escalation, all_clear: the first alert; else the id of the schedule or trigger")
    ]
    run: Annotated[str, Field(description="which of its runs; of an escalation the number of the step")]


@_EXACT
class SentByResource(TypedDict):
    """Who sent an alert."""

    kind: Annotated[str, OneOf(SenderKind)]
    id: Annotated[str, Field(description="of the API key or the person")]
    name: Annotated[str | None, Field(description="when it was sent; null: not known any more")]


@_EXACT
class EscalationResource(TypedDict):
    """The progress of an escalation."""

    first_alert_ref: str
    state: codes.EscalationState
    step: Annotated[int, Field(description="the latest that was taken; 0 = the first alert")]
    steps: int
    next_due_at: Annotated[
        str | None, Field(description="the next step, or after the last one when it is given up; null = it is over")
    ]
    answered: Annotated[int, Field(description="different people who have answered")]
    needed: Annotated[int, Field(description="how many must; with `all` it grows with the steps")]
    evidence: Annotated[
        codes.Evidence | None,
        Field(description="weaker answers do not count; null: it began before answers had `evidence`, and all count"),
    ]
    step_alert_refs: Annotated[
        list[str | None], Field(description="the alert of each step from 0 on; null for a step without receivers")
    ]
    ended_at: str | None


@_EXACT
class AlertResource(TypedDict):
    """An accepted alert."""

    alert_ref: str
    alert_id: Annotated[str, Field(description="the same as alert_ref")]
    title: Annotated[
        str,
        Field(description="as given, else the first subject, else the first words of a text, else the `client_ref`"),
    ]
    sent_by: SentByResource
    company: Annotated[str | None, Field(description="the sub-unit that it belongs to; null: the whole account")]
    client_ref: str
    sender: Annotated[str, Field(description="id of the API key that sent it")]
    sandbox: bool
    lane: Annotated[str, OneOf(Lane)]
    overrides_quiet_hours: Annotated[bool, Field(description="`options.urgent`: it is sent during quiet hours")]
    notification: Annotated[str, OneOf(NotificationMode)]
    accepted_at: str
    send_before: Annotated[
        str,
        Field(
            description="nothing is sent at or after this instant, except to receivers whose quiet hours came before "
            "it: they have four hours from their end"
        ),
    ]
    expires_at: Annotated[str | None, Field(description="results are gone from here on; null = never")]
    email_subject_ref: str | None
    recipient_count: int
    cause: Annotated[CauseResource | None, Field(description="null for an alert of your own call")]
    items: list[ItemResource]


@_EXACT
class AlertStatusResource(AlertResource):
    """An alert and its progress."""

    state: codes.AlertState
    counts: Annotated[dict[codes.MessageState, int], Field(description="messages per state; every state is named")]
    excluded_count: Annotated[
        int,
        Field(
            description="receivers that were asked for and not accepted, see `/alerts/{alert_ref}/recipients` with "
            "`state=excluded`; not part of `counts`"
        ),
    ]
    responses: Annotated[int, Field(description="answers that count, see `/alerts/{alert_ref}/responses`")]
    uncounted_responses: Annotated[int, Field(description="answers that are kept there and do not count")]
    escalation: Annotated[EscalationResource | None, Field(description="null for an alert that is part of none")]


@_EXACT
class AlertRowResource(AlertResource):
    """An alert of the list, and its progress."""

    state: codes.AlertState
    counts: Annotated[dict[codes.MessageState, int], Field(description="messages per state; every state is named")]
    answered: Annotated[int, Field(description="receivers of this alert whose message has an answer that counts")]
    escalation: Annotated[EscalationResource | None, Field(description="null for an alert that is part of none")]


@_EXACT
class AlertListResource(TypedDict):
    """Alerts, newest first. A page may be short while `next_cursor` says that more follows."""

    items: list[AlertRowResource]
    next_cursor: Annotated[str | None, Field(description="give it as `cursor` for what follows; null at the end")]


@_EXACT
class AlertSummaryResource(TypedDict):
    """The sums over the alerts of one `clientRef`."""

    client_ref: str
    alerts: Annotated[int, Field(description="how many there are")]
    recipient_count: Annotated[int, Field(description="accepted receivers of all of them")]
    counts: Annotated[dict[codes.MessageState, int], Field(description="messages per state; every state is named")]
    responses: Annotated[int, Field(description="answers that count")]
    next_cursor: Annotated[
        str | None, Field(description="the sums are of a part: give it as `cursor`, and add what comes; null: of all")
    ]


def alert_resource(alert: Alert) -> AlertResource:
    """Return one alert, without contents and receivers."""
    return {
        "alert_ref": alert.ref,
        "alert_id": alert.ref,
        "title": alert.headline,
        "sent_by": sent_by(alert.sender),
        "company": alert.company,
        "client_ref": alert.client_ref,
        "sender": alert.key_id,
        "sandbox": alert.sandbox,
        "lane": alert.lane.value,
        "overrides_quiet_hours": alert.urgent,
        "notification": alert.notification.value,
        "accepted_at": wire_time(alert.accepted_at),
        "send_before": wire_time(alert.send_before),
        "expires_at": None if alert.expires_at is None else wire_time(alert.expires_at),
        "email_subject_ref": alert.email_subject_ref,
        "recipient_count": alert.recipients,
        "cause": None if (cause := alert.cause) is None else _cause(cause),
        "items": [
            {
                "channel": item.channel.value,
                "tag": item.tag,
                "requested_count": item.requested,
                "accepted_count": item.accepted,
                "failure_reason": item.failure_reason,
                "failure_code": item.failure_code,
            }
            for item in alert.items
        ],
    }


def status_resource(status: AlertStatus) -> AlertStatusResource:
    """Return one alert and its counts."""
    counts = {state.value: count for state, count in status.counts.items()}
    return {
        **alert_resource(status.alert),
        "state": status.state.value,
        "counts": counts,
        "excluded_count": status.alert.excluded,
        "responses": status.responses.counted,
        "uncounted_responses": status.responses.uncounted,
        "escalation": None if status.escalation is None else escalation_resource(status.escalation),
    }


def sent_by(sender: SentBy) -> SentByResource:
    """Return who sent an alert."""
    return {"kind": sender.kind.value, "id": sender.id, "name": sender.name}


def _cause(cause: Cause) -> CauseResource:
    return {"kind": cause.kind.value, "parent": cause.parent, "run": cause.run}


def escalation_resource(escalation: Escalation) -> EscalationResource:
    """Return the progress of an escalation."""
    # Enough answers end it, even before its timer has written the end.
    over = not escalation.open
    state = EscalationState.ACKNOWLEDGED if over and escalation.ended_at is None else escalation.state
    ended = escalation.ended_at or (escalation.by.at if over and escalation.by else None)
    return {
        "first_alert_ref": escalation.key.first,
        "state": state.value,
        "step": escalation.step,
        "steps": escalation.steps,
        "next_due_at": None if over else wire_time(escalation.due_at),
        "answered": escalation.answered,
        "needed": escalation.need,
        "evidence": None if escalation.evidence is None else escalation.evidence.value,
        "step_alert_refs": list(escalation.alerts),
        "ended_at": None if ended is None else wire_time(ended),
    }


def alert_list(page: AlertEntries) -> AlertListResource:
    """Return a page of alerts."""
    return {"items": [_row(entry) for entry in page.entries], "next_cursor": page.next}


def _row(entry: AlertEntry) -> AlertRowResource:
    return {
        **alert_resource(entry.alert),
        "state": entry.state.value,
        "counts": {state.value: count for state, count in entry.counts.items()},
        "answered": entry.answered,
        "escalation": None if entry.escalation is None else escalation_resource(entry.escalation),
    }


def summary_resource(client_ref: str, sums: AlertSums) -> AlertSummaryResource:
    """Return the sums over the alerts of a client's reference."""
    return {
        "client_ref": client_ref,
        "alerts": sums.alerts,
        "recipient_count": sums.recipients,
        "counts": {state.value: count for state, count in sums.counts.items()},
        "responses": sums.responses,
        "next_cursor": sums.next,
    }
